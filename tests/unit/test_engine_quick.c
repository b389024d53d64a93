// SPDX-License-Identifier: GPL-2.0-or-later
/* One forward more, without a look at the others: each step fails, or is where the
 * process is killed. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "engine_world.h"

#define ONE                                                                           \
	"name: default\n"                                                             \
	"networks:\n"                                                                 \
	"  lan:\n"                                                                    \
	"    mode: nat\n"                                                             \
	"    addresses: [10.1.0.1/24]\n"                                              \
	"    machines: {web: {mac: '52:54:00:00:00:01', address: 10.1.0.5}}\n"        \
	"    forwards: [{listen: '172.16.5.40:8080', to: 'web:80', protocol: tcp}]\n" \
	"  dmz: {mode: nat, addresses: [10.2.0.1/24]}\n"

/* What it asks of the host, or does to it; between the last two it writes the files. */
enum { LOOK = 1, ADD, ADDED, END_FLOWS, STEPS_END };

/* What runs is what is defined, as `netdctl network create` leaves it. */
static int setup(void **state)
{
	struct netd_topology *t = world_topology(ONE);
	struct world *w;

	world_setup(state);
	w = *state;
	assert_int_equal(netd_definition_save(w->netd, t, w->err), 0);
	netd_topology_free(t);
	assert_int_equal(world_apply(w, ONE), 0);
	w->host.steps = 0;
	return 0;
}

static int insert(struct world *w, const char *listen)
{
	const struct netd_option_value settings[] = {
		{"listen", listen},
		{"to", "web:81"},
		{"protocol", "tcp"},
		{NULL, NULL},
	};

	netd_error_clear(w->err);
	return netd_forward_insert(w->netd, "lan", settings, w->err);
}

/* What runs by its record, and what is defined; NULL: not to be read. */
static char *saved(const struct world *w)
{
	struct netd_topology *t = NULL;
	char *text = NULL;

	if (netd_running(w->netd, "default", &t, w->err) == 0)
		netd_topology_format(t, NETD_FORMAT_YAML, &text, w->err);
	netd_topology_free(t);
	return text;
}

static char *defined(const struct world *w)
{
	struct netd_topology *t = NULL;
	char *text = NULL;

	if (netd_definition_load(w->netd, "default", &t, w->err) == 0)
		netd_topology_format(t, NETD_FORMAT_YAML, &text, w->err);
	netd_topology_free(t);
	return text;
}

static void assert_in_effect(struct world *w)
{
	netd_auto_free char *runs = saved(w), *definition = defined(w);
	struct netd_topology *t = NULL;
	struct netd_plan *plan = NULL;

	assert_string_equal(runs, definition);
	assert_int_equal(netd_running(w->netd, "default", &t, w->err), 0);
	assert_int_equal(netd_plan(w->netd, t, &plan, w->err), 0);
	assert_int_equal(netd_plan_size(plan), 0);
	netd_plan_free(plan);
	netd_topology_free(t);
}

/* As if the whole topology had been applied, and it can be rolled back like that. */
static void is_an_apply(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *after = NULL;
	netd_auto_free char *text = NULL, *name = NULL, *back = NULL;
	unsigned ops = w->host.ops;

	assert_int_equal(insert(w, "172.16.5.40:8081"), 0);
	assert_int_equal(w->host.ops, ops); /* no plan was made */
	after = fake_host_text(&w->host);
	assert_string_not_equal(before, after);
	text = saved(w);
	assert_non_null(strstr(text, "172.16.5.40:8081"));
	assert_in_effect(w);
	assert_int_equal(insert(w, "172.16.5.40:8082"), 0);
	assert_in_effect(w);
	assert_int_equal(
		netd_rollback(w->netd, "default", &name, NULL, &w->outcome, w->err), 0);
	back = fake_host_text(&w->host);
	assert_string_equal(after, back);
	assert_in_effect(w);
}

/* Beside a trial, what is pending or stuck, and where it is not simple: the long way. */
static void leaves_it_to_an_apply(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *after = NULL;
	netd_auto_free char *name = NULL;
	char path[128];

	assert_int_equal(insert(w, "172.16.5.41"), -EAGAIN);
	assert_int_equal(insert(w, "nonsense"), -EAGAIN);
	snprintf(path, sizeof(path), "%s/pending.yaml", w->state);
	assert_int_equal(netd_file_write(-1, path, "x", 1, 0600, NULL), 0);
	assert_int_equal(insert(w, "172.16.5.40:8081"), -EAGAIN);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(world_apply_on_trial(w, "name: other\nnetworks: {else: {}}\n"),
			 0);
	assert_int_equal(insert(w, "172.16.5.40:8081"), -EAGAIN);
	assert_int_equal(netd_rollback(w->netd, NULL, &name, NULL, NULL, w->err), 0);
	after = fake_host_text(&w->host);
	assert_string_equal(before, after);
}

/* Nothing is touched, unless it is not worth failing for. */
static void each_step_fails(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *files = saved(w);

	for (unsigned step = LOOK; step <= ADD; step++) {
		netd_auto_free char *after = NULL, *text = NULL;

		w->host.steps = 0;
		w->host.fail_step = w->host.fail_until = step;
		assert_int_equal(insert(w, "172.16.5.40:8081"), -EAGAIN);
		after = fake_host_text(&w->host);
		text = saved(w);
		assert_string_equal(before, after);
		assert_string_equal(files, text);
		assert_in_effect(w);
	}
	w->host.steps = 0;
	w->host.fail_step = w->host.fail_until = END_FLOWS;
	assert_int_equal(insert(w, "172.16.5.40:8081"), 0);
	assert_int_equal(w->host.steps, END_FLOWS);
	assert_in_effect(w);
}

/* What a test does at a step instead of killing. */
static void spoil_definition(void *data)
{
	const struct world *w = data;
	char path[128];

	snprintf(path, sizeof(path), "%s/default.yaml", w->config);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
}

/* The second of the files cannot be written: neither has it, nor the host. */
static void a_file_fails(void **state)
{
	struct world *w = *state;
	netd_auto_free char *before = fake_host_text(&w->host), *after = NULL;
	netd_auto_free char *files = saved(w), *text = NULL;

	w->host.kill_step = ADDED;
	w->host.kill = spoil_definition;
	w->host.data = w;
	assert_true(insert(w, "172.16.5.40:8081") < 0);
	assert_true(netd_error_count(w->err) > 0);
	after = fake_host_text(&w->host);
	text = saved(w);
	assert_string_equal(before, after);
	assert_string_equal(files, text);
}

/*
 * What the next process finds; the child of a test.  It ends as the killed process does,
 * and not by _exit(), where valgrind would miss what that process had not freed.
 */
static void take_over(void *data)
{
	struct world *w = data;
	struct netd_topology *t = NULL;
	struct netd_plan *plan = NULL;
	char *files;

	netd_unlock(w->netd);
	if (netd_context_new(&fake_host_ops, w->state, w->config, &w->netd, NULL) < 0)
		_exit(3);
	w->netd->host = &w->host;
	if (netd_begin(w->netd, NULL, w->err) < 0)
		_exit(4);
	/* an element that no file wants goes with the next apply */
	if (netd_running(w->netd, "default", &t, w->err) < 0 ||
	    netd_apply(w->netd, t, NULL, NULL, w->err) < 0)
		_exit(5);
	if (netd_plan(w->netd, t, &plan, w->err) < 0 || netd_plan_size(plan) > 0)
		_exit(6);
	files = saved(w);
	if (!files || strcmp(files, defined(w)) != 0)
		_exit(7);
	if (insert(w, "172.16.5.40:8090") < 0 || !strstr(saved(w), "8090"))
		_exit(8);
	raise(SIGKILL);
}

static void is_killed(void **state)
{
	for (unsigned step = LOOK; step < STEPS_END; step++) {
		int status = -1;
		struct world *w;
		pid_t child;

		world_teardown(state);
		setup(state);
		w = *state;
		w->host.kill_step = step;
		w->host.kill = take_over;
		w->host.data = w;
		netd_unlock(w->netd);
		child = fork();
		if (child == 0) {
			insert(w, "172.16.5.40:8081");
			_exit(2); /* it was to be killed */
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, SIGKILL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_an_apply, setup, world_teardown),
		cmocka_unit_test_setup_teardown(leaves_it_to_an_apply, setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(each_step_fails, setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_file_fails, setup, world_teardown),
		cmocka_unit_test_setup_teardown(is_killed, setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
