/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as text or JSON. */
#ifndef NETD_SHOW_PLAN_H
#define NETD_SHOW_PLAN_H

#include "plan/plan.h"

/*
 * One line per op, "+ bridge mybr0 …", and below the firewall's one for each entry that
 * comes or goes.  @color: green, yellow, red by sign.
 */
void netd_render_plan(const struct netd_plan *plan, bool color, struct netd_str *out);
/* One op: "~ bridge mybr0 mtu 1500 (now mtu 9000; NetworkManager manages it)". */
void netd_render_op(const struct netd_plan *plan, size_t i, struct netd_str *out);
/* An array of {"action", "kind", "text", "now", "by" …} objects. */
void netd_render_plan_json(const struct netd_plan *plan, struct netd_str *out);

#endif
