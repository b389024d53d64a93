/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings (/proc/sys/net/…/conf/LINK) of an uplink and of its bridge. */
#ifndef NETD_UPLINK_UPLINK_SETTINGS_H
#define NETD_UPLINK_UPLINK_SETTINGS_H

#include "store/uplink_file.h"
#include "model/claims.h"

/* Each returns 0, or a negative errno with a problem in @err. */

/* Reads all numbers below conf/@link of both families into @c, as the NIC's. */
int netd_capture_read_settings(struct netd_capture *c, const char *link,
			       struct netd_error *err);

/*
 * Settings that only @topology had changed on the NIC (forwarding) get their previous
 * values in @c: an uplink does not need them, and what its bridge needs is claimed there.
 */
void netd_capture_disown_settings(struct netd_capture *c,
				  const struct netd_claims *claims, const char *topology);

/* Gives @link all the settings that @c has of the NIC, but for the four below. */
int netd_capture_copy_settings(const struct netd_capture *c, const char *link,
			       struct netd_error *err);

/*
 * Prepares @link for the move: its reverse path filter accepts packets that come in by
 * one link while the route back leads by the other, and the kernel makes no IPv6 address
 * for it, and no temporary one.
 */
int netd_capture_loosen(const struct netd_capture *c, const char *link,
			struct netd_error *err);
/* Undoes that: as the NIC was. */
int netd_capture_tighten(const struct netd_capture *c, const char *link,
			 struct netd_error *err);

/* True if the kernel makes the NIC's addresses of a secret (addr_gen_mode 2 and 3). */
bool netd_capture_is_stable(const struct netd_capture *c);
/* True if the kernel learns routes by router advertisement on such a link. */
bool netd_capture_learns(const struct netd_capture *c);
/* The metric of those that are default routes. */
uint32_t netd_capture_learned_metric(const struct netd_capture *c);

/* True if the NIC had IPv6, or gets it as any new link does. */
bool netd_capture_ipv6(const struct netd_capture *c);
/* Switches IPv6 of @link; nothing on a kernel without it. */
int netd_capture_switch_ipv6(const char *link, bool on, struct netd_error *err);

#endif
