/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's parts, which last from its start to its end. */
#ifndef NETD_DAEMON_H
#define NETD_DAEMON_H

#include <systemd/sd-event.h>

struct daemon {
	const char *state_dir, *config_dir; /* NULL: the usual ones */
	sd_event *event;
	struct work *work;
	struct peers *peers;	   /* the socket and its clients */
	struct system_bus *system; /* NULL: not for this state directory */
	struct reconcile *reconcile;
	struct monitor *monitor;
};

#define USUAL_STATE_DIR "/run/netd"
#define BUS_NAME "org.netd1"
#define BUS_PATH "/org/netd1"

#endif
