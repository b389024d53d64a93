// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose a link is, by group, alias and name: two of the three are enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "model/state.h"

static const struct netd_desired_link want = {
	.name = "br0",
	.kind = NETD_LINK_BRIDGE,
	.group = NETD_LINK_GROUP,
	.alias = "netd:lab/lan",
};

static void links(void **state)
{
	static const struct {
		const char *name, *alias;
		uint32_t group;
		enum netd_link_kind kind;
		const char *owner; /* NULL: not ours, or nobody knows whose */
	} cases[] = {
		{"br0", "netd:lab/lan", NETD_LINK_GROUP, NETD_LINK_BRIDGE, "lab/lan"},
		{"br7", "netd:lab/lan", NETD_LINK_GROUP, NETD_LINK_BRIDGE, "lab/lan"},
		{"br0", "netd:lab/lan", 7, NETD_LINK_BRIDGE, "lab/lan"},
		{"br0", "", NETD_LINK_GROUP, NETD_LINK_BRIDGE, "lab/lan"},
		{"br0", "mine", NETD_LINK_GROUP_DOOMED, NETD_LINK_BRIDGE, "lab/lan"},
		/* one mark, or another one's */
		{"br7", "netd:lab/lan", 7, NETD_LINK_BRIDGE, NULL},
		{"br7", "", NETD_LINK_GROUP, NETD_LINK_BRIDGE, NULL},
		{"br0", "mine", 7, NETD_LINK_BRIDGE, NULL},
		{"br0", "netd:lab/dmz", 7, NETD_LINK_BRIDGE, NULL},
		{"br0", "", NETD_LINK_GROUP, NETD_LINK_TAP, NULL},
		{"br0", "netd:other/lan", NETD_LINK_GROUP, NETD_LINK_BRIDGE, "other/lan"},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_link have = {.kind = cases[i].kind, .group = cases[i].group};
		const char *owner;

		netd_copy(have.name, cases[i].name);
		netd_copy(have.alias, cases[i].alias);
		netd_link_recognise(&have, &want);
		owner = netd_link_is_ours(&have) ? netd_link_owner(&have) : NULL;
		if (!cases[i].owner)
			assert_null(owner);
		else
			assert_string_equal(owner, cases[i].owner);
	}
}

static void loopbacks(void **state)
{
	static const struct {
		const char *alias, *known;
		uint32_t group;
		const char *owner;
	} cases[] = {
		{"netd:lab/r1", "", NETD_LINK_GROUP, "lab/r1"},
		{"netd:lab/r1", "other/r1", NETD_LINK_GROUP, "lab/r1"},
		{"netd:lab/r1", "lab/r1", 0, "lab/r1"},
		{"", "lab/r1", NETD_LINK_GROUP, "lab/r1"},
		{"mine", "lab/r1", NETD_LINK_GROUP, "lab/r1"},
		{"netd:lab/r1", "", 0, NULL},
		{"netd:lab/r1", "other/r1", 0, NULL},
		{"", "", NETD_LINK_GROUP, NULL},
		{"", "lab/r1", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_link lo = {.name = "lo", .group = cases[i].group};
		const char *owner;

		netd_copy(lo.alias, cases[i].alias);
		owner = netd_loopback_owner(&lo, cases[i].known);
		if (!cases[i].owner)
			assert_null(owner);
		else
			assert_string_equal(owner, cases[i].owner);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(links),
					   cmocka_unit_test(loopbacks)};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
