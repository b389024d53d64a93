// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of table inet netd: order and equality of elements. */
#include "model/ruleset.h"

#include <stdlib.h>
#include <string.h>

void netd_ruleset_done(struct netd_ruleset *r)
{
	if (!r)
		return;
	free(r->elements);
	free(r->chains);
	free(r->admits);
	free(r->foreign);
	free(r->others);
	free(r->admitted);
	*r = (struct netd_ruleset){0};
}

int netd_element_compare(const struct netd_element *a, const struct netd_element *b)
{
	if (a->map != b->map) {
		if (a->map < b->map)
			return -1;
		return 1;
	}
	if (a->key_length != b->key_length) {
		if (a->key_length < b->key_length)
			return -1;
		return 1;
	}
	return memcmp(a->key, b->key, a->key_length);
}

bool netd_element_equal(const struct netd_element *a, const struct netd_element *b)
{
	return a->chain == b->chain && a->data_length == b->data_length &&
	       !memcmp(a->data, b->data, a->data_length) &&
	       !strcmp(a->source_chain, b->source_chain) &&
	       !strcmp(a->comment, b->comment);
}
