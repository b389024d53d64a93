// SPDX-License-Identifier: GPL-2.0-or-later
/* Which ports of others a plan plugs in again, and of which it says that they lose out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "plan/plan.h"

#define INDEX 7

/*
 * The host has tap0, number 7, and perhaps bridges: old0 of network lan, new0 of network
 * dmz, and br7, which is somebody else's.  Wanted is new0, and old0 if @stays.
 */
static const struct {
	const char *name;
	const char *master; /* of tap0 */
	const char *from;   /* the plug's; NULL: there is none */
	int index;
	bool ours, stays, wanted; /* tap0: netd's own; old0 stays; the file has tap0 */
	uint32_t mtu;		  /* of tap0 */
	const char *joins;	  /* "" not at all */
	unsigned fields;
	const char *note;
} cases[] = {
	{"it waits", "", "", INDEX, .mtu = 1400, .joins = "new0",
	 .fields = NETD_LINK_MASTER},
	{"it waits, with another MTU", "", "", INDEX, .mtu = 1500, .joins = "new0",
	 .fields = NETD_LINK_MASTER | NETD_LINK_MTU},
	{"it moves along", "old0", "old0", INDEX, .mtu = 1400, .joins = "new0",
	 .fields = NETD_LINK_MASTER},
	{"it is there", "new0", "", INDEX, .mtu = 1400, .joins = ""},
	{"another one by now", "", "", INDEX + 1, .mtu = 1400, .joins = ""},
	{"netd's own", "", "", INDEX, .ours = true, .mtu = 1400, .joins = ""},
	{"one of the file", "", "", INDEX, .wanted = true, .mtu = 1400, .joins = ""},
	{"with somebody else", "br7", "", INDEX, .mtu = 1400, .joins = "",
	 .note = "port tap0 was plugged into new0, and stays in br7 now"},
	{"moved by hand", "old0", "", INDEX, .stays = true, .mtu = 1400, .joins = "",
	 .note = "port tap0 was plugged into new0, and stays in old0 now"},
	{"its network goes", "old0", NULL, 0, .mtu = 1400, .joins = "",
	 .note = "network lan goes, and tap0 is plugged in: no network until it is back"},
	{"its network stays", "old0", NULL, 0, .stays = true, .mtu = 1400, .joins = ""},
	{"nobody's", "", NULL, 0, .mtu = 1400, .joins = ""},
};

static struct netd_link *add(struct netd_state *s, const char *name,
			     enum netd_link_kind kind, const char *owner)
{
	struct netd_link *link = netd_array_add(&s->links, &s->link_count, sizeof(*link));

	assert_non_null(link);
	netd_copy(link->name, name);
	link->kind = kind;
	link->index = (int)s->link_count;
	link->mtu = 1400;
	link->up = true;
	if (owner) {
		link->group = NETD_LINK_GROUP;
		snprintf(link->alias, sizeof(link->alias), "netd:%s", owner);
	}
	return link;
}

static struct netd_desired_link *want(struct netd_desired *s, const char *name,
				      enum netd_link_kind kind)
{
	struct netd_desired_link *link =
		netd_array_add(&s->links, &s->link_count, sizeof(*link));

	assert_non_null(link);
	netd_copy(link->name, name);
	link->kind = kind;
	link->mtu = 1400;
	link->up = true;
	return link;
}

/* One of ours. */
static void want_bridge(struct netd_desired *s, const char *name, const char *owner)
{
	struct netd_desired_link *link = want(s, name, NETD_LINK_BRIDGE);

	link->group = NETD_LINK_GROUP;
	snprintf(link->alias, sizeof(link->alias), "netd:%s", owner);
}

static void make_states(size_t i, struct netd_state *observed,
			struct netd_desired *desired)
{
	struct netd_link *tap;

	add(observed, "old0", NETD_LINK_BRIDGE, "lab/lan");
	add(observed, "new0", NETD_LINK_BRIDGE, "lab/dmz");
	add(observed, "br7", NETD_LINK_BRIDGE, NULL);
	tap = add(observed, "tap0", NETD_LINK_TAP, cases[i].ours ? "lab/tap0" : NULL);
	tap->index = INDEX;
	tap->mtu = cases[i].mtu;
	netd_copy(tap->master, cases[i].master);
	want_bridge(desired, "new0", "lab/dmz");
	if (cases[i].stays)
		want_bridge(desired, "old0", "lab/lan");
	if (cases[i].wanted)
		want(desired, "tap0", NETD_LINK_TAP)->foreign = true;
}

static void check(size_t i, const struct netd_plan *plan)
{
	const struct netd_op *op = NULL;
	const char *note = plan->notes.count ? plan->notes.problems[0].text : "";

	for (size_t k = 0; k < plan->op_count; k++)
		if (plan->ops[k].kind == NETD_OP_PLUG_PORT)
			op = &plan->ops[k];
	assert_string_equal(op ? op->link.master : "", cases[i].joins);
	if (op) {
		assert_string_equal(op->link.name, "tap0");
		assert_int_equal(op->fields, cases[i].fields);
		assert_int_equal(op->link.mtu, 1400);
	}
	assert_string_equal(note, cases[i].note ? cases[i].note : "");
}

static void each(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_state observed = {0};
		struct netd_desired desired = {0};
		struct netd_guest_port plug = {.port = "tap0", .bridge = "new0"};
		struct netd_plan plan = {0};
		struct netd_plan_input in = {
			.topology = "lab",
			.observed = &observed,
			.desired = &desired,
			.plugs = &plug,
			.plug_count = cases[i].from != NULL,
		};

		print_message("# %s\n", cases[i].name);
		plug.index = cases[i].index;
		netd_copy(plug.from, cases[i].from ? cases[i].from : "");
		make_states(i, &observed, &desired);
		assert_int_equal(netd_plan_make(&in, &plan, NULL), 0);
		check(i, &plan);
		netd_plan_done(&plan);
		netd_state_done(&observed);
		netd_desired_done(&desired);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
