/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk over a topology, two notations: what a notation must be able to do. */
#ifndef NETD_CONFIG_EMIT_H
#define NETD_CONFIG_EMIT_H

#include <stdbool.h>
#include <stdint.h>

struct netd_forward;
struct netd_topology;

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

/* Writes the keys of a topology whose value is not the default. */
void netd_emit_topology(const struct netd_emitter *e, const struct netd_topology *t);
/* Writes one forward, as an item of its list. */
void netd_emit_forward(const struct netd_emitter *e, const struct netd_forward *f);

#endif
