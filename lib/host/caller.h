/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What whoever calls wants of a change, and is told of it. */
#ifndef NETD_HOST_CALLER_H
#define NETD_HOST_CALLER_H

#include "netd.h"

/* Handed down from api/, which has it from netd_set_…(). */
struct netd_caller {
	bool keep_processes; /* of namespaces that are deleted */
	void (*recovered)(const char *name, enum netd_outcome outcome,
			  void *data); /* may be NULL */
	void *recovered_data;
	void (*forewarned)(const struct netd_plan *notes, void *data); /* may be NULL */
	void *forewarned_data;
};

#endif
