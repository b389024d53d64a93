// SPDX-License-Identifier: GPL-2.0-or-later
/* The system bus, where there is one: now, later, and again when it was restarted. */
/*
 * Theory of operation.  sd-bus watches for the bus's socket (sd_bus_set_watch_bind()), so
 * a host without a bus costs nothing, and a bus that starts after netd is found.  When
 * the connection ends, as it does when the bus is restarted, netd makes a new one a
 * second later: without one nobody could reach it, though systemd sees it running.
 */
#include "system_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "face.h"
#include "log.h"

#define ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define PAUSE_USEC UINT64_C(1000000)

struct system_bus {
	struct daemon *daemon;
	struct origin *origin;
	sd_bus *bus;
	sd_event_source *again;
};

static void disconnect(struct system_bus *s)
{
	if (!s->bus)
		return;
	sd_bus_detach_event(s->bus);
	sd_bus_close(s->bus);
	s->bus = sd_bus_unref(s->bus);
}

static int on_name(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);
	uint32_t reply = 0;

	(void)data;
	(void)error;
	if (e)
		log_line(LOG_ERR, NULL,
			 "the system bus does not give netd the name %s: %s", BUS_NAME,
			 e->message);
	else if (sd_bus_message_read(m, "u", &reply) >= 0 && reply != 1)
		log_line(LOG_ERR, NULL,
			 "another program has the name %s on the system bus", BUS_NAME);
	else
		log_line(LOG_INFO, NULL, "%s is on the system bus", BUS_NAME);
	return 0;
}

/* The connection is ended by the timer, not from within its own callback. */
static int on_gone(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct system_bus *s = data;
	uint64_t now;

	(void)m;
	(void)error;
	log_line(LOG_NOTICE, NULL, "the connection to the system bus ended");
	sd_event_now(s->daemon->event, CLOCK_MONOTONIC, &now);
	sd_event_source_set_time(s->again, now + PAUSE_USEC);
	sd_event_source_set_enabled(s->again, SD_EVENT_ONESHOT);
	return 0;
}

static int start(struct system_bus *s)
{
	const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
	int r = sd_bus_new(&s->bus);

	if (r < 0)
		return r;
	if (!address)
		address = ADDRESS;
	r = sd_bus_set_address(s->bus, address);
	if (r < 0)
		return r;
	sd_bus_set_bus_client(s->bus, 1);
	sd_bus_set_watch_bind(s->bus, 1);
	r = face_start(s->bus, s->origin, on_gone, s);
	if (r < 0)
		return r;
	return sd_bus_request_name_async(s->bus, NULL, BUS_NAME, 0, on_name, s);
}

/* netd works without it. */
static void connect_bus(struct system_bus *s)
{
	int r = start(s);

	if (r >= 0)
		return;
	log_line(LOG_WARNING, NULL, "cannot use the system bus: %s", strerror(-r));
	disconnect(s);
}

static int on_again(sd_event_source *source, uint64_t usec, void *data)
{
	struct system_bus *s = data;

	(void)source;
	(void)usec;
	disconnect(s);
	connect_bus(s);
	return 0;
}

int system_bus_new(struct daemon *daemon, struct system_bus **out)
{
	struct system_bus *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->daemon = daemon;
	s->origin = origin_new(daemon);
	r = sd_event_add_time(daemon->event, &s->again, CLOCK_MONOTONIC, 0,
			      PAUSE_USEC / 10, on_again, s);
	if (!s->origin || r < 0) {
		system_bus_free(s);
		return -ENOMEM;
	}
	sd_event_source_set_enabled(s->again, SD_EVENT_OFF);
	connect_bus(s);
	*out = s;
	return 0;
}

void system_bus_each(struct system_bus *s, void (*send)(sd_bus *bus, const void *data),
		     const void *data)
{
	if (s->bus && sd_bus_is_ready(s->bus) > 0)
		send(s->bus, data);
}

struct system_bus *system_bus_free(struct system_bus *s)
{
	if (!s)
		return NULL;
	disconnect(s);
	sd_event_source_disable_unref(s->again);
	origin_unref(s->origin);
	free(s);
	return NULL;
}
