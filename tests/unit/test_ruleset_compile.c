// SPDX-License-Identifier: GPL-2.0-or-later
/* From topologies to elements and chains. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "ruleset/compile.h"
#include "nft/print.h"
#include "model/topology.h"

static const struct {
	const char *name;
	const char *yaml;
	const char *expected;
} rows[] = {
	{
		"an isolated network",
		"name: lab\nnetworks: {br0: {}}\n",
		"bridges\n\t\"br0\" . \"br0\" comment \"lab/br0\"\n"
		"from\n\t\"br0\" comment \"lab/br0\" : jump closed\n"
		"to\n\t\"br0\" comment \"lab/br0\" : jump closed\n"
		"input\n\t\"br0\" comment \"lab/br0\" : jump local\n",
	},
	{
		"sources are looked at, both ways; without an address there are none",
		"name: lab\nnetworks:\n"
		"  i: {addresses: [10.1.0.1/24]}\n"
		"  n: {mode: nat, addresses: [10.2.0.1/24]}\n"
		"  o: {mode: nat, addresses: [10.3.0.1/24], nat: {out: eth0}}\n"
		"  p: {mode: open, addresses: [10.4.0.1/24]}\n"
		"  r: {mode: routed, addresses: [\"fd00::1/64\"]}\n"
		"  x: {}\n",
		"bridges\n\t\"i\" . \"i\" comment \"lab/i\"\n"
		"\t\"n\" . \"n\" comment \"lab/n\"\n\t\"o\" . \"o\" comment \"lab/o\"\n"
		"\t\"p\" . \"p\" comment \"lab/p\"\n\t\"r\" . \"r\" comment \"lab/r "
		"nd\"\n"
		"\t\"x\" . \"x\" comment \"lab/x\"\n"
		"from\n\t\"i\" comment \"lab/i\" : jump own-closed\n"
		"\t\"n\" comment \"lab/n\" : jump own-from-nat\n"
		"\t\"o\" comment \"lab/o\" : jump own-from-nat-out\n"
		"\t\"p\" comment \"lab/p\" : jump own\n"
		"\t\"r\" comment \"lab/r\" : jump own\n"
		"\t\"x\" comment \"lab/x\" : jump closed\n"
		"to\n\t\"i\" comment \"lab/i\" : jump closed\n"
		"\t\"n\" comment \"lab/n\" : jump to-nat\n"
		"\t\"o\" comment \"lab/o\" : jump to-nat\n"
		"\t\"x\" comment \"lab/x\" : jump closed\n"
		"egress\n\t\"o\" . \"eth0\" comment \"lab/o\"\n"
		"input\n\t\"i\" comment \"lab/i\" : jump own-local\n"
		"\t\"n\" comment \"lab/n\" : jump own\n"
		"\t\"o\" comment \"lab/o\" : jump own\n"
		"\t\"p\" comment \"lab/p\" : jump own\n"
		"\t\"r\" comment \"lab/r\" : jump own\n"
		"\t\"x\" comment \"lab/x\" : jump local\n"
		"source\n\t\"n\" comment \"lab/n\" : jump masquerade-plain\n"
		"\t\"o\" comment \"lab/o\" : jump masquerade-plain\n",
	},
	{
		"routed and open networks have no rules but for sources",
		"name: lab\nnetworks: {r: {antispoof: false, mode: routed, addresses: "
		"[10.8.0.1/24]}, o: "
		"{mode: open}}\n",
		"bridges\n\t\"o\" . \"o\" comment \"lab/o\"\n"
		"\t\"r\" . \"r\" comment \"lab/r\"\n",
	},
	{
		"masquerade; the bridge has another name",
		"name: lab\nnetworks: {n: {antispoof: false, mode: nat, bridge: br7, "
		"addresses: "
		"[10.7.0.1/24]}}\n",
		"bridges\n\t\"br7\" . \"br7\" comment \"lab/n\"\n"
		"from\n\t\"br7\" comment \"lab/n\" : jump from-nat\n"
		"to\n\t\"br7\" comment \"lab/n\" : jump to-nat\n"
		"source\n\t\"br7\" comment \"lab/n\" : jump masquerade-plain\n",
	},
	{
		"a pool of sources, ports, a way out",
		"name: lab\nnetworks: {n: {antispoof: false, mode: nat, addresses: "
		"[10.1.0.1/24], nat: "
		"{source: 172.16.5.4-172.16.5.6, ports: 2000-3000, out: eth0}}}\n",
		"bridges\n\t\"n\" . \"n\" comment \"lab/n\"\n"
		"from\n\t\"n\" comment \"lab/n\" : jump from-nat-out\n"
		"to\n\t\"n\" comment \"lab/n\" : jump to-nat\n"
		"egress\n\t\"n\" . \"eth0\" comment \"lab/n\"\n"
		"source\n\t\"n\" comment \"lab/n\" : jump nat-n\n"
		"chain nat-n comment \"lab/n\"\n"
		"\tsnat ip to 172.16.5.4-172.16.5.6:2000-3000, else masquerade to "
		":2000-3000\n",
	},
	{
		"forwards: shifted range, protocols, whole address, both versions",
		"name: lab\nnetworks:\n"
		"  n:\n"
		"    antispoof: false\n"
		"    mode: open\n"
		"    addresses: [10.1.0.1/24, \"fd00::1/64\"]\n"
		"    machines: {web: {address: 10.1.0.5}}\n"
		"    forwards:\n"
		"      - {listen: \"1.2.3.4:9000-9001\", to: \"web:80-81\", protocol: "
		"udp}\n"
		"      - {listen: \"[2001:db8::1]:22\", to: \"[fd00::5]:2222\"}\n"
		"      - {listen: 1.2.3.5, to: web}\n",
		"bridges\n\t\"n\" . \"n\" comment \"lab/n nd\"\n"
		"forward4\n"
		"\t1.2.3.4 . udp . 9000 comment \"lab/n web\" : 10.1.0.5 . 80\n"
		"\t1.2.3.4 . udp . 9001 comment \"lab/n web\" : 10.1.0.5 . 81\n"
		"forward6\n"
		"\t2001:db8::1 . tcp . 22 comment \"lab/n\" : fd00::5 . 2222\n"
		"address4\n"
		"\t1.2.3.5 comment \"lab/n web\" : 10.1.0.5\n",
	},
	{"nothing", "name: lab\nnetworks: {}\n", ""},
};

/* Of a router r with interfaces a, b and up; ROUTER is what else is said of it. */
#define ROUTER(more)                                                           \
	"name: lab\n"                                                          \
	"networks: {na: {}, nb: {}, nup: {}}\n"                                \
	"routers:\n"                                                           \
	"  r:\n"                                                               \
	"    interfaces:\n"                                                    \
	"      a: {network: na, addresses: [10.1.0.1/24, \"fd00:1::1/64\"]}\n" \
	"      b: {network: nb, addresses: [10.2.0.1/24]}\n"                   \
	"      up: {network: nup, addresses: [172.16.5.2/24]}\n" more

#define BRIDGES                                           \
	"bridges\n\t\"a\" . \"a\" comment \"lab/r nd\"\n" \
	"\t\"b\" . \"b\" comment \"lab/r\"\n"             \
	"\t\"up\" . \"up\" comment \"lab/r\"\n"

static const struct {
	const char *name;
	const char *yaml;
	const char *expected;
} nodes[] = {
	{"a router that forwards everything", ROUTER(""), ""},
	{"masquerade by the way out", ROUTER("    nat: {out: up}\n"),
	 BRIDGES "pairs\n"
		 "\t\"a\" . \"up\" comment \"lab/r\" : jump from-nat\n"
		 "\t\"b\" . \"up\" comment \"lab/r\" : jump from-nat\n"
		 "\t\"up\" . \"a\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"up\" . \"b\" comment \"lab/r\" : jump to-nat\n"
		 "leave\n"
		 "\t\"a\" . \"up\" comment \"lab/r\" : jump masquerade-plain\n"
		 "\t\"b\" . \"up\" comment \"lab/r\" : jump masquerade-plain\n"},
	{"a source of its own; what comes in or leaves has to be allowed, too",
	 ROUTER("    nat: {out: up, source: 172.16.5.9}\n"
		"    allow: [{from: a, to: b}, {from: a, to: up}, {from: up, to: a}]\n"),
	 BRIDGES "pairs\n"
		 "\t\"a\" . \"up\" comment \"lab/r\" : jump from-nat-asked\n"
		 "\t\"b\" . \"a\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"b\" . \"up\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"up\" . \"b\" comment \"lab/r\" : jump to-nat\n"
		 "leave\n"
		 "\t\"a\" . \"up\" comment \"lab/r\" : jump leave-up\n"
		 "\t\"b\" . \"up\" comment \"lab/r\" : jump leave-up\n"
		 "chain leave-up comment \"lab/r\"\n"
		 "\tsnat ip to 172.16.5.9:1024-65535, else masquerade to "
		 ":1024-65535\n"},
	{"isolated, without a way out", ROUTER("    isolate: true\n"),
	 BRIDGES "pairs\n"
		 "\t\"a\" . \"b\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"a\" . \"up\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"b\" . \"a\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"b\" . \"up\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"up\" . \"a\" comment \"lab/r\" : jump to-nat\n"
		 "\t\"up\" . \"b\" comment \"lab/r\" : jump to-nat\n"},
	{"forwards alone restrict nothing; a host has no table",
	 ROUTER("    forwards: [{listen: \"172.16.5.2:80\", to: \"10.1.0.5:81\"}]\n"
		"hosts: {h: {network: na, addresses: [10.1.0.7/24]}}\n"),
	 BRIDGES "forward4\n"
		 "\t172.16.5.2 . tcp . 80 comment \"lab/r\" : 10.1.0.5 . 81\n"},
	{"ends of cables are interfaces like others",
	 "name: lab\n"
	 "routers:\n"
	 "  r: {nat: {out: x}}\n"
	 "  s: {}\n"
	 "links:\n"
	 "  x: {ends: {r: {addresses: [10.9.0.1/30]}, s: {addresses: [10.9.0.2/30]}}}\n"
	 "  y: {ends: {s: {addresses: [10.8.0.2/30]}, r: {addresses: [10.8.0.1/30]}}}\n",
	 "bridges\n\t\"x\" . \"x\" comment \"lab/r\"\n"
	 "\t\"y\" . \"y\" comment \"lab/r\"\n"
	 "pairs\n\t\"x\" . \"y\" comment \"lab/r\" : jump to-nat\n"
	 "\t\"y\" . \"x\" comment \"lab/r\" : jump from-nat\n"
	 "leave\n\t\"y\" . \"x\" comment \"lab/r\" : jump masquerade-plain\n"},
};

static struct netd_topology *parse(const char *yaml)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};
	int r = netd_config_parse(yaml, strlen(yaml), NULL, &t, &err);

	if (r < 0)
		print_error("# %s\n", err.problems[0].text);
	assert_int_equal(r, 0);
	return t;
}

static void compile(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_topology *t = parse(rows[i].yaml);
		struct netd_ruleset r = {0};
		struct netd_str text = {0};

		assert_int_equal(netd_ruleset_compile(t, NULL, &r, NULL), 0);
		netd_ruleset_print(&text, &r);
		assert_string_equal(netd_str_text(&text), rows[i].expected);
		assert_int_equal(r.present, *rows[i].expected != '\0');
		netd_str_done(&text);
		netd_ruleset_done(&r);
		netd_topology_free(t);
	}
}

static void compile_nodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(nodes); i++) {
		struct netd_topology *t = parse(nodes[i].yaml);
		struct netd_ruleset r = {0};
		struct netd_str text = {0};

		assert_int_equal(netd_ruleset_compile_node(t, netd_topology_node(t, "r"),
							   &r, NULL),
				 0);
		netd_ruleset_print(&text, &r);
		assert_string_equal(netd_str_text(&text), nodes[i].expected);
		assert_int_equal(r.present, *nodes[i].expected != '\0');
		netd_str_done(&text);
		netd_ruleset_done(&r);
		netd_topology_free(t);
	}
}

/* What guests may ask of a link, by its services and the versions of its addresses. */
static void admits(void **state)
{
	static const struct {
		const char *addresses[2];
		bool dhcp, dns, tftp;
		unsigned expected;
	} cases[] = {
		{{"10.1.0.1/24"}, false, false, false, 0},
		{{"10.1.0.1/24"}, true, false, false, NETD_ADMIT_DHCP},
		{{"10.1.0.1/24"}, false, true, false, NETD_ADMIT_DNS},
		{{"10.1.0.1/24"}, false, false, true, 0},
		{{"10.1.0.1/24"},
		 true,
		 true,
		 true,
		 NETD_ADMIT_DHCP | NETD_ADMIT_DNS | NETD_ADMIT_TFTP},
		{{"fd00::1/64"}, false, false, false, NETD_ADMIT_ND},
		{{"fd00::1/64"},
		 true,
		 false,
		 false,
		 NETD_ADMIT_DHCP6 | NETD_ADMIT_ND | NETD_ADMIT_RS},
		{{"10.1.0.1/24", "fd00::1/64"},
		 false,
		 true,
		 false,
		 NETD_ADMIT_DNS | NETD_ADMIT_ND},
		{{"10.1.0.1/24", "fd00::1/64"},
		 true,
		 true,
		 false,
		 NETD_ADMIT_DHCP | NETD_ADMIT_DHCP6 | NETD_ADMIT_DNS | NETD_ADMIT_ND |
			 NETD_ADMIT_RS},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_topology *t = netd_topology_new("lab");
		struct netd_network *n = netd_topology_add_network(t);
		struct netd_ruleset r = {0};

		netd_copy(n->name, "n");
		netd_copy(n->bridge, "br7");
		for (size_t k = 0; k < 2 && cases[i].addresses[k]; k++) {
			struct netd_prefix *p = netd_array_add(
				&n->addresses, &n->address_count, sizeof(*p));

			assert_int_equal(netd_prefix_parse(cases[i].addresses[k], p), 0);
		}
		n->dhcp.enabled = cases[i].dhcp;
		n->dns.enabled = cases[i].dns;
		netd_copy(n->dhcp.tftp_root, cases[i].tftp ? "/srv/tftp" : "");
		assert_int_equal(netd_ruleset_compile(t, NULL, &r, NULL), 0);
		assert_int_equal(r.admit_count, cases[i].expected ? 1 : 0);
		if (cases[i].expected) {
			assert_int_equal(r.admits[0].services, cases[i].expected);
			assert_string_equal(r.admits[0].link, "br7");
			assert_string_equal(r.admits[0].owner, "lab/n");
		}
		assert_int_equal(!!strchr(r.elements[0].comment, ' '),
				 cases[i].expected != 0);
		netd_ruleset_done(&r);
		netd_topology_free(t);
	}
}

/* A topology made by hand may hold what the check would refuse. */
static void refused(void **state)
{
	static const struct {
		enum netd_mode mode;
		const char *to;
		int count, code;
	} forwards[] = {
		{NETD_MODE_ISOLATED, "10.1.0.5", 1, -EINVAL},
		{NETD_MODE_NAT, "fd00::5", 1, -EINVAL},
		{NETD_MODE_NAT, "10.1.0.5", 2, -EEXIST},
		{NETD_MODE_NAT, "10.1.0.5", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(forwards); i++) {
		struct netd_topology *t = netd_topology_new("lab");
		struct netd_network *n = netd_topology_add_network(t);
		struct netd_ruleset r = {0};
		struct netd_error err = {0};

		netd_copy(n->name, "n");
		netd_copy(n->bridge, "n");
		n->mode = forwards[i].mode;
		for (int k = 0; k < forwards[i].count; k++) {
			struct netd_forward *f = netd_array_add(
				&n->forwards, &n->forward_count, sizeof(*f));

			assert_int_equal(netd_addr_parse("1.2.3.4", &f->listen), 0);
			assert_int_equal(netd_addr_parse(forwards[i].to, &f->to), 0);
			f->port_first = f->port_last = f->to_port = 80;
			f->protocols = NETD_TCP;
		}
		assert_int_equal(netd_ruleset_compile(t, NULL, &r, &err),
				 forwards[i].code);
		assert_int_equal(netd_error_code(&err), forwards[i].code);
		netd_error_done(&err);
		netd_ruleset_done(&r);
		netd_topology_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compile),
		cmocka_unit_test(compile_nodes),
		cmocka_unit_test(admits),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
