// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP and DNS servers of a namespace: which to stop, start, reload. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "dhcp/compile.h"
#include "dhcp/upstream.h"
#include "plan/diff.h"

/*
 * Theory of operation.  All services that were observed are in the host's state, whatever
 * namespace they run in: one that is to go is stopped by the host's walk, since its
 * namespace may be gone already.  A service is started, or started again, if it does not
 * run as its configuration says where it should, or if its link is about to be made: a
 * dnsmasq keeps to the link that it has found, not to its name.
 */

static const struct netd_service *find(const struct netd_objects *s, const char *name)
{
	for (size_t i = 0; i < s->service_count; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

static const struct netd_service *find_desired(const struct netd_desired *host,
					       const char *name)
{
	const struct netd_service *s = find(&host->objects, name);

	for (size_t i = 0; !s && i < host->space_count; i++)
		s = find(&host->spaces[i].objects, name);
	return s;
}

static int add(struct netd_diff *d, enum netd_op_kind kind, const struct netd_service *s,
	       const char *verb)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	netd_copy(op->service.name, s->name);
	netd_copy(op->service.link, s->link);
	op->service.place = s->place;
	op->service.verb = verb;
	return 0;
}

static int stop_others(struct netd_diff *d)
{
	const struct netd_state *observed = d->host->observed;
	int r = 0;

	for (size_t i = 0; i < observed->service_count; i++) {
		const struct netd_service *have = &observed->services[i];

		if (netd_owner_is(have->owner, d->in->topology) &&
		    !find_desired(d->host->desired, have->name))
			r = add(d, NETD_OP_STOP_SERVICE, have, NULL);
		if (r)
			return r;
	}
	return 0;
}

/*
 * The servers that a router asks are those of its resolv.conf, or, if that has none, the
 * host's.  From one file to another takes a restart: dnsmasq watches the one that it was
 * told of.
 */
static bool asks_elsewhere(const struct netd_diff *d, const struct netd_service *want)
{
	const struct netd_state *is = d->in->observed;
	const struct netd_desired *will = d->in->desired;

	return d->space[0] && netd_dhcp_config_uses_resolv(want->config) &&
	       netd_upstream_has_servers(is->resolv, &will->objects) !=
		       netd_upstream_has_servers(will->resolv, &will->objects);
}

static bool must_start(const struct netd_diff *d, const struct netd_service *have,
		       const struct netd_service *want)
{
	return !have || !have->running || strcmp(have->config, want->config) != 0 ||
	       d->is_new || !netd_state_link(d->in->observed, want->link) ||
	       asks_elsewhere(d, want);
}

/* The file is a copy of what is of use in the router's. */
static bool resolv_changed(const struct netd_diff *d, const struct netd_service *want)
{
	const char *is = d->in->observed->resolv, *will = d->in->desired->resolv;

	return d->space[0] && netd_dhcp_config_uses_resolv(want->config) &&
	       strcmp(is ? is : "", will ? will : "") != 0;
}

/* Its files are there, so it should run, and died of itself or was ended. */
static void note_death(struct netd_diff *d, const struct netd_service *have)
{
	if (have->last_words[0])
		netd_plan_note(d->plan, "dhcp %s: dnsmasq is not running (%s)",
			       have->name, have->last_words);
	else
		netd_plan_note(d->plan, "dhcp %s: dnsmasq is not running", have->name);
}

static void note_guard(struct netd_diff *d, const struct netd_service *have)
{
	if (have->guard == -ESRCH)
		netd_plan_note(d->plan, "dhcp %s: its guard is not running", have->name);
	else
		netd_plan_note(d->plan, "dhcp %s: its guard cannot run (%s)", have->name,
			       strerror(-have->guard));
	netd_error_hint(&d->plan->notes, "without it, DHCP may give out an address that "
					 "somebody has set by hand");
}

static void note_hidden(struct netd_diff *d, const struct netd_service *have)
{
	netd_plan_note(d->plan,
		       "dhcp %s: whether dnsmasq runs cannot be seen, and it is taken "
		       "for running",
		       have->name);
	netd_error_hint(&d->plan->notes, "looking into others' processes needs "
					 "CAP_SYS_PTRACE");
}

/* A way back is to what was: why it died then can keep it from starting now. */
static bool was_dead(const struct netd_diff *d, const struct netd_service *want)
{
	const struct netd_service *then = NULL;

	if (d->host->before)
		then = find(&d->host->before->objects, want->name);
	return then && !then->running;
}

/* New, or with other files; one that died is there by its files. */
static int start(struct netd_diff *d, const struct netd_service *have,
		 const struct netd_service *want)
{
	const char *verb = NULL;
	int r;

	if (have && have->running)
		verb = "restart";
	else if (have)
		verb = "start";
	r = add(d, NETD_OP_START_SERVICE, want, verb);
	if (r < 0)
		return r;
	if (have)
		d->plan->ops[d->plan->op_count - 1].sign = '~';
	return 0;
}

static int diff_one(struct netd_diff *d, const struct netd_service *want)
{
	const struct netd_service *have = find(&d->host->observed->objects, want->name);

	if (have && have->hidden)
		note_hidden(d, have);
	if (have && !have->running)
		note_death(d, have);
	if (have && have->guard)
		note_guard(d, have);
	if (have && !have->running && was_dead(d, want))
		return 0;
	if (must_start(d, have, want))
		return start(d, have, want);
	if (strcmp(have->reserved, want->reserved) != 0 ||
	    strcmp(have->names, want->names) != 0 || resolv_changed(d, want))
		return add(d, NETD_OP_RELOAD_SERVICE, want, "reload");
	/* what it cannot do now it could not do a moment later */
	if (have->guard == -ESRCH)
		return add(d, NETD_OP_RELOAD_SERVICE, want, "start its guard");
	return 0;
}

int netd_diff_services(struct netd_diff *d)
{
	int r = 0;

	if (!d->space[0])
		r = stop_others(d);
	if (r < 0)
		return r;
	for (size_t i = 0; i < d->in->desired->service_count; i++) {
		r = diff_one(d, &d->in->desired->services[i]);
		if (r)
			return r;
	}
	return 0;
}
