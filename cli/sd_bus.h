/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netdctl calls of libsystemd, which is loaded if there is a daemon to ask. */
#ifndef NETD_CLI_SD_BUS_H
#define NETD_CLI_SD_BUS_H

#include <systemd/sd-bus.h>

#define SD_BUS_CALLS(CALL)                                       \
	CALL(sd_bus_call_async)                                  \
	CALL(sd_bus_call_method)                                 \
	CALL(sd_bus_close_unref)                                 \
	CALL(sd_bus_message_append)                              \
	CALL(sd_bus_message_close_container)                     \
	CALL(sd_bus_message_enter_container)                     \
	CALL(sd_bus_message_exit_container)                      \
	CALL(sd_bus_message_get_error)                           \
	CALL(sd_bus_message_get_signature)                       \
	CALL(sd_bus_message_new_method_call)                     \
	CALL(sd_bus_message_open_container)                      \
	CALL(sd_bus_message_peek_type)                           \
	CALL(sd_bus_message_read)                                \
	CALL(sd_bus_message_ref)                                 \
	CALL(sd_bus_message_set_allow_interactive_authorization) \
	CALL(sd_bus_message_skip)                                \
	CALL(sd_bus_message_unref)                               \
	CALL(sd_bus_new)                                         \
	CALL(sd_bus_open_system)                                 \
	CALL(sd_bus_process)                                     \
	CALL(sd_bus_set_fd)                                      \
	CALL(sd_bus_start)                                       \
	CALL(sd_bus_wait)

struct sd_bus_calls {
#define CALL(name) typeof(name) *name;
	SD_BUS_CALLS(CALL)
#undef CALL
};

/* NULL: libsystemd is not installed. */
const struct sd_bus_calls *sd_bus_load(void);

#endif
