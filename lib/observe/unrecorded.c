// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of a topology that runs, but whose record is lost. */
#include "observe/unrecorded.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "host/netns.h"
#include "plan/seen.h"

/*
 * Theory of operation.  Rolling back is applying what was before; without a record (its
 * file was damaged, /run/netd was removed) that would be nothing, and everything that
 * runs would be deleted.  So netd rolls back to what it observed before the first op
 * instead (plan/seen.h), and keeps the claims of that time.  If the process is killed,
 * that is no longer known either, and recovering leaves everything as it is.
 */

bool netd_unrecorded_is(const struct netd_topology *pending)
{
	return pending->text && strncmp(pending->text, NETD_UNRECORDED_LINE,
					strlen(NETD_UNRECORDED_LINE)) == 0;
}

int netd_unrecorded_note(const struct netd_state *observed, const char *topology,
			 struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str what = {0};

	if (!netd_seen_is(observed, topology))
		return 0;
	netd_seen_print(observed, topology, &what);
	if (netd_str_error(&what))
		return -ENOMEM;
	netd_error_add(notes, 0,
		       "there is no record of what runs of topology %s, but these bear "
		       "its mark: %s",
		       topology, netd_str_text(&what));
	netd_error_hint(
		notes,
		"`netdctl apply FILE`, with the file that was applied, takes them "
		"over; `netdctl destroy %s` removes them",
		topology);
	return 0;
}

static void forewarn(const struct netd_caller *caller, const struct netd_view *v)
{
	const char *topology = v->plan.topology;
	struct netd_plan said = {.ops = NULL};

	if (!caller->forewarned)
		return;
	netd_plan_note(&said,
		       "there is no record of what runs of topology %s: if this change "
		       "fails, it is taken back only as far as the kernel shows what was "
		       "before, and `netdctl rollback` cannot take it back",
		       topology);
	caller->forewarned(&said, caller->forewarned_data);
	netd_plan_done(&said);
}

int netd_unrecorded_begin(struct netd_view *v, bool on_trial,
			  const struct netd_caller *caller, struct netd_error *err)
{
	const char *topology = v->plan.topology;

	v->unrecorded = netd_seen_is(&v->observed, topology);
	if (!v->unrecorded || v->plan.op_count == 0)
		return 0;
	if (!on_trial) {
		forewarn(caller, v);
		return 0;
	}
	netd_error_add(err, -EBUSY,
		       "there is no record of what runs of topology %s: nothing could "
		       "take this change back",
		       topology);
	netd_error_hint(err, "apply the file of what runs first, without --confirm");
	return -EBUSY;
}

/* True if it was a port of a bridge of that topology before. */
static bool was_port(const struct netd_view *before, const char *topology,
		     const char *name)
{
	const struct netd_link *link = netd_state_link(&before->observed, name);
	const struct netd_link *bridge = netd_state_master(&before->observed, link);
	const char *owner;

	if (!bridge)
		return false;
	owner = netd_link_owner(bridge);
	return owner && netd_owner_is(owner, topology);
}

/* Keeps claims from before, and new ones on links that were ports before without one. */
static int keep_claims(const struct netd_view *before, const char *topology,
		       struct netd_view *out)
{
	for (size_t i = 0; i < out->claims.count; i++) {
		const struct netd_claim *c = &out->claims.items[i];
		bool port = c->kind == NETD_CLAIM_PORT || c->kind == NETD_CLAIM_UPLINK;

		if (strcmp(c->topology, topology) != 0)
			continue;
		if ((netd_claims_find(&before->claims, topology, c->kind, c->key) ||
		     (port && was_port(before, topology, c->key))) &&
		    netd_claims_add(&out->kept, c) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* An uplink that the change took out of its bridge, or left half moved, moves back. */
static void want_uplinks(const struct netd_view *before, struct netd_view *out)
{
	for (size_t i = 0; i < out->kept.count; i++) {
		const struct netd_claim *c = &out->kept.items[i];
		const struct netd_link *was = netd_state_link(&before->observed, c->key);
		const struct netd_link *is = netd_state_link(&out->observed, c->key);
		struct netd_desired_link *bridge;

		if (c->kind != NETD_CLAIM_UPLINK || !was || !is)
			continue;
		bridge = netd_desired_link(&out->desired, was->master);
		if (bridge && (strcmp(is->master, was->master) != 0 ||
			       (is->captured_for[0] && !is->captured_whole)))
			netd_copy(bridge->uplink, c->key);
	}
}

/* A service without files goes on as it is, since nobody knows its configuration. */
static int keep_services(const struct netd_view *before, struct netd_view *out)
{
	for (size_t i = 0; i < before->observed.service_count; i++) {
		const struct netd_service *s = &before->observed.services[i];

		if (!s->config[0] &&
		    netd_seen_service(&out->observed, s->name, &out->desired) < 0)
			return -ENOMEM;
	}
	return 0;
}

int netd_unrecorded_view(struct netd *netd, const struct netd_topology *t,
			 const struct netd_view *before, struct netd_view *out,
			 struct netd_error *err)
{
	int r;

	if (netd_seen_make(&before->observed, &before->claims, t->name, &out->desired) <
		    0 ||
	    netd_scope_add(&out->scope, t) < 0)
		return netd_error_no_memory(err);
	out->scope.topology = t->name;
	out->scope.orphans = t->name;
	out->scope.known[0] = t;
	out->nameless = true;
	r = netd->ops->observe(netd, NETD_PART_FIREWALL | NETD_PART_ROUTES, &out->scope,
			       &out->observed, err);
	if (r < 0)
		return r;
	r = netd_store_load_claims(&netd->store, &out->claims, err);
	if (r < 0)
		return r;
	r = netd->ops->observe_foreign(netd, &out->desired, &out->observed, err);
	if (r < 0)
		return r;
	if (keep_claims(before, t->name, out) < 0 || keep_services(before, out) < 0)
		return netd_error_no_memory(err);
	want_uplinks(before, out);
	return netd_view_plan(netd, t->name, out, &out->desired, &out->kept, err);
}
