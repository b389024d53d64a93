/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions, for those who keep them within a change. */
#ifndef NETD_TRIAL_DEFINITION_H
#define NETD_TRIAL_DEFINITION_H

#include "host/context.h"

/* As netd_definition_save(), also while something is on trial. */
int netd_definition_write(struct netd *netd, const struct netd_topology *t,
			  struct netd_error *err);

/* Public: these are in netd.h too. */
NETD_PUBLIC int netd_definition_load(struct netd *netd, const char *name,
				     struct netd_topology **out, struct netd_error *err);
NETD_PUBLIC int netd_definition_save(struct netd *netd, const struct netd_topology *t,
				     struct netd_error *err);
NETD_PUBLIC int netd_definition_names(struct netd *netd, char ***out,
				      struct netd_error *err);

#endif
