// SPDX-License-Identifier: GPL-2.0-or-later
/* Which interfaces are made to forward for which topology, on which kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "config/config.h"
#include "desired/forwarding.h"

/* lo, eth0 (both families, lives from router advertisements), eth1 (IPv4), eth2 (none),
 * a port of a bridge, and a guest's loose end.
 */
static void make_host(struct netd_state *s, struct netd_link links[6],
		      struct netd_ifaddr addrs[3], struct netd_sysctl sysctls[7])
{
	static const char *const names[] = {"lo", "eth0", "eth1", "eth2", "vm1", "v0"};
	static const struct {
		const char *link, *prefix;
	} have[] = {
		{"eth0", "172.16.5.40/24"},
		{"eth0", "fd05::40/64"},
		{"eth1", "192.0.2.1/24"},
	};
	static const struct {
		const char *path;
		int value;
	} settings[] = {
		{"ipv6/conf/eth0/accept_ra", 1},    {"ipv6/conf/eth1/accept_ra", 0},
		{"ipv6/conf/eth2/accept_ra", 2},    {"ipv6/conf/lo/accept_ra", 1},
		{"ipv6/conf/vm1/accept_ra", 1},	    {"ipv6/conf/eth1/forwarding", 1},
		{"ipv6/conf/default/accept_ra", 1},
	};

	memset(links, 0, 6 * sizeof(*links));
	memset(addrs, 0, 3 * sizeof(*addrs));
	memset(sysctls, 0, 7 * sizeof(*sysctls));
	for (size_t i = 0; i < 6; i++)
		netd_copy(links[i].name, names[i]);
	links[0].loopback = true;
	netd_copy(links[4].master, "br9");
	links[5].kind = NETD_LINK_VETH;
	for (size_t i = 0; i < 3; i++) {
		netd_copy(addrs[i].link, have[i].link);
		assert_int_equal(netd_prefix_parse(have[i].prefix, &addrs[i].prefix), 0);
	}
	for (size_t i = 0; i < NETD_ARRAY_SIZE(settings); i++) {
		netd_copy(sysctls[i].path, settings[i].path);
		sysctls[i].value = settings[i].value;
	}
	*s = (struct netd_state){
		.links = links,
		.link_count = 6,
		.addrs = addrs,
		.addr_count = 3,
		.sysctls = sysctls,
		.sysctl_count = 7,
	};
}

/* "path=value path=value …" of what is added; "path=?": it is only remembered. */
static void added(const char *network, bool force_forwarding, struct netd_str *out)
{
	struct netd_link links[6];
	struct netd_ifaddr addrs[3];
	struct netd_sysctl sysctls[7];
	struct netd_state host;
	struct netd_desired desired = {0};
	struct netd_facts facts = {
		.observed = &host,
		.ipv6 = true,
		.force_forwarding = force_forwarding,
	};
	struct netd_topology *t = NULL;
	struct netd_str text = {0};

	make_host(&host, links, addrs, sysctls);
	netd_str_addf(&text, "name: lab\nnetworks: {n: %s}\n", network);
	assert_int_equal(netd_config_parse(text.text, text.length, NULL, &t, NULL), 0);
	assert_int_equal(netd_forwarding_add(t, &facts, &desired), 0);
	for (size_t i = 0; i < desired.sysctl_count; i++) {
		assert_true(desired.sysctls[i].foreign);
		netd_str_addf(out, "%s%s=", i ? " " : "", desired.sysctls[i].path);
		if (desired.sysctls[i].kept)
			netd_str_add(out, "?");
		else
			netd_str_addf(out, "%d", desired.sysctls[i].value);
	}
	netd_desired_done(&desired);
	netd_topology_free(t);
	netd_str_done(&text);
}

#define ALL_LINKS4                                                 \
	"ipv4/conf/eth0/forwarding=1 ipv4/conf/eth1/forwarding=1 " \
	"ipv4/conf/eth2/forwarding=1 ipv4/conf/vm1/forwarding=1 "  \
	"ipv4/conf/v0/forwarding=1"
#define ALL_LINKS6                                                               \
	"ipv6/conf/all/force_forwarding=? ipv6/conf/default/force_forwarding=1 " \
	"ipv6/conf/eth0/force_forwarding=1 ipv6/conf/eth1/force_forwarding=1 "   \
	"ipv6/conf/eth2/force_forwarding=1 ipv6/conf/vm1/force_forwarding=1 "    \
	"ipv6/conf/v0/force_forwarding=1"
#define ACCEPT_RA                                                   \
	"ipv6/conf/default/accept_ra=2 ipv6/conf/eth0/accept_ra=2 " \
	"ipv6/conf/eth2/accept_ra=2 "

static const struct {
	const char *name, *network;
	bool force_forwarding;
	const char *expected;
} rows[] = {
	{"isolated", "{addresses: [10.1.0.1/24]}", true, ""},
	{"nat, anywhere", "{mode: nat, addresses: [10.1.0.1/24]}", true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 " ALL_LINKS4},
	{"nat, one way out", "{mode: nat, addresses: [10.1.0.1/24], nat: {out: eth1}}",
	 true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 "
	 "ipv4/conf/eth0/forwarding=? ipv4/conf/eth1/forwarding=1 "
	 "ipv4/conf/eth2/forwarding=? ipv4/conf/vm1/forwarding=? "
	 "ipv4/conf/v0/forwarding=?"},
	{"a forward by any way",
	 "{mode: nat, addresses: [10.1.0.1/24], nat: {out: eth1}, "
	 "forwards: [{listen: \"172.16.5.40:80\", to: 10.1.0.2}]}",
	 true, "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 " ALL_LINKS4},
	{"an address to be added",
	 "{mode: nat, addresses: [10.1.0.1/24], nat: {out: eth1}, "
	 "forwards: [{listen: 172.16.5.70, to: 10.1.0.2, on: eth2}]}",
	 true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 "
	 "ipv4/conf/eth0/forwarding=? ipv4/conf/eth1/forwarding=1 "
	 "ipv4/conf/eth2/forwarding=1 ipv4/conf/vm1/forwarding=? "
	 "ipv4/conf/v0/forwarding=?"},
	{"a way out that is not there yet",
	 "{mode: nat, addresses: [10.1.0.1/24], nat: {out: ppp0}}", true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 "
	 "ipv4/conf/eth0/forwarding=? ipv4/conf/eth1/forwarding=? "
	 "ipv4/conf/eth2/forwarding=? ipv4/conf/vm1/forwarding=? "
	 "ipv4/conf/v0/forwarding=?"},
	{"IPv6 by interface", "{mode: routed, addresses: [\"fd01::1/64\"]}", true,
	 ALL_LINKS6},
	{"IPv6 all or nothing", "{mode: routed, addresses: [\"fd01::1/64\"]}", false,
	 ACCEPT_RA "ipv6/conf/eth1/forwarding=1 ipv6/conf/all/forwarding=1"},
	{"IPv6 by interface, advertised",
	 "{mode: routed, addresses: [\"fd01::1/64\"], dhcp: true}", true,
	 ALL_LINKS6 " ipv6/conf/all/forwarding=? " ACCEPT_RA "ipv6/conf/n/forwarding=1"},
	{"advertised, but no way out",
	 "{mode: routed, addresses: [\"fd01::1/64\"], dhcp: {gateway: none}}", true,
	 ALL_LINKS6},
	{"isolated, advertised", "{addresses: [\"fd01::1/64\"], dhcp: true}", true, ""},
	{"IPv6 all or nothing, advertised",
	 "{mode: routed, addresses: [\"fd01::1/64\"], dhcp: true}", false,
	 ACCEPT_RA "ipv6/conf/eth1/forwarding=1 ipv6/conf/all/forwarding=1"},
	{"both", "{mode: open, addresses: [10.1.0.1/24, \"fd01::1/64\"]}", true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 " ALL_LINKS4
	 " " ALL_LINKS6},
	{"beside an uplink",
	 "{mode: nat, addresses: [10.1.0.1/24]}, b: {mode: bridged, uplink: eth1}", true,
	 "ipv4/conf/all/forwarding=? ipv4/conf/default/forwarding=1 "
	 "ipv4/conf/eth0/forwarding=1 ipv4/conf/eth1/forwarding=? "
	 "ipv4/conf/eth2/forwarding=1 "
	 "ipv4/conf/vm1/forwarding=1 ipv4/conf/v0/forwarding=1 "
	 "ipv4/conf/b/forwarding=1"},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_str out = {0};

		added(rows[i].network, rows[i].force_forwarding, &out);
		if (strcmp(netd_str_text(&out), rows[i].expected) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].name,
				 netd_str_text(&out), rows[i].expected);
		netd_str_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
