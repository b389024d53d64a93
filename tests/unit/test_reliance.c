// SPDX-License-Identifier: GPL-2.0-or-later
/* What is given back when a topology goes, and what others rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "plan/plan.h"

#define ALL4 "ipv4/conf/all/forwarding"
#define ALL6 "ipv6/conf/all/forwarding"
#define ETH4 "ipv4/conf/eth0/forwarding"
#define RA "ipv6/conf/eth0/accept_ra"

#define MOST 3
static const struct {
	const char *name;
	struct netd_claim claims[MOST]; /* in the order in which they were made */
	struct netd_sysctl now[MOST];
	struct netd_link upper; /* "": none */
	const char *address;	/* of somebody else's, on ADDRESS_ON */
	const char *address_on;
	const char *expected, *note; /* NULL: none */
} rows[] = {
	{.name = "nobody made the host a router",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL4, 0, 0},
		    {"lab", NETD_CLAIM_SYSCTL, ETH4, 0, 1}},
	 .now = {{.path = ALL4, .value = 0}, {.path = ETH4, .value = 1}},
	 .expected = ETH4 "=0 "},
	{.name = "somebody did, since",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL4, 0, 0},
		    {"lab", NETD_CLAIM_SYSCTL, ETH4, 0, 1}},
	 .now = {{.path = ALL4, .value = 1}, {.path = ETH4, .value = 1}},
	 .expected = ""},
	{.name = "somebody had, before: eth0 was left out",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL4, 1, 1},
		    {"lab", NETD_CLAIM_SYSCTL, ETH4, 0, 1}},
	 .now = {{.path = ALL4, .value = 1}, {.path = ETH4, .value = 1}},
	 .expected = ETH4 "=0 "},
	{.name = "somebody set it back already",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ETH4, 0, 1}},
	 .now = {{.path = ETH4, .value = 0}},
	 .expected = ""},
	{.name = "another topology wants it",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ETH4, 0, 1},
		    {"two", NETD_CLAIM_SYSCTL, ETH4, 0, 1}},
	 .now = {{.path = ETH4, .value = 1}},
	 .expected = ""},
	{.name = "the one switch of IPv6",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, RA, 1, 2},
		    {"lab", NETD_CLAIM_SYSCTL, ALL6, 0, 1}},
	 .now = {{.path = RA, .value = 2}, {.path = ALL6, .value = 1}},
	 .address = "fd00::1/64",
	 .address_on = "eth0",
	 .expected = ALL6 "=0 " RA "=1 "},
	{.name = "the one switch, and somebody's bridge with IPv6",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, RA, 1, 2},
		    {"lab", NETD_CLAIM_SYSCTL, ALL6, 0, 1}},
	 .now = {{.path = RA, .value = 2}, {.path = ALL6, .value = 1}},
	 .address = "fd00::1/64",
	 .address_on = "docker0",
	 .expected = "",
	 .note = "net.ipv6.conf.all.forwarding stays 1: guests of the bridge docker0 may "
		 "rely on it"},
	{.name = "the one switch, and somebody's bridge with IPv4",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL6, 0, 1}},
	 .now = {{.path = ALL6, .value = 1}},
	 .address = "10.0.0.1/24",
	 .address_on = "docker0",
	 .expected = ALL6 "=0 "},
	{.name = "the one switch, in a file of somebody's",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, RA, 1, 2},
		    {"lab", NETD_CLAIM_SYSCTL, ALL6, 0, 1}},
	 .now = {{.path = RA, .value = 2}, {.path = ALL6, .value = 1, .filed = true}},
	 .expected = ""},
	{.name = "listening to advertisements goes back, whatever forwards",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL6, 0, 0},
		    {"lab", NETD_CLAIM_SYSCTL, RA, 1, 0}},
	 .now = {{.path = RA, .value = 0}, {.path = ALL6, .value = 1}},
	 .expected = RA "=1 "},
	{.name = "strict filtering goes back, whatever forwards",
	 .claims = {{"lab", NETD_CLAIM_SYSCTL, ALL4, 0, 0},
		    {"lab", NETD_CLAIM_SYSCTL, "ipv4/conf/br9/rp_filter", 1, 2}},
	 .now = {{.path = ALL4, .value = 1},
		 {.path = "ipv4/conf/br9/rp_filter", .value = 2}},
	 .expected = "ipv4/conf/br9/rp_filter=1 "},
	{.name = "a port goes down, and its MTU back",
	 .claims = {{"lab", NETD_CLAIM_MTU, "eth0", 1500, 9000},
		    {"lab", NETD_CLAIM_PORT, "eth0", 0, 1}},
	 .expected = "eth0 down, eth0 mtu 1500, "},
	{.name = "a VLAN stands upon it",
	 .claims = {{"lab", NETD_CLAIM_MTU, "eth0", 1500, 9000},
		    {"lab", NETD_CLAIM_PORT, "eth0", 0, 1}},
	 .upper = {.name = "eth0.5", .mtu = 9000, .index = 9, .lower_index = 2},
	 .expected = "eth0 up, ",
	 .note = "eth0 stays up: eth0.5 stands upon it"},
	{.name = "a VLAN has its MTU",
	 .claims = {{"lab", NETD_CLAIM_MTU, "eth0", 1500, 9000}},
	 .upper = {.name = "eth0.5", .mtu = 9000, .index = 9, .lower_index = 2},
	 .expected = "",
	 .note = "eth0 keeps MTU 9000: eth0.5 stands upon it and has MTU 9000"},
	{.name = "a VLAN that is no larger than it was",
	 .claims = {{"lab", NETD_CLAIM_MTU, "eth0", 1500, 9000}},
	 .upper = {.name = "eth0.5", .mtu = 1500, .index = 9, .lower_index = 2},
	 .expected = "eth0 mtu 1500, "},
	{.name = "a VLAN of another",
	 .claims = {{"lab", NETD_CLAIM_MTU, "eth0", 1500, 9000}},
	 .upper = {.name = "eth1.5", .mtu = 9000, .index = 9, .lower_index = 3},
	 .expected = "eth0 mtu 1500, "},
	{.name = "a port has an address",
	 .claims = {{"lab", NETD_CLAIM_PORT, "eth0", 0, 1}},
	 .address = "192.0.2.1/24",
	 .address_on = "eth0",
	 .expected = "eth0 up, ",
	 .note = "eth0 stays up: it has an address"},
	{.name = "a port has a link-local one",
	 .claims = {{"lab", NETD_CLAIM_PORT, "eth0", 0, 1}},
	 .address = "fe80::1/64",
	 .address_on = "eth0",
	 .expected = "eth0 down, "},
	{.name = "a port was up",
	 .claims = {{"lab", NETD_CLAIM_PORT, "eth0", 1, 1}},
	 .address = "192.0.2.1/24",
	 .address_on = "eth0",
	 .expected = "eth0 up, "},
};

static void print(const struct netd_plan *plan, struct netd_str *s)
{
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];

		if (op->kind == NETD_OP_RESTORE_SYSCTL)
			netd_str_addf(s, "%s=%d ", op->sysctl.path, op->sysctl.value);
		if (op->kind != NETD_OP_RELEASE_PORT)
			continue;
		netd_str_addf(s, "%s ", op->link.name);
		if (op->fields & NETD_LINK_MTU)
			netd_str_addf(s, "mtu %u, ", op->link.mtu);
		else
			netd_str_addf(s, "%s, ", op->link.up ? "up" : "down");
	}
}

/* The first one about what stays; a port that loses its bridge is another matter. */
static const char *note_of(const struct netd_plan *plan)
{
	for (size_t i = 0; i < plan->notes.count; i++) {
		const char *text = plan->notes.problems[i].text;

		if (strstr(text, " stays ") || strstr(text, " keeps "))
			return text;
	}
	return "";
}

static void run(size_t row)
{
	struct netd_link links[] = {
		{.name = "eth0", .index = 2, .mtu = 9000, .up = true, .master = "br0"},
		{.name = "br0",
		 .index = 4,
		 .kind = NETD_LINK_BRIDGE,
		 .group = NETD_LINK_GROUP,
		 .alias = "netd:lab/br0"},
		{.name = "docker0", .index = 5, .kind = NETD_LINK_BRIDGE},
		rows[row].upper,
	};
	struct netd_ifaddr address = {0};
	struct netd_sysctl sysctls[MOST];
	struct netd_state observed = {.links = links, .sysctls = sysctls};
	struct netd_desired desired = {0};
	struct netd_plan_input in = {.topology = "lab",
				     .observed = &observed,
				     .desired = &desired,
				     .claims = rows[row].claims};
	struct netd_plan plan = {0};
	struct netd_str text = {0};

	observed.link_count = rows[row].upper.name[0] ? 4 : 3;
	memcpy(sysctls, rows[row].now, sizeof(sysctls));
	while (observed.sysctl_count < MOST && sysctls[observed.sysctl_count].path[0])
		observed.sysctl_count++;
	while (in.claim_count < MOST && in.claims[in.claim_count].topology[0])
		in.claim_count++;
	if (rows[row].address) {
		assert_int_equal(netd_prefix_parse(rows[row].address, &address.prefix),
				 0);
		netd_copy(address.link, rows[row].address_on);
		observed.addrs = &address;
		observed.addr_count = 1;
	}
	assert_int_equal(netd_plan_make(&in, &plan, NULL), 0);
	print(&plan, &text);
	if (strcmp(netd_str_text(&text), rows[row].expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", rows[row].name, netd_str_text(&text),
			 rows[row].expected);
	if (strcmp(note_of(&plan), rows[row].note ? rows[row].note : "") != 0)
		fail_msg("%s: \"%s\"", rows[row].name, note_of(&plan));
	netd_str_done(&text);
	netd_plan_done(&plan);
}

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		run(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table)};

	return cmocka_run_group_tests_name("reliance", tests, NULL, NULL);
}
