// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes as a whole, against a host in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "engine_world.h"
#include "observe/foresee.h"
#include "plan/difference.h"

#define NAT           \
	"name: lab\n" \
	"networks:\n" \
	"  lan: {mode: nat, addresses: [10.1.0.1/24]}\n"

#define NAT_AND_FORWARD                              \
	"name: lab\n"                                \
	"networks:\n"                                \
	"  lan:\n"                                   \
	"    mode: nat\n"                            \
	"    addresses: [10.1.0.1/24]\n"             \
	"    machines: {web: {address: 10.1.0.5}}\n" \
	"    forwards: [{listen: '172.16.5.40:8080', to: 'web:80', protocol: tcp}]\n"

#define NAT_AND_MORE NAT "  dmz: {}\n"

static void applies_changes_destroys(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *after = NULL;
	unsigned ops;

	assert_int_equal(world_apply(w, NAT), 0);
	assert_int_equal(w->outcome, NETD_DONE);
	assert_non_null(netd_state_link(&w->host.kernel, "lan"));
	assert_true(w->host.kernel.ruleset.present);
	world_assert_settled(w);

	ops = w->host.ops;
	assert_int_equal(world_apply(w, NAT), 0);
	assert_int_equal(w->host.ops, ops);

	assert_int_equal(world_apply(w, NAT_AND_FORWARD), 0);
	assert_true(w->host.ops > ops);
	assert_true(world_has(w, "previous/lab.yaml"));

	assert_int_equal(world_destroy(w, "lab"), 0);
	after = fake_host_text(&w->host);
	assert_string_equal(before, after);
	assert_false(world_has(w, "topologies/lab.yaml"));
	assert_false(world_has(w, "reserve"));
	world_assert_settled(w);
}

/* The kernel may say yes, and not do it: what it shows counts. */
static void is_verified(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *after = NULL;

	w->host.neglected = "lan";
	assert_true(world_apply(w, NAT) < 0);
	assert_int_equal(w->outcome, NETD_ROLLED_BACK);
	assert_non_null(strstr(w->err->problems[0].text, "the kernel did not keep it"));
	after = fake_host_text(&w->host);
	assert_string_equal(before, after);
	world_assert_settled(w);
}

/*
 * Nothing is on record of what runs: a change that fails leaves it as the kernel had it,
 * and nothing of its own.
 */
static void without_a_record(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = NULL, *after = NULL;
	char path[128];

	assert_int_equal(world_apply(w, NAT), 0);
	before = fake_host_text(&w->host);
	snprintf(path, sizeof(path), "%s/topologies/lab.yaml", w->state);
	assert_int_equal(unlink(path), 0);

	w->host.sweeps = 0;
	w->host.neglected = "dmz";
	assert_true(world_apply(w, NAT_AND_MORE) < 0);
	assert_int_equal(w->outcome, NETD_KEPT);
	after = fake_host_text(&w->host);
	assert_string_equal(before, after);
	world_assert_settled(w);
	assert_int_equal(w->host.sweeps, 1);
}

/* The row about that field of that object; fails if there is none. */
static size_t find_row(const struct netd_table *table, const char *name,
		       const char *field)
{
	for (size_t i = 0; i < netd_table_rows(table); i++)
		if (strcmp(netd_table_value(table, i, "name"), name) == 0 &&
		    strcmp(netd_table_value(table, i, "field"), field) == 0)
			return i;
	fail_msg("nothing differs in %s of %s", field, name);
	return 0;
}

static void assert_differs(const struct netd_table *table, const char *name,
			   const char *field, const char *wanted, const char *found)
{
	size_t row = find_row(table, name, field);

	assert_string_equal(netd_table_value(table, row, "topology"), "lab");
	assert_string_equal(netd_table_value(table, row, "wanted"), wanted);
	assert_string_equal(netd_table_value(table, row, "found"), found);
}

/* What somebody changed behind netd's back. */
static void spoil(struct fake_host *f)
{
	struct netd_link *lan = netd_state_link(&f->kernel, "lan");

	lan->mtu = 9000;
	lan->up = false;
	lan->bridge.stp = true;
	netd_copy(netd_state_link(&f->kernel, "tap5")->master, "");
	f->kernel.ruleset.element_count--;
	for (size_t i = 0; i < f->kernel.addr_count; i++)
		if (strcmp(f->kernel.addrs[i].link, "lan") == 0)
			f->kernel.addrs[i].prefix.length = 25;
}

static void tells_differences(void **state)
{
	static const char lab[] = NAT "  dmz: {ports: {tap5: {type: tap}}}\n";
	struct netd_table table = {.columns = netd_difference_columns,
				   .column_count = NETD_DIFFERENCE_COLUMNS};
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *t = world_topology(lab);
	struct world *w = *state;
	size_t entries = 0, stp = 0;

	assert_int_equal(world_apply(w, lab), 0);
	assert_int_equal(netd_foresee(w->netd, t, &v, w->err), 0);
	netd_plan_differences(&v.plan, &v.observed, &table);
	assert_int_equal(netd_table_rows(&table), 0);
	netd_view_done(&v);
	v = (struct netd_view){0};

	spoil(&w->host);
	assert_int_equal(netd_foresee(w->netd, t, &v, w->err), 0);
	netd_plan_differences(&v.plan, &v.observed, &table);
	assert_differs(&table, "lan", "mtu", "1500", "9000");
	assert_differs(&table, "lan", "state", "up", "down");
	assert_differs(&table, "lan", "stp", "0", "1");
	assert_differs(&table, "tap5", "bridge", "dmz", "");
	assert_differs(&table, "10.1.0.1/24", "", "present", "missing");
	assert_differs(&table, "10.1.0.1/25", "", "missing", "present");
	for (size_t i = 0; i < netd_table_rows(&table); i++) {
		entries += strcmp(netd_table_value(&table, i, "kind"), "firewall") == 0;
		stp += strcmp(netd_table_value(&table, i, "field"), "stp") == 0;
	}
	assert_int_equal(entries, 1);
	assert_int_equal(stp, 1); /* though it takes two steps */
	netd_table_done(&table);
}

/* The ops as rows, which outlive the plan. */
static void plans_are_tables(void **state)
{
	struct world *w = *state;
	netd_auto_topology struct netd_topology *t = world_topology(NAT);
	struct netd_table *table = NULL;
	struct netd_plan *plan = NULL;
	size_t count, row = 0;

	assert_int_equal(netd_plan(w->netd, t, &plan, w->err), 0);
	count = netd_plan_size(plan);
	assert_int_equal(netd_plan_table(plan, &table, w->err), 0);
	plan = netd_plan_free(plan);
	assert_int_equal(netd_table_rows(table), count);
	assert_true(count > 0);
	while (strcmp(netd_table_value(table, row, "kind"), "address") != 0)
		row++;
	assert_string_equal(netd_table_value(table, row, "action"), "add");
	assert_string_equal(netd_table_value(table, row, "name"), "10.1.0.1/24");
	assert_string_equal(netd_table_value(table, row, "interface"), "lan");
	assert_string_equal(netd_table_value(table, row, "namespace"), "");
	assert_string_equal(netd_table_value(table, row, "text"),
			    "address 10.1.0.1/24 on lan");
	assert_string_equal(netd_table_value(table, row, "now"), "");
	assert_string_equal(netd_table_value(table, row, "entries"), "");
	for (row = 0; strcmp(netd_table_value(table, row, "kind"), "firewall") != 0;)
		row++;
	assert_non_null(
		strstr(netd_table_value(table, row, "entries"), "add table inet netd"));
	netd_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(applies_changes_destroys, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(without_a_record, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(tells_differences, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(plans_are_tables, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(is_verified, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
