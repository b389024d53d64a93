// SPDX-License-Identifier: GPL-2.0-or-later
/* What a bus itself answers, so that busctl(1) and gdbus(1) work on the socket. */
#include "local.h"

#include "daemon.h"

/* Every client of a bus begins with that; its name means nothing here. */
static int on_hello(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "s", ":1.1");
}

/* All signals go to every client, whatever it asks for. */
static int on_match(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "");
}

static int on_owner(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "s", BUS_NAME);
}

static int on_names(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "as", 2, "org.freedesktop.DBus", BUS_NAME);
}

static int on_activatable(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "as", 0);
}

static int on_has_owner(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "b", 1);
}

/* It runs already: 2, as the specification has it. */
static int on_start(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_bus_reply_method_return(m, "u", 2U);
}

static const sd_bus_vtable methods[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Hello", "", "s", on_hello, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("AddMatch", "s", "", on_match, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("RemoveMatch", "s", "", on_match, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("GetNameOwner", "s", "s", on_owner, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("ListNames", "", "as", on_names, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("ListActivatableNames", "", "as", on_activatable,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("NameHasOwner", "s", "b", on_has_owner, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StartServiceByName", "su", "u", on_start,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

int local_add(sd_bus *bus)
{
	return sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/DBus",
					"org.freedesktop.DBus", methods, NULL);
}
