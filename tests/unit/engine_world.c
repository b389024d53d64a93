// SPDX-License-Identifier: GPL-2.0-or-later
/* A state directory, a host in memory and a context on both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <ftw.h>
#include <cmocka.h>

#include "base/error.h"
#include "config/config.h"
#include "engine_world.h"

static void open_context(struct world *w)
{
	assert_int_equal(
		netd_context_new(&fake_host_ops, w->state, w->config, &w->netd, w->err),
		0);
	w->netd->host = &w->host;
	w->netd->watchdog = WORLD_WATCHDOG;
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	/* what is written there is synced: cheap in memory */
	strcpy(w->directory, "/dev/shm/netd-unit-XXXXXX");
	if (!mkdtemp(w->directory)) {
		strcpy(w->directory, "/tmp/netd-unit-XXXXXX");
		assert_non_null(mkdtemp(w->directory));
	}
	snprintf(w->state, sizeof(w->state), "%s/state", w->directory);
	snprintf(w->config, sizeof(w->config), "%s/config", w->directory);
	w->err = netd_error_new();
	fake_host_init(&w->host);
	open_context(w);
	*state = w;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int world_teardown(void **state)
{
	struct world *w = *state;

	netd_free(w->netd);
	fake_host_done(&w->host);
	netd_error_free(w->err);
	nftw(w->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(w);
	return 0;
}

void world_reopen(struct world *w)
{
	netd_free(w->netd);
	open_context(w);
}

struct netd_topology *world_topology(const char *text)
{
	struct netd_topology *t = NULL;
	struct netd_error *err = netd_error_new();

	if (netd_config_parse(text, strlen(text), "test.yaml", &t, err) < 0)
		fail_msg("%s", err->count ? err->problems[0].text : "no memory");
	netd_error_free(err);
	return t;
}

int world_apply(struct world *w, const char *text)
{
	struct netd_topology *t = world_topology(text);
	int r;

	netd_error_clear(w->err);
	r = netd_apply(w->netd, t, NULL, &w->outcome, w->err);
	netd_topology_free(t);
	return r;
}

int world_apply_on_trial(struct world *w, const char *text)
{
	const struct netd_trial trial = {.seconds = 60};
	struct netd_topology *t = world_topology(text);
	int r;

	netd_error_clear(w->err);
	r = netd_apply_unconfirmed(w->netd, t, &trial, NULL, &w->outcome, w->err);
	netd_topology_free(t);
	return r;
}

int world_destroy(struct world *w, const char *name)
{
	netd_error_clear(w->err);
	return netd_destroy(w->netd, name, NULL, &w->outcome, w->err);
}

bool world_has(const struct world *w, const char *path)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "%s/%s", w->state, path);
	return access(whole, F_OK) == 0;
}

void world_assert_settled(const struct world *w)
{
	assert_false(world_has(w, "pending.yaml"));
	assert_false(world_has(w, "target.yaml"));
	assert_false(world_has(w, "unconfirmed.yaml"));
}
