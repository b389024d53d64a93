/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ops of one kind that are run together, and the row that says how. */
#ifndef NETD_ENGINE_RUN_H
#define NETD_ENGINE_RUN_H

#include "host/context.h"
#include "plan/plan.h"

struct nl_msg;

struct netd_run_link {
	char name[NETD_IFNAME];
	int index; /* or -errno */
};

struct netd_run {
	struct netd *netd;
	const struct netd_topology *t;
	const struct netd_plan *plan;
	const struct netd_state *observed;
	const struct netd_desired *desired; /* the host's */
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
const struct netd_desired *netd_run_desired(const struct netd_run *run,
					    const struct netd_op *op);

/* Adds the problem of one failed op, in the kernel's words and ours; returns @code. */
int netd_run_failed(const struct netd_run *run, const struct netd_op *op, int code,
		    const char *kernel);

/* What the engine knows of an op, beside its row in plan/op.h. */
struct netd_op_run {
	/* Runs all ops of a run, which are of one kind … */
	int (*run)(const struct netd_run *run);
	/* … by this message for each, where that is netd_run_netlink(); *@out stays NULL
	 * if there is nothing to send. */
	int (*message)(const struct netd_run *run, const struct netd_op *op,
		       struct nl_msg **out);
	bool across;	 /* … and of all namespaces, else of one */
	int fine;	 /* the failure, -errno, that means that it is done already */
	bool needs_room; /* writes files of services: room for them is reserved */
	/* True if it lets packets in or through; NULL: it does not. */
	bool (*opens)(const struct netd_op *op);
	/* True if @op, of the same namespace, needs what @failed was to do; NULL: if it
	 * is about the same link or a port of that. */
	bool (*holds_up)(const struct netd_op *failed, const struct netd_op *op);
};
extern const struct netd_op_run netd_op_runs[NETD_OP_COUNT];

/* True if @op needs what @failed was to do. */
bool netd_op_holds_up(const struct netd_op *failed, const struct netd_op *op);

/* Runs them against the kernel. */
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
int netd_run_stops(const struct netd_run *run);
int netd_run_starts(const struct netd_run *run);
int netd_run_reloads(const struct netd_run *run);
/* The host's. */
int netd_run_plugs(const struct netd_run *run);
int netd_run_moves(const struct netd_run *run);
int netd_run_returns(const struct netd_run *run);

/* The messages of netd_run_netlink(). */
int netd_message_create_link(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out);
int netd_message_set_link(const struct netd_run *run, const struct netd_op *op,
			  struct nl_msg **out);
int netd_message_delete_link(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out);
int netd_message_add_address(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out);
int netd_message_delete_address(const struct netd_run *run, const struct netd_op *op,
				struct nl_msg **out);
int netd_message_add_route(const struct netd_run *run, const struct netd_op *op,
			   struct nl_msg **out);
int netd_message_delete_route(const struct netd_run *run, const struct netd_op *op,
			      struct nl_msg **out);

#endif
