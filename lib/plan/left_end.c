// SPDX-License-Identifier: GPL-2.0-or-later
/* What bears the name of a pair's far end while its near end is not there. */
#include "plan/left_end.h"
#include "kind/kind.h"

/*
 * Theory of operation.  The far end of a port's pair bears our group, but no alias; so it
 * is known for ours by the near end.  If that was renamed, it says whose it is; if it was
 * moved into a namespace, nobody else of this host's is joined to the far end.  Then the
 * pair is torn, as one between nodes can be (diff_stale.c), and made anew.
 */

/* True if @near is a port of that topology under a name that none of its ports has. */
static bool is_renamed(const struct netd_desired *desired, const char *topology,
		       const struct netd_link *near)
{
	return netd_link_is_of(near, topology) && !netd_desired_link(desired, near->name);
}

struct netd_left_end netd_left_end(const struct netd_state *observed,
				   const struct netd_desired *desired,
				   const char *topology,
				   const struct netd_desired_link *want)
{
	const char *name = want->peer_namespace;
	const struct netd_state *there = observed;
	struct netd_left_end left = {0};

	if (*name)
		there = netd_state_space(observed, name);
	if (!netd_kind_of(want)->is_pair || want->by_peer || !there ||
	    netd_desired_space(desired, name) || netd_state_link(observed, want->name))
		return left;
	left.far = netd_state_link(there, want->peer);
	if (!left.far || !netd_kind_of(left.far)->is_pair)
		return left;
	left.near = netd_state_peer(observed, left.far);
	left.ours = netd_link_is_ours(left.far) && !netd_link_owner(left.far) &&
		    (!left.near || is_renamed(desired, topology, left.near));
	return left;
}
