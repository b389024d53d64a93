// SPDX-License-Identifier: GPL-2.0-or-later
/* A program of somebody else's puts changes on trial, and lives on. */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
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

#include "netd.h"

#define PATIENCE 300 /* tenths of a second, on a busy machine */

struct fixture {
	struct netd *netd;
	struct netd_error *err;
	struct netd_topology *t;
	char directory[32], state[64], program[512];
};

/* netdctl takes the changes back; it and we share one empty namespace. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *build = getenv("NETD_BUILD");

	assert_non_null(f);
	assert_non_null(build);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	strcpy(f->directory, "/tmp/netd-trial-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	snprintf(f->state, sizeof(f->state), "%s/state", f->directory);
	snprintf(f->program, sizeof(f->program), "%s/cli/netdctl", build);
	f->err = netd_error_new();
	assert_int_equal(netd_new(f->state, f->directory, &f->netd, f->err), 0);
	netd_set_watchdog(f->netd, f->program);
	assert_int_equal(netd_topology_create("lab", &f->t, f->err), 0);
	assert_int_equal(netd_network_add(f->t, "trial0", NULL, f->err), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[64];

	netd_topology_free(f->t);
	netd_free(f->netd);
	netd_error_free(f->err);
	snprintf(command, sizeof(command), "rm -rf %s", f->directory);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static void pause_tenth(void)
{
	const struct timespec tenth = {.tv_nsec = 100000000};

	nanosleep(&tenth, NULL);
}

/* Waits until trial0 is gone, and nothing is on trial any more. */
static void assert_taken_back(struct fixture *f)
{
	for (int i = 0; i < PATIENCE && if_nametoindex("trial0"); i++)
		pause_tenth();
	assert_int_equal(if_nametoindex("trial0"), 0);
	assert_int_equal(netd_confirm(f->netd, NULL, NULL, NULL), -ENOENT);
}

static void put_on_trial(struct fixture *f, unsigned seconds)
{
	const struct netd_trial trial = {.seconds = seconds, .probe = "none"};
	enum netd_outcome outcome;

	assert_int_equal(
		netd_apply_unconfirmed(f->netd, f->t, &trial, NULL, &outcome, f->err), 0);
	assert_int_equal(outcome, NETD_DONE);
	assert_int_not_equal(if_nametoindex("trial0"), 0);
}

static void context_stays_open(void **state)
{
	struct fixture *f = *state;

	put_on_trial(f, 1);
	assert_taken_back(f);
	/* and it can be used */
	assert_int_equal(netd_apply(f->netd, f->t, NULL, NULL, f->err), 0);
	assert_int_not_equal(if_nametoindex("trial0"), 0);
	assert_int_equal(netd_destroy(f->netd, "lab", NULL, NULL, f->err), 0);
}

/* What is refused meanwhile keeps nobody waiting. */
static void refused_calls(void **state)
{
	struct fixture *f = *state;
	struct netd_topology *other = NULL;

	assert_int_equal(netd_topology_create("other", &other, f->err), 0);
	put_on_trial(f, 1);
	assert_int_equal(netd_apply(f->netd, other, NULL, NULL, NULL), -EBUSY);
	assert_int_equal(netd_begin(f->netd, NULL, NULL), -EBUSY);
	assert_int_equal(netd_definition_save(f->netd, other, NULL), -EBUSY);
	assert_int_equal(netd_recover(f->netd, NULL, NULL), 0);
	assert_taken_back(f);
	netd_topology_free(other);
}

/* A caller that keeps the lock is waited for, not killed. */
static void lock_is_kept(void **state)
{
	struct fixture *f = *state;

	put_on_trial(f, 1);
	assert_int_equal(netd_check_state(f->netd, f->err), 0);
	for (int i = 0; i < 80; i++) /* five seconds of grace */
		pause_tenth();
	assert_int_not_equal(if_nametoindex("trial0"), 0);
	netd_unlock(f->netd);
	assert_taken_back(f);
}

static void confirmed(void **state)
{
	struct fixture *f = *state;
	char *name = NULL;

	put_on_trial(f, NETD_TRIAL_SECONDS_MAX);
	assert_int_equal(netd_confirm(f->netd, "lab", &name, f->err), 0);
	assert_string_equal(name, "lab");
	free(name);
	assert_int_not_equal(if_nametoindex("trial0"), 0);
	assert_int_equal(netd_destroy(f->netd, "lab", NULL, NULL, f->err), 0);
}

/* Nothing is touched, not even a directory made. */
static void seconds_have_bounds(void **state)
{
	static const unsigned wrong[] = {0, NETD_TRIAL_SECONDS_MAX + 1, UINT32_MAX};
	struct fixture *f = *state;
	struct stat st;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const struct netd_trial trial = {.seconds = wrong[i], .probe = "none"};
		enum netd_outcome outcome = NETD_DONE;

		assert_int_equal(netd_apply_unconfirmed(f->netd, f->t, &trial, NULL,
							&outcome, f->err),
				 -EINVAL);
		assert_int_equal(outcome, NETD_UNTOUCHED);
	}
	assert_int_equal(stat(f->state, &st), -1);
	assert_int_equal(if_nametoindex("trial0"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(context_stays_open, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(lock_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(confirmed, setup, teardown),
		cmocka_unit_test_setup_teardown(seconds_have_bounds, setup, teardown),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
