/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options by which one-line verbs name fields, out of the tables of fields. */
#ifndef NETD_EDIT_OPTIONS_H
#define NETD_EDIT_OPTIONS_H

#include "base/suggest.h"
#include "model/field.h"
#include "netd-types.h"

/* Parts within parts: a network's "dns", and what is in it. */
#define NETD_OPTION_DEPTH 2

/* Which field of an object an option is about. */
struct netd_option_path {
	const struct netd_field *parts[NETD_OPTION_DEPTH]; /* that lead to it */
	size_t depth;
	const struct netd_field *field;
	bool off; /* the option that says "off" of it */
};

/* Public: it is in netd.h too. */
NETD_PUBLIC bool netd_option_get(const char *kind, size_t i, struct netd_option *out);

/* The option of that name of an @o, or its key; false if there is none. */
bool netd_option_find(const struct netd_object *o, const char *name,
		      struct netd_option_path *out);

/* Offers all names of options of an @o to @suggest. */
void netd_option_suggest(const struct netd_object *o, struct netd_suggest *suggest);

#endif
