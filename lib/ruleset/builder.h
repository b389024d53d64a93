/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements and source chains of one owner, as the compilers of networks and nodes make
 * them. */
#ifndef NETD_RULESET_BUILDER_H
#define NETD_RULESET_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "model/ruleset.h"

struct netd_error;
struct netd_forward;
struct netd_mac;
struct netd_nat;
struct netd_topology;

/* Set topology, kind, object and err; the rest zero. */
struct netd_builder {
	const struct netd_topology *topology;
	const char *kind;   /* "network", "router": for messages */
	const char *object; /* its name: comments are "TOPOLOGY/OBJECT" */
	struct netd_ruleset out;
	struct netd_error *err;
};

/* Each returns 0, or -ENOMEM with a problem.  @first and @second are interfaces' names;
 * @second NULL: the key is one name.  NETD_CHAIN_NONE: an element of a set. */
int netd_build_names(struct netd_builder *b, enum netd_map map, const char *first,
		     const char *second, uint8_t chain);
/* The link's entry in `bridges`, whose comment names the services. */
int netd_build_bridge(struct netd_builder *b, const char *link, unsigned services);

/* What comes to the bridge's own MAC jumps to the chain shut-off. */
int netd_build_shut(struct netd_builder *b, const char *bridge,
		    const struct netd_mac *mac);

/* The link serves its guests that (enum netd_service_bit); 0: nothing to do. */
int netd_build_admit(struct netd_builder *b, const char *link, unsigned services);

/*
 * Source NAT: the key jumps to the plain masquerade, or to the chain @own with what
 * @nat says.  netd_build_source_chain() adds that chain if @nat needs it: once.
 */
int netd_build_source(struct netd_builder *b, enum netd_map map, const char *first,
		      const char *second, const struct netd_nat *nat, const char *own);
int netd_build_source_chain(struct netd_builder *b, const struct netd_nat *nat,
			    const char *own);

/* One element for each port of each protocol.  -EINVAL: the target is of the other IP
 * version. */
int netd_build_forward(struct netd_builder *b, const struct netd_forward *f);

/*
 * Sorts, refuses a slot that is wanted twice (-EEXIST), and moves what was built to
 * @out; if @result or that is an error, frees it all.
 */
int netd_build_finish(struct netd_builder *b, int result, struct netd_ruleset *out);

#endif
