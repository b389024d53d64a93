// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges that are chosen for DHCP, and the addresses that machines get out of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "base/range.h"
#include "model/topology.h"

static void chooses(void **state)
{
	static const struct {
		const char *own, *range; /* NULL: no room */
	} rows[] = {
		{"192.168.122.1/24", "192.168.122.2-192.168.122.254"},
		{"192.168.122.254/24", "192.168.122.1-192.168.122.253"},
		{"10.0.0.100/24", "10.0.0.101-10.0.0.254"},
		{"10.0.0.200/24", "10.0.0.1-10.0.0.199"},
		{"10.1.0.254/16", "10.1.0.255-10.1.16.254"},
		{"10.1.255.254/16", "10.1.0.1-10.1.16.0"},
		{"10.0.0.1/8", "10.0.0.2-10.0.16.1"},
		{"10.0.0.1/30", "10.0.0.2"},
		{"10.0.0.2/30", "10.0.0.1"},
		{"10.0.0.0/31", "10.0.0.1"},
		{"10.0.0.1/31", "10.0.0.0"},
		{"10.0.0.1/32", NULL},
		{"fd00::1/64", "fd00::1000-fd00::1fff"},
		{"fd00::1/48", "fd00::1000-fd00::1fff"},
		{"fd00::5:1/112", "fd00::5:1000-fd00::5:1fff"},
		{"fd00::1/120", "fd00::2-fd00::ff"},
		{"fd00::1/127", "fd00::"},
		{"fd00::1/128", NULL},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_addr_range range;
		char text[NETD_RANGE_TEXT];
		struct netd_prefix own;

		assert_int_equal(netd_prefix_parse(rows[i].own, &own), 0);
		assert_int_equal(netd_range_choose(&own, &range), rows[i].range != NULL);
		if (rows[i].range &&
		    strcmp(netd_range_format(&range, text), rows[i].range) != 0)
			fail_msg("%s: %s, not %s", rows[i].own, text, rows[i].range);
	}
}

static void counts(void **state)
{
	static const struct {
		const char *range, *addr;
		uint32_t size, index;
	} rows[] = {
		{"10.0.0.5-10.0.1.4", "10.0.1.0", 256, 251},
		{"10.0.0.5", "10.0.0.5", 1, 0},
		{"10.0.0.5", "10.0.0.4", 1, UINT32_MAX},
		{"10.0.0.5", "10.0.0.6", 1, UINT32_MAX},
		{"10.0.0.5", "fd00::5", 1, UINT32_MAX},
		{"0.0.0.0-255.255.255.255", "255.0.0.0", 1000, 0xff000000},
		{"fd00::5-fd00::1:0:0:0", "fd00::6", 1000, 1},
		{"fd00::5-fd00::1:0:0:0", "fd00::1:0:0", 1000, UINT32_MAX},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_addr_range range;
		struct netd_addr addr;

		assert_int_equal(netd_addr_range_parse(rows[i].range, &range), 0);
		assert_int_equal(netd_addr_parse(rows[i].addr, &addr), 0);
		assert_int_equal(netd_range_size(&range, 1000), rows[i].size);
		assert_int_equal(netd_range_index(&range, &addr), rows[i].index);
	}
}

static struct netd_topology *parse(const char *text)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};

	if (netd_config_parse(text, strlen(text), "lab.yaml", &t, &err))
		fail_msg("%s", err.problems[0].text);
	return t;
}

#define LAN "networks: {lan: {addresses: [10.1.0.1/24, \"fd00:1::1/64\"], dhcp: "

/* Ranges as they come out of a file: around what is taken, and beside what is written. */
static void ranges(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{LAN "true}}", "10.1.0.2-10.1.0.254 fd00:1::1000-fd00:1::1fff "},
		{LAN "false}}", ""},
		{LAN "{range: 10.1.0.9}}}", "10.1.0.9 fd00:1::1000-fd00:1::1fff "},
		{LAN "{range: 'fd00:1::9-fd00:1::20'}}}",
		 "fd00:1::9-fd00:1::20 10.1.0.2-10.1.0.254 "},
		/* the first, the last, two neighbours */
		{LAN "{range: ['fd00:1::9']}}}\nhosts:\n"
		     "  a: {network: lan, addresses: 10.1.0.2/24}\n"
		     "  b: {network: lan, addresses: 10.1.0.254/24}\n"
		     "  c: {network: lan, addresses: 10.1.0.8/24}\n"
		     "  d: {network: lan, addresses: 10.1.0.9/24}\n",
		 "fd00:1::9 10.1.0.3-10.1.0.7 10.1.0.10-10.1.0.253 "},
		/* what guests are told of is somebody's */
		{LAN "{range: ['fd00:1::9'], gateway: 10.1.0.254, dns: 10.1.0.2, "
		     "routes: {to: 10.2.0.0/16, via: 10.1.0.253}}}}",
		 "fd00:1::9 10.1.0.3-10.1.0.252 "},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_topology *t = parse(rows[i].text);

		/* what was chosen is chosen anew, not once more */
		for (int again = 0; again < 2; again++) {
			const struct netd_dhcp *d = &t->networks[0].dhcp;
			struct netd_str out = {0};
			char text[NETD_RANGE_TEXT];

			for (size_t k = 0; k < d->range_count; k++)
				netd_str_addf(
					&out, "%s ",
					netd_range_format(&d->ranges[k].range, text));
			assert_string_equal(netd_str_text(&out), rows[i].expected);
			netd_str_done(&out);
			assert_int_equal(netd_topology_check(t, NULL), 0);
		}
		netd_topology_free(t);
	}
}

/* A topology with machines m0, m1, … from @first on; "x" has an address of its own. */
static struct netd_topology *machines(unsigned first, unsigned count, const char *x)
{
	struct netd_str text = {0};
	struct netd_topology *t;

	netd_str_addf(&text, LAN "true, machines: {x: {address: %s}", x);
	for (unsigned i = first; i < first + count; i++)
		netd_str_addf(&text, ", m%u: {}", i);
	netd_str_add(&text, "}}}\nhosts: {h: {network: lan, addresses: 10.1.0.77/24}}\n");
	t = parse(netd_str_text(&text));
	netd_str_done(&text);
	return t;
}

static const struct netd_addr *address(const struct netd_topology *t, const char *name)
{
	const struct netd_machine *m = netd_network_machine(&t->networks[0], name);

	assert_non_null(m);
	assert_true(m->chosen4 && m->chosen6);
	return &m->address4;
}

/* Machines that come later change nothing; few change if one is gone. */
static void stable(void **state)
{
	struct netd_topology *few = machines(0, 20, "10.1.0.9");
	struct netd_topology *many = machines(0, 100, "10.1.0.9");
	struct netd_topology *others = machines(1, 99, "10.1.0.9");
	unsigned moved = 0;
	char name[16];

	(void)state;
	for (unsigned i = 1; i < 100; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		if (i < 20)
			assert_true(
				netd_addr_equal(address(few, name), address(many, name)));
		moved += !netd_addr_equal(address(many, name), address(others, name));
	}
	assert_true(moved <= 5);
	netd_topology_free(few);
	netd_topology_free(many);
	netd_topology_free(others);
}

/* As many as there is room for: .2 to .254 less a host and a machine's own. */
static void exhausts(void **state)
{
	struct netd_topology *t = machines(0, 251, "10.1.0.9");
	bool seen[256] = {false};

	(void)state;
	seen[9] = seen[77] = true;
	for (unsigned i = 0; i < 251; i++) {
		char name[16];
		unsigned last;

		snprintf(name, sizeof(name), "m%u", i);
		last = address(t, name)->bytes[3];
		assert_true(last >= 2 && last <= 254 && !seen[last]);
		seen[last] = true;
	}
	/* an address that is written now is taken from whom it was chosen for */
	netd_topology_free(t);
	t = machines(0, 1, "10.1.0.9");
	{
		struct netd_addr m0 = *address(t, "m0");
		struct netd_topology *taken;
		char text[NETD_ADDR_TEXT];

		taken = machines(0, 1, netd_addr_format(&m0, text));
		assert_false(netd_addr_equal(&m0, address(taken, "m0")));
		netd_topology_free(taken);
	}
	netd_topology_free(t);
}

/* Forwards reach a machine where it is, and DHCP of a router counts as well. */
static void forwards(void **state)
{
	struct netd_topology *t =
		parse("networks:\n  a: {machines: {m: {}}}\n"
		      "routers:\n  r:\n    interfaces: {a: {addresses: 10.1.0.1/24, "
		      "dhcp: {range: 10.1.0.5}}}\n"
		      "    forwards: [{listen: '10.1.0.1:80', to: m}]\n");

	(void)state;
	assert_int_equal(t->nodes[0].forwards[0].to.bytes[3], 5);
	assert_true(t->networks[0].machines[0].chosen4);
	assert_false(t->networks[0].machines[0].chosen6);
	netd_topology_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses),  cmocka_unit_test(counts),
		cmocka_unit_test(ranges),   cmocka_unit_test(stable),
		cmocka_unit_test(exhausts), cmocka_unit_test(forwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
