/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A state directory, a host in memory and a context on both. */
#ifndef NETD_TESTS_ENGINE_WORLD_H
#define NETD_TESTS_ENGINE_WORLD_H

#include "fake_host.h"
#include "netd.h"

/* Named, and never run: host.watchdogs counts what was started. */
#define WORLD_WATCHDOG "/nonexistent/watchdog"

struct world {
	char directory[64], state[80], config[80];
	struct fake_host host;
	struct netd *netd;
	struct netd_error *err;
	enum netd_outcome outcome;
};

/* For cmocka_unit_test_setup_teardown(). */
int world_setup(void **state);
int world_teardown(void **state);

/* Another process, as it were: what the first had in memory is gone, also its lock. */
void world_reopen(struct world *w);

/* The topology that @text describes; the caller frees it. */
struct netd_topology *world_topology(const char *text);

/* What netd_apply(), netd_apply_unconfirmed() (for a minute, with the gateway as its
 * probe) and netd_destroy() return; their outcome is in @w. */
int world_apply(struct world *w, const char *text);
int world_apply_on_trial(struct world *w, const char *text);
int world_destroy(struct world *w, const char *name);

/* True if that file of the state directory is there. */
bool world_has(const struct world *w, const char *path);

/* Nothing is under way, and nothing is left of what was. */
void world_assert_settled(const struct world *w);

#endif
