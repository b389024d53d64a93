/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the caller of the library wants of a change, and how it is told. */
#ifndef NETD_HOST_CALLER_H
#define NETD_HOST_CALLER_H

#include "netd-types.h"

/* lib/api hands it down; netd_set_…() fill it. */
struct netd_caller {
	bool keep_processes; /* of namespaces that are deleted */
	void (*recovered)(const char *name, enum netd_outcome outcome,
			  void *data); /* may be NULL */
	void *recovered_data;
	void (*forewarned)(const struct netd_plan *notes, void *data); /* may be NULL */
	void *forewarned_data;
};

#endif
