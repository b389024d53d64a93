// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology: one that fails leaves it as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "config/config.h"
#include "model/topology.h"
#include "netd.h"

static const char text[] = "name: lab\n"
			   "networks:\n"
			   "  lan:\n"
			   "    mode: nat\n"
			   "    addresses: [10.1.0.1/24]\n"
			   "    ports: {tap0: {type: tap}}\n"
			   "    machines: {web: {address: 10.1.0.5}}\n"
			   "    forwards: [{listen: '172.16.5.1:80', to: web}]\n"
			   "  dmz: {addresses: [10.2.0.1/24]}\n"
			   "routers:\n"
			   "  r: {interfaces: {lan: {addresses: [10.1.0.254/24]}}}\n";

/* Each is refused, some of them by the check of the whole. */
static int add_taken(struct netd_topology *t, struct netd_error *err)
{
	return netd_network_add(t, "lan", NULL, err);
}

static int add_overlapping(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {{"address", "10.1.0.9/16"}, {0}};

	return netd_network_add(t, "new", s, err);
}

static int add_with_bad_option(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {{"mode", "rooted"}, {0}};

	return netd_network_add(t, "new", s, err);
}

static int set_overlapping(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {{"address", "10.1.0.9/16"}, {0}};

	return netd_network_set(t, "dmz", s, err);
}

static int set_mode_with_forwards(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {
		{"mtu", "1400"}, {"mode", "isolated"}, {"nat-source", "10.9.9.9"}, {0}};

	return netd_network_set(t, "lan", s, err);
}

static int add_port_twice(struct netd_topology *t, struct netd_error *err)
{
	return netd_port_add(t, "dmz", "tap0", NULL, err);
}

static int add_machine_outside(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {{"address", "10.3.0.5"}, {0}};

	return netd_machine_add(t, "lan", "db", s, err);
}

static int remove_machine_in_use(struct netd_topology *t, struct netd_error *err)
{
	return netd_machine_remove(t, "lan", "web", err);
}

static int add_forward_twice(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {
		{"listen", "172.16.5.1:80"}, {"to", "web"}, {0}};

	return netd_forward_add(t, "lan", s, err);
}

static int add_router_nowhere(struct netd_topology *t, struct netd_error *err)
{
	static const struct netd_option_value s[] = {{"interface", "wan:10.9.0.1/24"},
						     {0}};

	return netd_node_add(t, "router", "r2", s, err);
}

static int take_clashing(struct netd_topology *t, struct netd_error *err)
{
	static const char other[] = "name: other\n"
				    "networks: {x: {addresses: [10.1.0.7/16]}}\n";
	netd_auto_topology struct netd_topology *from = NULL;

	assert_int_equal(netd_config_parse(other, strlen(other), "other", &from, NULL),
			 0);
	return netd_network_take(t, from, "x", err);
}

static char *written(const struct netd_topology *t)
{
	struct netd_str out = {0};

	assert_int_equal(netd_config_write(t, &out), 0);
	return netd_str_take(&out);
}

static void failed_edits(void **state)
{
	static int (*const edits[])(struct netd_topology *, struct netd_error *) = {
		add_taken,	     add_overlapping,	     add_with_bad_option,
		set_overlapping,     set_mode_with_forwards, add_port_twice,
		add_machine_outside, remove_machine_in_use,  add_forward_twice,
		add_router_nowhere,  take_clashing,
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(edits); i++) {
		netd_auto_topology struct netd_topology *t = NULL;
		struct netd_error *err = netd_error_new();
		char *before, *after;

		assert_int_equal(netd_config_parse(text, strlen(text), "lab", &t, NULL),
				 0);
		before = written(t);
		assert_true(edits[i](t, err) < 0);
		assert_true(netd_error_count(err) > 0);
		after = written(t);
		assert_string_equal(before, after);
		assert_true(t->checked);
		free(before);
		free(after);
		netd_error_free(err);
	}
}

static void names(void **state)
{
	static const char *const bad[] = {"",
					  "../../x",
					  "a/b",
					  ".",
					  "-x",
					  "a b",
					  "averyveryverylongnamefortopology"};
	struct netd_topology *t = NULL;

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(bad); i++) {
		struct netd_error *err = netd_error_new();
		struct netd_problem_info p;

		assert_int_equal(netd_topology_create(bad[i], &t, err), -EINVAL);
		assert_null(t);
		assert_true(netd_error_get(err, 0, &p));
		assert_non_null(strstr(p.text, "topology name"));
		netd_error_free(err);
	}
}

/* What was edited is checked before it is of use to anybody. */
static void checked(void **state)
{
	netd_auto_topology struct netd_topology *t = NULL, *copy = NULL;
	const struct netd_topology *used;
	struct netd_error *err = netd_error_new();

	(void)state;
	assert_int_equal(netd_config_parse(text, strlen(text), "lab", &t, NULL), 0);
	used = t;
	assert_int_equal(netd_topology_checked(&used, &copy, NULL), 0);
	assert_ptr_equal(used, t);
	assert_int_equal(netd_network_remove(t, "lan", NULL), 0);
	assert_false(t->checked);
	/* a router is still plugged into it */
	assert_int_equal(netd_topology_checked(&used, &copy, err), -EINVAL);
	assert_true(netd_error_count(err) > 0);
	copy = netd_topology_free(copy);
	assert_int_equal(netd_node_remove(t, "router", "r", NULL), 0);
	assert_int_equal(netd_topology_checked(&used, &copy, NULL), 0);
	assert_ptr_equal(used, copy);
	assert_true(copy->checked);
	netd_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failed_edits),
		cmocka_unit_test(names),
		cmocka_unit_test(checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
