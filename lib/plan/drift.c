// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands where a plan changes something, and who seems to have put it there. */
#include "plan/drift.h"

#include <errno.h>
#include <fnmatch.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kind/attribute.h"
#include "kind/kind.h"
#include "rtnl/setting.h"

/*
 * Theory of operation.  A plan says what will be; here, beside each op, stands what is.
 * The kernel does not keep who did a thing, so only marks are read that tools leave on
 * what they make: the protocol of a route, our alias on what was renamed, the customary
 * name of a bridge.  What left no mark has no evidence; nothing is guessed.
 */

/* @observed: of the op's namespace. */
struct look {
	const struct netd_op *op;
	const struct netd_state *observed;
	struct netd_str now, by;
};

/*
 * Links
 */

static const struct {
	const char *pattern, *whose;
} bridges[] = {
	{"docker0", "Docker's"},      {"docker_gwbridge", "Docker's"},
	{"br-[0-9a-f]*", "Docker's"}, {"virbr[0-9]*", "libvirt's"},
	{"lxdbr[0-9]*", "LXD's"},     {"incusbr*", "Incus'"},
	{"lxcbr[0-9]*", "LXC's"},     {"podman[0-9]*", "Podman's"},
	{"cni[0-9]*", "CNI's"},	      {"vmbr[0-9]*", "Proxmox'"},
};

static void blame_bridge(struct look *l, const struct netd_link *bridge)
{
	const char *owner = netd_link_owner(bridge);

	if (owner && netd_link_is_ours(bridge)) {
		netd_str_addf(&l->by, "%s is of topology %.*s", bridge->name,
			      (int)strcspn(owner, "/"), owner);
		return;
	}
	for (size_t i = 0; i < NETD_ARRAY_SIZE(bridges); i++) {
		if (fnmatch(bridges[i].pattern, bridge->name, 0) != 0)
			continue;
		netd_str_addf(&l->by, "%s is %s by its name", bridge->name,
			      bridges[i].whose);
		break;
	}
}

static void look_at_link(struct look *l)
{
	const struct netd_link *have = netd_state_link(l->observed, l->op->link.name);
	const struct netd_link *bridge;

	if (!have)
		return;
	netd_link_say_now(&have->attrs, &l->op->link.attrs, l->op->fields, &l->now);
	bridge = netd_state_link(l->observed, have->master);
	if (l->op->fields & NETD_LINK_MASTER && have->master[0] && bridge)
		blame_bridge(l, bridge);
}

/* A bridge keeps our alias under another name. */
static void look_for_renamed(struct look *l)
{
	const struct netd_desired_link *want = &l->op->link;

	for (size_t i = 0; want->alias[0] && i < l->observed->link_count; i++) {
		const struct netd_link *have = &l->observed->links[i];

		if (!netd_kind_of(want)->is_network || have->kind != want->kind ||
		    !netd_link_is_ours(have) || strcmp(have->alias, want->alias) != 0)
			continue;
		netd_str_addf(&l->now, "renamed to %s", have->name);
		return;
	}
}

/*
 * Routes and settings
 */

/* iproute2's rt_protos, without what says nothing of who it was. */
static const struct {
	uint8_t protocol;
	const char *who;
} protocols[] = {
	{RTPROT_REDIRECT, "an ICMP redirect made it"},
	{RTPROT_KERNEL, "it comes with an address"},
	{RTPROT_BOOT, "made by hand, as `ip route` does"},
	{RTPROT_RA, "a router advertisement made it"},
	{RTPROT_ZEBRA, "zebra (FRR) made it"},
	{RTPROT_BIRD, "BIRD made it"},
	{RTPROT_DHCP, "a DHCP client made it"},
	{RTPROT_KEEPALIVED, "keepalived made it"},
	{RTPROT_BABEL, "babeld made it"},
	{RTPROT_BGP, "FRR (BGP) made it"},
	{RTPROT_OSPF, "FRR (OSPF) made it"},
};

static bool is_in_place(const struct netd_route *have, const struct netd_route *want)
{
	return have->table == want->table && have->metric == want->metric &&
	       netd_prefix_compare(&have->to, &want->to) == 0;
}

static void describe_route(struct look *l, const struct netd_route *have)
{
	char addr[NETD_ADDR_TEXT];

	netd_str_add(&l->now, netd_route_type_name(have->type));
	if (have->via.family)
		netd_str_addf(&l->now, " via %s", netd_addr_format(&have->via, addr));
	if (have->link[0])
		netd_str_addf(&l->now, " dev %s", have->link);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(protocols); i++)
		if (protocols[i].protocol == have->protocol)
			netd_str_add(&l->by, protocols[i].who);
}

static void look_at_route(struct look *l)
{
	for (size_t i = 0; i < l->observed->route_count; i++) {
		if (!is_in_place(&l->observed->routes[i], &l->op->route))
			continue;
		describe_route(l, &l->observed->routes[i]);
		return;
	}
}

static void look_at_sysctl(struct look *l)
{
	int value;

	if (netd_state_sysctl(l->observed, l->op->sysctl.path, &value))
		netd_str_addf(&l->now, "%d", value);
}

static void (*const looks[NETD_OP_COUNT])(struct look *l) = {
	[NETD_OP_CREATE_LINK] = look_for_renamed, [NETD_OP_SET_LINK] = look_at_link,
	[NETD_OP_RAISE_MTU] = look_at_link,	  [NETD_OP_SET_SYSCTL] = look_at_sysctl,
	[NETD_OP_CLAIM_SYSCTL] = look_at_sysctl,  [NETD_OP_ADD_ROUTE] = look_at_route,
};

/* Cut to what fits: a text for people. */
static void keep(char *out, size_t size, struct netd_str *text)
{
	snprintf(out, size, "%s", netd_str_text(text));
	netd_str_done(text);
}

int netd_drift_explain(struct netd_plan *plan, const struct netd_state *observed)
{
	plan->evidence = calloc(plan->op_count + 1, sizeof(*plan->evidence));
	if (!plan->evidence)
		return -ENOMEM;
	for (size_t i = 0; i < plan->op_count; i++) {
		struct netd_evidence *e = &plan->evidence[i];
		struct look l = {.op = &plan->ops[i], .observed = observed};

		if (l.op->space[0])
			l.observed = netd_state_space(observed, l.op->space);
		if (!l.observed || !looks[l.op->kind])
			continue;
		looks[l.op->kind](&l);
		keep(e->now, sizeof(e->now), &l.now);
		keep(e->by, sizeof(e->by), &l.by);
	}
	return 0;
}
