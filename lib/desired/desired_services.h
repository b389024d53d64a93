/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which dnsmasq a topology asks for: one for each link that it serves. */
#ifndef NETD_DESIRED_DESIRED_SERVICES_H
#define NETD_DESIRED_DESIRED_SERVICES_H

#include "model/facts.h"

/*
 * Adds the services of networks to @out and those of routers to its spaces, which are
 * there already; without dnsmasq, not those that say `required: false`.  -ENOMEM, or
 * -EINVAL with a problem if a value cannot be told to dnsmasq.
 */
int netd_desired_services(const struct netd_topology *t, const struct netd_facts *facts,
			  struct netd_desired *out, struct netd_error *err);

/* -EINVAL with a problem if one is asked for that cannot be left out, and there is no
 * dnsmasq. */
int netd_desired_services_check(const struct netd_topology *t,
				const struct netd_facts *facts, struct netd_error *err);

/* What is left out because dnsmasq is not installed: a note each. */
void netd_desired_services_note(const struct netd_topology *t,
				const struct netd_facts *facts, struct netd_error *notes);

#endif
