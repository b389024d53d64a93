// SPDX-License-Identifier: GPL-2.0-or-later
/* What options of one-line verbs say, read by the tables of fields. */
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
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "edit/settings.h"
#include "netd.h"
#include "show/error.h"

#define HEAD "name: lab\nnetworks:\n"

static const char start[] = HEAD
	"  a:\n    mode: nat\n    addresses: [10.1.0.1/24]\n    mac: 02:00:00:00:00:01\n"
	"    mtu: 1400\n    stp: true\n    autostart: true\n    antispoof: false\n"
	"    routes: [{to: 10.9.0.0/16, via: 10.1.0.9}]\n"
	"    nat: {source: 10.9.0.1, ports: 5000-6000, out: eth0}\n"
	"    dhcp: {range: 10.1.0.50-10.1.0.60, lease: 2h}\n"
	"    dns: {domain: x.test, forwarders: [9.9.9.9]}\n"
	"    machines: {m: {mac: 02:00:00:00:00:02}}\n";

/* A network is changed; @lines are there then, @gone are not. */
static const struct {
	const char *name;
	struct netd_option_value settings[9];
	const char *lines, *gone;
} changes[] = {
	{.name = "nothing", .lines = "    mtu: 1400\n    stp: true\n"},
	{.name = "one value",
	 .settings = {{"mtu", "9000"}},
	 .lines = "    mtu: 9000\n    stp: true\n"},
	{.name = "a switch",
	 .settings = {{"stp", "off"}, {"antispoof", "on"}},
	 .gone = "stp"},
	{.name = "a list is replaced",
	 .settings = {{"address", "10.1.0.2/24"}, {"address", "fd00::1/64"}},
	 .lines = "    addresses: [10.1.0.2/24, \"fd00::1/64\"]\n"},
	{.name = "another source instead of the one",
	 .settings = {{"nat-source", "10.9.0.7"}},
	 .lines = "    nat: {source: 10.9.0.7, ports: \"5000-6000\", out: eth0}\n"},
	{.name = "one of each family",
	 .settings = {{"nat-source", "fd01::1-fd01::9"},
		      {"nat-source", "10.9.0.7"},
		      {"address", "10.1.0.1/24"},
		      {"address", "fd00::1/64"}},
	 .lines = "source: [10.9.0.7, \"fd01::1-fd01::9\"]"},
	{.name = "within a service, the rest stays",
	 .settings = {{"dhcp-range", "10.1.0.70-10.1.0.80"}},
	 .lines = "    dhcp: {range: \"10.1.0.70-10.1.0.80\", lease: \"2h\"}\n"},
	{.name = "on, and a part of it",
	 .settings = {{"dhcp", "on"}, {"dhcp-range", "10.1.0.70-10.1.0.80"}},
	 .lines = "range: \"10.1.0.70-10.1.0.80\""},
	{.name = "off", .settings = {{"no-dhcp", "on"}}, .gone = "dhcp:"},
	{.name = "no names", .settings = {{"no-dns", "on"}}, .lines = "    dns: false\n"},
	{.name = "nobody is asked",
	 .settings = {{"dns", "none"}},
	 .lines = "forwarders: none"},
	{.name = "routes",
	 .settings = {{"route", "10.8.0.0/16=10.1.0.8"},
		      {"route", "10.7.0.0/16=10.1.0.7"}},
	 .lines = "      - {to: 10.8.0.0/16, via: 10.1.0.8}\n"
		  "      - {to: 10.7.0.0/16, via: 10.1.0.7}\n",
	 .gone = "10.9.0.0/16"},
	{.name = "a machine more",
	 .settings = {{"machine", "web=02-00-00-00-00-03,10.1.0.9"}, {"machine", "db="}},
	 .lines = "      m: {mac: \"02:00:00:00:00:02\"}\n"
		  "      web: {mac: \"02:00:00:00:00:03\", address: 10.1.0.9}\n"
		  "      db: {}\n"},
	{.name = "the same twice",
	 .settings = {{"mtu", "1300"}, {"mtu", "1300"}},
	 .lines = "    mtu: 1300\n"},
	{.name = "a number back", .settings = {{"mtu", NULL}}, .gone = "mtu"},
	{.name = "a switch back, whose default is on",
	 .settings = {{"antispoof", NULL}, {"autostart", NULL}},
	 .gone = "antispoof"},
	{.name = "a MAC back", .settings = {{"mac", NULL}}, .gone = "    mac:"},
	{.name = "part of a part back",
	 .settings = {{"nat-source", NULL}, {"nat-out", NULL}},
	 .lines = "    nat: {ports: \"5000-6000\"}\n"},
	{.name = "all of a part back",
	 .settings = {{"nat-source", NULL}, {"nat-out", NULL}, {"nat-ports", NULL}},
	 .gone = "nat:"},
	{.name = "a list back", .settings = {{"route", NULL}}, .gone = "routes"},
	{.name = "within a service back",
	 .settings = {{"dhcp-range", NULL}, {"domain", NULL}},
	 .lines = "    dhcp: {lease: \"2h\"}\n    dns: {forwarders: [9.9.9.9]}\n"},
	{.name = "a service back", .settings = {{"dhcp", NULL}}, .gone = "dhcp:"},
	{.name = "addresses back, with all that needs them",
	 .settings = {{"address", NULL},
		      {"dhcp", NULL},
		      {"route", NULL},
		      {"mode", NULL},
		      {"nat-source", NULL},
		      {"nat-ports", NULL},
		      {"nat-out", NULL},
		      {"no-dns", NULL}},
	 .gone = "addresses"},
	{.name = "back, and anew", /* what is in it is another setting */
	 .settings = {{"dhcp", NULL}, {"dhcp-range", "10.1.0.70-10.1.0.80"}},
	 .lines = "    dhcp: {range: \"10.1.0.70-10.1.0.80\"}\n"},
};

static struct netd_topology *parse(const char *text)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};

	if (netd_config_parse(text, strlen(text), "x.yaml", &t, &err))
		fail_msg("line %u: %s", err.problems[0].place.line, err.problems[0].text);
	return t;
}

static void networks(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct netd_topology *t = parse(start);
		struct netd_error err = {0};
		struct netd_str out = {0};

		if (netd_network_set(t, "a", changes[i].settings, &err) < 0)
			fail_msg("%s: %s", changes[i].name, err.problems[0].text);
		assert_int_equal(netd_config_write(t, &out), 0);
		if (changes[i].lines && !strstr(out.text, changes[i].lines))
			fail_msg("%s: no\n%sin\n%s", changes[i].name, changes[i].lines,
				 out.text);
		if (changes[i].gone && strstr(out.text, changes[i].gone))
			fail_msg("%s: %s in\n%s", changes[i].name, changes[i].gone,
				 out.text);
		netd_error_done(&err);
		netd_str_done(&out);
		netd_topology_free(t);
	}
}

/* What is wrong, told in the words of the command. */
static const struct {
	struct netd_option_value settings[4];
	const char *expected;
} mistakes[] = {
	{{{"mode", "rooted"}},
	 "--mode: error: unknown mode \"rooted\"\n"
	 "    --mode rooted\n"
	 "           ^~~~~~\n"
	 "    did you mean \"routed\"?\n"},
	{{{"stp", "maybe"}, {"mtu", "1"}},
	 "--stp: error: \"stp\" must be on or off, not \"maybe\"\n"
	 "    --stp maybe\n"
	 "          ^~~~~\n"
	 "--mtu: error: \"mtu\" must be a number from 68 to 65535, not \"1\"\n"
	 "    --mtu 1\n"
	 "          ^\n"},
	{{{"stp", "true"}},
	 "--stp: error: \"stp\" must be on or off, not \"true\"\n"
	 "    --stp true\n"
	 "          ^~~~\n"},
	{{{"domain", ""}},
	 "--domain: error: domain is empty\n"
	 "    --domain \n"
	 "             ^\n"},
	{{{"route", "10.8.0.0/16=nowhere"}},
	 "--route: error: \"nowhere\" is not an address\n"
	 "    --route 10.8.0.0/16=nowhere\n"
	 "                        ^~~~~~~\n"},
	{{{"machine", "web=02:00:00:00:00:03,10.1.0.300"}},
	 "--machine: error: \"10.1.0.300\" is not an address (without prefix length)\n"
	 "    --machine web=02:00:00:00:00:03,10.1.0.300\n"
	 "                                    ^~~~~~~~~~\n"},
	{{{"address", "10.1.0.1"}},
	 "--address: error: \"10.1.0.1\" is not an address with its prefix length\n"
	 "    --address 10.1.0.1\n"
	 "              ^~~~~~~~\n"
	 "    add the prefix length: \"10.1.0.1/24\"\n"},
	/* found by a check, behind the reading */
	{{{"dhcp-range", "10.2.0.1-10.2.0.9"}},
	 "--dhcp-range: error: DHCP range 10.2.0.1-10.2.0.9 is outside of the subnet "
	 "of network \"a\"\n"
	 "    --dhcp-range 10.2.0.1-10.2.0.9\n"
	 "                 ^~~~~~~~~~~~~~~~~\n"
	 "    the subnet is that of 10.1.0.1/24\n"},
	{{{"no-dhcp", "on"}, {"dhcp-range", "10.1.0.50-10.1.0.60"}},
	 "--dhcp-range: error: --no-dhcp and --dhcp-range contradict each other\n"
	 "    --dhcp-range 10.1.0.50-10.1.0.60\n"
	 "                 ^~~~~~~~~~~~~~~~~~~\n"},
	{{{"domain", "x.test"}, {"no-dns", "on"}},
	 "--no-dns: error: --domain and --no-dns contradict each other\n"
	 "    --no-dns\n"
	 "    ^~~~~~~~\n"},
	{{{"dhcp", "on"}, {"no-dhcp", "on"}},
	 "--no-dhcp: error: --dhcp and --no-dhcp contradict each other\n"
	 "    --no-dhcp\n"
	 "    ^~~~~~~~~\n"},
	{{{"mtu", "1300"}, {"mtu", "1400"}},
	 "--mtu: error: --mtu is given twice, with different values\n"
	 "    --mtu 1400\n"
	 "          ^~~~\n"},
	{{{"mtu", "1300"}, {"mtu", NULL}},
	 "--unset: error: --mtu and --unset mtu contradict each other\n"
	 "    --unset mtu\n"
	 "            ^~~\n"},
	{{{"nonsense", NULL}}, "error: a network has no setting \"nonsense\"\n"},
	{{{"adress", NULL}},
	 "error: a network has no setting \"adress\"\n"
	 "    did you mean \"address\"?\n"},
};

static void complaints(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(mistakes); i++) {
		struct netd_topology *t = parse(start);
		struct netd_error err = {0};
		struct netd_str out = {0};

		assert_int_equal(netd_network_set(t, "a", mistakes[i].settings, &err),
				 -EINVAL);
		netd_render_error(&err, false, &out);
		assert_string_equal(netd_str_text(&out), mistakes[i].expected);
		netd_str_done(&out);
		netd_error_done(&err);
		netd_topology_free(t);
	}
}

/* Routers and hosts, as they are written. */
static const struct {
	const char *kind;
	struct netd_option_value settings[9];
	const char *expected;
} nodes[] = {
	{"router",
	 {{"interface", "a=10.1.0.2/24,fd00::2/64"},
	  {"interface", "up:b"},
	  {"route", "default=10.1.0.1"},
	  {"route", "10.7.0.0/16=blackhole"},
	  {"nat", "up"},
	  {"nat-ports", "2000-3000"},
	  {"allow", "a=up"},
	  {"dns", "9.9.9.9"}},
	 "  box:\n    interfaces:\n      a: {addresses: [10.1.0.2/24, \"fd00::2/64\"]}\n"
	 "      up: {network: b}\n    routes:\n      - {to: default, via: 10.1.0.1}\n"
	 "      - {to: 10.7.0.0/16, type: blackhole}\n"
	 "    nat: {ports: \"2000-3000\", out: up}\n    allow:\n"
	 "      - {from: a, to: up}\n    dns: [9.9.9.9]\n"},
	{"host",
	 {{"interface", "a=10.1.0.9/24"}, {"search", "x.test"}},
	 "  box:\n    network: a\n    addresses: [10.1.0.9/24]\n    search: x.test\n"},
	{"host", {{"interface", "up:a"}}, "  box:\n    network: a\n    interface: up\n"},
	{"host",
	 {{"interface", "a"}, {"interface", "b"}},
	 "  box:\n    interfaces:\n      a: {}\n      b: {}\n"},
};

static void routers_and_hosts(void **state)
{
	static const char text[] =
		HEAD "  a: {mode: nat, addresses: 10.1.0.1/24}\n  b: {}\n";

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(nodes); i++) {
		struct netd_topology *t = parse(text);
		struct netd_error err = {0};
		struct netd_str out = {0};

		if (netd_node_add(t, nodes[i].kind, "box", nodes[i].settings, &err) < 0)
			fail_msg("%zu: %s", i, err.problems[0].text);
		assert_int_equal(netd_config_write(t, &out), 0);
		if (!strstr(out.text, nodes[i].expected))
			fail_msg("no\n%sin\n%s", nodes[i].expected, out.text);
		netd_str_done(&out);
		netd_error_done(&err);
		netd_topology_free(t);
	}
}

/* Each option of each kind of object names a field, and can be taken back. */
static void options(void **state)
{
	static const char *const kinds[] = {"network", "router", "host", "port",
					    "forward"};
	struct netd_option option = {0};

	(void)state;
	for (size_t k = 0; k < NETD_ARRAY_SIZE(kinds); k++) {
		size_t i = 0;

		for (; netd_option_get(kinds[k], i, &option); i++) {
			const struct netd_option_value unset[] = {{option.name, NULL},
								  {NULL, NULL}};
			struct netd_network n = {.name = "x"};
			struct netd_topology *t = netd_topology_new("x");

			assert_non_null(option.help);
			if (strcmp(kinds[k], "network") == 0)
				assert_int_equal(netd_settings_read(t,
								    &netd_network_object,
								    &n, unset, NULL),
						 0);
			netd_topology_free(t);
		}
		assert_true(i > 1);
	}
	assert_false(netd_option_get("nonsense", 0, &option));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks),
		cmocka_unit_test(complaints),
		cmocka_unit_test(routers_and_hosts),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
