// SPDX-License-Identifier: GPL-2.0-or-later
/* dnsmasq's lease file: what is a lease, and what is not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "dhcp/lease.h"

/* The leases of a text as "ADDRESS MAC HOST EXPIRES" lines. */
static const struct {
	const char *name, *text, *expected;
} rows[] = {
	{"IPv4", "1700000000 52:54:00:00:00:01 10.1.0.50 web 01:52:54:00:00:00:01\n",
	 "10.1.0.50 52:54:00:00:00:01 web 1700000000\n"},
	{"no name, for ever", "0 52:54:00:00:00:01 10.1.0.50 * *\n",
	 "10.1.0.50 52:54:00:00:00:01 - 0\n"},
	{"DUID-LLT",
	 "1700000000 12345 fd00::50 web 00:01:00:01:2e:55:aa:bb:52:54:00:00:00:01\n",
	 "fd00::50 52:54:00:00:00:01 web 1700000000\n"},
	{"DUID-LL", "1700000000 12345 fd00::50 web 00:03:00:01:52:54:00:00:00:01\n",
	 "fd00::50 52:54:00:00:00:01 web 1700000000\n"},
	{"temporary address, DUID-UUID",
	 "1700000000 T12345 fd00::50 * 00:04:52:54:00:00:00:01:52:54:00:00:00:01\n",
	 "fd00::50 - - 1700000000\n"},
	{"the server's own DUID between the families",
	 "1 52:54:00:00:00:01 10.1.0.50 a *\n"
	 "duid 00:01:00:01:2e:55:aa:bb:52:54:00:00:00:01\n"
	 "2 1 fd00::50 b 00:04:01\n",
	 "10.1.0.50 52:54:00:00:00:01 a 1\nfd00::50 - b 2\n"},
	{"a MAC of another kind of link", "1 20-00:01:02 10.1.0.50 a *\n",
	 "10.1.0.50 - a 1\n"},
	{"a line that is being written", "1 52:54:00:00:00:01 10.1.0.50 a *", ""},
	{"too few fields", "1 52:54:00:00:00:01 10.1.0.50\n", ""},
	{"no address", "1 52:54:00:00:00:01 10.1.0.500 a *\n", ""},
	{"no time", "x 52:54:00:00:00:01 10.1.0.50 a *\n", ""},
	{"a negative time", "-1 52:54:00:00:00:01 10.1.0.50 a *\n", ""},
	{"a time that overflows", "99999999999999999999 x 10.1.0.50 a *\n", ""},
	{"empty", "", ""},
	{"only line ends", "\n\n\n", ""},
};

static void print(const struct netd_lease *l, struct netd_str *out)
{
	char address[NETD_ADDR_TEXT], mac[NETD_MAC_TEXT] = "-";

	if (l->has_mac)
		netd_mac_format(&l->mac, mac);
	netd_str_addf(out, "%s %s %s %lld\n", netd_addr_format(&l->address, address), mac,
		      l->host[0] ? l->host : "-", (long long)l->expires);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_lease *leases = NULL;
		struct netd_str out = {0};
		size_t count = 0;

		assert_int_equal(netd_leases_parse(rows[i].text, &leases, &count), 0);
		for (size_t j = 0; j < count; j++)
			print(&leases[j], &out);
		if (strcmp(netd_str_text(&out), rows[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", rows[i].name,
				 rows[i].expected, netd_str_text(&out));
		netd_str_done(&out);
		free(leases);
	}
}

/* A client's words of any length end in the field, not behind it. */
static void test_long(void **state)
{
	struct netd_lease *leases = NULL;
	struct netd_str text = {0};
	size_t count = 0;

	(void)state;
	netd_str_add(&text, "1 52:54:00:00:00:01 10.1.0.50 ");
	for (int i = 0; i < 2000; i++)
		netd_str_add_char(&text, 'a');
	netd_str_add(&text, " *\n");
	assert_int_equal(netd_leases_parse(netd_str_text(&text), &leases, &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(leases[0].host, "");
	netd_str_done(&text);
	free(leases);
}

/* Which leases have to go for reservations that are new. */
static const struct {
	const char *name, *before, *wanted, *leases, *left;
} taken_rows[] = {
	{"another MAC", "", "52:54:00:00:00:02,10.1.0.50,web\n",
	 "9 52:54:00:00:00:01 10.1.0.50 web *\n9 52:54:00:00:00:03 10.1.0.51 x *\n",
	 "9 52:54:00:00:00:03 10.1.0.51 x *\n"},
	{"its own", "", "52:54:00:00:00:01,10.1.0.50,web\n",
	 "9 52:54:00:00:00:01 10.1.0.50 * *\n", "9 52:54:00:00:00:01 10.1.0.50 * *\n"},
	{"a line that was there", "a\n52:54:00:00:00:02,10.1.0.50,web\n",
	 "52:54:00:00:00:02,10.1.0.50,web\nb\n", "9 52:54:00:00:00:01 10.1.0.50 * *\n",
	 "9 52:54:00:00:00:01 10.1.0.50 * *\n"},
	{"IPv6, and what has no MAC in its DUID", "",
	 "52:54:00:00:00:02,10.1.0.50,[fd00:1::50],web\n",
	 "duid 00:01\n9 1 fd00:1::50 * 00:02:00:00:ab:11\n9 1 fd00:1::51 * 00:02:00\n",
	 "duid 00:01\n9 1 fd00:1::51 * 00:02:00\n"},
	{"IPv6, its own", "", "52:54:00:00:00:02,[fd00:1::50],web\n",
	 "9 1 fd00:1::50 * 00:03:00:01:52:54:00:00:00:02\n",
	 "9 1 fd00:1::50 * 00:03:00:01:52:54:00:00:00:02\n"},
	{"by name", "", "10.1.0.50,web\n10.1.0.51,db\n",
	 "9 52:54:00:00:00:01 10.1.0.50 WEB *\n9 52:54:00:00:00:02 10.1.0.51 x *\n",
	 "9 52:54:00:00:00:01 10.1.0.50 WEB *\n"},
	{"an address that nobody is given, a refused name", "",
	 "10.1.0.50\n[fd00:1::50]\nwpad,set:refused\n",
	 "9 52:54:00:00:00:01 10.1.0.50 * *\n", "9 52:54:00:00:00:01 10.1.0.50 * *\n"},
	{"torn", "", "52:54:00:00:00:02,10.1.0.50,web", "9 52:54:00:00:00:01 10.1.0.50 w",
	 "9 52:54:00:00:00:01 10.1.0.50 w"},
};

struct taken {
	struct netd_reservation *items;
	size_t count;
};

static bool is_taken(const struct netd_lease *lease, void *data)
{
	const struct taken *t = data;

	return netd_reservations_take(t->items, t->count, lease);
}

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(taken_rows); i++) {
		struct netd_str left = {0};
		struct taken t = {.count = 0};

		assert_int_equal(netd_reservations_new(taken_rows[i].before,
						       taken_rows[i].wanted, &t.items,
						       &t.count),
				 0);
		netd_leases_without(taken_rows[i].leases, is_taken, &t, &left);
		if (strcmp(netd_str_text(&left), taken_rows[i].left) != 0)
			fail_msg("%s: expected\n%sgot\n%s", taken_rows[i].name,
				 taken_rows[i].left, netd_str_text(&left));
		netd_str_done(&left);
		free(t.items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
					   cmocka_unit_test(test_long),
					   cmocka_unit_test(test_taken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
