/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system bus, where there is one: now, later, and again when it was restarted. */
#ifndef NETD_DAEMON_SYSTEM_BUS_H
#define NETD_DAEMON_SYSTEM_BUS_H

#include <systemd/sd-bus.h>

#include "daemon.h"

struct system_bus;

int system_bus_new(struct daemon *daemon, struct system_bus **out);
/* Calls @send with the connection, if there is one. */
void system_bus_each(struct system_bus *system,
		     void (*send)(sd_bus *bus, const void *data), const void *data);
struct system_bus *system_bus_free(struct system_bus *system);

#endif
