// SPDX-License-Identifier: GPL-2.0-or-later
/* Which elements of a set a value of which some bits are known may find. */
#include "foreign/evaluate.h"

#include <string.h>

#include <linux/netfilter/nf_tables.h>

#include "foreign/program.h"

/*
 * Theory of operation.  There are three kinds of sets.  In most, an element is one key.
 * In a set of intervals of one number, an element is the begin of an interval, or
 * (`ends`) the end of the previous one: each reaches to the next greater key.  In
 * intervals of a concatenation, an element has a key for both ends, and each part has its
 * own interval (net/netfilter/nft_set_pipapo.c).  The catch-all counts if no other
 * element does.
 */
struct search {
	const struct netd_program_set *set;
	const struct netd_bits *key;
	size_t at;
};

/* The next greater key than @e's; NULL if there is none. */
static const uint8_t *next_key(const struct netd_program_set *s,
			       const struct netd_program_element *e)
{
	const uint8_t *next = NULL;

	for (size_t i = 0; i < s->element_count; i++) {
		const uint8_t *key = s->elements[i].key;

		if (key && memcmp(key, e->key, s->key_length) > 0 &&
		    (!next || memcmp(key, next, s->key_length) < 0))
			next = key;
	}
	return next;
}

/* The number in front of it. */
static void step_back(uint8_t *number, size_t length)
{
	while (length--)
		if (number[length]--)
			return;
}

static enum netd_truth in_interval(const struct search *s,
				   const struct netd_program_element *e)
{
	const uint8_t *next = next_key(s->set, e);
	uint8_t last[NETD_BITS];

	if (e->ends)
		return NETD_NO;
	memset(last, 0xff, sizeof(last));
	if (next) {
		memcpy(last, next, s->set->key_length);
		step_back(last, s->set->key_length);
	}
	return netd_bits_within(s->key, s->at, e->key, last, s->set->key_length);
}

static enum netd_truth in_fields(const struct search *s,
				 const struct netd_program_element *e)
{
	enum netd_truth t = NETD_YES;
	size_t offset = 0;

	for (size_t i = 0; i < s->set->field_count; i++) {
		size_t length = s->set->fields[i];

		if (offset + length > s->set->key_length)
			return NETD_MAYBE;
		t = netd_truth_and(t, netd_bits_within(s->key, s->at + offset,
						       e->key + offset,
						       e->key_end + offset, length));
		offset += (length + 3) / 4 * 4;
	}
	if (s->set->field_count)
		return t;
	return netd_truth_and(t, NETD_MAYBE);
}

static enum netd_truth matches(const struct search *s,
			       const struct netd_program_element *e)
{
	if (e->key_end)
		return in_fields(s, e);
	if (s->set->flags & NFT_SET_INTERVAL && !(s->set->flags & NFT_SET_CONCAT))
		return in_interval(s, e);
	return netd_bits_equal(s->key, s->at, e->key, s->set->key_length);
}

enum netd_truth netd_lookup(const struct netd_program_set *set,
			    const struct netd_bits *key, size_t at,
			    netd_lookup_visit visit, void *data)
{
	const struct search s = {set, key, at};
	const struct netd_program_element *rest = NULL;
	enum netd_truth found = NETD_NO;

	for (size_t i = 0; i < set->element_count && found != NETD_YES; i++) {
		const struct netd_program_element *e = &set->elements[i];
		enum netd_truth t;

		if (!e->key) {
			rest = e;
			continue;
		}
		t = matches(&s, e);
		if (t != NETD_NO && visit)
			visit(e, t, data);
		if (t > found)
			found = t;
	}
	if (!rest || found == NETD_YES)
		return found;
	if (visit)
		visit(rest, netd_truth_not(found), data);
	return NETD_YES;
}
