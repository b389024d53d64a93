// SPDX-License-Identifier: GPL-2.0-or-later
/* A NIC becomes the uplink of a bridge, and takes everything back. */
#include "engine/run_uplinks.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

#include "engine/run.h"
#include "uplink/uplink_link.h"
#include "uplink/uplink_settings.h"
#include "uplink/uplink_transfer.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "desired/small_mtu.h"

/*
 * Theory of operation.  Somebody is logged in over this NIC, so it is made before it is
 * broken, both ways:
 *
 *   1. The other link gets the addresses, so that it answers; but no route prefers them
 *      yet, and nobody is asked whether they are free.  And the neighbours, so that
 *      nobody need be asked for them either.
 *   2. MOVE: the NIC joins the bridge.  What comes in goes to the bridge from now on;
 * what goes out still leaves by the NIC itself, which a port may.  Only when the bridge
 * is ready to send (its queue starts when the kernel has noticed the carrier) …
 *   3. … each route is put in front of the old one, then the old ones go.
 *   4. RETURN: the NIC leaves the bridge; what comes in goes to the NIC again.
 *   5. The addresses become what they were, and go from the other link.
 *
 * While what comes in and what goes out go by different links, the strict reverse path
 * filter would drop all: it is loose meanwhile.
 *
 * Each step looks at what is where now and does the rest, so both ways can be begun from
 * any half-way state.  An object is always on one of the two: all are made before the
 * first is taken away, and nothing is taken away if one could not be made.  So the file
 * (uplink_file.h) is needed only for what went with the bridge, if somebody deleted that.
 *
 * What of the bridge is ours, `addresses:` of the network, stays there and goes with it.
 */

/*
 * Both ways
 */

static int holder(const struct netd_transfer *t, const char *name,
		  struct netd_holder *out)
{
	netd_copy(out->name, name);
	out->index = netd_nl_ifindex(&t->netd->nl, name);
	if (out->index < 0)
		return netd_error_add(t->err, out->index, "%s: %s", name,
				      strerror(-out->index));
	return 0;
}

/* One that is in the bridge already (its file was lost) left its settings there. */
static int capture(struct netd *netd, const char *topology,
		   const struct netd_claims *claims, const struct netd_link *nic,
		   const char *bridge, struct netd_error *err)
{
	netd_auto(netd_capture_done) struct netd_capture c = {
		.up = nic->up,
		.mtu = nic->mtu,
		.has_mac = nic->has_mac,
		.mac = nic->mac,
	};
	const char *settings = nic->name;
	struct netd_holder from;
	const struct netd_transfer t = {.netd = netd, .err = err};
	int r = holder(&t, nic->name, &from);

	if (r < 0)
		return r;
	if (strcmp(nic->master, bridge) == 0)
		settings = bridge;
	netd_capture_set_aside(&netd->store, nic->name);
	netd_capture_read_boot(c.boot);
	netd_copy(c.nic, nic->name);
	netd_copy(c.bridge, bridge);
	c.index = from.index;
	r = netd_capture_read_settings(&c, settings, err);
	netd_capture_disown_settings(&c, claims, topology);
	if (r)
		return r;
	r = netd_held_dump(&netd->nl, &from, &c.held, err);
	if (r)
		return r;
	return netd_capture_write(&netd->store, &c, err);
}

int netd_uplinks_capture(struct netd *netd, const char *topology,
			 const struct netd_claims *claims, const struct netd_plan *plan,
			 const struct netd_state *observed, struct netd_error *err)
{
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		const struct netd_link *nic;
		int r;

		if (op->kind != NETD_OP_MOVE_UPLINK)
			continue;
		nic = netd_state_link(observed, op->uplink.nic);
		/* What was half moved is not what it was; that is on disk already. */
		if (!nic || nic->captured_for[0])
			continue;
		r = capture(netd, topology, claims, nic, op->uplink.bridge, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* -ENOENT if there is none, or it is of another capture, and was put aside. */
static int read_record(const struct netd_run *run, const struct netd_op *op,
		       struct netd_capture *out)
{
	const struct netd_link *nic = netd_state_link(run->observed, op->uplink.nic);
	int r = netd_capture_read(&run->netd->store, op->uplink.record, out, run->err);

	if (r < 0 || !nic || netd_capture_is_of(out, nic))
		return r;
	netd_capture_set_aside(&run->netd->store, op->uplink.record);
	netd_capture_done(out);
	return -ENOENT;
}

/* Of a NIC that came from another bridge in this very run. */
static int capture_again(const struct netd_run *run, const struct netd_op *op,
			 const struct netd_link *nic, struct netd_capture *out)
{
	const struct netd_claims none = {0}; /* what is an uplink's is not claimed */
	struct netd *netd = run->netd;
	int r = capture(netd, "", &none, nic, op->uplink.bridge, run->err);

	if (r < 0)
		return r;
	return netd_capture_read(&netd->store, nic->name, out, run->err);
}

static int load(const struct netd_run *run, const struct netd_op *op,
		struct netd_capture *out)
{
	const struct netd_link *nic = netd_state_link(run->observed, op->uplink.nic);
	int r = read_record(run, op, out);

	if (r == -ENOENT && nic)
		r = capture_again(run, op, nic, out);
	if (r == -ENOENT)
		return netd_error_add(run->err, -ENODEV, "%s: %s", op->uplink.nic,
				      strerror(ENODEV));
	return r;
}

static int move_steps(struct netd_transfer *t, const struct netd_op *op, bool ipv6)
{
	const struct netd_capture *c = t->capture;
	int r = netd_capture_loosen(c, t->to->name, t->err);

	if (r)
		return r;
	if (c->stage == NETD_CAPTURE_MOVING)
		r = netd_capture_copy_settings(c, t->to->name, t->err);
	if (r)
		return r;
	r = netd_capture_switch_ipv6(t->to->name, ipv6, t->err);
	if (r)
		return r;
	r = netd_transfer_start_bridge(t, &op->uplink.mac);
	if (r)
		return r;
	r = netd_transfer_collect(t, !netd_mtu_is_small(op->uplink.mtu));
	if (r)
		return r;
	r = netd_transfer_prepare(t);
	if (r)
		return r;
	r = netd_transfer_join(t, op->uplink.mtu);
	if (r)
		return r;
	r = netd_transfer_switch_routes(t);
	if (r)
		return r;
	r = netd_transfer_finish(t);
	if (r)
		return r;
	r = netd_capture_switch_ipv6(t->from->name, false, t->err);
	if (r)
		return r;
	r = netd_capture_tighten(c, t->to->name, t->err);
	if (r)
		return r;
	if (ipv6 && !netd_mtu_is_small(op->uplink.mtu))
		r = netd_transfer_keep_token(t);
	if (r)
		return r;
	r = netd_capture_tighten(c, t->from->name, t->err);
	if (r)
		return r;
	return netd_transfer_check(t);
}

static bool has_ipv6(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (s->addrs[i].prefix.addr.family == AF_INET6 &&
		    strcmp(s->addrs[i].link, link) == 0)
			return true;
	return false;
}

/* Either may have got IPv6 since: from the admin, or by an MTU that is large enough. */
static bool wants_ipv6(const struct netd_run *run, const struct netd_op *op,
		       const struct netd_capture *c)
{
	return netd_capture_ipv6(c) || has_ipv6(run->observed, op->uplink.nic) ||
	       has_ipv6(run->observed, op->uplink.bridge);
}

static int move(const struct netd_run *run, const struct netd_op *op)
{
	netd_auto(netd_capture_done) struct netd_capture c = {0};
	struct netd_holder nic = {0}, bridge = {0};
	netd_auto(netd_transfer_done) struct netd_transfer t = {
		.netd = run->netd,
		.capture = &c,
		.from = &nic,
		.to = &bridge,
		.err = run->err,
	};
	int r = load(run, op, &c);

	if (r < 0)
		return r;
	r = holder(&t, op->uplink.nic, &nic);
	if (r < 0)
		return r;
	r = holder(&t, op->uplink.bridge, &bridge);
	if (r < 0)
		return r;
	r = move_steps(&t, op, wants_ipv6(run, op, &c));
	if (r < 0 || (c.stage == NETD_CAPTURE_MOVED && c.index == nic.index))
		return r;
	c.stage = NETD_CAPTURE_MOVED;
	c.index = nic.index;
	return netd_capture_write(&run->netd->store, &c, run->err);
}

static int give_back(struct netd_transfer *t, const struct netd_look *nic)
{
	uint32_t mtu = t->capture->mtu;
	int r = 0;

	if (!mtu)
		mtu = nic->mtu;
	if (!(nic->flags & IFF_UP)) /* a link that is down takes no routes */
		r = netd_transfer_set_link(t, t->to->name, NETD_LINK_UP, 0, 0, true);
	if (r)
		return r;
	r = netd_transfer_collect(t, !netd_mtu_is_small(mtu));
	if (r)
		return r;
	r = netd_transfer_prepare(t);
	if (r)
		return r;
	r = netd_transfer_switch_routes(t);
	if (r)
		return r;
	r = netd_transfer_leave(t);
	if (r)
		return r;
	return netd_transfer_finish(t);
}

/* Somebody deleted the bridge; the rules that name it are there. */
static int outlive(struct netd_transfer *t)
{
	int r = netd_transfer_leave(t);

	if (r)
		return r;
	r = netd_transfer_collect(t, true);
	if (r)
		return r;
	return netd_transfer_switch_routes(t);
}

static int return_steps(struct netd_transfer *t, bool bridge, bool ipv6)
{
	const struct netd_capture *c = t->capture;
	struct netd_look nic = {0};
	int r = 0;

	if (bridge)
		r = netd_capture_loosen(c, t->from->name, t->err);
	if (r)
		return r;
	r = netd_transfer_look(t, t->to, &nic);
	if (r)
		return r;
	/* else no IPv6 gets there */
	if (netd_mtu_is_small(nic.mtu) && c->mtu)
		r = netd_transfer_set_link(t, t->to->name, NETD_LINK_MTU, 0, c->mtu,
					   true);
	if (r)
		return r;
	r = netd_capture_loosen(c, t->to->name, t->err);
	if (r)
		return r;
	r = netd_capture_switch_ipv6(t->to->name, ipv6, t->err);
	if (r)
		return r;
	if (bridge)
		r = give_back(t, &nic);
	else
		r = outlive(t);
	if (r)
		return r;
	if (!bridge || c->stage == NETD_CAPTURE_MOVING)
		r = netd_transfer_restore(t);
	if (r)
		return r;
	r = netd_capture_tighten(c, t->to->name, t->err);
	if (r)
		return r;
	r = netd_transfer_check(t);
	if (r)
		return r;
	if (!c->up && netd_transfer_is_bare(t))
		r = netd_transfer_set_link(t, t->to->name, NETD_LINK_UP, 0, 0, false);
	return r;
}

/* Without the file: what is on the bridge tells enough. */
static void guess(const struct netd_op *op, const struct netd_state *observed,
		  struct netd_capture *out)
{
	const struct netd_link *bridge = netd_state_link(observed, op->uplink.bridge);
	struct netd_capture_setting *s = netd_array_add(
		&out->settings, &out->setting_count, sizeof(*out->settings));

	netd_copy(out->nic, op->uplink.nic);
	netd_copy(out->bridge, op->uplink.bridge);
	out->stage = NETD_CAPTURE_RETURNING;
	out->up = true;
	if (!s)
		return;
	netd_copy(s->name, "ipv6/disable_ipv6");
	s->value = bridge && bridge->settings[NETD_SETTING_DISABLE_IPV6];
}

static int say_gone(const struct netd_run *run, const struct netd_op *op)
{
	netd_error_add(run->err, -ENODEV,
		       "the NIC is not there, so what it held stays on %s",
		       op->uplink.bridge);
	netd_error_hint(run->err,
			"plug it in again, or give it the name %s; `netdctl destroy "
			"--force` lets go of the topology, and leaves %s as it is",
			op->uplink.record, op->uplink.bridge);
	return -ENODEV;
}

static int give_up(const struct netd_run *run, const struct netd_op *op)
{
	netd_auto(netd_capture_done) struct netd_capture c = {0};
	struct netd_holder nic = {0}, bridge = {0};
	netd_auto(netd_transfer_done) struct netd_transfer t = {
		.netd = run->netd,
		.capture = &c,
		.from = &bridge,
		.to = &nic,
		.err = run->err,
	};
	int r;

	if (!netd_state_link(run->observed, op->uplink.nic))
		return say_gone(run, op);
	r = read_record(run, op, &c);
	if (r == -ENOENT) {
		guess(op, run->observed, &c);
		r = 0;
	}
	if (r < 0)
		return r;
	r = holder(&t, op->uplink.nic, &nic);
	if (r < 0)
		return r;
	/* Whoever finds it half-way back must not take it for moved. */
	if (c.stage == NETD_CAPTURE_MOVED) {
		c.stage = NETD_CAPTURE_RETURNING;
		r = netd_capture_write(&run->netd->store, &c, run->err);
	}
	if (r < 0)
		return r;
	netd_copy(bridge.name, op->uplink.bridge);
	bridge.index = netd_nl_ifindex(&run->netd->nl, bridge.name);
	r = return_steps(&t, bridge.index > 0, wants_ipv6(run, op, &c));
	if (r)
		return r;
	return netd_capture_remove(&run->netd->store, op->uplink.record, run->err);
}

static int run_each(const struct netd_run *run, const char *verb,
		    int (*go)(const struct netd_run *run, const struct netd_op *op))
{
	for (size_t i = 0; i < run->count; i++) {
		const struct netd_op *op = &run->ops[i];
		int r = go(run, op);

		if (r < 0)
			netd_error_context(run->err, "uplink %s %s %s", op->uplink.nic,
					   verb, op->uplink.bridge);
		if (r)
			return r;
	}
	return 0;
}

int netd_run_moves(const struct netd_run *run)
{
	return run_each(run, "joins", move);
}

int netd_run_returns(const struct netd_run *run)
{
	return run_each(run, "leaves", give_up);
}
