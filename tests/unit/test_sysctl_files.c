// SPDX-License-Identifier: GPL-2.0-or-later
/* Which line of a sysctl.d file sets a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "advise/sysctl_files.h"
#include "base/array.h"

static void rows(void **state)
{
	static const struct {
		const char *text, *path;
		int value;
		unsigned line;
	} cases[] = {
		{"net.ipv4.conf.eth0.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		{"\n# no\n  net.ipv4.conf.eth0.rp_filter = 1 \r\n",
		 "ipv4/conf/eth0/rp_filter", 1, 3},
		{"net/ipv4/conf/eth0/rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		{"-net.ipv4.conf.eth0.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		{"net.ipv4.conf.*.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		{"net.ipv4.conf.all.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		{"net.ipv4.conf.default.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 1},
		/* a dot in a name: dots and slashes change places */
		{"net.ipv4.conf.eth0/5.rp_filter=1", "ipv4/conf/eth0.5/rp_filter", 1, 1},
		{"net/ipv4/conf/eth0.5/rp_filter=1", "ipv4/conf/eth0.5/rp_filter", 1, 1},
		{"net.ipv4.ip_forward=0", "ipv4/conf/eth0/forwarding", 0, 1},
		/* the last one of a file counts */
		{"net.ipv4.ip_forward=0\nnet.ipv4.ip_forward=0",
		 "ipv4/conf/eth0/forwarding", 0, 2},
		/* another value, interface, name or family; no number; a comment */
		{"net.ipv4.conf.eth0.rp_filter=2", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"net.ipv4.conf.eth1.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"net.ipv4.conf.eth0.accept_ra=1", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"net.ipv6.conf.all.forwarding=1", "ipv4/conf/eth0/forwarding", 1, 0},
		{"net.ipv4.ip_forward=1", "ipv6/conf/eth0/forwarding", 1, 0},
		{"net.ipv4.conf.eth0.rp_filter=", "ipv4/conf/eth0/rp_filter", 0, 0},
		{"net.ipv4.conf.eth0.rp_filter=1x", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"#net.ipv4.conf.eth0.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 0},
		{";net.ipv4.conf.eth0.rp_filter=1", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"kernel.sysrq=1", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"=\n.=\nnet", "ipv4/conf/eth0/rp_filter", 1, 0},
		{"", "ipv4/conf/eth0/rp_filter", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++)
		if (netd_sysctl_text_find(cases[i].text, cases[i].path, cases[i].value) !=
		    cases[i].line)
			fail_msg("row %zu: \"%s\"", i, cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

	return cmocka_run_group_tests_name("sysctl.d files", tests, NULL, NULL);
}
