/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of one network or node, in the file's words, over what it has. */
#ifndef NETD_EDIT_SETTINGS_H
#define NETD_EDIT_SETTINGS_H

struct netd_error;
struct netd_network;
struct netd_node;
struct netd_topology;

/*
 * Reads @settings, a mapping as it stands below a network's name ("{mode: nat, mtu:
 * 9000}"), into @n, a network of @t, and checks all of @t.  What the mapping does not
 * name stays; addresses are replaced, machines, forwards and ports added.  Problems point
 * into @settings, which becomes the text of @t (all older places are forgotten).
 */
int netd_config_edit(struct netd_topology *t, struct netd_network *n,
		     const char *settings, struct netd_error *err);

/* The same for a router or host, whose kind is set. */
int netd_config_edit_node(struct netd_topology *t, struct netd_node *n,
			  const char *settings, struct netd_error *err);

/* Reads @settings into the zeroed @n alone, without any check that needs a topology. */
int netd_config_read_network(const char *settings, struct netd_network *n,
			     struct netd_error *err);

#endif
