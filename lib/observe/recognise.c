// SPDX-License-Identifier: GPL-2.0-or-later
/* Links of ours that lost one of their three marks: group, alias, name. */
#include "observe/recognise.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "desired/desired.h"

/*
 * Theory of operation.  A link with both our group and our alias is ours, whatever its
 * name; that is the usual case, and costs nothing.  A link with only one of them
 * (ifupdown2, networkd and people set groups and aliases, too) is ours if a topology has
 * a link of that name and kind; so the names are looked up only if there is such a link.
 */

/* The far end of a pair bears the group alone: its near end says whose it is. */
static bool is_far_end(const struct netd_state *s, const struct netd_link *link)
{
	const struct netd_link *near;

	if (!link->peer_index)
		return false;
	near = netd_state_link_by_index(s, link->peer_index);
	return near && near->peer_index == link->index && netd_link_owner(near);
}

static bool is_doubtful(const struct netd_state *s, const struct netd_link *link)
{
	bool group = netd_link_is_ours(link), alias = netd_link_owner(link);

	return group != alias && !link->loopback && (alias || !is_far_end(s, link));
}

static bool has_doubtful(const struct netd_state *s)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (is_doubtful(s, &s->links[i]))
			return true;
	for (size_t i = 0; i < s->space_count; i++)
		if (has_doubtful(&s->spaces[i]))
			return true;
	return false;
}

static void compare_links(struct netd_state *observed, const struct netd_desired *desired)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		struct netd_link *have =
			netd_state_link(observed, desired->links[i].name);

		if (have && is_doubtful(observed, have))
			netd_link_recognise(have, &desired->links[i]);
	}
}

/* -ENOMEM. */
static int compare(struct netd_state *observed, const struct netd_topology *t,
		   struct netd_error *err)
{
	netd_auto(netd_desired_done) struct netd_desired desired = {0};
	const struct netd_facts facts = {.observed = observed};
	int r = netd_desired_make(t, &facts, &desired, NULL);

	if (r == -ENOMEM)
		return netd_error_no_memory(err);
	if (r < 0)
		return 0; /* a topology that cannot be made has no links */
	compare_links(observed, &desired);
	for (size_t i = 0; i < desired.space_count; i++) {
		struct netd_state *have =
			netd_state_space(observed, desired.spaces[i].space);

		if (have)
			compare_links(have, &desired.spaces[i]);
	}
	return 0;
}

int netd_recognise(struct netd *netd, const struct netd_topology *const *known,
		   size_t count, struct netd_state *observed, struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies recorded = {0};
	int r;

	if (!has_doubtful(observed))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (known[i] && compare(observed, known[i], err) < 0)
			return -ENOMEM;
	r = netd_store_load_all(&netd->store, &recorded, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < recorded.count; i++)
		if (compare(observed, recorded.items[i], err) < 0)
			return -ENOMEM;
	return 0;
}
