// SPDX-License-Identifier: GPL-2.0-or-later
/* Who must answer behind a change. */
#include "trial/probe.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "rtnl/address.h"
#include "trial/echo.h"
#include "model/state.h"

#define TRIES 5
#define TRIES_BEFORE                                                       \
	2 /* the first may be lost to a neighbour's address being resolved \
	   */
#define WAIT_MS 1000

static bool is_default(const struct netd_route *r)
{
	return r->to.length == 0 && r->table == 0 && r->via.family;
}

/* The best default route, IPv4's first; @via: only by this gateway (may be NULL). */
static const struct netd_route *find_default(const struct netd_state *s,
					     const struct netd_addr *via)
{
	const struct netd_route *best = NULL;

	for (size_t i = 0; i < s->route_count; i++) {
		const struct netd_route *r = &s->routes[i];

		if (!is_default(r) || (via && !netd_addr_equal(&r->via, via)))
			continue;
		if (!best || r->to.addr.family < best->to.addr.family ||
		    (r->to.addr.family == best->to.addr.family &&
		     r->metric < best->metric))
			best = r;
	}
	return best;
}

/* A link-local gateway is asked by the link that its route has by now. */
static unsigned link_of(struct netd *netd, const struct netd_addr *who)
{
	netd_auto(netd_state_done) struct netd_state s = {0};
	const struct netd_route *r;

	if (!netd_addr_is_link_local(who) || netd_route_dump(&netd->nl, &s, NULL) < 0)
		return 0;
	r = find_default(&s, who);
	if (r)
		return if_nametoindex(r->link);
	return 0;
}

static int try(struct netd *netd, const struct netd_addr *who, unsigned tries)
{
	const struct timespec pause = {.tv_nsec = WAIT_MS * 1000000L - 1};
	int r = -ETIMEDOUT;

	for (unsigned i = 0; i < tries; i++) {
		r = netd_echo(who, link_of(netd, who), WAIT_MS);
		if (r == 0)
			return 0;
		/* refused at once: a route or a neighbour may still come */
		if (r != -ETIMEDOUT && i + 1 < tries)
			nanosleep(&pause, NULL);
	}
	return r;
}

int netd_probe_choose(struct netd *netd, const char *text, struct netd_addr *out,
		      struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state s = {0};
	const struct netd_route *gateway;
	int r;

	*out = (struct netd_addr){0};
	if (text && strcmp(text, "none") == 0)
		return 0;
	if (text && netd_addr_parse(text, out) < 0) {
		netd_error_add(err, -EINVAL, "\"%s\" is not an address to probe", text);
		netd_error_hint(err, "an IPv4 or IPv6 address, or none");
		return -EINVAL;
	}
	if (text)
		return 0;
	r = netd_route_dump(&netd->nl, &s, err);
	gateway = r < 0 ? NULL : find_default(&s, NULL);
	if (gateway && try(netd, &gateway->via, TRIES_BEFORE) == 0)
		*out = gateway->via;
	return r;
}

int netd_probe_check(struct netd *netd, const struct netd_addr *who,
		     struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];
	int r = who->family ? try(netd, who, TRIES) : 0;

	if (r == 0)
		return 0;
	netd_error_add(err, -EHOSTUNREACH, "%s does not answer any more: %s",
		       netd_addr_format(who, text),
		       r == -ETIMEDOUT ? "no reply to five echo requests" : strerror(-r));
	netd_error_hint(err, "`--probe none` applies without asking, "
			     "`--probe ADDRESS` asks somebody else");
	return -EHOSTUNREACH;
}
