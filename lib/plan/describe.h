/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an op is about, in words; each is netd_op_row.describe of the ops that it fits. */
#ifndef NETD_PLAN_DESCRIBE_H
#define NETD_PLAN_DESCRIBE_H

#include "plan/plan.h"

/* A link that is made, with what it is made with. */
void netd_describe_create(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out);
/* A link, and those of its fields that the op sets. */
void netd_describe_link(const struct netd_op *op, const struct netd_plan *plan,
			struct netd_str *out);
/* "net/PATH = VALUE"; … as before. */
void netd_describe_sysctl(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out);
void netd_describe_restore(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out);
void netd_describe_address(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out);
/* A NIC joins its bridge, or leaves it. */
void netd_describe_move(const struct netd_op *op, const struct netd_plan *plan,
			struct netd_str *out);
void netd_describe_return(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out);
void netd_describe_route(const struct netd_op *op, const struct netd_plan *plan,
			 struct netd_str *out);
void netd_describe_firewall(const struct netd_op *op, const struct netd_plan *plan,
			    struct netd_str *out);
void netd_describe_service(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out);

#endif
