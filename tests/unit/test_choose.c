// SPDX-License-Identifier: GPL-2.0-or-later
/* Which network: the hook's own name, and netd.conf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "attach/choose.h"
#include "base/array.h"

static void hook_names(void **state)
{
	static const struct {
		const char *argv0;
		enum netd_hook what;
		const char *network;
	} rows[] = {
		{"/etc/qemu-ifup-mybr0", NETD_HOOK_UP, "mybr0"},
		{"/etc/qemu-ifdown-mybr0", NETD_HOOK_DOWN, "mybr0"},
		{"qemu-ifup-a-b.c", NETD_HOOK_UP, "a-b.c"},
		{"qemu-ifup", NETD_HOOK_UP, NULL},
		{"./qemu-ifdown", NETD_HOOK_DOWN, NULL},
		{"qemu-ifup-", NETD_HOOK_UP, NULL},
		{"qemu-ifup.sh", NETD_HOOK_UP, NULL},
		{"/qemu-ifup-x/other", NETD_HOOK_NONE, NULL},
		{"my-qemu-ifup-x", NETD_HOOK_NONE, NULL},
		{"", NETD_HOOK_NONE, NULL},
		{"/", NETD_HOOK_NONE, NULL},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		const char *network = "unset";

		assert_int_equal(netd_hook_parse(rows[i].argv0, &network), rows[i].what);
		if (rows[i].network)
			assert_string_equal(network, rows[i].network);
		else
			assert_null(network);
	}
}

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *name;
		int matches;
	} rows[] = {
		{"vm*", "vm1", 1},	{"vm*", "vm", 1},
		{"vm*", "avm", 0},	{"*", "x", 1},
		{"vm?", "vm1", 1},	{"vm?", "vm", 0},
		{"vm?", "vm12", 0},	{"*-web", "a-web", 1},
		{"*-web", "a-web2", 0}, {"a*b*c", "aXbYc", 1},
		{"a*b*c", "abbbc", 1},	{"a*b*c", "ac", 0},
		{"vm1", "vm1", 1},	{"vm1", "vm10", 0},
		{"**", "x", 1},		{"*a*a*a*b", "aaaaaaaaaaaaaac", 0},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		assert_int_equal(netd_choice_match(rows[i].pattern,
						   strlen(rows[i].pattern), rows[i].name),
				 rows[i].matches);
}

static void configuration(void **state)
{
	/* The port is always "vm1". */
	static const struct {
		const char *text, *network;
		unsigned bad_line;
	} rows[] = {
		{"", NULL, 0},
		{"default_network = mybr0\n", "mybr0", 0},
		{"default_network=mybr0", "mybr0", 0},
		{"  default_network \t=  mybr0 \r\n", "mybr0", 0},
		{"default_network = a\ndefault_network = b\n", "b", 0},
		{"ports = vm*:lab\ndefault_network = mybr0\n", "lab", 0},
		{"default_network = mybr0\nports = vm*:lab\n", "lab", 0},
		{"ports = vm1:first\nports = vm*:second\n", "first", 0},
		{"ports = tap*:lab\ndefault_network = mybr0\n", "mybr0", 0},
		{"ports = tap*:lab\n", NULL, 0},
		{"ports = vm* : lab\n", "lab", 0},
		{"# default_network = x\n\nother = 1\n", NULL, 0},
		{"default_network\n", NULL, 1},
		{"\ndefault_network =\n", NULL, 2},
		{"= mybr0\n", NULL, 1},
		{"ports = vm*\n", NULL, 1},
		{"ports = :lab\n", NULL, 1},
		{"ports = vm*:\n", NULL, 1},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_choice c;
		int r = netd_choice_parse(&c, rows[i].text, strlen(rows[i].text), "vm1");

		assert_int_equal(r, rows[i].bad_line ? -EINVAL : 0);
		assert_int_equal(c.line, rows[i].bad_line);
		if (r < 0)
			continue;
		if (!rows[i].network) {
			assert_null(c.network);
			continue;
		}
		assert_int_equal(c.length, strlen(rows[i].network));
		assert_memory_equal(c.network, rows[i].network, c.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hook_names),
		cmocka_unit_test(patterns),
		cmocka_unit_test(configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
