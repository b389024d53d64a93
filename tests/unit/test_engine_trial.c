// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes on trial: confirmed, refused, expired; each step fails, or is where the process
 * is killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "engine_scene.h"
#include "observe/plugs.h"
#include "store/unconfirmed.h"
#include "trial/confirm.h"

static bool waits(const struct world *w)
{
	return world_has(w, "unconfirmed.yaml");
}

/* The time of what waits is over. */
static void let_expire(const struct world *w)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	netd_auto_topology struct netd_topology *definition = NULL;
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	const struct netd_store *store = &w->netd->store;

	assert_int_equal(netd_unconfirmed_load(store, &u, NULL), 0);
	assert_non_null(u.previous);
	assert_int_equal(netd_unconfirmed_definition(&u, &definition, NULL), 0);
	netd_plugs_copy(u.previous->text, &plugs);
	assert_int_equal(netd_unconfirmed_save(store, u.previous, definition,
					       netd_str_text(&plugs), 0, NULL),
			 0);
}

static bool note_says(const struct world *w, const char *why)
{
	netd_auto_free char *note = NULL;

	netd_reverted_read(&w->netd->store, &note);
	return note && strstr(note, why);
}

/*
 * Without a fault
 */

/* The three ways in which a trial ends, of every change. */
static void confirm(struct scene *s)
{
	netd_auto_free char *name = NULL;
	unsigned steps;

	scene_must(s, world_apply_on_trial(s->w, s->to), "on trial");
	scene_assert(s, s->after);
	assert_true(waits(s->w));
	assert_false(world_has(s->w, "pending.yaml"));
	assert_true(s->w->host.watchdogs > 0);
	/* nothing else begins meanwhile */
	assert_int_equal(world_destroy(s->w, "other"), -EBUSY);
	assert_int_equal(world_apply_on_trial(s->w, s->from), -EBUSY);
	assert_int_equal(netd_confirm(s->w->netd, "other", NULL, NULL), -ENOENT);
	steps = s->w->host.steps;
	scene_must(s, netd_confirm(s->w->netd, NULL, &name, s->w->err), "confirm");
	assert_string_equal(name, "lab");
	assert_int_equal(s->w->host.steps, steps); /* it asks the host nothing */
	world_assert_settled(s->w);
	scene_assert(s, s->after);
	assert_int_equal(netd_confirm(s->w->netd, NULL, NULL, NULL), -ENOENT);
	/* what was before is known */
	free(name);
	name = NULL;
	scene_must(
		s,
		netd_rollback(s->w->netd, "lab", &name, NULL, &s->w->outcome, s->w->err),
		"rollback");
	scene_assert(s, s->before);
}

static void confirmed(void **state)
{
	(void)state;
	scene_each(world_apply_on_trial, confirm);
}

static void refuse(struct scene *s)
{
	netd_auto_free char *name = NULL;

	scene_must(s, world_apply_on_trial(s->w, s->to), "on trial");
	scene_must(
		s,
		netd_rollback(s->w->netd, NULL, &name, NULL, &s->w->outcome, s->w->err),
		"rollback");
	assert_string_equal(name, "lab");
	assert_int_equal(s->w->outcome, NETD_DONE);
	world_assert_settled(s->w);
	scene_assert(s, s->before);
	assert_true(note_says(s->w, "rollback"));
	assert_int_equal(netd_rollback(s->w->netd, NULL, &name, NULL, NULL, NULL),
			 -ENOENT);
}

static void refused(void **state)
{
	(void)state;
	scene_each(world_apply_on_trial, refuse);
}

/* Whoever comes next takes it back, and does his own. */
static void expire(struct scene *s)
{
	scene_must(s, world_apply_on_trial(s->w, s->to), "on trial");
	let_expire(s->w);
	scene_must(s, world_apply(s->w, OTHER), "other");
	world_assert_settled(s->w);
	scene_assert(s, s->before);
	assert_true(note_says(s->w, "not confirmed in time"));
}

static void expired(void **state)
{
	(void)state;
	scene_each(world_apply_on_trial, expire);
}

/* A trial whose watchdog is gone gets another from the next command. */
static void is_watched(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_apply_on_trial(w, OTHER), 0);
	w->host.watchdogs = 0;
	assert_int_equal(world_destroy(w, "other"), -EBUSY);
	assert_int_equal(w->host.watchdogs, 1);
}

/* The definition that comes with a trial is saved when that is confirmed … */
static int apply_defined(struct world *w, const char *text)
{
	netd_auto_topology struct netd_topology *t = world_topology(text);
	const struct netd_trial trial = {.seconds = 60, .probe = "none", .definition = t};

	netd_error_clear(w->err);
	return netd_apply_unconfirmed(w->netd, t, &trial, NULL, &w->outcome, w->err);
}

static bool is_defined(const struct world *w, const char *text)
{
	netd_auto_topology struct netd_topology *t = world_topology(text);
	netd_auto_topology struct netd_topology *defined = NULL;

	assert_int_equal(netd_definition_load(w->netd, t->name, &defined, w->err), 0);
	return netd_topology_equal(t, defined);
}

static void defines(void **state)
{
	static const char more[] = OTHER "  more: {}\n", changed[] = OTHER "  less: {}\n";
	netd_auto_free char *name = NULL;
	struct world *w = *state;

	assert_int_equal(apply_defined(w, more), 0);
	assert_false(is_defined(w, more));
	/* another process confirms it */
	world_reopen(w);
	assert_int_equal(netd_confirm(w->netd, "other", NULL, w->err), 0);
	assert_true(is_defined(w, more));

	/* … not when it is taken back … */
	assert_int_equal(apply_defined(w, changed), 0);
	assert_int_equal(netd_rollback(w->netd, NULL, &name, NULL, NULL, w->err), 0);
	assert_true(is_defined(w, more));

	/* … and at once if nothing is to do. */
	assert_int_equal(world_apply(w, changed), 0);
	assert_int_equal(apply_defined(w, changed), 0);
	assert_false(waits(w));
	assert_true(is_defined(w, changed));
}

/* What cannot be a trial is refused, and nothing waits. */
static void refuses(void **state)
{
	netd_auto_topology struct netd_topology *t = world_topology(OTHER);
	const struct netd_trial none = {.seconds = 0};
	const struct netd_trial ever = {.seconds = NETD_TRIAL_SECONDS_MAX + 1};
	const struct netd_trial nobody = {.seconds = 60, .probe = "nonsense"};
	struct world *w = *state;
	struct netd *netd = w->netd;
	unsigned ops = w->host.ops;

	assert_int_equal(netd_apply_unconfirmed(netd, t, &none, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(netd_apply_unconfirmed(netd, t, &ever, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(netd_apply_unconfirmed(netd, t, &nobody, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(w->host.ops, ops);
	world_assert_settled(w);
}

/*
 * Faults
 */

/* One step of the change fails: the probe's, the watchdog's, or one of the engine's. */
static void fail_once(struct scene *s, unsigned step)
{
	int r;

	scene_fail(s, step, step);
	r = world_apply_on_trial(s->w, s->to);
	assert_int_not_equal(s->w->outcome, NETD_NOT_ROLLED_BACK);
	assert_int_equal(waits(s->w), r == 0);
	scene_assert(s, r < 0 ? s->before : s->after);
	scene_heal(s);
	if (r == 0)
		scene_must(s, netd_confirm(s->w->netd, NULL, NULL, s->w->err), "confirm");
	world_assert_settled(s->w);
	scene_must(s, world_apply(s->w, s->to), "once more");
	scene_assert(s, s->after);
}

static void fails_once(void **state)
{
	(void)state;
	scene_each_step(world_apply_on_trial, fail_once);
}

/* From some step on everything fails: what is left of it blocks nobody. */
static void fail_for_good(struct scene *s, unsigned step)
{
	int r;

	scene_fail(s, step, ~0U);
	r = world_apply_on_trial(s->w, s->to);
	scene_heal(s);
	assert_false(world_has(s->w, "pending.yaml"));
	assert_int_equal(s->w->outcome == NETD_NOT_ROLLED_BACK,
			 world_has(s->w, "stuck/lab.yaml"));
	assert_int_equal(waits(s->w), r == 0);
	if (r == 0) /* the gateway had not answered before either */
		scene_must(s,
			   netd_confirm_revert(s->w->netd, &s->w->netd->caller, "test",
					       s->w->err),
			   "revert");
	scene_must(s, netd_recover(s->w->netd, &s->w->outcome, s->w->err), "recover");
	world_assert_settled(s->w);
	scene_assert(s, s->before);
	assert_false(world_has(s->w, "stuck/lab.yaml"));
}

static void fails_for_good(void **state)
{
	(void)state;
	scene_each_step(world_apply_on_trial, fail_for_good);
}

/* The way back from a trial fails: for once that does not show. */
static void fail_to_refuse(struct scene *s, unsigned step)
{
	netd_auto_free char *name = NULL;
	struct world *w = s->w;

	scene_must(s, world_apply_on_trial(w, s->to), "on trial");
	scene_fail(s, w->host.steps + step, w->host.steps + step);
	scene_must(s, netd_rollback(w->netd, NULL, &name, NULL, &w->outcome, w->err),
		   "rollback");
	world_assert_settled(w);
	scene_assert(s, s->before);
}

static void refusing_fails_once(void **state)
{
	(void)state;
	scene_each_step(world_apply_on_trial, fail_to_refuse);
}

/* For good it does: the topology is stuck, and nothing waits to be confirmed. */
static void fail_to_refuse_for_good(struct scene *s, unsigned step)
{
	netd_auto_free char *name = NULL;
	struct world *w = s->w;
	int r;

	scene_must(s, world_apply_on_trial(w, s->to), "on trial");
	scene_fail(s, w->host.steps + step, ~0U);
	r = netd_rollback(w->netd, NULL, &name, NULL, &w->outcome, w->err);
	scene_heal(s);
	world_assert_settled(w);
	assert_int_equal(r < 0, world_has(w, "stuck/lab.yaml"));
	assert_int_equal(w->outcome, r < 0 ? NETD_NOT_ROLLED_BACK : NETD_DONE);
	scene_must(s, netd_recover(w->netd, &w->outcome, w->err), "recover");
	scene_assert(s, s->before);
}

static void refusing_fails_for_good(void **state)
{
	(void)state;
	scene_each_step(world_apply_on_trial, fail_to_refuse_for_good);
}

/* What is stuck, whatever ran before, is destroyed on trial like what runs. */
static void destroy_stuck(struct scene *s, unsigned step)
{
	struct netd_plan *plan = NULL;
	struct world *w = s->w;

	scene_fail(s, step, ~0U);
	world_apply(w, s->to);
	scene_heal(s);
	if (!world_has(w, "stuck/lab.yaml"))
		return;
	scene_must(s, netd_plan_destroy(w->netd, "lab", &plan, w->err), "plan");
	netd_plan_free(plan);
	scene_must(s, world_apply_on_trial(w, "name: lab\n"), "destroy");
	if (waits(w))
		scene_must(s, netd_confirm(w->netd, "lab", NULL, w->err), "confirm");
	world_assert_settled(w);
	assert_false(world_has(w, "stuck/lab.yaml"));
	assert_int_equal(netd_plan_destroy(w->netd, "lab", &plan, NULL), -ENOENT);
}

static void stuck_is_destroyed(void **state)
{
	(void)state;
	scene_each_step(world_apply, destroy_stuck);
}

/*
 * Killed
 */

/* The watchdog hears that the command's end of the leash is closed. */
static void watchdog_takes_over(void *data)
{
	struct scene *s = data;
	struct world *w = s->w;

	scene_new_process(s);
	SCENE_CHECK(netd_confirm_revert(w->netd, &w->netd->caller, "killed", w->err) >=
		    0);
	SCENE_CHECK(scene_is(s, s->before));
	SCENE_CHECK(!waits(w) && !world_has(w, "pending.yaml"));
	SCENE_CHECK(world_apply(w, s->to) == 0);
	SCENE_CHECK(scene_is(s, s->after));
	_exit(0);
}

/* There is no watchdog, but a next command, when the time is over. */
static void command_takes_over(void *data)
{
	struct scene *s = data;
	struct world *w = s->w;

	scene_new_process(s);
	SCENE_CHECK(netd_recover(w->netd, &w->outcome, w->err) >= 0);
	SCENE_CHECK(waits(w) || scene_is(s, s->before));
	if (waits(w))
		let_expire(w);
	SCENE_CHECK(world_apply(w, OTHER) == 0);
	SCENE_CHECK(!waits(w) && !world_has(w, "pending.yaml"));
	SCENE_CHECK(scene_is(s, s->before));
	_exit(0);
}

static void kill_before_watchdog(struct scene *s, unsigned step)
{
	scene_kill(s, step, watchdog_takes_over, world_apply_on_trial);
}

static void kill_before_command(struct scene *s, unsigned step)
{
	scene_kill(s, step, command_takes_over, world_apply_on_trial);
}

static void killed(void **state)
{
	(void)state;
	scene_each_step(world_apply_on_trial, kill_before_watchdog);
	scene_each_step(world_apply_on_trial, kill_before_command);
}

/* On trial, and taken back: what is killed there is the way back. */
static int apply_and_refuse(struct world *w, const char *text)
{
	netd_auto_free char *name = NULL;
	int r = world_apply_on_trial(w, text);

	if (r < 0)
		return r;
	return netd_rollback(w->netd, NULL, &name, NULL, &w->outcome, w->err);
}

static void kill_refusal(struct scene *s, unsigned step)
{
	scene_kill(s, step, command_takes_over, apply_and_refuse);
}

static void refusing_is_killed(void **state)
{
	(void)state;
	scene_each_step(apply_and_refuse, kill_refusal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confirmed),
		cmocka_unit_test(refused),
		cmocka_unit_test(expired),
		cmocka_unit_test_setup_teardown(is_watched, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(defines, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(refuses, world_setup, world_teardown),
		cmocka_unit_test(fails_once),
		cmocka_unit_test(fails_for_good),
		cmocka_unit_test(refusing_fails_once),
		cmocka_unit_test(refusing_fails_for_good),
		cmocka_unit_test(stuck_is_destroyed),
		cmocka_unit_test(killed),
		cmocka_unit_test(refusing_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
