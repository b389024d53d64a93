/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes about other programs' chains that drop what a network needs.  Pure. */
#ifndef NETD_ADVISE_OBSTACLES_H
#define NETD_ADVISE_OBSTACLES_H

struct netd_error;
struct netd_facts;
struct netd_desired;
struct netd_topology;

/*
 * Adds a note (code 0), with commands that help as its hint, for each chain, on the host
 * or in a router of @t, that is certain to drop something of a network of @t or of an
 * interface of that router: of @facts->observed and its spaces it takes what
 * netd_firewall_read_foreign() found, and links, addresses and routes.  -ENOMEM.
 */
int netd_obstacles_note(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *notes);

#endif
