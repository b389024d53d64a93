/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which elements of a set a value of which some bits are known may find. */
#ifndef NETD_FOREIGN_LOOKUP_H
#define NETD_FOREIGN_LOOKUP_H

#include "ruleset/bits.h"

struct netd_program_element;
struct netd_program_set;

/* Sees an element that is found for certain (YES), or by some (MAYBE). */
typedef void (*netd_lookup_visit)(const struct netd_program_element *e,
				  enum netd_truth found, void *data);

/*
 * Whether the key at byte @at of @key is in @s, which must be listed.  @visit, unless
 * NULL, sees every element that it may be.
 */
enum netd_truth netd_lookup(const struct netd_program_set *s, const struct netd_bits *key,
			    size_t at, netd_lookup_visit visit, void *data);

#endif
