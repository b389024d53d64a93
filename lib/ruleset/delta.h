/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must change in table inet netd so that one topology has what it wants. */
#ifndef NETD_RULESET_DELTA_H
#define NETD_RULESET_DELTA_H

#include <stdbool.h>
#include <stddef.h>

#include "model/ruleset.h"

struct netd_error;
struct netd_str;

/*
 * A changed element is in `removed` as it was and in `added` as it will be, and a changed
 * chain in `chains_removed` and `chains_added`.  Sorted.  If the table is made anew over
 * an old one (delete_table and create_table), `kept` and `chains_kept` are what others
 * have, and what does not change, and go into the new one.
 */
struct netd_ruleset_delta {
	bool delete_table, create_table;
	struct netd_element *removed, *added, *kept;
	size_t removed_count, added_count, kept_count;
	struct netd_source_chain *chains_removed, *chains_added, *chains_kept;
	size_t chains_removed_count, chains_added_count, chains_kept_count;
	/* Somebody else's chains that drop, and the rules of ours to take out and put in.
	 */
	struct netd_foreign_chain *foreign;
	size_t foreign_count;
	struct netd_admit_rule *admits_removed, *admits_added;
	size_t admits_removed_count, admits_added_count;
};

/*
 * Compares @have, all that the kernel holds, with @want, all that @topology shall have.
 * What belongs to other topologies stays; the table itself goes with the last element.
 * Pure.  -EEXIST if somebody else holds an entry that is wanted (every such entry is a
 * problem of its own); -ENOMEM.  @out is written only on success; free it with
 * netd_ruleset_delta_done().
 */
int netd_ruleset_diff(const struct netd_ruleset *have, const struct netd_ruleset *want,
		      const char *topology, struct netd_ruleset_delta *out,
		      struct netd_error *err);

void netd_ruleset_delta_done(struct netd_ruleset_delta *d);
/* True if there is nothing to do. */
bool netd_ruleset_delta_is_empty(const struct netd_ruleset_delta *d);

/* One line for each change: "add element inet netd forward4 { … }", in sending order. */
void netd_ruleset_delta_print(struct netd_str *s, const struct netd_ruleset_delta *d);

/* Fills the admits and the foreign chains of @out.  -ENOMEM. */
int netd_delta_admits(const struct netd_ruleset *have, const struct netd_ruleset *want,
		      const char *topology, struct netd_ruleset_delta *out,
		      struct netd_error *err);

void netd_delta_admits_print(struct netd_str *s, const struct netd_ruleset_delta *d);

#endif
