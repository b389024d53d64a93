// SPDX-License-Identifier: GPL-2.0-or-later
/* Setters of what a caller wants of every change of a context. */
#include "host/context.h"
#include "netd.h"

void netd_set_keep_processes(struct netd *netd, bool keep)
{
	netd->caller.keep_processes = keep;
}

void netd_set_recovered(struct netd *netd,
			void (*notice)(const char *name, enum netd_outcome outcome,
				       void *data),
			void *data)
{
	netd->caller.recovered = notice;
	netd->caller.recovered_data = data;
}

void netd_set_forewarned(struct netd *netd,
			 void (*notice)(const struct netd_plan *notes, void *data),
			 void *data)
{
	netd->caller.forewarned = notice;
	netd->caller.forewarned_data = data;
}

void netd_set_watchdog(struct netd *netd, const char *program)
{
	netd->watchdog = program;
}
