/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether iptables-legacy, which nf_tables does not show, may drop packets. */
#ifndef NETD_FOREIGN_LEGACY_H
#define NETD_FOREIGN_LEGACY_H

#include <stdint.h>

/*
 * Of this thread's network namespace: at which of the hooks input, forward and output, as
 * bits by NF_INET_*, table `filter` of @family (AF_INET, AF_INET6) has a rule or a policy
 * of drop.  What these rules say is not looked at.  0: at none, or there is no table.
 */
unsigned netd_firewall_legacy_hooks(uint8_t family);

#endif
