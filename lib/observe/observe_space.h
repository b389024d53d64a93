/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the namespaces of routers and hosts have now. */
#ifndef NETD_OBSERVE_OBSERVE_SPACE_H
#define NETD_OBSERVE_OBSERVE_SPACE_H

#include "observe/observe.h"

/* Fills host->spaces with those of @scope that are there in any form. */
int netd_observe_spaces(struct netd *netd, struct netd_scope *scope,
			struct netd_state *host, struct netd_error *err);

#endif
