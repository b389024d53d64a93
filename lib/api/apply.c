// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls that make and remove topologies, and say what that would take. */
#include <errno.h>
#include <string.h>

#include "api/begin.h"
#include "observe/plugs.h"
#include "trial/recover.h"
#include "store/stuck.h"
#include "engine/transaction.h"
#include "observe/foresee.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "netd.h"

int netd_apply(struct netd *netd, const struct netd_topology *t, struct netd_plan **plan,
	       enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *copy = NULL;
	struct netd_change change = {.caller = &netd->caller};
	enum netd_outcome dummy;
	int r;

	if (!outcome)
		outcome = &dummy;
	*outcome = NETD_UNTOUCHED;
	r = netd_topology_checked(&t, &copy, err);
	if (r < 0)
		return r;
	r = netd_begin(netd, outcome, err);
	if (r < 0)
		return r;
	change.wanted = t;
	return netd_engine_apply(netd, &change, plan, outcome, err);
}

/*
 * Removes a stuck topology as far as possible, instead of rolling it back: a recovery
 * removes it, too, from now on.  On a full disk, the old goal of the recovery is pending
 * instead, which matters only if this process is killed.
 */
static int remove_by_force(struct netd *netd, const struct netd_topology *empty,
			   struct netd_plan **plan, enum netd_outcome *outcome,
			   struct netd_error *err)
{
	netd_auto_topology struct netd_topology *running = NULL, *stuck = NULL;
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	struct netd_way_back way = {.previous = empty, .caller = &netd->caller};
	int r = netd_load_running(netd, empty->name, &running, err);

	if (r < 0)
		return r;
	r = netd_stuck_load(&netd->store, empty->name, &stuck, err);
	if (r < 0)
		return r;
	if (stuck)
		netd_plugs_copy(stuck->text, &plugs);
	r = netd_store_save_pending(&netd->store, empty, netd_str_text(&plugs), NULL,
				    NULL);
	if (r == -ENOSPC && netd_stuck_is(&netd->store, empty->name))
		r = netd_stuck_resume(&netd->store, empty->name, NULL);
	if (r < 0)
		return netd_error_add(err, r, "cannot begin: %s", strerror(-r));
	way.meant = running;
	r = netd_go_back(netd, &way, plan, err);
	if (r < 0) {
		*outcome = NETD_NOT_ROLLED_BACK;
		return r;
	}
	*outcome = NETD_DONE;
	if (stuck)
		netd_plugs_keep(netd, netd_str_text(&plugs), stuck, empty, NULL);
	return 0;
}

static int begin_destroy(struct netd *netd, const char *name,
			 struct netd_topology **empty, enum netd_outcome *outcome,
			 struct netd_error *err)
{
	int r = netd_begin(netd, outcome, err);

	if (r < 0)
		return r;
	return netd_topology_create(name, empty, err);
}

int netd_destroy(struct netd *netd, const char *name, struct netd_plan **plan,
		 enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *empty = NULL;
	netd_auto_topology struct netd_topology *running = NULL;
	struct netd_change change = {.caller = &netd->caller};
	enum netd_outcome dummy;
	int r;

	if (!outcome)
		outcome = &dummy;
	r = begin_destroy(netd, name, &empty, outcome, err);
	if (r < 0)
		return r;
	if (netd_stuck_is(&netd->store, name)) {
		r = remove_by_force(netd, empty, plan, outcome, err);
		if (*outcome == NETD_NOT_ROLLED_BACK)
			netd_stuck_say("not wholly destroyed", name, err);
		return r;
	}
	r = netd_store_load(&netd->store, name, &running, err);
	if (r < 0)
		return r;
	/* Without a record of it there may still be links that bear its mark. */
	change.wanted = empty;
	r = netd_engine_apply(netd, &change, plan, outcome, err);
	if (r)
		return r;
	if (!running && plan && netd_plan_is_empty(*plan)) {
		*plan = netd_plan_free(*plan);
		*outcome = NETD_UNTOUCHED;
		return netd_not_running(netd, name, err);
	}
	return 0;
}

int netd_destroy_anyhow(struct netd *netd, const char *name, struct netd_plan **plan,
			char **left, enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *empty = NULL;
	netd_auto_topology struct netd_topology *running = NULL;
	enum netd_outcome dummy;
	int r, kept;

	if (!outcome)
		outcome = &dummy;
	r = begin_destroy(netd, name, &empty, outcome, err);
	if (r < 0)
		return r;
	if (!netd_stuck_is(&netd->store, name)) {
		r = netd_store_load(&netd->store, name, &running, err);
		if (r < 0)
			return r;
		if (!running)
			return netd_destroy(netd, name, plan, outcome, err);
	}
	r = remove_by_force(netd, empty, plan, outcome, err);
	if (r == 0 || !netd_stuck_is(&netd->store, name))
		return r;
	kept = netd_stuck_set_aside(&netd->store, name, left, err);
	if (kept < 0)
		return kept;
	return r;
}

int netd_plan(struct netd *netd, const struct netd_topology *t, struct netd_plan **out,
	      struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *copy = NULL;
	netd_auto_free struct netd_plan *room = NULL;
	int r = netd_topology_checked(&t, &copy, err);

	if (r < 0)
		return r;
	r = netd_plan_make_room(out, &room, err);
	if (r < 0)
		return r;
	r = netd_foresee(netd, t, &v, err);
	if (r < 0)
		return r;
	netd_plan_hand_over(&v.plan, &room, out);
	return 0;
}

int netd_plan_destroy(struct netd *netd, const char *name, struct netd_plan **out,
		      struct netd_error *err)
{
	netd_auto_topology struct netd_topology *empty = NULL;
	int r = netd_topology_create(name, &empty, err);

	if (r < 0)
		return r;
	r = netd_plan(netd, empty, out, err);
	if (r)
		return r;
	if (netd_plan_is_empty(*out) && !netd_stuck_is(&netd->store, name)) {
		*out = netd_plan_free(*out);
		return netd_not_running(netd, name, err);
	}
	return 0;
}
