/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk over a topology, two notations: what a notation must be able to do. */
#ifndef NETD_CONFIG_EMIT_H
#define NETD_CONFIG_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/topology.h"

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

/* The parts of it.  None writes what is the default, "" or empty. */
void netd_emit_nodes(const struct netd_emitter *e, const struct netd_topology *t);
void netd_emit_cables(const struct netd_emitter *e, const struct netd_topology *t);
void netd_emit_dhcp(const struct netd_emitter *e, const struct netd_dhcp *d);
void netd_emit_dns(const struct netd_emitter *e, const struct netd_dns *d);
void netd_emit_nat(const struct netd_emitter *e, const struct netd_nat *nat);
void netd_emit_forwards(const struct netd_emitter *e, const struct netd_forward *list,
			size_t count);
void netd_emit_routes(const struct netd_emitter *e, const struct netd_static_route *list,
		      size_t count);
void netd_emit_prefixes(const struct netd_emitter *e, const char *key,
			const struct netd_prefix *list, size_t count);
void netd_emit_listed(const struct netd_emitter *e, const char *key,
		      const struct netd_listed_addr *list, size_t count);
void netd_emit_string(const struct netd_emitter *e, const char *key, const char *text);
void netd_emit_number(const struct netd_emitter *e, const char *key, bool has,
		      uint64_t n);
void netd_emit_truth(const struct netd_emitter *e, const char *key, bool value);
/* `false` if @not: of a key whose default is true. */
void netd_emit_untruth(const struct netd_emitter *e, const char *key, bool not );
void netd_emit_mac(const struct netd_emitter *e, bool has, const struct netd_mac *m);
/* One text as it is, two as a list. */
void netd_emit_pair(const struct netd_emitter *e, const char *key, const char *one,
		    const char *two);

#endif
