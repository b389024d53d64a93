/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether iptables-legacy, which nf_tables does not show, may drop what passes. */
#ifndef NETD_FIREWALL_LEGACY_H
#define NETD_FIREWALL_LEGACY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * True if this thread's network namespace has its table `filter` of @family (AF_INET,
 * AF_INET6), and in that a rule at the forward hook or a policy of drop.  What these
 * rules say is not looked at.
 */
bool netd_firewall_has_legacy(uint8_t family);

#endif
