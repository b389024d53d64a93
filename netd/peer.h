/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket in the state directory, and its clients: D-Bus without a bus. */
#ifndef NETD_DAEMON_PEER_H
#define NETD_DAEMON_PEER_H

#include <systemd/sd-bus.h>

#include "daemon.h"

struct peers;

/*
 * Listens on STATE/bus.  -EADDRINUSE, after a line in the log: another netd does.
 */
int peers_new(struct daemon *daemon, struct peers **out);
/* Calls @send with each connection that reads what it gets. */
void peers_each(struct peers *peers, void (*send)(sd_bus *bus, const void *data),
		const void *data);
/* Closes all connections and takes the socket away; returns NULL. */
struct peers *peers_free(struct peers *peers);

#endif
