// SPDX-License-Identifier: GPL-2.0-or-later
/* What netd does by itself, as signals to all who listen. */
/*
 * Theory of operation.  The system bus hands a signal on to those who asked for it.  By
 * the socket there is nobody between: each client gets one, unless it does not read what
 * it has got already.
 */
#include "announce.h"

#include <systemd/sd-bus.h>

#include "peer.h"
#include "system_bus.h"

const struct announce_row announce_rows[] = {
	{"Repaired", "suss", "topology\0changes\0what\0after\0"},
	{"GivenUp", "ss", "topology\0after\0"},
	{0},
};

struct announcement {
	const char *topology, *what, *who;
	size_t changes;
};

static void send_repaired(sd_bus *bus, const void *data)
{
	const struct announcement *a = data;

	sd_bus_emit_signal(bus, BUS_PATH, BUS_NAME ".Manager", "Repaired", "suss",
			   a->topology, (uint32_t)a->changes, a->what, a->who);
}

static void send_given_up(sd_bus *bus, const void *data)
{
	const struct announcement *a = data;

	sd_bus_emit_signal(bus, BUS_PATH, BUS_NAME ".Manager", "GivenUp", "ss",
			   a->topology, a->who);
}

static void send_to_all(const struct daemon *d, void (*send)(sd_bus *, const void *),
			const struct announcement *a)
{
	peers_each(d->peers, send, a);
	if (d->system)
		system_bus_each(d->system, send, a);
}

void announce_repaired(const struct daemon *d, const char *topology, size_t changes,
		       const char *what, const char *who)
{
	const struct announcement a = {topology, what, who, changes};

	send_to_all(d, send_repaired, &a);
}

void announce_given_up(const struct daemon *d, const char *topology, const char *who)
{
	const struct announcement a = {.topology = topology, .who = who};

	send_to_all(d, send_given_up, &a);
}
