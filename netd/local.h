/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bus itself answers, so that busctl(1) and gdbus(1) work on the socket. */
#ifndef NETD_DAEMON_LOCAL_H
#define NETD_DAEMON_LOCAL_H

#include <systemd/sd-bus.h>

int local_add(sd_bus *bus);

#endif
