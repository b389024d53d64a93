/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of a world, made again and again with a fault in another step. */
#ifndef NETD_TESTS_ENGINE_SCENE_H
#define NETD_TESTS_ENGINE_SCENE_H

#include <stdio.h>
#include <unistd.h>

#include "engine_world.h"

#define OTHER           \
	"name: other\n" \
	"networks:\n"   \
	"  elsewhere: {mode: nat, addresses: [10.9.0.1/24]}\n"

/*
 * A world in which @from runs beside another topology, and a guest is plugged in;
 * @after is what the host is once the change to @to has been made.
 */
struct scene {
	const char *name, *from, *to;
	struct world *w;
	char *before, *after;
	unsigned steps; /* of the change */
};

/* Fails with the first problem unless @r is none. */
void scene_must(const struct scene *s, int r, const char *what);
/*
 * Plays every change (from nothing, to nothing, and between two topologies), each time in
 * a new world: once, or as often as it has steps if @apply makes it.
 */
void scene_each(int (*apply)(struct world *w, const char *text),
		void (*play)(struct scene *s));
void scene_each_step(int (*apply)(struct world *w, const char *text),
		     void (*play)(struct scene *s, unsigned step));

/* The steps from @first to @last fail; and none any more. */
void scene_fail(struct scene *s, unsigned first, unsigned last);
void scene_heal(struct scene *s);

bool scene_is(const struct scene *s, const char *text);
/* The host is @text; else what differs is printed. */
void scene_assert(const struct scene *s, const char *text);

/*
 * In a process of its own: the change, which is killed at @step.  @take_over is what the
 * next process finds and makes of it, by SCENE_CHECK(); it ends with _exit(0).
 */
void scene_kill(struct scene *s, unsigned step, void (*take_over)(void *scene),
		int (*apply)(struct world *w, const char *text));
/* In @take_over: a new context, as a new process has it. */
void scene_new_process(struct scene *s);

#define SCENE_CHECK(what)                                                        \
	do {                                                                     \
		if (!(what)) {                                                   \
			fprintf(stderr, "%s: step %u: not " #what "\n", s->name, \
				s->w->host.kill_step);                           \
			_exit(1);                                                \
		}                                                                \
	} while (0)

#endif
