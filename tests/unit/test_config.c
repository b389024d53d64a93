// SPDX-License-Identifier: GPL-2.0-or-later
/* Topology files: what is read, and that it is written back the same. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "skip.h"

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "config/yaml.h"
#include "model/topology.h"

#define HEAD "name: lab\nnetworks:\n"

/* A file, and the canonical form of it. */
static const struct {
	const char *name;
	const char *input;
	const char *expected;
} rows[] = {
	{"nothing", "name: lab\n", "name: lab\nnetworks: {}\n"},
	{"all of it at boot", "{networks: {}, autostart: true, name: lab}",
	 "name: lab\nautostart: true\nnetworks: {}\n"},
	{"not at boot", "name: lab\nautostart: false\n", "name: lab\nnetworks: {}\n"},
	{"empty network", HEAD "  br0: {}\n  br1:\n  br2: ~\n",
	 HEAD "  br0: {}\n  br1: {}\n  br2: {}\n"},
	{"defaults are left out",
	 HEAD "  br0: {mode: isolated, bridge: br0, stp: false, autostart: false}\n",
	 HEAD "  br0: {}\n"},
	{"all settings",
	 HEAD "  br0: {bridge: b, mode: bridged, uplink: eth1, mac: 52-54-00-AB-00-01, "
	      "mtu: 9000, stp: true, group_fwd_mask: 0x4000, autostart: true, overlaps: "
	      "true, antispoof: false, "
	      "addresses: FD00::1/64}\n",
	 HEAD
	 "  br0:\n    bridge: b\n    mode: bridged\n    addresses: [\"fd00::1/64\"]\n"
	 "    mac: \"52:54:00:ab:00:01\"\n    mtu: 9000\n    stp: true\n"
	 "    group_fwd_mask: \"0x4000\"\n    autostart: true\n    antispoof: false\n    "
	 "overlaps: true\n    uplink: "
	 "eth1\n"},
	{"words that YAML 1.1 takes for something else",
	 HEAD "  \"on\": {bridge: \"no\"}\n  \"10\": {}\n",
	 HEAD "  \"on\":\n    bridge: \"no\"\n  \"10\": {}\n"},
	{"nat",
	 HEAD
	 "  br0:\n    mode: nat\n    addresses: [10.1.0.1/24, 'fd00::1/64']\n    nat:\n"
	 "      source:\n      - 10.9.0.1-10.9.0.1\n      - fd01::1-fd01::9\n"
	 "      ports: 5000\n      on: eth0\n",
	 HEAD "  br0:\n    mode: nat\n    addresses: [10.1.0.1/24, \"fd00::1/64\"]\n"
	      "    nat: {source: [10.9.0.1, \"fd01::1-fd01::9\"], ports: \"5000\", "
	      "on: eth0}\n"},
	{"forwards",
	 HEAD "  br0:\n    mode: open\n    addresses: [10.1.0.1/24, 'fd00::1/64']\n"
	      "    machines: {w: {address: ['fd00::5', 10.1.0.5]}}\n    forwards:\n"
	      "    - {listen: 10.9.0.1, to: w}\n"
	      "    - listen: '[fd01::1]:80'\n      to: w\n"
	      "    - {listen: '[fd01::1]', to: '[fd00::5]'}\n"
	      "    - {listen: 10.9.0.1:80-81, to: w, protocol: [udp, tcp]}\n"
	      "    - {listen: 10.9.0.1:80, to: '10.1.0.9:8080', protocol: sctp, on: e}\n"
	      "    - {listen: '[fd01::1]:81', to: '[fd00::5]:82'}\n",
	 HEAD
	 "  br0:\n    mode: open\n    addresses: [10.1.0.1/24, \"fd00::1/64\"]\n"
	 "    machines:\n      w: {address: [10.1.0.5, \"fd00::5\"]}\n    forwards:\n"
	 "      - {listen: 10.9.0.1, to: w}\n"
	 "      - {listen: \"[fd01::1]:80\", to: \"w:80\", protocol: tcp}\n"
	 "      - {listen: \"fd01::1\", to: \"fd00::5\"}\n"
	 "      - {listen: \"10.9.0.1:80-81\", to: \"w:80-81\", "
	 "protocol: [tcp, udp]}\n"
	 "      - {listen: \"10.9.0.1:80\", to: \"10.1.0.9:8080\", protocol: sctp, "
	 "on: e}\n"
	 "      - {listen: \"[fd01::1]:81\", to: \"[fd00::5]:82\", protocol: tcp}\n"},
	{"ports",
	 HEAD "  br0:\n    ports:\n      a:\n      b: {type: tap, owner: root, group: 7, "
	      "multi_queue: true, vnet_hdr: true}\n"
	      "      c: {type: veth, peer: p, namespace: n1}\n",
	 HEAD "  br0:\n    ports:\n      a: {}\n      b: {type: tap, owner: 0, group: 7, "
	      "multi_queue: true, vnet_hdr: true}\n"
	      "      c: {type: veth, peer: p, namespace: n1}\n"},
	{"anchors and JSON",
	 "{\"name\": \"lab\", \"networks\": {\"a\": &x {\"mtu\": 1400}, \"b\": *x}}",
	 HEAD "  a:\n    mtu: 1400\n  b:\n    mtu: 1400\n"},
	{"the same address where the host has none",
	 HEAD "  a: {machines: {m: {address: 10.0.0.1}}}\n"
	      "  b: {machines: {m: {address: 10.0.0.1}}}\n",
	 HEAD "  a:\n    machines:\n      m: {address: 10.0.0.1}\n"
	      "  b:\n    machines:\n      m: {address: 10.0.0.1}\n"},
	{"DHCP and DNS",
	 HEAD
	 "  a:\n    addresses: [10.1.0.1/24, 'fd00::1/64']\n    dhcp:\n"
	 "      range: [10.1.0.50-10.1.0.99, 'fd00::50-fd00::99']\n      lease: 5400\n"
	 "      gateway: none\n      dns: 9.9.9.9\n      mtu: 1400\n"
	 "      routes: [{to: default, via: 10.1.0.2}, {via: 10.1.0.3, to: "
	 "10.2.0.0/16}]\n"
	 "      boot: {server: 10.1.0.9, file: pxelinux.0}\n      tftp: /srv/tftp\n"
	 "      ra: false\n      slaac: false\n      required: false\n    dns:\n"
	 "      domain: lab.test\n      forwarders: ['[fd00::9]:5353', {to: "
	 "'10.9.9.9:53', domain: corp.example}]\n"
	 "      records: {www: [10.1.0.9, 'fd00::9'], gw: 10.1.0.1}\n",
	 HEAD
	 "  a:\n    addresses: [10.1.0.1/24, \"fd00::1/64\"]\n"
	 "    dhcp: {range: [\"10.1.0.50-10.1.0.99\", \"fd00::50-fd00::99\"], "
	 "lease: \"90m\", gateway: none, dns: [9.9.9.9], mtu: 1400, "
	 "routes: [{to: default, via: 10.1.0.2}, {to: 10.2.0.0/16, via: 10.1.0.3}], "
	 "boot: {file: pxelinux.0, server: 10.1.0.9}, tftp: \"/srv/tftp\", ra: false, "
	 "slaac: false, required: false}\n"
	 "    dns: {domain: lab.test, forwarders: [\"[fd00::9]:5353\", "
	 "{domain: corp.example, to: \"10.9.9.9:53\"}], "
	 "records: {www: [10.1.0.9, \"fd00::9\"], gw: 10.1.0.1}}\n"},
	{"what is implied or chosen is left out",
	 HEAD
	 "  a: {addresses: 10.1.0.1/24, dhcp: {}, machines: {m: {}}}\n"
	 "  b: {addresses: 10.2.0.1/24, dhcp: {lease: infinite, ra: true}, dns: false}\n"
	 "  c: {addresses: 10.3.0.1/24, dhcp: false, dns: {}}\n"
	 "  d: {addresses: ['10.4.0.1/24', 'fd00:4::1/64'], "
	 "dhcp: {range: 10.4.0.9-10.4.0.20}, dns: {forwarders: []}}\n",
	 HEAD "  a:\n    addresses: [10.1.0.1/24]\n    dhcp: true\n    machines:\n      "
	      "m: {}\n"
	      "  b:\n    addresses: [10.2.0.1/24]\n    dhcp: {lease: infinite}\n    dns: "
	      "false\n"
	      "  c:\n    addresses: [10.3.0.1/24]\n    dns: true\n"
	      "  d:\n    addresses: [10.4.0.1/24, \"fd00:4::1/64\"]\n"
	      "    dhcp: {range: \"10.4.0.9-10.4.0.20\"}\n    dns: {forwarders: none}\n"},
	{"routers, hosts and links",
	 "name: lab\n"
	 "links: {p: {ends: {r: {}, h: {interface: up, addresses: 10.9.0.2/30}}}}\n"
	 "hosts:\n"
	 "  h: {interface: e1, network: a, mtu: 1400, mac: 02-00-00-00-00-01, dns: "
	 "9.9.9.9,\n"
	 "      search: lab.test, routes: [{to: 10.1.0.9, dev: up, type: unicast}]}\n"
	 "  i: {interfaces: {eth0: {network: a}}}\n"
	 "  j: {interfaces: {a: {}, b: {network: a}}}\n"
	 "routers:\n"
	 "  r:\n    interfaces: {a: {network: a, addresses: ['10.1.0.1/24', "
	 "'fd00::1/64'], "
	 "dhcp: true}}\n"
	 "    routes: [{to: default, via: 'fd00::2', metric: 7}, {to: 'default', dev: "
	 "a},\n"
	 "      {to: '::/0', dev: a}, {to: 10.8.0.0/16, type: blackhole},\n"
	 "      {to: 10.7.0.0/16, via: 10.66.0.1, dev: a, onlink: true, source: "
	 "10.1.0.1}]\n"
	 "    nat: {out: a}\n    allow: {from: a, to: p}\n"
	 "    forwards: [{listen: '10.1.0.1:80', to: '10.1.0.9:81'}]\n"
	 "networks: {a: {}}\n",
	 HEAD
	 "  a: {}\nrouters:\n  r:\n    interfaces:\n"
	 "      a: {addresses: [10.1.0.1/24, \"fd00::1/64\"], dhcp: true}\n"
	 "    routes:\n      - {to: default, via: \"fd00::2\", metric: 7}\n"
	 "      - {to: default, dev: a}\n      - {to: \"::/0\", dev: a}\n"
	 "      - {to: 10.8.0.0/16, type: blackhole}\n"
	 "      - {to: 10.7.0.0/16, via: 10.66.0.1, dev: a, source: 10.1.0.1, "
	 "onlink: true}\n"
	 "    nat: {out: a}\n    forwards:\n"
	 "      - {listen: \"10.1.0.1:80\", to: \"10.1.0.9:81\", protocol: tcp}\n"
	 "    allow:\n      - {from: a, to: p}\n"
	 "hosts:\n  h:\n    network: a\n    interface: e1\n"
	 "    mac: \"02:00:00:00:00:01\"\n    mtu: 1400\n    routes:\n"
	 "      - {to: 10.1.0.9/32, dev: up}\n    dns: [9.9.9.9]\n    search: lab.test\n"
	 "  i:\n    network: a\n"
	 "  j:\n    interfaces:\n      a: {}\n      b: {network: a}\n"
	 "links:\n  p:\n    ends:\n      r: {}\n"
	 "      h: {interface: up, addresses: [10.9.0.2/30]}\n"},
	{"two labs behind their routers, with the same subnets",
	 HEAD "  a: {}\n  b: {}\nrouters:\n"
	      "  r: {interfaces: {a: {addresses: 10.0.0.1/24}}}\n"
	      "  s: {interfaces: {b: {addresses: 10.0.0.1/24}}}\n",
	 HEAD "  a: {}\n  b: {}\nrouters:\n"
	      "  r:\n    interfaces:\n      a: {addresses: [10.0.0.1/24]}\n"
	      "  s:\n    interfaces:\n      b: {addresses: [10.0.0.1/24]}\n"},
};

static struct netd_topology *parse(const char *name, const char *text)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};

	if (netd_config_parse(text, strlen(text), "x.yaml", &t, &err))
		fail_msg("%s: line %u: %s", name, err.problems[0].place.line,
			 err.problems[0].text);
	return t;
}

static void canonical(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_topology *t = parse(rows[i].name, rows[i].input), *again;
		struct netd_str text = {0}, json = {0};

		assert_int_equal(netd_config_write(t, &text), 0);
		assert_string_equal(text.text, rows[i].expected);
		again = parse(rows[i].name, text.text);
		assert_true(netd_topology_equal(t, again));
		netd_topology_free(again);
		assert_int_equal(netd_config_write_json(t, &json), 0);
		again = parse(rows[i].name, json.text);
		assert_true(netd_topology_equal(t, again));
		netd_topology_free(again);
		again = netd_topology_copy(t);
		assert_true(netd_topology_equal(t, again));
		netd_topology_free(again);
		netd_topology_free(t);
		netd_str_done(&text);
		netd_str_done(&json);
	}
}

static void name_of_file(void **state)
{
	static const struct {
		const char *file, *name;
	} files[] = {{"/etc/netd/lab.yaml", "lab"},
		     {"lab.yml", "lab"},
		     {"a.b.yaml", "a.b"},
		     {"lab", "lab"},
		     {".yaml", NULL},
		     {"/x/", NULL},
		     {NULL, NULL}};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++) {
		struct netd_topology *t = NULL;
		int r = netd_config_parse("networks: {}", 12, files[i].file, &t, NULL);

		assert_int_equal(r, files[i].name ? 0 : -EINVAL);
		if (t)
			assert_string_equal(t->name, files[i].name);
		netd_topology_free(t);
	}
}

/* The quick reader must take what people write, or it is of no use. */
static void plain_reader(void **state)
{
	static const char *const texts[] = {
		"a: b\n",
		"# x\n\na:   # y\n  b: {c: d, \"e\": 'f g', h: [1, 2], i: {}, j: []} # "
		"z\n"
		"  k:\n  - l\n  - m: n\n    o:\n  -   {p: fd00::1}\nq:\n",
		"a:\n  - [b, c]\n  - d:e\nf: \"\"",
	};
	static const char *const others[] = {
		"",
		"a",
		"a: b c\n",
		"a: b\n c\n",
		"a: |\n b\n",
		"a: \"\\n\"",
		"a: &b c",
		"a:\tb",
		"---\na: b\n",
		"a: {b}",
		"a: [b: c]",
		"a: 'b''c'",
		"- a\n",
		"a: b\n  c: d\n",
		"a: {b: c\n}",
		"a: \xc3\xa4\n",
		"a: b\r\n",
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(texts); i++) {
		struct netd_yaml_document d = {0};

		assert_int_equal(netd_yaml_read_plain(&d, texts[i], strlen(texts[i])), 0);
		netd_yaml_done(&d);
	}
	for (size_t i = 0; i < NETD_ARRAY_SIZE(others); i++) {
		struct netd_yaml_document d = {0};

		assert_int_equal(netd_yaml_read_plain(&d, others[i], strlen(others[i])),
				 -EAGAIN);
		netd_yaml_done(&d);
	}
}

static void fill(struct netd_str *s, const char *unit, size_t length)
{
	while (s->length < length)
		netd_str_add(s, unit);
}

/* Megabytes of anything are refused soon, with few words. */
static void huge(void **state)
{
	static const char *const units[] = {
		"[",
		"- ",
		"{a: ",
		"a: b\n",
		"# comment\n",
		"x",
		"\n",
		"- a\n",
		"a, ",
		"\"",
		"&a ",
		"  a:\n",
		"\t",
		"'' ",
		"? ",
		"*a ",
		"  br: {mode: natt}\n",
		"!!x ",
		"a:\n - ",
		"| ",
		": ",
	};
	static const char *const heads[] = {"networks:\n", "networks: [", "networks: \""};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(units) * NETD_ARRAY_SIZE(heads); i++) {
		const char *unit = units[i % NETD_ARRAY_SIZE(units)];
		const char *head = heads[i / NETD_ARRAY_SIZE(units)];
		struct netd_str text = {0};
		struct netd_error err = {0};
		struct netd_topology *t = NULL;
		struct timespec a, b;
		double seconds;

		netd_str_add(&text, head);
		fill(&text, unit, (size_t)(i % 8 ? 1 : 10) << 20);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		netd_config_parse(text.text, text.length, "x.yaml", &t, &err);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		seconds = (double)(b.tv_sec - a.tv_sec) +
			  (double)(b.tv_nsec - a.tv_nsec) / 1e9;
		assert_true(err.count <= 101);
		/* Far above what it takes: only a cost that grows with the square fails.
		 */
		if (seconds > 10)
			fail_msg("%s%s…: %.1f s", head, unit, seconds);
		if (getenv("NETD_TEST_TIMES"))
			print_message("# %s%s: %.2f s\n", head, unit, seconds);
		netd_topology_free(t);
		netd_error_done(&err);
		netd_str_done(&text);
	}
}

static void not_a_file(void **state)
{
	char dir[] = "/tmp/netd-test-XXXXXX", path[64];
	struct netd_topology *t = NULL;
	struct netd_error err = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo.yaml", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(netd_config_load(path, &t, &err), -EINVAL);
	assert_non_null(strstr(err.problems[0].text, "not a regular file"));
	netd_error_done(&err);
	assert_int_equal(netd_config_load(dir, &t, &err), -EINVAL);
	netd_error_done(&err);
	unlink(path);
	assert_int_equal(netd_config_load(path, &t, &err), -ENOENT);
	netd_error_done(&err);
	rmdir(dir);
	assert_null(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical),
		cmocka_unit_test(name_of_file),
		cmocka_unit_test(plain_reader),
		unit_test_if(!getenv("NETD_SLOW"), "its bound is on time", huge),
		cmocka_unit_test(not_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
