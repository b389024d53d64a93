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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(applies_changes_destroys, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(without_a_record, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(is_verified, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
