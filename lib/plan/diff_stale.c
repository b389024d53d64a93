// SPDX-License-Identifier: GPL-2.0-or-later
/* What cannot be mended: ends of torn pairs, other taps; and the state without them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "plan/diff.h"
#include "plan/left_end.h"
#include "kind/kind.h"

/*
 * Theory of operation.  A pair between namespaces is one object with two ends.  If one of
 * them is gone, renamed, moved elsewhere, or joined to something else, the other one is
 * of no use: it goes first, then the pair is made anew.  What was on it goes with it, so
 * the walks must not see that: they get the observed state without it.
 *
 * The far end of a port's pair is anybody's, and not looked at; but what is left of such
 * a pair has the names that the new one needs (left_end.h).
 *
 * Two ends are a pair if each names the other's index as its peer's.
 *
 * A tap with one queue that is to have several, or with an owner that it is to be
 * without, is made anew, too.
 */

static const struct netd_state *space_of(const struct netd_state *host, const char *name)
{
	if (*name)
		return netd_state_space(host, name);
	return host;
}

/* True if @want is of a pair of which at least one end is in a node, and so is the other.
 */
static bool is_paired(const struct netd_desired *host, const char *space,
		      const struct netd_desired_link *want)
{
	const struct netd_desired *far = host;

	if (!netd_kind_of(want)->is_pair || (!*space && !want->peer_namespace[0]))
		return false;
	if (want->peer_namespace[0])
		far = netd_desired_space(host, want->peer_namespace);
	return far && netd_desired_link(far, want->peer);
}

static bool is_torn(const struct netd_diff *d, const char *space,
		    const struct netd_desired_link *want, const struct netd_link *have)
{
	const struct netd_state *far;
	const struct netd_link *peer = NULL;

	if (!netd_link_is_ours(have) || !is_paired(d->host->desired, space, want))
		return false;
	far = space_of(d->host->observed, want->peer_namespace);
	if (far)
		peer = netd_state_link(far, want->peer);
	return !peer || peer->peer_index != have->index ||
	       have->peer_index != peer->index;
}

/* What cannot be changed into what is wanted. */
static bool is_fixed(const struct netd_desired_link *want, const struct netd_link *have)
{
	const struct netd_kind *kind = netd_kind_of(want);

	return netd_link_is_ours(have) && kind->is_fixed &&
	       kind->is_fixed(&want->attrs, &have->attrs);
}

/* Links to make anew in one namespace; *@stale marks them by the observed order. */
static int find_stale(struct netd_diff *d, const struct netd_desired *desired,
		      const struct netd_state *observed, bool **stale)
{
	*stale = NULL;
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		const struct netd_link *have = netd_state_link(observed, want->name);

		if (!have ||
		    (!is_torn(d, desired->space, want, have) && !is_fixed(want, have)))
			continue;
		if (!*stale)
			*stale = calloc(observed->link_count, sizeof(**stale));
		if (!*stale || netd_diff_add_seen(d, NETD_OP_DELETE_STALE, have, 0) < 0)
			return -ENOMEM;
		(*stale)[have - observed->links] = true;
	}
	return 0;
}

/* What is left of a port's pair; the kernel deletes both ends by either. */
static int find_left(struct netd_diff *d, const struct netd_desired *desired,
		     const struct netd_state *observed, bool **stale)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		struct netd_left_end left =
			netd_left_end(observed, desired, d->host->topology, want);
		const struct netd_link *gone = left.far;
		struct netd_op *op;

		if (!left.ours)
			continue;
		if (!*stale)
			*stale = calloc(observed->link_count, sizeof(**stale));
		if (!*stale)
			return -ENOMEM;
		op = netd_diff_add(d, NETD_OP_DELETE_STALE);
		if (!op)
			return -ENOMEM;
		if (left.near)
			gone = left.near;
		op->link.attrs = gone->attrs;
		op->index = gone->index;
		if (!left.near)
			netd_copy(op->space, want->peer_namespace);
		if (left.near)
			(*stale)[left.near - observed->links] = true;
		if (!want->peer_namespace[0])
			(*stale)[left.far - observed->links] = true;
	}
	return 0;
}

static bool is_on_stale(const struct netd_state *observed, const bool *stale,
			const char *link)
{
	const struct netd_link *have = netd_state_link(observed, link);

	return have && stale[have - observed->links];
}

/* Fills @out's own arrays with what of @observed is not on a stale link. */
static int copy_rest(struct netd_state *out, const struct netd_state *observed,
		     const bool *stale)
{
	out->links = calloc(observed->link_count + 1, sizeof(*out->links));
	out->addrs = calloc(observed->addr_count + 1, sizeof(*out->addrs));
	out->routes = calloc(observed->route_count + 1, sizeof(*out->routes));
	if (!out->links || !out->addrs || !out->routes)
		return -ENOMEM;
	for (size_t i = 0; i < observed->link_count; i++)
		if (!stale[i])
			out->links[out->link_count++] = observed->links[i];
	for (size_t i = 0; i < observed->addr_count; i++)
		if (!is_on_stale(observed, stale, observed->addrs[i].link))
			out->addrs[out->addr_count++] = observed->addrs[i];
	for (size_t i = 0; i < observed->route_count; i++)
		if (!is_on_stale(observed, stale, observed->routes[i].link))
			out->routes[out->route_count++] = observed->routes[i];
	return netd_state_sort_links(out);
}

/* What goes first in one namespace; *@stale is the caller's, even on failure. */
static int find_all(struct netd_diff *d, const struct netd_desired *desired,
		    const struct netd_state *observed, bool **stale)
{
	int r = find_stale(d, desired, observed, stale);

	if (r < 0 || *desired->space)
		return r;
	return find_left(d, desired, observed, stale);
}

/* @out borrows everything of @observed but the lists that lose something. */
static int present_state(struct netd_diff *d, const struct netd_desired *desired,
			 const struct netd_state *observed, struct netd_state *out,
			 bool *owned)
{
	netd_auto_free bool *stale = NULL;
	int r;

	d->space = desired->space;
	*out = *observed;
	r = find_all(d, desired, observed, &stale);
	*owned = stale;
	if (!stale)
		return r;
	out->links = NULL;
	out->addrs = NULL;
	out->routes = NULL;
	out->by_name = out->by_index = NULL;
	out->link_count = out->addr_count = out->route_count = 0;
	if (r < 0)
		return r;
	return copy_rest(out, observed, stale);
}

static int present_space(struct netd_diff *d, const struct netd_desired *desired,
			 struct netd_state *out, bool *owned)
{
	static const struct netd_state nothing;
	const struct netd_state *have =
		netd_state_space(d->host->observed, desired->space);
	const struct netd_state *there = &nothing;
	int r;

	if (have && have->alive)
		there = have;
	r = present_state(d, desired, there, out, owned);
	if (have && !have->alive) {
		out->resolv = have->resolv;
		out->resolv_foreign = have->resolv_foreign;
	}
	return r;
}

int netd_diff_present(struct netd_diff *d, struct netd_present *out)
{
	const struct netd_desired *desired = d->host->desired;
	size_t count = desired->space_count + 1;
	int r;

	out->states = calloc(count, sizeof(*out->states));
	out->owned = calloc(count, sizeof(*out->owned));
	if (!out->states || !out->owned)
		return -ENOMEM;
	out->count = count;
	r = present_state(d, desired, d->host->observed, &out->states[0], &out->owned[0]);
	if (r < 0)
		return r;
	for (size_t i = 1; i < count; i++) {
		r = present_space(d, &desired->spaces[i - 1], &out->states[i],
				  &out->owned[i]);
		if (r < 0)
			return r;
	}
	d->space = "";
	return 0;
}

void netd_diff_present_done(struct netd_present *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!p->owned[i])
			continue;
		free(p->states[i].links);
		free(p->states[i].addrs);
		free(p->states[i].routes);
		free(p->states[i].by_name);
		free(p->states[i].by_index);
	}
	free(p->states);
	free(p->owned);
	*p = (struct netd_present){0};
}
