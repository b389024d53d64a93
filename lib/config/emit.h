/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk over a topology, two notations: what a notation must be able to do. */
#ifndef NETD_CONFIG_EMIT_H
#define NETD_CONFIG_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/field.h"

/* Every value but the outermost mapping and the items of a list follows a key. */
struct netd_emitter {
	void (*begin_mapping)(void *to, bool one_line);
	void (*end_mapping)(void *to);
	void (*begin_list)(void *to, bool one_line);
	void (*end_list)(void *to);
	void (*key)(void *to, const char *key);
	void (*string)(void *to, const char *text);
	void (*number)(void *to, uint64_t number);
	void (*truth)(void *to, bool value);
	void *to;
};

/*
 * Writes an object as a mapping of those keys whose value is not the default; @own as for
 * netd_field_is_set().
 */
void netd_emit_object(const struct netd_emitter *e, const struct netd_object *o,
		      const void *object, const char *own);

/* The keys alone. */
void netd_emit_keys(const struct netd_emitter *e, const struct netd_object *o,
		    const void *object, const char *own);

/* Writes a value of a plain type, behind its key or in a list. */
void netd_emit_value(const struct netd_emitter *e, const struct netd_field *field,
		     const void *object);

#endif
