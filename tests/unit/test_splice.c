// SPDX-License-Identifier: GPL-2.0-or-later
/* A forward put into a file's text is where the writer would have put it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "config/config.h"
#include "edit/splice.h"
#include "model/topology.h"
#include "netd.h"

static const char text[] = "name: lab\n"
			   "networks:\n"
			   "  one:\n"
			   "    mode: nat\n"
			   "    addresses: [10.1.0.1/24]\n"
			   "    forwards:\n"
			   "      - {listen: 192.0.2.1, to: 10.1.0.2}\n"
			   "      - {listen: \"192.0.2.2:80\", to: \"10.1.0.2:80\", "
			   "protocol: tcp}\n"
			   "    ports:\n"
			   "      vm1: {type: tap}\n"
			   "  two:\n"
			   "    mode: nat\n"
			   "    addresses: [10.2.0.1/24]\n"
			   "  three:\n"
			   "    mode: nat\n"
			   "    addresses: [10.3.0.1/24]\n"
			   "    forwards:\n"
			   "      - {listen: 192.0.2.3, to: 10.3.0.2}\n"
			   "routers:\n"
			   "  two:\n"
			   "    interfaces:\n"
			   "      three: {addresses: [10.3.0.3/24]}\n"
			   "    forwards:\n"
			   "      - {listen: 10.3.0.3, to: 10.3.0.2}\n";

static struct netd_topology *parse(const char *yaml)
{
	struct netd_topology *t = NULL;

	assert_int_equal(netd_config_parse(yaml, strlen(yaml), "lab.yaml", &t, NULL), 0);
	return t;
}

/* The text with one more forward in @network, by the long way and by the short. */
static void insert(const char *network, const char *listen, const char *to)
{
	const struct netd_option_value settings[] = {
		{"listen", listen}, {"to", to}, {NULL, NULL}};
	struct netd_topology *t = parse(text);
	struct netd_network *n = netd_topology_network(t, network);
	struct netd_str by_writer = {0}, by_splice = {0};
	size_t offset;

	assert_non_null(n);
	assert_int_equal(netd_forward_add(t, network, settings, NULL), 0);
	assert_int_equal(netd_config_write(t, &by_writer), 0);
	assert_int_equal(netd_config_forward_offset(text, network, &offset), 0);
	netd_str_add_bytes(&by_splice, text, offset);
	assert_int_equal(
		netd_config_forward_line(&n->forwards[n->forward_count - 1], &by_splice),
		0);
	netd_str_add(&by_splice, text + offset);
	assert_string_equal(netd_str_text(&by_splice), netd_str_text(&by_writer));
	netd_str_done(&by_writer);
	netd_str_done(&by_splice);
	netd_topology_free(t);
}

static void inserts(void **state)
{
	(void)state;
	insert("one", "192.0.2.9:1-9", "10.1.0.9:11-19");
	insert("three", "192.0.2.9", "10.3.0.9");
}

static void gives_up(void **state)
{
	size_t offset;

	(void)state;
	/* no forwards yet; no such network; not the writer's hand */
	assert_int_equal(netd_config_forward_offset(text, "two", &offset), -EAGAIN);
	assert_int_equal(netd_config_forward_offset(text, "on", &offset), -EAGAIN);
	assert_int_equal(netd_config_forward_offset("networks: {one: {forwards: []}}\n",
						    "one", &offset),
			 -EAGAIN);
	assert_int_equal(netd_config_forward_offset("", "one", &offset), -EAGAIN);
}

static void strips(void **state)
{
	struct netd_topology *t;
	struct netd_str out = {0};

	(void)state;
	netd_config_strip_forwards(text, &out);
	assert_null(strstr(netd_str_text(&out), "192.0.2."));
	t = parse(netd_str_text(&out));
	assert_int_equal(t->network_count, 3);
	assert_int_equal(t->networks[0].port_count, 1);
	assert_int_equal(t->networks[0].forward_count, 0);
	netd_topology_free(t);
	netd_str_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inserts),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(strips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
