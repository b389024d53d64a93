/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ops of one kind that are run together, and who runs which kind. */
#ifndef NETD_ENGINE_RUN_H
#define NETD_ENGINE_RUN_H

#include "host/context.h"
#include "plan/plan.h"

struct netd_run_link {
	char name[NETD_IFNAME];
	int index; /* or -errno */
};

struct netd_run {
	struct netd *netd;
	const struct netd_topology *t;
	const struct netd_plan *plan;
	const struct netd_state *observed, *desired; /* the host's */
	const struct netd_op *ops;
	size_t count;
	bool keep_processes; /* of namespaces that are deleted */
	struct netd_error *notes, *err;
	struct netd_run_link
		*last; /* the link that was looked up last; only as long as the run */
};

/* The states of the namespace of @op; NULL if there is none. */
const struct netd_state *netd_run_observed(const struct netd_run *run,
					   const struct netd_op *op);
const struct netd_state *netd_run_desired(const struct netd_run *run,
					  const struct netd_op *op);

/* Adds the problem of one failed op, in the kernel's words and ours; returns @code. */
int netd_run_failed(const struct netd_run *run, const struct netd_op *op, int code,
		    const char *kernel);

/* Runs them against the kernel, by the one of the following that their kind has. */
int netd_run_ops(const struct netd_run *run);

/* Each runs all ops of a run; these have ops of one namespace. */
int netd_run_netlink(const struct netd_run *run);
int netd_run_deletes(const struct netd_run *run);
int netd_run_raise_mtu(const struct netd_run *run);
int netd_run_firewall(const struct netd_run *run);
/* These have those of all. */
int netd_run_sysctls(const struct netd_run *run);
int netd_run_create_spaces(const struct netd_run *run);
int netd_run_delete_spaces(const struct netd_run *run);
int netd_run_resolv(const struct netd_run *run);
int netd_run_services(const struct netd_run *run);
/* The host's. */
int netd_run_plugs(const struct netd_run *run);
int netd_run_uplinks(const struct netd_run *run);

#endif
