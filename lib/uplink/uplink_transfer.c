// SPDX-License-Identifier: GPL-2.0-or-later
/* Moves what one link holds to another: the single steps (engine/run_uplinks.c: order).
 */
#include "uplink/uplink_transfer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "uplink/uplink_settings.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"

void netd_transfer_done(struct netd_transfer *t)
{
	netd_held_done(&t->leaving);
	netd_held_done(&t->arriving);
}

/*
 * Bursts
 */

struct burst {
	struct nl_msg **messages;
	const struct netd_held **origins;
	size_t count;
	bool adds; /* else deletes: objects that are gone already are fine */
};

static void burst_done(struct burst *b)
{
	for (size_t i = 0; i < b->count; i++)
		nlmsg_free(b->messages[i]);
	free(b->messages);
	free(b->origins);
}

static int burst_add(struct burst *b, struct nl_msg *m, const struct netd_held *origin)
{
	size_t count = b->count;
	const struct netd_held **from = NULL;
	struct nl_msg **slot = NULL;

	if (m)
		slot = netd_array_add(&b->messages, &count, sizeof(*slot));
	if (slot)
		from = netd_array_add(&b->origins, &b->count, sizeof(*from));
	if (!from) {
		nlmsg_free(m);
		return -ENOMEM;
	}
	*slot = m;
	*from = origin;
	return 0;
}

static bool is_fine(const struct burst *b, const struct netd_held *held, int code)
{
	if (code == 0 || held->kind == NETD_HELD_NEIGHBOUR)
		return true; /* the kernel asks for a neighbour that it does not know */
	if (b->adds)
		return code == -EEXIST;
	return code == -ESRCH || code == -EADDRNOTAVAIL || code == -ENOENT;
}

/*
 * The gateway of a route is in no subnet (its address may have been deleted since).  The
 * route works where it is, and is to work on the other link, too.
 */
static int retry_onlink(const struct netd_transfer *t, const struct netd_held *held)
{
	netd_auto_message struct nl_msg *m = NULL;

	/* it is in a list of @t */
	if (!netd_held_set_onlink((struct netd_held *)(uintptr_t)held))
		return -ENETUNREACH;
	m = netd_held_add_message(held);
	if (!m)
		return -ENOMEM;
	return netd_nl_request(&t->netd->nl, m, NULL);
}

static bool is_unreachable(int code)
{
	return code == -ENETUNREACH || code == -EHOSTUNREACH || code == -EINVAL;
}

static int refused(const struct netd_transfer *t, bool adds, const struct netd_held *held,
		   const struct netd_reply *reply)
{
	netd_auto(netd_str_done) struct netd_str what = {0};

	netd_held_describe(held, &what);
	if (adds)
		netd_error_add(t->err, reply->code, "%s onto %s: %s",
			       netd_str_text(&what), t->to->name, strerror(-reply->code));
	else
		netd_error_add(t->err, reply->code, "%s off %s: %s", netd_str_text(&what),
			       t->from->name, strerror(-reply->code));
	if (reply->text[0])
		netd_error_kernel(t->err, reply->text);
	return reply->code;
}

static int burst_send(const struct netd_transfer *t, const struct burst *b)
{
	netd_auto_free struct netd_reply *replies =
		calloc(b->count + 1, sizeof(*replies));
	int result = 0, r;

	if (!replies)
		return netd_error_no_memory(t->err);
	r = netd_nl_burst(&t->netd->nl, b->messages, b->count, replies, t->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < b->count; i++) {
		if (is_fine(b, b->origins[i], replies[i].code) ||
		    (b->adds && is_unreachable(replies[i].code) &&
		     retry_onlink(t, b->origins[i]) == 0))
			continue;
		result = refused(t, b->adds, b->origins[i], &replies[i]);
	}
	return result;
}

typedef struct nl_msg *(*make)(const struct netd_held *held);
typedef bool (*which)(const struct netd_held *held);

/* A message for each of @list for which @chosen is true. */
static int burst_fill(struct burst *b, const struct netd_held_list *list, which chosen,
		      make message, bool backwards)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct netd_held *held = &list->items[i];
		int r;

		if (backwards)
			held = &list->items[list->count - 1 - i];
		if (!chosen(held))
			continue;
		r = burst_add(b, message(held), held);
		if (r < 0)
			return r;
	}
	return 0;
}

/* One round: a burst of what each row chooses. */
struct row {
	which chosen;
	make message;
	bool backwards;
};

static int round_trip(const struct netd_transfer *t, const struct netd_held_list *list,
		      const struct row *rows, size_t count, bool adds)
{
	netd_auto(burst_done) struct burst b = {.adds = adds};

	for (size_t i = 0; i < count; i++)
		/* what stands upon another goes before it */
		if (burst_fill(&b, list, rows[i].chosen, rows[i].message,
			       !adds || rows[i].backwards) < 0)
			return netd_error_no_memory(t->err);
	if (!b.count)
		return 0;
	return burst_send(t, &b);
}

static bool is_address(const struct netd_held *held)
{
	return held->kind == NETD_HELD_ADDRESS;
}

static bool is_address4(const struct netd_held *held)
{
	return is_address(held) && netd_held_address(held).prefix.addr.family == AF_INET;
}

/* The kernel puts a new one in front of the others (ipv6_link_dev_addr()). */
static bool is_address6(const struct netd_held *held)
{
	return is_address(held) && netd_held_address(held).prefix.addr.family == AF_INET6;
}

static bool is_neighbour(const struct netd_held *held)
{
	return held->kind == NETD_HELD_NEIGHBOUR;
}

static bool is_direct_route(const struct netd_held *held)
{
	return held->kind == NETD_HELD_ROUTE && netd_held_route(held).direct;
}

static bool is_gateway_route(const struct netd_held *held)
{
	return held->kind == NETD_HELD_ROUTE && !netd_held_route(held).direct;
}

static bool is_rule(const struct netd_held *held)
{
	return held->kind == NETD_HELD_RULE;
}

static bool is_permanent(const struct netd_held *held)
{
	return netd_held_is_permanent(held);
}

/*
 * What is to be moved
 */

/* True for the route's source address, or the address that the kernel made it for. */
static bool is_source(const struct netd_held_route *r, const struct netd_addr *a)
{
	if (r->source.family)
		return netd_addr_equal(a, &r->source);
	return r->kernels && netd_prefix_contains(&r->to, a);
}

/* Ours are the network's own `addresses:`, and routes with them as source. */
static bool is_source_of_ours(const struct netd_held_list *all,
			      const struct netd_held_route *r)
{
	bool ours = false, theirs = false;

	for (size_t i = 0; i < all->count; i++) {
		struct netd_ifaddr a;

		if (all->items[i].kind != NETD_HELD_ADDRESS)
			continue;
		a = netd_held_address(&all->items[i]);
		if (is_source(r, &a.prefix.addr)) {
			ours |= a.protocol == NETD_PROTOCOL;
			theirs |= a.protocol != NETD_PROTOCOL;
		}
	}
	return ours && !theirs;
}

static bool is_ours(const struct netd_held_list *all, const struct netd_held *held)
{
	struct netd_held_route route;

	if (held->kind == NETD_HELD_ADDRESS)
		return netd_held_address(held).protocol == NETD_PROTOCOL;
	if (held->kind != NETD_HELD_ROUTE)
		return false;
	route = netd_held_route(held);
	return route.protocol == NETD_PROTOCOL || is_source_of_ours(all, &route);
}

static void held_done(struct netd_held *held)
{
	netd_str_done(&held->bytes);
}

/* As it is to be on @t->to; see rtnl/uplink_learned.c for routes of the kernel's own.
 */
static int rewrite(const struct netd_transfer *t, const struct netd_held *held,
		   const struct netd_holder *from, struct netd_held *out)
{
	int r = netd_held_rewrite(held, from, t->to, out);

	if (r < 0 || !netd_capture_learns(t->capture) ||
	    !netd_held_is_learned(out, netd_capture_learned_metric(t->capture)))
		return r;
	netd_held_stand_in(out);
	return netd_str_error(&out->bytes);
}

static bool is_replaced(const struct netd_transfer *t, const struct netd_held *held,
			const struct netd_held_list *here,
			const struct netd_held_list *there)
{
	uint32_t metric = netd_capture_learned_metric(t->capture);

	return netd_held_is_replaced(held, here, metric) ||
	       netd_held_is_replaced(held, there, metric);
}

/* What an interrupted move has prepared there already is only deleted here. */
static int collect_one(struct netd_transfer *t, const struct netd_held *held,
		       const struct netd_held_list *here,
		       const struct netd_held_list *there)
{
	netd_auto(held_done) struct netd_held copy = {0};
	int r;

	if (netd_held_is_prepared(held, there)) {
		if (is_address(held))
			return netd_held_add(&t->leaving, held);
		return 0;
	}
	r = netd_held_add(&t->leaving, held);
	if (r < 0 || held->expired || is_replaced(t, held, here, there))
		return r;
	r = rewrite(t, held, t->from, &copy);
	if (r < 0)
		return r;
	return netd_held_add(&t->arriving, &copy);
}

static bool is_ipv6(const struct netd_held *held)
{
	return is_address6(held) || (held->kind == NETD_HELD_ROUTE &&
				     netd_held_route(held).to.addr.family == AF_INET6);
}

int netd_transfer_collect(struct netd_transfer *t, bool ipv6)
{
	netd_auto(netd_held_done) struct netd_held_list all = {0}, there = {0};
	int r = netd_held_dump(&t->netd->nl, t->from, &all, t->err);

	if (r < 0)
		return r;
	r = netd_held_dump(&t->netd->nl, t->to, &there, t->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count; i++) {
		const struct netd_held *held = &all.items[i];

		if (is_ours(&all, held) || (!ipv6 && is_ipv6(held)))
			continue;
		r = collect_one(t, held, &all, &there);
		if (r < 0)
			return netd_error_no_memory(t->err);
	}
	return 0;
}

/*
 * The steps
 */

int netd_transfer_prepare(const struct netd_transfer *t)
{
	static const struct row rows[] = {
		{is_address4, netd_held_prepare_message, false},
		{is_address6, netd_held_prepare_message, true},
		{is_neighbour, netd_held_add_message, false},
	};

	return round_trip(t, &t->arriving, rows, NETD_ARRAY_SIZE(rows), true);
}

int netd_transfer_switch_routes(const struct netd_transfer *t)
{
	static const struct row adds[] = {
		{is_direct_route, netd_held_add_message, false},
		{is_gateway_route, netd_held_add_message, false},
		{is_rule, netd_held_add_message, false},
	};
	static const struct row deletes[] = {
		{is_rule, netd_held_delete_message, false},
		{is_gateway_route, netd_held_delete_message, false},
		{is_direct_route, netd_held_delete_message, false},
	};
	int r = round_trip(t, &t->arriving, adds, NETD_ARRAY_SIZE(adds), true);

	if (r < 0)
		return r;
	return round_trip(t, &t->leaving, deletes, NETD_ARRAY_SIZE(deletes), false);
}

int netd_transfer_finish(const struct netd_transfer *t)
{
	static const struct row finishes[] = {
		{is_address, netd_held_finish_message, false}};
	static const struct row deletes[] = {
		{is_address, netd_held_delete_message, false},
		{is_permanent, netd_held_delete_message, false},
	};
	int r = round_trip(t, &t->arriving, finishes, NETD_ARRAY_SIZE(finishes), true);

	if (r < 0)
		return r;
	return round_trip(t, &t->leaving, deletes, NETD_ARRAY_SIZE(deletes), false);
}

/* Reads back, and compares every object that was to arrive. */
int netd_transfer_check(const struct netd_transfer *t)
{
	netd_auto(netd_held_done) struct netd_held_list there = {0};
	int r = netd_held_dump(&t->netd->nl, t->to, &there, t->err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < t->arriving.count; i++) {
		const struct netd_held *held = &t->arriving.items[i];
		netd_auto(netd_str_done) struct netd_str what = {0};

		if (is_neighbour(held) || netd_held_find(&there, held))
			continue;
		netd_held_describe(held, &what);
		return netd_error_add(t->err, -EIO, "%s is not on %s as it was on %s",
				      netd_str_text(&what), t->to->name, t->from->name);
	}
	return 0;
}

/* Objects that are in the file, and not @here. */
static int collect_lost(const struct netd_transfer *t, const struct netd_held_list *here,
			struct netd_held_list *lost)
{
	struct netd_holder was = {.index = t->capture->index};

	netd_copy(was.name, t->capture->nic);
	for (size_t i = 0; i < t->capture->held.count; i++) {
		netd_auto(held_done) struct netd_held copy = {0};
		int r = rewrite(t, &t->capture->held.items[i], &was, &copy);

		if (r < 0)
			return r;
		if (netd_held_find(here, &copy))
			continue;
		r = netd_held_add(lost, &copy);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Objects that were lost with a deleted bridge, or by a crash. */
int netd_transfer_restore(struct netd_transfer *t)
{
	static const struct row rows[] = {
		{is_address4, netd_held_add_message, false},
		{is_address6, netd_held_add_message, true},
		{is_neighbour, netd_held_add_message, false},
		{is_direct_route, netd_held_add_message, false},
		{is_gateway_route, netd_held_add_message, false},
		{is_rule, netd_held_add_message, false},
	};
	netd_auto(netd_held_done) struct netd_held_list lost = {0}, here = {0};
	int r = netd_held_dump(&t->netd->nl, t->to, &here, t->err);

	if (r < 0)
		return r;
	r = collect_lost(t, &here, &lost);
	if (r < 0)
		return netd_error_no_memory(t->err);
	return round_trip(t, &lost, rows, NETD_ARRAY_SIZE(rows), true);
}

/* True if the NIC got nothing but the address that every link has. */
bool netd_transfer_is_bare(const struct netd_transfer *t)
{
	for (size_t i = 0; i < t->arriving.count; i++) {
		struct netd_ifaddr a;

		if (!is_address(&t->arriving.items[i]))
			continue;
		a = netd_held_address(&t->arriving.items[i]);
		if (!netd_addr_is_link_local(&a.prefix.addr))
			return false;
	}
	return true;
}
