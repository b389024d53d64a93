// SPDX-License-Identifier: GPL-2.0-or-later
/* What must change in the table, from what it holds and what is wanted. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include <netinet/in.h>

#include <linux/netfilter.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "ruleset/compile.h"
#include "ruleset/delta.h"
#include "nft/layout.h"

#define SLOTS 4

/* A forward of 10.0.0.KEY to 10.1.0.DATA; key 0 ends the list. */
struct slot {
	uint8_t key, data;
	const char *comment;
};

/* Chain "nat-NAME" with that first port. */
struct chain {
	const char *name;
	uint16_t port;
	const char *owner;
};

struct side {
	bool present, intact;
	struct slot slots[SLOTS];
	struct chain chains[SLOTS];
};

#define HELD true, true
#define SPOILED true, false
#define ABSENT false, false

static const struct {
	const char *name;
	struct side have, want;
	int code;
	const char *expected;
} rows[] = {
	{"nothing there, nothing wanted", {ABSENT}, {ABSENT}, 0, ""},
	{"satisfied",
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-n", 5, "lab/n"}}},
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-n", 5, "lab/n"}}},
	 0,
	 ""},
	{"from nothing",
	 {ABSENT},
	 {HELD, {{1, 1, "lab/n"}}},
	 0,
	 "add table inet netd\n"
	 "add element inet netd address4 { 10.0.0.1 comment \"lab/n\" : 10.1.0.1 }\n"},
	{"one more, in any order",
	 {HELD, {{3, 1, "lab/n"}, {1, 1, "lab/n"}}},
	 {HELD, {{1, 1, "lab/n"}, {2, 1, "lab/n"}, {3, 1, "lab/n"}}},
	 0,
	 "add element inet netd address4 { 10.0.0.2 comment \"lab/n\" : 10.1.0.1 }\n"},
	{"another target",
	 {HELD, {{1, 1, "lab/n"}}},
	 {HELD, {{1, 2, "lab/n"}}},
	 0,
	 "delete element inet netd address4 { 10.0.0.1 }\n"
	 "add element inet netd address4 { 10.0.0.1 comment \"lab/n\" : 10.1.0.2 }\n"},
	{"a comment alone",
	 {HELD, {{1, 1, "lab/n"}}},
	 {HELD, {{1, 1, "lab/n web"}}},
	 0,
	 "delete element inet netd address4 { 10.0.0.1 }\n"
	 "add element inet netd address4 { 10.0.0.1 comment \"lab/n web\" : 10.1.0.1 "
	 "}\n"},
	{"another topology's stays, also if its name begins like ours",
	 {HELD, {{1, 1, "lab/n"}, {2, 1, "lab2/n"}, {3, 1, "la/n"}}},
	 {ABSENT},
	 0,
	 "delete element inet netd address4 { 10.0.0.1 }\n"},
	{"the last one takes the table with it",
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-n", 5, "lab/n"}}},
	 {ABSENT},
	 0,
	 "delete table inet netd\n"},
	{"an empty table of ours goes", {HELD}, {ABSENT}, 0, "delete table inet netd\n"},
	{"made anew, with what others have",
	 {SPOILED, {{1, 1, "lab/n"}, {2, 1, "b/n"}}},
	 {HELD, {{1, 1, "lab/n"}, {3, 1, "lab/n"}}},
	 0,
	 "delete table inet netd\n"
	 "add table inet netd\n"
	 "add element inet netd address4 { 10.0.0.3 comment \"lab/n\" : 10.1.0.1 }\n"},
	{"spoiled and not needed",
	 {SPOILED, {{1, 1, "lab/n"}}},
	 {ABSENT},
	 0,
	 "delete table inet netd\n"},
	{"taken by another topology",
	 {HELD, {{1, 1, "b/n"}}},
	 {HELD, {{1, 1, "lab/n"}}},
	 -EEXIST,
	 "'lab/n' wants the entry 10.0.0.1 of the firewall's map address4, which 'b/n' "
	 "holds"},
	{"taken by somebody",
	 {HELD, {{1, 1, ""}}},
	 {HELD, {{1, 1, "lab/n"}}},
	 -EEXIST,
	 "'lab/n' wants the entry 10.0.0.1 of the firewall's map address4, which "
	 "'somebody unknown' holds"},
	{"a chain's ports change",
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-n", 5, "lab/n"}}},
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-n", 6, "lab/n"}}},
	 0,
	 "delete chain inet netd nat-n\n"
	 "add chain inet netd nat-n { comment \"lab/n\"; masquerade to :6-9 }\n"},
	{"chains come and go, others' stay",
	 {HELD,
	  {{1, 1, "lab/n"}},
	  {{"nat-n", 5, "lab/n"}, {"nat-b", 5, "b/b"}, {"nat-o", 5, "lab/o"}}},
	 {HELD, {{1, 1, "lab/n"}}, {{"nat-a", 5, "lab/a"}, {"nat-o", 5, "lab/o"}}},
	 0,
	 "delete chain inet netd nat-n\n"
	 "add chain inet netd nat-a { comment \"lab/a\"; masquerade to :5-9 }\n"},
};

static void fill(struct netd_ruleset *r, const struct side *side)
{
	*r = (struct netd_ruleset){.present = side->present, .intact = side->intact};
	for (size_t i = 0; i < SLOTS && side->slots[i].key; i++) {
		struct netd_element *e =
			netd_array_add(&r->elements, &r->element_count, sizeof(*e));
		struct netd_addr key = {AF_INET, {10, 0, 0, side->slots[i].key}};

		netd_element_forward_key(e, &key, 0, 0);
		memcpy(e->data, (uint8_t[]){10, 1, 0, side->slots[i].data}, 4);
		e->data_length = 4;
		netd_copy(e->comment, side->slots[i].comment);
	}
	for (size_t i = 0; i < SLOTS && side->chains[i].name; i++) {
		struct netd_source_chain *c =
			netd_array_add(&r->chains, &r->chain_count, sizeof(*c));

		netd_copy(c->name, side->chains[i].name);
		netd_copy(c->owner, side->chains[i].owner);
		c->port_first = side->chains[i].port;
		c->port_last = 9;
	}
}

static void diff(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_ruleset have, want;
		struct netd_ruleset_delta d = {0};
		struct netd_error err = {0};
		struct netd_str text = {0};
		int r;

		fill(&have, &rows[i].have);
		fill(&want, &rows[i].want);
		r = netd_ruleset_diff(&have, &want, "lab", &d, &err);
		assert_int_equal(r, rows[i].code);
		netd_ruleset_delta_print(&text, &d);
		assert_string_equal(r < 0 ? err.problems[0].text : netd_str_text(&text),
				    rows[i].expected);
		assert_int_equal(netd_ruleset_delta_is_empty(&d), !text.length);
		netd_str_done(&text);
		netd_error_done(&err);
		netd_ruleset_delta_done(&d);
		netd_ruleset_done(&have);
		netd_ruleset_done(&want);
	}
}

/* When the table is made anew, what does not change must be sent, too. */
static void kept(void **state)
{
	const struct side have_side = {SPOILED,
				       {{1, 1, "lab/n"}, {2, 1, "b/n"}, {3, 1, "lab/n"}},
				       {{"nat-b", 5, "b/n"}}};
	const struct side want_side = {HELD, {{1, 1, "lab/n"}, {3, 2, "lab/n"}}, {{0}}};
	struct netd_ruleset have, want;
	struct netd_ruleset_delta d = {0};

	(void)state;
	fill(&have, &have_side);
	fill(&want, &want_side);
	assert_int_equal(netd_ruleset_diff(&have, &want, "lab", &d, NULL), 0);
	assert_int_equal(d.kept_count, 2);
	assert_int_equal(d.kept[0].key[3], 1);
	assert_int_equal(d.kept[1].key[3], 2);
	assert_int_equal(d.chains_kept_count, 1);
	assert_int_equal(d.removed_count, 1);
	assert_int_equal(d.added_count, 1);
	netd_ruleset_delta_done(&d);
	netd_ruleset_done(&have);
	netd_ruleset_done(&want);
}

/* Chain 0 has a policy of drop, 1 drops by a rule, 2 does not drop, 3 is locked. */
static const struct netd_foreign_chain foreign[] = {
	{.family = NFPROTO_IPV4, .table = "t", .name = "p", .drops = true},
	{.family = NFPROTO_INET, .table = "t", .name = "r", .drops = true, .before = 9},
	{.family = NFPROTO_INET, .table = "t", .name = "a"},
	{.family = NFPROTO_IPV4,
	 .table = "own",
	 .name = "i",
	 .drops = true,
	 .locked = true},
};

#define RULE(text) "iifname \"lan\" " text "\"\n"

static const struct {
	const char *name;
	size_t chains;
	struct netd_admit_rule present[4]; /* handle 0 ends the list */
	unsigned services;
	const char *expected;
} admit_rows[] = {
	{"nothing is served", 3, {{0}}, 0, ""},
	{"a policy",
	 1,
	 {{0}},
	 NETD_ADMIT_DHCP,
	 "add rule ip t p " RULE("udp dport 67 accept comment \"netd:lab/n dhcp")},
	{"a rule that drops; IPv6 has no place in a table of IPv4",
	 3,
	 {{0, 0, "lan", "lab/n", 5}},
	 NETD_ADMIT_DHCP | NETD_ADMIT_DHCP6,
	 "insert rule inet t r handle 9 " RULE(
		 "udp dport 67 accept comment "
		 "\"netd:lab/n dhcp") "insert rule inet t r handle 9 " RULE("udp dport "
									    "547 accept "
									    "comment "
									    "\"netd:lab/"
									    "n dhcpv6")},
	{"twice there, spoiled, in a chain that drops no more, another topology's",
	 3,
	 {{0, 0, "lan", "lab/n", 5},
	  {0, 0, "lan", "lab/n", 6},
	  {2, 0, "lan", "lab/n", 7},
	  {1, 0, "lan", "lab2/n", 8}},
	 0,
	 "delete rule ip t p handle 5\ndelete rule ip t p handle 6\n"
	 "delete rule inet t a handle 7\n"},
	{"a spoiled one is made anew",
	 1,
	 {{0, NETD_ADMIT_SPOILED, "lan", "lab/n", 5}, {0, 0, "lan", "lab/n", 6}},
	 NETD_ADMIT_DHCP,
	 "delete rule ip t p handle 5\n"},
	{"a locked table is left alone",
	 4,
	 {{0, 0, "lan", "lab/n", 5},
	  {1, 0, "lan", "lab/n", 6},
	  {3, NETD_ADMIT_SPOILED, "lan", "lab/n", 7}},
	 NETD_ADMIT_DHCP,
	 ""},
};

static void admits(void **state)
{
	struct netd_admit admit = {.link = "lan", .owner = "lab/n"};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(admit_rows); i++) {
		struct netd_admit_rule present[4];
		struct netd_foreign_chain chains[NETD_ARRAY_SIZE(foreign)];
		struct netd_ruleset have = {.foreign = chains,
					    .foreign_count = admit_rows[i].chains,
					    .admitted = present};
		struct netd_ruleset want = {.admits = &admit,
					    .admit_count = admit_rows[i].services != 0};
		struct netd_ruleset_delta d = {0};
		struct netd_str text = {0};

		memcpy(chains, foreign, sizeof(chains));
		memcpy(present, admit_rows[i].present, sizeof(present));
		while (have.admitted_count < 4 && present[have.admitted_count].handle)
			have.admitted_count++;
		admit.services = admit_rows[i].services;
		assert_int_equal(netd_ruleset_diff(&have, &want, "lab", &d, NULL), 0);
		netd_ruleset_delta_print(&text, &d);
		assert_string_equal(netd_str_text(&text), admit_rows[i].expected);
		assert_int_equal(netd_ruleset_delta_is_empty(&d), !text.length);
		netd_str_done(&text);
		netd_ruleset_delta_done(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff),
		cmocka_unit_test(kept),
		cmocka_unit_test(admits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
