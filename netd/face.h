/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls as D-Bus has them, for the socket and the system bus alike. */
#ifndef NETD_DAEMON_FACE_H
#define NETD_DAEMON_FACE_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "call.h"
#include "daemon.h"

/* Where calls come from: a client of the socket, or the system bus with all of its own.
 */
struct origin {
	struct daemon *daemon;
	bool peer;
	uid_t uid; /* of a peer, as the kernel says */
	unsigned refs, pending;
};

/* NULL: no memory. */
struct origin *origin_new(struct daemon *daemon);
struct origin *origin_unref(struct origin *origin);

/* What becomes of a call, by who makes it: access.h. */
enum verdict {
	VERDICT_YES,
	VERDICT_NO,
	VERDICT_PASSWORD, /* polkit would allow it to who proves to be an administrator */
	VERDICT_NO_POLKIT, /* nobody could be asked, so root alone may */
	VERDICT_PEER,	   /* the socket is for root */
	VERDICT_GONE,	   /* whoever asked is not there any more */
};

/* A call that came by D-Bus, until it is answered. */
struct question {
	struct job job;
	struct call call;
	sd_bus_message *message;
	struct origin *origin;
	uid_t uid;	   /* who asks, when access_check() has decided */
	sd_bus_slot *slot; /* of what polkit, or the bus, is asked */
	void (*decided)(struct question *q, enum verdict verdict);
};

/*
 * Starts @bus, with the calls on it; @origin, which is to outlive it, is where they come
 * from.  @gone is told, with @data, when the connection has ended.
 */
int face_start(sd_bus *bus, struct origin *origin, sd_bus_message_handler_t gone,
	       void *data);

#endif
