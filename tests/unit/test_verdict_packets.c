// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of packets: flows, ports, types; and what rules do to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/array.h"
#include "verdict_world.h"

static const uint32_t flow = STATE_ESTABLISHED | STATE_RELATED;
static const uint32_t new = STATE_NEW;
static const uint32_t dnat = IPS_DST_NAT;

static bool drops(const struct netd_rule *rules, const struct netd_foreign_chain *chain,
		  struct netd_packet *p)
{
	struct netd_program program;
	struct netd_batch b = {0};
	struct netd_verdict v;
	size_t budget = 100;
	bool dropped;

	world_put(&b, rules);
	assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
	dropped = netd_verdict_drops(&program, chain, p, &budget, &v);
	netd_program_done(&program);
	netd_batch_done(&b);
	return dropped;
}

/* Rules that keep packets from being tracked, or write into them. */
static void alters(void **state)
{
	static const struct {
		struct netd_rule rules[RULES];
		bool altered;
	} cases[] = {
		{{RULE("f", "a", STEP_ACCEPT)}, false},
		{{RULE("f", "a", EXPR("notrack"))}, true},
		{{RULE("f", "a", UDP, EXPR("notrack"))}, false},
		{{RULE("f", "a", {world_target, 0, 0, 0, 0, "CT"})}, true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_foreign_chain chain = world_base(false);
		struct netd_packet p = world_packet(FIRST);

		drops(cases[i].rules, &chain, &p);
		assert_int_equal(p.altered, cases[i].altered);
	}
}

/* Where rules of ours stand, or will, what reaches them is not dropped. */
static void ours(void **state)
{
	static const struct {
		struct netd_rule rules[RULES];
		bool drops, locked, dropped;
	} cases[] = {
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, false, false, true},
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, true, false, false},
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, true, true, true},
		{{RULE("f", "r", STEP_DROP)}, true, false, true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_foreign_chain chain = world_base(true);
		struct netd_packet p = world_packet(FIRST);

		chain.hook = NF_INET_LOCAL_IN;
		chain.drops = cases[i].drops;
		chain.locked = cases[i].locked;
		assert_int_equal(drops(cases[i].rules, &chain, &p), cases[i].dropped);
	}
}

/* Neighbour discovery is of no flow: it is neither new, nor established, nor invalid. */
static void untracked(void **state)
{
	static const uint32_t none = 1 << 6; /* NF_CT_STATE_UNTRACKED_BIT */
	static const struct {
		const char *name;
		struct netd_rule rules[RULES];
		bool dropped;
	} cases[] = {
		{"established", {RULE("f", "a", STATE(&flow), STEP_ACCEPT)}, true},
		{"new", {RULE("f", "a", STATE(&new), STEP_ACCEPT)}, true},
		{"untracked", {RULE("f", "a", STATE(&none), STEP_ACCEPT)}, false},
		{"DNAT", {RULE("f", "a", STEP_CT(STATUS, &dnat), STEP_ACCEPT)}, true},
		{"an answer", {RULE("f", "a", STEP_ANSWER, STEP_ACCEPT)}, true},
		{"iptables' states",
		 {RULE("f", "a", XT_STATE(STATE_ESTABLISHED | STATE_NEW), STEP_ACCEPT)},
		 true},
		{"a map of states",
		 {RULE("f", "m", {netd_expr_ct, NFT_CT_STATE}, MAP("states"))},
		 true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_foreign_chain chain = world_base(true);
		struct netd_packet p = world_packet(FIRST);

		p.tracked = false;
		p.untracked = true;
		if (drops(cases[i].rules, &chain, &p) != cases[i].dropped)
			fail_msg("%s", cases[i].name);
	}
}

/* What iptables-legacy says of ports, and of types of ICMPv6. */
/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define ANY_PORT {0, UINT16_MAX}
#define MATCH(name, info) {name, sizeof(info), &(info)}
/* clang-format on */

static const struct xt_udp dhcp = {ANY_PORT, {67, 67}, 0};
static const struct xt_udp not_dhcp = {ANY_PORT, {67, 67}, XT_UDP_INV_DSTPT};
static const struct xt_udp any_udp = {ANY_PORT, ANY_PORT, 0};
static const struct xt_udp from_low = {{0, 1023}, ANY_PORT, 0};
static const struct xt_tcp some_tcp = {.spts = ANY_PORT, .dpts = {53, 67}};
static const struct xt_tcp syn = {
	.spts = ANY_PORT, .dpts = ANY_PORT, .flg_mask = 2, .flg_cmp = 2};
static const struct ip6t_icmp solicit = {135, {0, 255}, 0};
static const struct ip6t_icmp not_solicit = {135, {0, 255}, IP6T_ICMP_INV};

static const struct {
	const char *name;
	struct world_match match;
	uint8_t protocol;
	uint16_t source, destination;
	bool drops; /* for certain */
} extensions[] = {
	{"its port", MATCH("udp", dhcp), 17, 68, 67, true},
	{"another port", MATCH("udp", dhcp), 17, 68, 53, false},
	{"a port that is not known", MATCH("udp", dhcp), 17, 68, 0, false},
	{"any but its port", MATCH("udp", not_dhcp), 17, 68, 67, false},
	{"any but another port", MATCH("udp", not_dhcp), 17, 68, 53, true},
	{"any port, whatever is known", MATCH("udp", any_udp), 17, 0, 0, true},
	{"where it comes from", MATCH("udp", from_low), 17, 68, 67, true},
	{"where it does not", MATCH("udp", from_low), 17, 1068, 67, false},
	{"within a range", MATCH("tcp", some_tcp), 6, 0, 67, true},
	{"beyond a range", MATCH("tcp", some_tcp), 6, 0, 68, false},
	{"flags are not looked at", MATCH("tcp", syn), 6, 0, 67, false},
	{"a type", MATCH("icmp6", solicit), 58, 135 << 8, 0, true},
	{"another type", MATCH("icmp6", solicit), 58, 136 << 8, 0, false},
	{"any but another type", MATCH("icmp6", not_solicit), 58, 136 << 8, 0, true},
	{"no ICMPv6", MATCH("icmp6", not_solicit), 6, 0, 67, false},
	{"too short", {"udp", 4, &any_udp}, 17, 68, 67, false},
};

static void ports_and_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(extensions); i++) {
		const struct netd_rule rules[RULES] = {
			RULE("f", "r", {world_match, 0, 0, 0, 0, &extensions[i].match},
			     STEP_DROP)};
		struct netd_foreign_chain chain = world_base(false);
		struct netd_packet p = world_packet(FIRST);

		p.protocol = extensions[i].protocol;
		p.source_port = extensions[i].source;
		p.destination_port = extensions[i].destination;
		if (drops(rules, &chain, &p) != extensions[i].drops)
			fail_msg("%s", extensions[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alters),
		cmocka_unit_test(ours),
		cmocka_unit_test(ports_and_types),
		cmocka_unit_test(untracked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
