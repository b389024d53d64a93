// SPDX-License-Identifier: GPL-2.0-or-later
/* What is certain to be dropped by somebody else's chains, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "verdict_world.h"

static const uint32_t flow = STATE_ESTABLISHED | STATE_RELATED;
static const uint32_t new = STATE_NEW;
static const uint32_t dnat = IPS_DST_NAT;

static const struct {
	const char *name;
	bool policy_drops;
	struct netd_rule rules[RULES];
	unsigned dropped;    /* which of the two, for certain */
	const char *culprit; /* a rule's comment; "": the policy */
} rows[] = {
	{"no rules, accepts", false, {{0}}, 0, NULL},
	{"no rules, drops", true, {{0}}, BOTH, ""},
	{"a rule drops all", false, {RULE("f", "r", STEP_DROP)}, BOTH, "r"},
	{"a rule refuses all", false, {RULE("f", "r", STEP_REJECT)}, BOTH, "r"},
	{"accepted in front of it",
	 true,
	 {RULE("f", "a", STEP_ACCEPT), RULE("f", "r", STEP_DROP)},
	 0,
	 NULL},
	{"by interface", true, {RULE("f", "a", IN, IS("lan"), STEP_ACCEPT)}, ANSWER, ""},
	{"by another interface",
	 true,
	 {RULE("f", "a", IN, IS("lan2"), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"by a name's beginning",
	 true,
	 {RULE("f", "a", IN, BEGINS("la"), STEP_ACCEPT),
	  RULE("f", "b", OUT, BEGINS("la"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"not by that interface",
	 false,
	 {RULE("f", "r", IN, NOT(4, "lan"), STEP_DROP)},
	 ANSWER,
	 "r"},
	{"both interfaces",
	 true,
	 {RULE("f", "a", IN, IS("lan"), OUT, IS("eth0"), STEP_ACCEPT),
	  RULE("f", "b", IN, IS("eth0"), OUT, IS("wg0"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"answers pass", true, {RULE("f", "a", STATE(&flow), STEP_ACCEPT)}, FIRST, ""},
	{"new ones pass", true, {RULE("f", "a", STATE(&new), STEP_ACCEPT)}, ANSWER, ""},
	{"DNAT passes",
	 true,
	 {RULE("f", "a", STEP_CT(STATUS, &dnat), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"iptables' states",
	 true,
	 {RULE("f", "a", XT_STATE(STATE_ESTABLISHED | STATE_RELATED), STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"iptables' states, inverted",
	 true,
	 {RULE("f", "a",
	       {world_conntrack, STATE_ESTABLISHED, 0, XT_CONNTRACK_STATE, 3,
		"conntrack"},
	       STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"iptables' states and more",
	 true,
	 {RULE("f", "a", {world_conntrack, 0, XT_CONNTRACK_EXPIRES, 0, 3, "conntrack"},
	       STEP_ACCEPT)},
	 0,
	 NULL},
	{"iptables' SNAT is not known",
	 true,
	 {RULE("f", "a", XT_STATE(XT_CONNTRACK_STATE_SNAT), STEP_ACCEPT)},
	 0,
	 NULL},
	{"iptables' DNAT is",
	 true,
	 {RULE("f", "a", XT_STATE(XT_CONNTRACK_STATE_DNAT), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"an old revision of it",
	 true,
	 {RULE("f", "a", {world_conntrack, 0, 0, 0, 1, "conntrack"}, STEP_ACCEPT)},
	 0,
	 NULL},
	{"a comment of iptables'",
	 false,
	 {RULE("f", "r", {world_conntrack, 0, 0, 0, 0, "comment"}, STEP_DROP)},
	 BOTH,
	 "r"},
	{"an unknown match may or may not",
	 false,
	 {RULE("f", "r", {world_conntrack, 0, 0, 0, 0, "addrtype"}, STEP_DROP)},
	 0,
	 NULL},
	{"the same, accepting",
	 true,
	 {RULE("f", "a", {world_conntrack, 0, 0, 0, 0, "addrtype"}, STEP_ACCEPT)},
	 0,
	 NULL},
	{"REJECT",
	 false,
	 {RULE("f", "r", {world_target, 0, 0, 0, 0, "REJECT"})},
	 BOTH,
	 "r"},
	{"LOG", true, {RULE("f", "l", {world_target, 0, 0, 0, 0, "LOG"})}, BOTH, ""},
	{"an unknown target",
	 true,
	 {RULE("f", "x", {world_target, 0, 0, 0, 0, "X"})},
	 0,
	 NULL},
	{"counters and logs",
	 false,
	 {RULE("f", "r", EXPR("counter"), EXPR("log"), STEP_DROP)},
	 BOTH,
	 "r"},
	{"a limit", false, {RULE("f", "r", EXPR("limit"), STEP_DROP)}, 0, NULL},
	{"an unknown expression leaves nothing known",
	 true,
	 {RULE("f", "a", IN, EXPR("hash"), IS("wg0"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"another protocol", true, {RULE("f", "a", UDP, STEP_ACCEPT)}, BOTH, ""},
	{"some port", true, {RULE("f", "a", TCP, DPORT("\0\x50"), STEP_ACCEPT)}, 0, NULL},
	{"IPv6", true, {RULE("f", "a", STEP_IPV6, STEP_ACCEPT)}, BOTH, ""},
	{"IPv4", true, {RULE("f", "a", STEP_IPV4, STEP_ACCEPT)}, 0, NULL},
	{"its subnet",
	 true,
	 {RULE("f", "a", SADDR, STEP_MASK(4, "\xff\0\0\0"), STEP_IS(4, "\x0a\0\0\0"),
	       STEP_ACCEPT),
	  RULE("f", "b", STATE(&flow), STEP_ACCEPT)},
	 0,
	 NULL},
	{"another subnet",
	 true,
	 {RULE("f", "a", SADDR, STEP_MASK(4, "\xff\0\0\0"), STEP_IS(4, "\x0b\0\0\0"),
	       STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"an address in it",
	 true,
	 {RULE("f", "a", SADDR, STEP_IS(4, "\x0a\1\0\7"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"less than it",
	 true,
	 {RULE("f", "a", SADDR, CMP(LT, 4, "\x0a\1\0\0"), STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"at least it",
	 false,
	 {RULE("f", "r", SADDR, CMP(GTE, 4, "\x0a\1\0\0"), CMP(LTE, 4, "\x0a\1\0\xff"),
	       STEP_DROP)},
	 FIRST,
	 "r"},
	{"more than its first",
	 false,
	 {RULE("f", "r", SADDR, CMP(GT, 4, "\x0a\1\0\0"), STEP_DROP)},
	 0,
	 NULL},
	{"within a range",
	 false,
	 {RULE("f", "r", SADDR,
	       {world_range, NFT_RANGE_EQ, 0, 0, 0, "\x0a\0\0\0\x0a\2\0\0"}, STEP_DROP)},
	 FIRST,
	 "r"},
	{"not within a range",
	 false,
	 {RULE("f", "r", SADDR,
	       {world_range, NFT_RANGE_NEQ, 0, 0, 0, "\x0a\2\0\0\x0a\3\0\0"}, STEP_DROP)},
	 FIRST,
	 "r"},
	{"a set without it",
	 true,
	 {RULE("f", "a", IN, FIND("names"), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"a set with it",
	 true,
	 {RULE("f", "a", IN, FIND("lans"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"not in a set",
	 false,
	 {RULE("f", "r", IN, FIND_NOT("names"), STEP_DROP)},
	 BOTH,
	 "r"},
	{"a set of names that has one",
	 true,
	 {RULE("f", "a", IN, FIND("ours"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"a set that time changes",
	 true,
	 {RULE("f", "a", IN, FIND("timed"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"a set that is not there",
	 true,
	 {RULE("f", "a", IN, FIND("gone"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"a set of addresses is not looked at",
	 true,
	 {RULE("f", "a", SADDR, FIND("addresses"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"intervals around it",
	 false,
	 {RULE("f", "r", SADDR, FIND("ten"), STEP_DROP)},
	 FIRST,
	 "r"},
	{"intervals over half of it",
	 false,
	 {RULE("f", "r", SADDR, FIND("half"), STEP_DROP)},
	 0,
	 NULL},
	{"a concatenation of intervals",
	 false,
	 {RULE("f", "r", IN,
	       {netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_2},
	       FIND("pairs"), STEP_DROP)},
	 FIRST,
	 "r"},
	{"a map of verdicts",
	 false,
	 {RULE("f", "m", IN, MAP("verdicts"))},
	 FIRST,
	 "dead"},
	{"a map with a rest", false, {RULE("f", "m", IN, MAP("rest"))}, BOTH, "m"},
	{"a map of states",
	 true,
	 {RULE("f", "m", {netd_expr_ct, NFT_CT_STATE}, MAP("states"))},
	 FIRST,
	 ""},
	{"a map that is not there", true, {RULE("f", "m", IN, MAP("gone"))}, 0, NULL},
	{"jump to a chain that drops",
	 false,
	 {RULE("f", "j", STEP_JUMP("dead"))},
	 BOTH,
	 "dead"},
	{"jump and come back",
	 false,
	 {RULE("f", "j", STEP_JUMP("udp")), RULE("f", "k", STEP_JUMP("back")),
	  RULE("f", "e", STEP_JUMP("empty")), RULE("f", "r", STEP_DROP)},
	 BOTH,
	 "r"},
	{"goto and do not",
	 false,
	 {RULE("f", "j", GOTO("udp")), RULE("f", "r", STEP_DROP)},
	 0,
	 NULL},
	{"goto and meet the policy",
	 true,
	 {RULE("f", "j", GOTO("back")), RULE("f", "a", STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"return from the base chain",
	 true,
	 {RULE("f", "a", STEP_RETURN), RULE("f", "b", STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"it may go where all is dropped",
	 true,
	 {RULE("f", "j", EXPR("limit"), STEP_JUMP("dead"))},
	 BOTH,
	 ""},
	{"a loop ends", true, {RULE("f", "j", STEP_JUMP("loop"))}, 0, NULL},
};

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_foreign_chain chain = world_base(rows[i].policy_drops);
		struct netd_program program;
		struct netd_batch b = {0};

		world_put(&b, rows[i].rules);
		assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
		for (unsigned way = FIRST; way <= ANSWER; way++) {
			struct netd_packet p = world_packet(way);
			bool expected = rows[i].dropped & way;
			struct netd_verdict v;
			size_t budget = 1000;

			if (netd_verdict_drops(&program, &chain, &p, &budget, &v) !=
			    expected)
				fail_msg("%s: %s is %sdropped", rows[i].name,
					 way == FIRST ? "the first" : "the answer",
					 expected ? "not " : "");
			if (expected)
				assert_string_equal(v.rule ? v.rule->comment : "",
						    rows[i].culprit);
		}
		netd_program_done(&program);
		netd_batch_done(&b);
	}
}

/* What is beyond the budget, or was not read, is not certain. */
static void bounds(void **state)
{
	static const struct netd_rule rules[RULES] = {RULE("f", "a", UDP, STEP_ACCEPT),
						      RULE("f", "b", UDP, STEP_ACCEPT),
						      RULE("f", "r", STEP_DROP)};
	struct netd_foreign_chain chain = world_base(false);
	struct netd_packet p = world_packet(FIRST);
	struct netd_program program;
	struct netd_batch b = {0};
	struct netd_verdict v;
	size_t budget = 3;

	(void)state;
	world_put(&b, rules);
	assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
	assert_true(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	assert_int_equal(budget, 0);
	budget = 2;
	assert_false(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	budget = 100;
	chain.unread = true;
	assert_false(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	netd_program_done(&program);
	netd_batch_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
