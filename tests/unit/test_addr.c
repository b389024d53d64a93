// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, prefixes and ranges: parsing, formatting, arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/addr.h"
#include "base/array.h"

static void prefix_parse(void **state)
{
	static const struct {
		const char *text;
		const char *expected; /* NULL: refused */
	} rows[] = {
		{"10.1.0.254/16", "10.1.0.254/16"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"fd00:10:1::1/64", "fd00:10:1::1/64"},
		{"FD00::1/128", "fd00::1/128"},
		{"10.1.0.254", NULL},
		{"10.1.0.254/33", NULL},
		{"10.1.0.254/016", NULL},
		{"10.1.0/16", NULL},
		{"fd00::1/129", NULL},
		{"10.1.0.254/-1", NULL},
		{"10.1.0.254/", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		char out[NETD_PREFIX_TEXT];
		struct netd_prefix p;
		int r = netd_prefix_parse(rows[i].text, &p);

		assert_int_equal(r == 0, rows[i].expected != NULL);
		if (r == 0)
			assert_string_equal(netd_prefix_format(&p, out),
					    rows[i].expected);
	}
}

static void range_parse(void **state)
{
	static const struct {
		const char *text;
		int ok;
	} rows[] = {
		{"10.0.0.1", 1},
		{"10.0.0.1-10.0.0.9", 1},
		{"fd00::1-fd00::ff", 1},
		{"10.0.0.9-10.0.0.1", 0},
		{"10.0.0.1-fd00::1", 0},
		{"10.0.0.1-", 0},
		{"10.0.0.1-10.0.0.2-3", 0},
		{"-", 0},
	};
	struct netd_addr_range range;

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		assert_int_equal(netd_addr_range_parse(rows[i].text, &range) == 0,
				 rows[i].ok);
}

static void overlap(void **state)
{
	static const struct {
		const char *a, *b;
		int overlaps;
	} rows[] = {
		{"10.1.0.0/16", "10.1.2.0/24", 1}, {"10.1.2.0/24", "10.1.0.0/16", 1},
		{"10.1.0.0/24", "10.1.1.0/24", 0}, {"0.0.0.0/0", "10.1.1.0/24", 1},
		{"0.0.0.0/0", "fd00::/8", 0},	   {"fd00::/64", "fd00::1/128", 1},
		{"10.1.0.0/23", "10.1.1.0/24", 1},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_prefix a, b;

		assert_int_equal(netd_prefix_parse(rows[i].a, &a), 0);
		assert_int_equal(netd_prefix_parse(rows[i].b, &b), 0);
		assert_int_equal(netd_prefix_overlaps(&a, &b), rows[i].overlaps);
	}
}

static void offset(void **state)
{
	static const struct {
		const char *from;
		uint32_t n;
		const char *expected;
	} rows[] = {
		{"10.0.0.255", 1, "10.0.1.0"},
		{"10.0.0.1", 0, "10.0.0.1"},
		{"10.0.0.0", 65536, "10.1.0.0"},
		{"fd00::ffff", 1, "fd00::1:0"},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		char out[NETD_ADDR_TEXT];
		struct netd_addr a;

		assert_int_equal(netd_addr_parse(rows[i].from, &a), 0);
		a = netd_addr_offset(&a, rows[i].n);
		assert_string_equal(netd_addr_format(&a, out), rows[i].expected);
	}
}

static void mac_parse(void **state)
{
	char out[NETD_MAC_TEXT];
	struct netd_mac mac;

	(void)state;
	assert_int_equal(netd_mac_parse("52:54:00:AB:cd:ef", &mac), 0);
	assert_string_equal(netd_mac_format(&mac, out), "52:54:00:ab:cd:ef");
	assert_int_not_equal(netd_mac_parse("52:54:00:ab:cd", &mac), 0);
	assert_int_not_equal(netd_mac_parse("52:54:00:ab:cd:eg", &mac), 0);
	assert_int_not_equal(netd_mac_parse("52.54.00.ab.cd.ef", &mac), 0);
	assert_int_not_equal(netd_mac_parse("52:54:00:ab:cd:ef:", &mac), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefix_parse), cmocka_unit_test(range_parse),
		cmocka_unit_test(overlap),	cmocka_unit_test(offset),
		cmocka_unit_test(mac_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
