/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines for the journal, or for standard error where there is none. */
#ifndef NETD_DAEMON_LOG_H
#define NETD_DAEMON_LOG_H

#include <syslog.h>

/*
 * One line, of priority LOG_ERR, LOG_WARNING, LOG_NOTICE or LOG_INFO (syslog.h).
 * @topology, which may be NULL, is what it is about: the field NETD_TOPOLOGY.
 */
void log_line(int priority, const char *topology, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
