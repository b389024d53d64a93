// SPDX-License-Identifier: GPL-2.0-or-later
/* What a plan's ops find, and who seems to have put it there. */
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "plan/drift.h"

static struct netd_link links[] = {
	{.name = "br0",
	 .kind = NETD_LINK_BRIDGE,
	 .mtu = 9000,
	 .group = NETD_LINK_GROUP,
	 .alias = "netd:lab/br0",
	 .bridge = {.stp = true, .multicast_snooping = true}},
	{.name = "old",
	 .kind = NETD_LINK_BRIDGE,
	 .up = true,
	 .group = NETD_LINK_GROUP,
	 .alias = "netd:lab/dmz"},
	{.name = "br9",
	 .kind = NETD_LINK_BRIDGE,
	 .group = NETD_LINK_GROUP,
	 .alias = "netd:other/br9"},
	{.name = "docker0", .kind = NETD_LINK_BRIDGE},
	{.name = "mine", .kind = NETD_LINK_BRIDGE},
	{.name = "vm1", .kind = NETD_LINK_TAP, .master = "br9"},
	{.name = "vm2", .kind = NETD_LINK_TAP, .master = "docker0"},
	{.name = "vm3", .kind = NETD_LINK_TAP, .master = "mine"},
	{.name = "vm4", .kind = NETD_LINK_TAP},
};

static struct netd_route routes[] = {
	{.to = {.addr = {.family = 2}},
	 .link = "eth0",
	 .protocol = RTPROT_DHCP,
	 .via = {.family = 2, .bytes = {10, 0, 0, 1}}},
	{.to = {.addr = {.family = 2, .bytes = {10, 9}}, .length = 16},
	 .type = NETD_ROUTE_BLACKHOLE,
	 .protocol = RTPROT_STATIC},
};

static struct netd_sysctl sysctls[] = {{.path = "ipv4/conf/eth0/forwarding", .value = 0}};

static struct netd_op set(const char *link, unsigned fields)
{
	struct netd_op op = {.kind = NETD_OP_SET_LINK, .fields = fields};

	netd_copy(op.link.name, link);
	return op;
}

static struct netd_op create(enum netd_link_kind kind, const char *name,
			     const char *alias)
{
	struct netd_op op = {.kind = NETD_OP_CREATE_LINK, .link.kind = kind};

	netd_copy(op.link.name, name);
	netd_copy(op.link.alias, alias);
	return op;
}

static void rows(void **state)
{
	const struct netd_op sysctl = {.kind = NETD_OP_CLAIM_SYSCTL,
				       .sysctl = sysctls[0]};
	const struct netd_op unknown = {.kind = NETD_OP_SET_SYSCTL,
					.sysctl.path = "ipv4/conf/br0/forwarding"};
	struct netd_op swap = {.kind = NETD_OP_ADD_ROUTE, .route = routes[0]};
	struct netd_op hole = {.kind = NETD_OP_ADD_ROUTE, .route = routes[1]};
	struct netd_op other = {.kind = NETD_OP_ADD_ROUTE, .route = routes[1]};
	struct netd_op elsewhere = set("br0", NETD_LINK_UP);
	const struct netd_state observed = {
		.links = links,
		.link_count = NETD_ARRAY_SIZE(links),
		.routes = routes,
		.route_count = NETD_ARRAY_SIZE(routes),
		.sysctls = sysctls,
		.sysctl_count = NETD_ARRAY_SIZE(sysctls),
	};
	const struct {
		struct netd_op op;
		const char *now, *by;
	} cases[] = {
		{set("br0", NETD_LINK_UP | NETD_LINK_MTU), "mtu 9000, down", ""},
		{set("br0", NETD_LINK_KIND_DATA), "stp 1, multicast_snooping 1", ""},
		{set("vm1", NETD_LINK_MASTER), "in br9", "br9 is of topology other"},
		{set("vm2", NETD_LINK_MASTER), "in docker0",
		 "docker0 is Docker's by its name"},
		{set("vm3", NETD_LINK_MASTER), "in mine", ""},
		{set("vm4", NETD_LINK_MASTER | NETD_LINK_ALIAS_TEXT),
		 "in no bridge, no alias", ""},
		{set("nosuch", NETD_LINK_UP), "", ""},
		{create(NETD_LINK_BRIDGE, "dmz", "netd:lab/dmz"), "renamed to old", ""},
		{create(NETD_LINK_BRIDGE, "new", "netd:lab/new"), "", ""},
		{create(NETD_LINK_TAP, "tap", "netd:lab/dmz"), "", ""},
		{sysctl, "0", ""},
		{unknown, "", ""},
		{swap, "unicast via 10.0.0.1 dev eth0", "a DHCP client made it"},
		{hole, "blackhole", ""},
		{other, "", ""},
		{elsewhere, "", ""},
	};
	struct netd_op ops[NETD_ARRAY_SIZE(cases)];
	struct netd_plan plan = {.ops = ops, .op_count = NETD_ARRAY_SIZE(cases)};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++)
		ops[i] = cases[i].op;
	ops[14].route.metric = 5;	       /* another slot */
	netd_copy(ops[15].space, "nosuch-ns"); /* nothing is known of it */
	assert_int_equal(netd_drift_explain(&plan, &observed), 0);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		assert_string_equal(plan.evidence[i].now, cases[i].now);
		assert_string_equal(plan.evidence[i].by, cases[i].by);
	}
	free(plan.evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

	return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
