// SPDX-License-Identifier: GPL-2.0-or-later
/* What a .network file says of a port that is to be made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "host/networkd.h"

#define OTHER NETD_NETWORKD_OTHER
#define LEAVES NETD_NETWORKD_LEAVES
#define TAKES NETD_NETWORKD_TAKES

static void rows(void **state)
{
	static const struct netd_networkd_link tap = {"vm1", "lan", "tun", false},
					       ours = {"vm1", "lan", "tun", true},
					       pair = {"ve-a", "lan", "veth", true};
	static const struct {
		const struct netd_networkd_link *link;
		const char *text;
		enum netd_networkd_verdict verdict;
	} cases[] = {
		{&tap, "[Match]\nName=*\n[Network]\nDHCP=yes\n", TAKES},
		{&tap, "# it\n; is\n\n [Match] \n Name = vm* \t\r\n", TAKES},
		{&tap, "[Match]\nName=eth0 vm?\n", TAKES},
		{&tap, "[Match]\nName=!eth0 en*\n", TAKES},
		{&tap, "[Match]\nName=!eth0 vm*\n", OTHER},
		{&tap, "[Match]\nName=e*\n", OTHER},
		{&tap, "[Match]\nType=ether\n", TAKES},
		{&tap, "[Match]\nType=wlan\n", OTHER},
		{&tap, "[Match]\nName=vm*\nDriver=veth\n", OTHER},
		{&tap, "[Match]\nDriver=tun\n", TAKES},
		{&tap, "[Match]\nKind=tun\n", TAKES},
		/* what else is asked for may not be so */
		{&tap, "[Match]\nName=*\nMACAddress=02:00:00:00:00:01\n", OTHER},
		{&tap, "[Match]\nName=*\nHost=other\n", OTHER},
		{&tap, "[Match]\n[Network]\nDHCP=yes\n", OTHER},
		{&tap, "[Network]\nName=*\n", OTHER},
		{&tap, "", OTHER},
		{&tap, "=\n[\n[Match\nName\n", OTHER},
		/* left alone */
		{&tap, "[Match]\nName=*\n[Link]\nUnmanaged=yes\n", LEAVES},
		{&tap, "[Match]\nName=*\n[Link]\nUnmanaged=no\n", TAKES},
		{&tap, "[Match]\nName=*\n[Network]\nKeepMaster=true\n", LEAVES},
		{&tap, "[Match]\nName=*\n[Network]\nBridge=lan\n", LEAVES},
		{&tap, "[Match]\nName=*\n[Network]\nBridge=other\n", TAKES},
		/* data/10-netd.network is about what bears netd's mark */
		{&ours, "[Match]\nProperty=NETD=1\n[Link]\nUnmanaged=yes\n", LEAVES},
		{&tap, "[Match]\nProperty=NETD=1\n[Link]\nUnmanaged=yes\n", OTHER},
		{&ours, "[Match]\nProperty=OTHER=1\n", OTHER},
		/* systemd's 80-container-ve.network */
		{&pair, "[Match]\nName=ve-*\nDriver=veth\n\n[Network]\nDHCPServer=yes\n",
		 TAKES},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		char *text = strdup(cases[i].text);

		if (netd_networkd_judge(text, cases[i].link) != cases[i].verdict)
			fail_msg("row %zu: \"%s\"", i, cases[i].text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

	return cmocka_run_group_tests_name("networkd's files", tests, NULL, NULL);
}
