/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of netd_topology_check(), and the list of problems that they fill. */
#ifndef NETD_MODEL_CHECK_H
#define NETD_MODEL_CHECK_H

#include "model/topology.h"

/* No more problems than these are told of one file. */
#define NETD_PROBLEMS_MAX 100

/* A prefix test is paid for every machine and every forward. */
#define NETD_ADDRESSES_MAX 64

/* net/bridge/br_private.h BR_MAX_PORTS less port number 0. */
#define NETD_PORTS_MAX 1023

/*
 * Each part adds what it finds to @err (never NULL) and returns 0, or -ENOMEM if it could
 * not look.  They assume that netd_check_names() has run, which fills in defaults.
 */
int netd_check_names(struct netd_topology *t, struct netd_error *err);
int netd_check_links(struct netd_topology *t, struct netd_error *err);
int netd_check_networks(struct netd_topology *t, struct netd_error *err);
int netd_check_subnets(struct netd_topology *t, struct netd_error *err);
int netd_check_machines(struct netd_topology *t, struct netd_error *err);
int netd_check_forwards(struct netd_topology *t, struct netd_error *err);
int netd_check_listens(struct netd_topology *t, struct netd_error *err);

/* True if @err is full: what is costly to find out for one more need not be. */
bool netd_problems_enough(const struct netd_error *err);

/* Sorts by place, and closes a list that is too long with a word about it. */
void netd_problems_finish(struct netd_error *err);

/* Orders places as they stand in the file. */
int netd_place_compare(const struct netd_place *a, const struct netd_place *b);

#define NETD_LINE_TEXT 24
/* " (line N)", or "" if @place is nowhere; written into @out and returned. */
const char *netd_place_line(const struct netd_place *place, char out[NETD_LINE_TEXT]);

/* Why no host can have the address ("is a multicast address", …), or NULL. */
const char *netd_check_host_address(const struct netd_addr *a);

/* Why no host of the subnet @p can have the address @a, or NULL. */
const char *netd_check_subnet_address(const struct netd_prefix *p,
				      const struct netd_addr *a);

/* The network's address whose subnet holds @a, or NULL. */
const struct netd_prefix *netd_check_subnet(const struct netd_network *n,
					    const struct netd_addr *a);

/* Why nothing can have the MAC, or NULL. */
const char *netd_check_mac(const struct netd_mac *m);

#endif
