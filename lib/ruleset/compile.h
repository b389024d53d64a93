/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a topology to the elements and chains that it needs in table inet netd. */
#ifndef NETD_RULESET_COMPILE_H
#define NETD_RULESET_COMPILE_H

#include "model/ruleset.h"
#include "model/topology.h"

struct netd_error;
struct netd_desired;

/*
 * Compiles the checked topology @t (bridges named, forwards resolved) into @out, sorted;
 * free it with netd_ruleset_done().  @links has the bridges with their MACs; NULL: not
 * known, and what guests of isolated networks send elsewhere is not answered.
 * @out->present is true if @t needs the table at all. Pure.  -EINVAL: a forward into an
 * isolated network, or one whose target has another family; -EEXIST: the same listen
 * twice; -ENOMEM.  @out is written only on success.
 */
int netd_ruleset_compile(const struct netd_topology *t, const struct netd_desired *links,
			 struct netd_ruleset *out, struct netd_error *err);

/*
 * The same for @n, a router or host of @t, and the table inet netd of its namespace:
 * source NAT by the way that a flow takes, forwards, and what may not pass from one
 * interface to another.  A router without any of these, and a host, need no table.
 * -EINVAL: a forward whose target has another family; -EEXIST, -ENOMEM.
 */
int netd_ruleset_compile_node(const struct netd_topology *t, const struct netd_node *n,
			      struct netd_ruleset *out, struct netd_error *err);

/* Whether that lets new flows pass from one interface of router @n to another. */
bool netd_ruleset_node_opens(const struct netd_node *n, const char *from, const char *to);

/* Packs the key of a forward's element: @port 0 is the whole address (@protocol, a number
 * of IANA's, is left out then).  Fills in map and key only. */
void netd_element_forward_key(struct netd_element *e, const struct netd_addr *listen,
			      uint8_t protocol, uint16_t port);

/* Sorts the elements of a table that was read, for what follows. */
void netd_ruleset_sort(struct netd_ruleset *rules);

/* True if each port of @f is in the sorted @rules, and goes where @f says. */
bool netd_forward_is_in(const struct netd_forward *f, const struct netd_ruleset *rules);

#endif
