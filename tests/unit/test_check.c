// SPDX-License-Identifier: GPL-2.0-or-later
/* Topologies that are built by hand, as the one-line commands do, and their checks. */
#include <arpa/inet.h>
#include <errno.h>
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
#include "base/suggest.h"
#include "check/check.h"
#include "model/topology.h"

static struct netd_prefix prefix(const char *text)
{
	struct netd_prefix p;

	assert_int_equal(netd_prefix_parse(text, &p), 0);
	return p;
}

static struct netd_addr addr(const char *text)
{
	struct netd_addr a;

	assert_int_equal(netd_addr_parse(text, &a), 0);
	return a;
}

static struct netd_network *add_network(struct netd_topology *t, const char *name,
					const char *address)
{
	struct netd_network *n = netd_topology_add_network(t);
	struct netd_prefix *p;

	assert_non_null(n);
	assert_true(netd_copy(n->name, name));
	n->mode = NETD_MODE_NAT;
	p = netd_array_add(&n->addresses, &n->address_count, sizeof(*p));
	assert_non_null(p);
	*p = prefix(address);
	return n;
}

static struct netd_forward *add_forward(struct netd_network *n, const char *listen,
					unsigned port, const char *machine)
{
	struct netd_forward *f =
		netd_array_add(&n->forwards, &n->forward_count, sizeof(*f));

	assert_non_null(f);
	f->listen = addr(listen);
	f->port_first = f->port_last = f->to_port = (uint16_t)port;
	f->protocols = port ? NETD_TCP : 0;
	assert_true(netd_copy(f->machine, machine));
	return f;
}

static void add_machine(struct netd_network *n, const char *name, const char *address)
{
	struct netd_machine *m =
		netd_array_add(&n->machines, &n->machine_count, sizeof(*m));

	assert_non_null(m);
	assert_true(netd_copy(m->name, name));
	m->address4 = addr(address);
}

/* Two networks, one machine and one forward. */
static struct netd_topology *lab(void)
{
	struct netd_topology *t = netd_topology_new("lab");

	assert_non_null(t);
	add_network(t, "br0", "10.1.0.1/24");
	add_network(t, "br1", "10.2.0.1/24");
	add_machine(&t->networks[0], "web", "10.1.0.5");
	add_forward(&t->networks[0], "172.16.5.70", 80, "web");
	return t;
}

static void defaults(void **state)
{
	struct netd_topology *t = lab();
	struct netd_addr web = addr("10.1.0.5");

	(void)state;
	assert_int_equal(netd_topology_check(t, NULL), 0);
	assert_string_equal(t->networks[0].bridge, "br0");
	assert_true(netd_addr_equal(&t->networks[0].forwards[0].to, &web));
	/* A machine that moved takes its forwards along. */
	t->networks[0].machines[0].address4 = addr("10.1.0.6");
	assert_int_equal(netd_topology_check(t, NULL), 0);
	assert_int_equal(t->networks[0].forwards[0].to.bytes[3], 6);
	netd_topology_free(t);
}

static void overlap(struct netd_topology *t)
{
	add_network(t, "br2", "10.1.0.200/25");
}

static void same_network(struct netd_topology *t)
{
	add_network(t, "br1", "10.3.0.1/24");
}

static void no_name(struct netd_topology *t)
{
	add_network(t, "", "10.3.0.1/24");
}

static void no_machine(struct netd_topology *t)
{
	add_forward(&t->networks[0], "172.16.5.71", 80, "web1");
}

static void same_listen(struct netd_topology *t)
{
	add_machine(&t->networks[1], "db", "10.2.0.5");
	add_forward(&t->networks[1], "172.16.5.70", 80, "db");
}

static void to_nowhere(struct netd_topology *t)
{
	add_forward(&t->networks[0], "172.16.5.71", 80, "");
}

static void port_without_protocol(struct netd_topology *t)
{
	add_forward(&t->networks[0], "172.16.5.71", 80, "web")->protocols = 0;
}

static void protocol_without_port(struct netd_topology *t)
{
	add_forward(&t->networks[0], "172.16.5.71", 0, "web")->protocols = NETD_UDP;
}

static void ports_reversed(struct netd_topology *t)
{
	add_forward(&t->networks[0], "172.16.5.71", 80, "web")->port_last = 79;
}

static void ports_beyond(struct netd_topology *t)
{
	struct netd_forward *f = add_forward(&t->networks[0], "172.16.5.71", 80, "web");

	f->port_last = 180;
	f->to_port = 65500;
}

static void isolated(struct netd_topology *t)
{
	t->networks[0].mode = NETD_MODE_ISOLATED;
}

static void too_many_ports(struct netd_topology *t)
{
	struct netd_network *n = &t->networks[0];

	for (unsigned i = 0; i < 1024; i++) {
		struct netd_port *p =
			netd_array_add(&n->ports, &n->port_count, sizeof(*p));

		assert_non_null(p);
		snprintf(p->name, sizeof(p->name), "t%u", i);
	}
}

static void small_mtu(struct netd_topology *t)
{
	t->networks[0].mtu = 67;
}

static void source_without_address(struct netd_topology *t)
{
	t->networks[0].nat.source6.first = t->networks[0].nat.source6.last =
		addr("fd00::1");
}

static void refusals(void **state)
{
	static const struct {
		void (*spoil)(struct netd_topology *t);
		const char *text, *hint;
	} rows[] = {
		{overlap,
		 "subnet of 10.1.0.200/25 overlaps 10.1.0.1/24 of network \"br0\"", NULL},
		{same_network, "network \"br1\" is there already", NULL},
		{no_name, "a network without a name", NULL},
		{no_machine, "network \"br0\" has no machine \"web1\"",
		 "did you mean \"web\"?"},
		{same_listen,
		 "172.16.5.70 tcp port 80 is already forwarded in network \"br0\"", NULL},
		{to_nowhere, "a forward to nowhere", NULL},
		{port_without_protocol, "a forward of a port needs a protocol", NULL},
		{protocol_without_port, "a forward of a whole address has no protocol",
		 NULL},
		{ports_reversed, "ports 80-79 are not a range from 1 to 65535", NULL},
		{ports_beyond, "the ports reached are not within 1 to 65535", NULL},
		{isolated, "network \"br0\" has forwards, but its mode is isolated",
		 "say \"mode: nat\", \"routed\" or \"open\""},
		{too_many_ports, "network \"br0\" has 1024 ports; a bridge holds 1023",
		 "spread them over several networks"},
		{small_mtu, "MTU 67 is not within 68 to 65535", NULL},
		{source_without_address,
		 "NAT source fd00::1, but network \"br0\" has no IPv6 address",
		 "give the network an IPv6 address, or take the source out"},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_topology *t = lab();
		struct netd_error err = {0};

		rows[i].spoil(t);
		assert_int_equal(netd_topology_check(t, &err), -EINVAL);
		assert_int_equal(err.count, 1);
		assert_string_equal(err.problems[0].text, rows[i].text);
		if (rows[i].hint)
			assert_string_equal(err.problems[0].hint, rows[i].hint);
		else
			assert_null(err.problems[0].hint);
		netd_error_done(&err);
		netd_topology_free(t);
	}
}

/* Subnets in any order: each pair that overlaps is found without comparing all. */
static void subnets(void **state)
{
	static const struct {
		const char *addresses[4];
		size_t problems;
	} rows[] = {
		{{"10.0.0.1/24", "10.0.1.1/24", "10.0.2.1/24", "10.0.3.1/24"}, 0},
		{{"10.0.3.1/24", "10.0.1.1/24", "10.0.0.1/22", "10.0.4.1/24"}, 2},
		{{"10.0.0.1/8", "10.1.0.1/16", "10.1.1.1/24", "10.2.0.1/24"}, 3},
		{{"fd00::1/64", "fd00::2/63", "10.0.0.1/8", "fe80::1/64"}, 1},
		{{"10.0.0.1/31", "10.0.0.3/31", "10.0.0.4/32", "10.0.0.5/32"}, 0},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_topology *t = netd_topology_new("lab");
		struct netd_error err = {0};

		for (unsigned k = 0; k < 4; k++) {
			char name[NETD_IFNAME];

			snprintf(name, sizeof(name), "br%u", k);
			add_network(t, name, rows[i].addresses[k]);
		}
		netd_topology_check(t, &err);
		assert_int_equal(err.count, rows[i].problems);
		netd_error_done(&err);
		netd_topology_free(t);
	}
}

static void copies(void **state)
{
	struct netd_topology *t = lab(), *copy = netd_topology_copy(t);

	(void)state;
	assert_true(netd_topology_equal(t, copy));
	for (unsigned i = 0; i < 20; i++)
		add_machine(&copy->networks[0], "x", "10.1.0.9");
	assert_false(netd_topology_equal(t, copy));
	assert_int_equal(t->networks[0].machine_count, 1);
	netd_topology_remove_network(copy, 0);
	assert_int_equal(copy->network_count, 1);
	assert_null(netd_topology_network(copy, "br0"));
	assert_non_null(netd_topology_network(copy, "br1"));
	assert_non_null(netd_network_machine(&t->networks[0], "web"));
	netd_topology_free(copy);
	netd_topology_free(t);
	assert_null(netd_topology_new("a-name-of-exactly-thirty-two-byt"));
}

static void suggestions(void **state)
{
	static const char *const words[] = {"addresses", "mode", "nat", "up"};
	static const struct {
		const char *word, *best;
	} rows[] = {
		{"adresses", "addresses"},
		{"addressse", "addresses"},
		{"Mode", "mode"},
		{"modes", "mode"},
		{"ant", "nat"},
		{"natt", "nat"},
		{"colour", NULL},
		{"", NULL},
		{"pu", "up"},
		{"xyz", NULL},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_suggest s = {.word = rows[i].word};
		for (size_t k = 0; k < NETD_ARRAY_SIZE(words); k++)
			netd_suggest_try(&s, words[k]);
		if (rows[i].best)
			assert_string_equal(s.best, rows[i].best);
		else
			assert_null(s.best);
	}
}

static void problem_limit(void **state)
{
	struct netd_topology *t = netd_topology_new("lab");
	struct netd_error err = {0};

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		add_network(t, "same", "10.0.0.1/24");
	assert_int_equal(netd_topology_check(t, &err), -EINVAL);
	assert_int_equal(err.count, NETD_PROBLEMS_MAX + 1);
	assert_string_equal(err.problems[NETD_PROBLEMS_MAX].text,
			    "more than 100 problems: the rest is not listed");
	netd_error_done(&err);
	netd_topology_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),    cmocka_unit_test(refusals),
		cmocka_unit_test(subnets),     cmocka_unit_test(copies),
		cmocka_unit_test(suggestions), cmocka_unit_test(problem_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
