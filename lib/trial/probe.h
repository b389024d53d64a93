/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address that must answer after a change, or the change is taken back. */
#ifndef NETD_TRIAL_PROBE_H
#define NETD_TRIAL_PROBE_H

#include "host/context.h"
#include "base/addr.h"

/*
 * @text: an address, "none", or NULL: the gateway of the default route, if there is one
 * and it answers now.  out->family 0: nobody.  -EINVAL.
 */
int netd_probe_choose(struct netd *netd, const char *text, struct netd_addr *out,
		      struct netd_error *err);

/* 0 if it answers within about five seconds; else -EHOSTUNREACH with a problem. */
int netd_probe_check(struct netd *netd, const struct netd_addr *who,
		     struct netd_error *err);

/* What the two are made of, as the kernel has it: host/ops.h. */
int netd_probe_gateway(struct netd *netd, struct netd_addr *out, struct netd_error *err);
int netd_probe_echo(struct netd *netd, const struct netd_addr *who, unsigned tries);

#endif
