// SPDX-License-Identifier: GPL-2.0-or-later
/* Every step of a change fails, for once or for good, or is where the process is killed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine_scene.h"

/* One fault: all is as it was, and the change can be made once more. */
static void fail_once(struct scene *s, unsigned step)
{
	scene_fail(s, step, step);
	scene_assert(s, world_apply(s->w, s->to) < 0 ? s->before : s->after);
	assert_int_not_equal(s->w->outcome, NETD_NOT_ROLLED_BACK);
	world_assert_settled(s->w);
	scene_heal(s);
	scene_must(s, world_apply(s->w, s->to), "once more");
	scene_assert(s, s->after);
}

static void fails_once(void **state)
{
	(void)state;
	scene_each_step(world_apply, fail_once);
}

/*
 * From some step on everything fails, also the way back: then the topology is stuck,
 * nothing else is, and recovering makes all as it was.
 */
static unsigned stuck;

static void fail_for_good(struct scene *s, unsigned step)
{
	scene_fail(s, step, ~0U);
	assert_true(world_apply(s->w, s->to) < 0);
	world_assert_settled(s->w);
	assert_int_equal(s->w->outcome == NETD_NOT_ROLLED_BACK,
			 world_has(s->w, "stuck/lab.yaml"));
	stuck += s->w->outcome == NETD_NOT_ROLLED_BACK;
	scene_heal(s);
	scene_must(s, world_destroy(s->w, "other"), "other");
	scene_must(s, world_apply(s->w, OTHER), "other");
	scene_must(s, netd_recover(s->w->netd, &s->w->outcome, s->w->err), "recover");
	scene_assert(s, s->before);
	assert_false(world_has(s->w, "stuck/lab.yaml"));
}

static void fails_for_good(void **state)
{
	(void)state;
	stuck = 0;
	scene_each_step(world_apply, fail_for_good);
	assert_true(stuck > 0);
}

/* What is stuck goes wholly when it is destroyed. */
static void destroy_stuck(struct scene *s, unsigned step)
{
	scene_fail(s, step, ~0U);
	world_apply(s->w, s->to);
	scene_heal(s);
	if (s->w->outcome == NETD_NOT_ROLLED_BACK)
		scene_must(s, world_destroy(s->w, "lab"), "destroy");
	assert_false(world_has(s->w, "stuck/lab.yaml"));
}

static void stuck_is_destroyed(void **state)
{
	(void)state;
	scene_each_step(world_apply, destroy_stuck);
}

/* What the next process finds, and makes of it; the child of a test, so nothing is freed.
 */
static void take_over(void *data)
{
	struct scene *s = data;
	struct world *w = s->w;

	scene_new_process(s);
	SCENE_CHECK(netd_recover(w->netd, &w->outcome, w->err) >= 0);
	SCENE_CHECK(w->outcome != NETD_NOT_ROLLED_BACK);
	SCENE_CHECK(scene_is(s, w->outcome == NETD_DONE ? s->after : s->before));
	SCENE_CHECK(!world_has(w, "pending.yaml"));
	SCENE_CHECK(world_apply(w, s->to) == 0);
	SCENE_CHECK(scene_is(s, s->after));
	SCENE_CHECK(world_apply(w, s->from) == 0);
	SCENE_CHECK(scene_is(s, s->before));
	_exit(0);
}

static void kill_at(struct scene *s, unsigned step)
{
	scene_kill(s, step, take_over, world_apply);
}

static void killed(void **state)
{
	(void)state;
	scene_each_step(world_apply, kill_at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fails_once),
		cmocka_unit_test(fails_for_good),
		cmocka_unit_test(stuck_is_destroyed),
		cmocka_unit_test(killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
