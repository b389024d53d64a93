/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of DHCP and DNS servers: what they serve, and whether they run. */
#ifndef NETD_SHOW_SHOW_SERVICES_H
#define NETD_SHOW_SHOW_SERVICES_H

#include "show/show.h"

#define NETD_SERVICE_COLUMNS 9
extern const struct netd_column netd_service_columns[NETD_SERVICE_COLUMNS];
/* scene->network: only those of that network. */
void netd_show_services(const struct netd_scene *scene, struct netd_table *table);

#endif
