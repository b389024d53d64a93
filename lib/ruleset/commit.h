/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of table inet netd, each one transaction. */
#ifndef NETD_RULESET_COMMIT_H
#define NETD_RULESET_COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netd_element;
struct netd_error;
struct netd_nft;
struct netd_ruleset_delta;

/*
 * Commits @d as one transaction; an empty one sends nothing.  @generation is that of the
 * ruleset which @d was made from, 0 to commit whatever happened since.  0; -ERESTART:
 * somebody changed the firewall since, so read and diff again (no problem is added);
 * else -errno of the kernel's first refusal.  On any error nothing was changed.
 */
int netd_firewall_commit(struct netd_nft *nft, const struct netd_ruleset_delta *d,
			 uint32_t generation, struct netd_error *err);

/*
 * The fast path: adds or deletes @n elements of one or more maps (sorted by map) without
 * a look at what is there.  @exclusive: -EEXIST if a slot is taken (else an equal element
 * is fine, and one with other data -EEXIST all the same).  -ENOENT: no table, or nothing
 * to delete.
 */
int netd_firewall_add_elements(struct netd_nft *nft, const struct netd_element *e,
			       size_t n, bool exclusive, struct netd_error *err);
int netd_firewall_delete_elements(struct netd_nft *nft, const struct netd_element *e,
				  size_t n, struct netd_error *err);

#endif
