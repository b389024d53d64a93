// SPDX-License-Identifier: GPL-2.0-or-later
/* The way back of a change that failed or was killed. */
#include "engine/go_back.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "engine/converge.h"
#include "observe/plugs.h"
#include "observe/unrecorded.h"
#include "store/reserve.h"
#include "store/stuck.h"

/*
 * Theory of operation.  Going back is applying what was before.  What fails is tried once
 * more, op by op and on past what fails again.  Is something left then, the topology is
 * stuck (store/stuck.h): its own affair, which its next change goes on from.  Then nobody
 * knows what its namespaces are called; so the host is searched for its mark.
 */
static const enum netd_pace paces[] = {NETD_IN_BURSTS, NETD_ONE_BY_ONE};

/* Ports that are not the topology's, but were plugged into its bridges, come back. */
static void replug(struct netd *netd, const struct netd_state *before)
{
	for (size_t i = 0; i < before->link_count; i++) {
		const struct netd_link *link = &before->links[i];
		int master;

		if (!link->master[0] || netd_link_is_ours(link))
			continue;
		master = netd->ops->ifindex(netd, link->master);
		if (master >= 0 && master != link->master_index)
			netd->ops->plug(netd, link, master);
	}
}

/*
 * The hooks' records follow what is saved as running; on the way back they go first: so
 * whenever the process dies, the records to take away are those of what is saved.
 */
static int settle(struct netd *netd, const struct netd_way_back *way,
		  const struct netd_view *v, const char *plugs, struct netd_error *err)
{
	int r = netd_converge_release(netd, v, err);

	if (r < 0)
		return r;
	r = netd_store_update_records(&netd->store, way->meant, way->previous, err);
	if (r < 0)
		return r;
	r = netd_store_restore_pending(&netd->store, way->previous, err);
	if (r < 0)
		return r;
	netd_plugs_keep(netd, plugs, way->meant, way->previous, NULL);
	r = netd_stuck_forget(&netd->store, way->previous->name, err);
	if (r < 0)
		return r;
	return netd_store_remove_pending(&netd->store, err);
}

/* From now on it is nobody's affair but its own. */
static void get_stuck(struct netd *netd, const struct netd_way_back *way,
		      struct netd_error *why)
{
	const char *name = way->previous->name;

	/* as far as it goes: what is pending says it all */
	netd_store_update_records(&netd->store, way->meant, way->previous, NULL);
	netd_store_restore_pending(&netd->store, way->previous, NULL);
	netd_stuck_keep(&netd->store, name, why, why);
}

/* 1 if something is left to do.  @plugs, unless NULL: who is plugged in now. */
static int attempt(struct netd *netd, const struct netd_way_back *way, bool search,
		   enum netd_pace pace, struct netd_str *plugs, struct netd_view *v,
		   struct netd_error *err)
{
	/* Recovering, it is unknown what was meant to be. */
	const struct netd_topology *other = NULL;
	int r;

	if (way->before)
		other = way->meant;
	netd_view_done(v);
	v->nameless = true;
	v->search = search;
	v->before = way->before;
	r = netd_view_make(netd, way->previous, other, false, v, err);
	if (plugs)
		netd_plugs_collect(&v->observed, way->meant, plugs);
	if (r < 0)
		return r;
	return netd_converge(netd, way->previous, v, pace, way->caller, err);
}

/* *@plan: what was to be done at first. */
static int converge(struct netd *netd, const struct netd_way_back *way,
		    struct netd_view *v, struct netd_str *plugs, struct netd_plan **room,
		    struct netd_plan **plan, struct netd_error *err)
{
	bool search = netd_stuck_is(&netd->store, way->previous->name);
	int r = attempt(netd, way, search, paces[0], plugs, v, err);

	if (r) {
		netd_plan_hand_over(&v->plan, room, plan);
		netd_error_done(err);
		r = attempt(netd, way, search, paces[1], NULL, v, err);
	}
	if (r > 0)
		return -EIO;
	return r;
}

/* What is there, whether the host got there or not. */
static void restore_ports(struct netd *netd, const struct netd_way_back *way)
{
	if (way->before)
		replug(netd, way->before);
	else
		netd_plugs_restore(netd, way->previous->text);
}

static int reach(struct netd *netd, const struct netd_way_back *way, struct netd_view *v,
		 struct netd_plan **room, struct netd_plan **plan, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	int r = converge(netd, way, v, &plugs, room, plan, err);

	restore_ports(netd, way);
	if (r < 0)
		return r;
	return settle(netd, way, v, netd_str_text(&plugs), err);
}

int netd_go_back(struct netd *netd, const struct netd_way_back *way,
		 struct netd_plan **plan, struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_free struct netd_plan *room = NULL;
	struct netd_error why = {0};
	int r;

	netd_plan_make_room(plan, &room, NULL); /* without room, nobody is told */
	netd_reserve_release(&netd->store);
	r = reach(netd, way, &v, &room, plan, &why);
	/* a change that was killed may have been writing a resolv.conf */
	if (!way->before)
		netd->ops->tidy(&v.observed);
	netd_plan_hand_over(&v.plan, &room, plan);
	if (r < 0) {
		get_stuck(netd, way, &why);
		if (plan)
			*plan = netd_plan_free(*plan);
		netd_error_move(err, &why);
		return r;
	}
	netd_converge_clean(netd);
	return 0;
}

/*
 * Without a record
 */

static int attempt_unrecorded(struct netd *netd, const struct netd_way_back *way,
			      const struct netd_view *before, enum netd_pace pace,
			      struct netd_view *v, struct netd_error *err)
{
	int r;

	netd_view_done(v);
	r = netd_unrecorded_view(netd, way->meant, before, v, err);
	if (r < 0)
		return r;
	return netd_converge(netd, way->previous, v, pace, way->caller, err);
}

static int converge_unrecorded(struct netd *netd, const struct netd_way_back *way,
			       const struct netd_view *before, struct netd_view *v,
			       struct netd_error *err)
{
	int r = attempt_unrecorded(netd, way, before, paces[0], v, err);

	if (r) {
		netd_error_done(err);
		r = attempt_unrecorded(netd, way, before, paces[1], v, err);
	}
	replug(netd, &before->observed);
	if (r > 0)
		return -EIO;
	if (r < 0)
		return r;
	return netd_converge_release(netd, v, err);
}

/* Whatever became of it: nobody could say later where it was to return to. */
static int keep(struct netd *netd, const struct netd_topology *nothing,
		struct netd_error *err)
{
	int r = netd_store_save(&netd->store, nothing, err);

	if (r < 0)
		return r;
	return netd_store_remove_pending(&netd->store, err);
}

int netd_go_back_unrecorded(struct netd *netd, const struct netd_way_back *way,
			    const struct netd_view *before, struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	struct netd_error why = {0};
	int r, kept;

	netd_reserve_release(&netd->store);
	r = converge_unrecorded(netd, way, before, &v, &why);
	kept = keep(netd, way->previous, &why);
	if (kept == 0)
		netd_converge_clean(netd);
	netd_error_move(err, &why);
	if (r < 0)
		return r;
	return kept;
}

/*
 * Handing a plan over
 */

int netd_plan_make_room(struct netd_plan **out, struct netd_plan **room,
			struct netd_error *err)
{
	*room = NULL;
	if (!out)
		return 0;
	*room = calloc(1, sizeof(**room));
	if (!*room)
		return netd_error_no_memory(err);
	return 0;
}

void netd_plan_hand_over(struct netd_plan *plan, struct netd_plan **room,
			 struct netd_plan **out)
{
	if (!out || !*room)
		return;
	*out = netd_take(*room);
	**out = *plan;
	*plan = (struct netd_plan){0};
}
