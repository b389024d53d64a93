/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change asks of the host, and does to it. */
#ifndef NETD_HOST_OPS_H
#define NETD_HOST_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netd;
struct netd_addr;
struct netd_claims;
struct netd_element;
struct netd_error;
struct netd_facts;
struct netd_forward;
struct netd_link;
struct netd_neighbour;
struct netd_plan;
struct netd_ruleset_delta;
struct netd_run;
struct netd_scope;
struct netd_state;
struct netd_topology;
struct netd_view;

/*
 * Theory of operation.  Changes and rollbacks reach the host by these functions only, so
 * the kernel can be replaced: netd_new() uses the functions of lib/api/kernel.c;
 * tests/unit/fake_host.c keeps a struct netd_state in memory instead.  Both use the state
 * directory in the same way.
 *
 * Each returns 0 or a negative errno with a problem, unless it says otherwise.
 */
struct netd_host_ops {
	/* Opens the sockets to the host. */
	int (*connect)(struct netd *netd, struct netd_error *err);
	void (*disconnect)(struct netd *netd);
	/* host/home.h */
	int (*check_home)(struct netd *netd, bool write, struct netd_error *err);

	/* observe/observe.h */
	int (*observe)(struct netd *netd, unsigned parts, struct netd_scope *scope,
		       struct netd_state *out, struct netd_error *err);
	int (*observe_facts)(struct netd_state *observed, struct netd_facts *facts,
			     struct netd_error *err);
	int (*observe_listeners)(struct netd_state *observed,
				 const struct netd_facts *facts, struct netd_error *err);
	int (*observe_sysctls)(struct netd *netd, struct netd_state *observed,
			       const struct netd_desired *desired,
			       const struct netd_claims *claims, struct netd_error *err);
	int (*observe_foreign)(struct netd *netd, const struct netd_desired *desired,
			       struct netd_state *observed, struct netd_error *err);
	/* Only the links of the host's own namespace. */
	int (*observe_links)(struct netd *netd, struct netd_state *out,
			     struct netd_error *err);
	/* The neighbours on that link of that namespace, to be freed; none and no problem
	 * if there is no such link. */
	int (*observe_neighbours)(struct netd *netd, const char *space, const char *link,
				  struct netd_neighbour **out, size_t *count);
	/* How often somebody committed to nf_tables in that namespace; no problem. */
	int (*firewall_generation)(struct netd *netd, const char *space, uint32_t *out);
	/* Refuses what this host cannot do: namespaces, services and uplinks that are
	 * missing or taken.  Adds to the notes of @v's plan. */
	int (*check)(struct netd *netd, const struct netd_topology *t,
		     struct netd_view *v, struct netd_error *err);

	/* Runs the ops of a run, which are of one kind: engine/run.h. */
	int (*run)(const struct netd_run *run);
	/* engine/run_uplinks.h */
	int (*capture)(struct netd *netd, const char *topology,
		       const struct netd_claims *claims, const struct netd_plan *plan,
		       const struct netd_state *observed, struct netd_error *err);
	/* The index of that link of the host's, or -ENODEV; no problem. */
	int (*ifindex)(struct netd *netd, const char *name);
	/* Puts @link into the bridge of that index; no problem. */
	int (*plug)(struct netd *netd, const struct netd_link *link, int master);

	/* The gateway of the default route; *@out stays as it is if there is none. */
	int (*find_gateway)(struct netd *netd, struct netd_addr *out,
			    struct netd_error *err);
	/* 0 if @who answers one of @tries echo requests; no problem. */
	int (*echo)(struct netd *netd, const struct netd_addr *who, unsigned tries);
	/* By which address the host speaks to @to; no problem. */
	int (*find_source)(struct netd *netd, const struct netd_addr *to,
			   struct netd_addr *out);
	/* trial/watchdog.h */
	int (*start_watchdog)(struct netd *netd, int *leash, struct netd_error *err);
	bool (*watchdog_lives)(const struct netd *netd);

	/* True if @f is for a port of the host's own that is free, and nobody else
	 * filters what passes. */
	bool (*forward_is_plain)(struct netd *netd, const struct netd_forward *f);
	/* ruleset/commit.h; no problem. */
	int (*add_elements)(struct netd *netd, const struct netd_element *e, size_t n);
	void (*delete_elements)(struct netd *netd, const struct netd_element *e,
				size_t n);
	/* Ends the connections that the elements of @d outdate. */
	void (*forget_flows)(struct netd *netd, const struct netd_ruleset_delta *d);

	/* Removes the files of services that do not run any more. */
	void (*sweep)(struct netd *netd);
	/* Removes what a killed change had begun to write for the spaces of @host. */
	void (*tidy)(const struct netd_state *host);
};

#endif
