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

/* "a, b" */
static void add_comma(struct netd_str *s)
{
	if (s->length)
		netd_str_add(s, ", ");
}

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
	const char *owner = netd_link_is_ours(bridge) ? netd_link_owner(bridge) : NULL;

	if (owner)
		netd_str_addf(&l->by, "%s is of topology %.*s", bridge->name,
			      (int)strcspn(owner, "/"), owner);
	for (size_t i = 0; !owner && i < NETD_ARRAY_SIZE(bridges); i++) {
		if (fnmatch(bridges[i].pattern, bridge->name, 0) != 0)
			continue;
		netd_str_addf(&l->by, "%s is %s by its name", bridge->name,
			      bridges[i].whose);
		break;
	}
}

static void look_up(struct look *l, const struct netd_link *have)
{
	netd_str_add(&l->now, have->up ? "up" : "down");
}

static void look_mac(struct look *l, const struct netd_link *have)
{
	char mac[NETD_MAC_TEXT];

	netd_str_addf(&l->now, "mac %s", netd_mac_format(&have->mac, mac));
}

static void look_mtu(struct look *l, const struct netd_link *have)
{
	netd_str_addf(&l->now, "mtu %u", have->mtu);
}

static void look_master(struct look *l, const struct netd_link *have)
{
	const struct netd_link *bridge =
		have->master[0] ? netd_state_link(l->observed, have->master) : NULL;

	if (have->master[0])
		netd_str_addf(&l->now, "in %s", have->master);
	else
		netd_str_add(&l->now, "in no bridge");
	if (bridge)
		blame_bridge(l, bridge);
}

static void look_alias(struct look *l, const struct netd_link *have)
{
	if (have->alias[0])
		netd_str_addf(&l->now, "alias %s", have->alias);
	else
		netd_str_add(&l->now, "no alias");
}

static void look_group(struct look *l, const struct netd_link *have)
{
	netd_str_addf(&l->now, "group %u", have->group);
}

static void look_bridge(struct look *l, const struct netd_link *have)
{
	const struct netd_bridge *is = &have->bridge, *want = &l->op->link.bridge;
	const struct {
		const char *name;
		unsigned is, want;
	} rows[] = {
		{"stp", is->stp, want->stp},
		{"forward_delay", is->forward_delay, want->forward_delay},
		{"multicast_snooping", is->multicast_snooping, want->multicast_snooping},
		{"nf_call_iptables", is->nf_call_iptables, want->nf_call_iptables},
		{"nf_call_ip6tables", is->nf_call_ip6tables, want->nf_call_ip6tables},
		{"nf_call_arptables", is->nf_call_arptables, want->nf_call_arptables},
	};
	const char *comma = "";

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		if (rows[i].is == rows[i].want)
			continue;
		netd_str_addf(&l->now, "%s%s %u", comma, rows[i].name, rows[i].is);
		comma = ", ";
	}
}

static void look_settings(struct look *l, const struct netd_link *have)
{
	const struct netd_link *want = &l->op->link;
	const char *comma = "";

	for (unsigned i = 0; i < NETD_SETTING_COUNT; i++) {
		if (!(want->settings_known & have->settings_known & 1U << i) ||
		    want->settings[i] == have->settings[i])
			continue;
		netd_str_addf(&l->now, "%s%s %d", comma, netd_setting_name(i),
			      have->settings[i]);
		comma = ", ";
	}
}

static void look_ipv6(struct look *l, const struct netd_link *have)
{
	(void)have;
	netd_str_add(&l->now, "with IPv6");
}

static void look_owner(struct look *l, const struct netd_link *have)
{
	if (have->tap.has_owner)
		netd_str_addf(&l->now, "owner %u", have->tap.owner);
	if (have->tap.has_group)
		netd_str_addf(&l->now, "%sgroup %u", have->tap.has_owner ? ", " : "",
			      have->tap.group);
	if (!have->tap.has_owner && !have->tap.has_group)
		netd_str_add(&l->now, "every user can open it");
}

/* In the order of the op's own words. */
static const struct {
	unsigned field;
	void (*look)(struct look *l, const struct netd_link *have);
} fields[] = {
	{NETD_LINK_MAC, look_mac},
	{NETD_LINK_MTU, look_mtu},
	{NETD_LINK_MASTER, look_master},
	{NETD_LINK_ALIAS_TEXT, look_alias},
	{NETD_LINK_GROUP_NUMBER, look_group},
	{NETD_LINK_BRIDGE_DATA, look_bridge},
	{NETD_LINK_TAP_OWNER, look_owner},
	{NETD_LINK_NO_IPV6, look_ipv6},
	{NETD_LINK_SETTINGS, look_settings},
	{NETD_LINK_UP, look_up},
};

static void look_at_link(struct look *l)
{
	const struct netd_link *have = netd_state_link(l->observed, l->op->link.name);

	for (size_t i = 0; have && i < NETD_ARRAY_SIZE(fields); i++) {
		if (!(l->op->fields & fields[i].field))
			continue;
		add_comma(&l->now);
		fields[i].look(l, have);
	}
}

/* A bridge keeps our alias under another name. */
static void look_for_renamed(struct look *l)
{
	const struct netd_link *want = &l->op->link;

	for (size_t i = 0; want->alias[0] && i < l->observed->link_count; i++) {
		const struct netd_link *have = &l->observed->links[i];

		if (want->kind != NETD_LINK_BRIDGE || have->kind != want->kind ||
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
