/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnetd: networks for virtual machines and labs. */
#ifndef NETD_H
#define NETD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netd-types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Two tiers.  The topology calls take what a file describes and make the host so, as one
 * transaction.  The primitives do one thing to one object, at once and for good.
 *
 * Every call that can fail returns 0 or a negative errno, takes a struct netd_error as
 * its last parameter (NULL is allowed) and has put at least one problem there when it
 * fails. Outputs are written only on success.  Nothing is printed, and the process never
 * ends. A context may be used by one thread at a time; it works on the network namespace
 * of the thread that first uses it.
 */
/*
 * Errors: a list of problems, each with what failed, where, why and what to do.
 */
NETD_PUBLIC struct netd_error *netd_error_new(void);
/* Frees @err with its problems; returns NULL.  NULL is fine. */
NETD_PUBLIC struct netd_error *netd_error_free(struct netd_error *err);
/* Forgets all problems, for the next call; NULL is fine. */
NETD_PUBLIC void netd_error_clear(struct netd_error *err);
/*
 * Problem number @i, from 0: the text says what failed; the hint what to do, @kernel is
 * the kernel's own words, @file what @line and @column (from 1) point into.  NULL or 0:
 * there is none.  The strings live as long as the problem.
 */
struct netd_problem_info {
	int code; /* -errno */
	const char *text, *hint, *kernel, *file;
	unsigned line, column;
};
/* How many problems @err has. */
NETD_PUBLIC size_t netd_error_count(const struct netd_error *err);
/* False, and *@out is not written, behind the last. */
NETD_PUBLIC bool netd_error_get(const struct netd_error *err, size_t i,
				struct netd_problem_info *out);
/*
 * Adds a problem that the caller found itself, with what to do in @hint (may be NULL).
 * Returns @code, a negative errno.
 */
NETD_PUBLIC int netd_error_put(struct netd_error *err, int code, const char *text,
			       const char *hint);
/* All problems, newline-terminated; @color: with terminal colours.  Free it with free().
 */
NETD_PUBLIC char *netd_error_format(const struct netd_error *err, enum netd_format format,
				    bool color);

/*
 * @text as it may go to a terminal, free it with free(): control characters and what is
 * not UTF-8 are replaced.  NULL: no memory.
 */
NETD_PUBLIC char *netd_text_printable(const char *text);
/*
 * How many letters were mistyped if @word is meant to be @known: inserted, left out,
 * changed or swapped with their neighbour, case aside.  SIZE_MAX: another word is meant.
 */
NETD_PUBLIC size_t netd_text_distance(const char *word, const char *known);

/*
 * A context.  @state_dir and @config_dir: NULL for /run/netd and /etc/netd.  Nothing is
 * opened or made before it is needed.
 */
NETD_PUBLIC int netd_new(const char *state_dir, const char *config_dir, struct netd **out,
			 struct netd_error *err);
/*
 * Frees the context, and with it the lock and all sockets; returns NULL. NULL is fine.
 */
NETD_PUBLIC struct netd *netd_free(struct netd *netd);
/*
 * There is one writer at a time.  How many seconds to wait for it (default 30; then
 * -EBUSY), and whom to tell, once, when a second has passed: @notice (may be NULL) gets
 * who it is, as "`netdctl apply lab.yaml` (pid 123)", and @data.
 */
NETD_PUBLIC void netd_set_patience(struct netd *netd, unsigned seconds,
				   void (*notice)(const char *holder, void *data),
				   void *data);
/*
 * Processes that run in a router or host end when it is deleted (SIGTERM, SIGKILL three
 * seconds later); the plan's notes name them.  @keep: they go on, without a network.
 */
NETD_PUBLIC void netd_set_keep_processes(struct netd *netd, bool keep);
/*
 * Releases the writer's lock, which a context keeps from its first change to its end; the
 * next change acquires it again, and what was read before may be old by then.
 */
NETD_PUBLIC void netd_unlock(struct netd *netd);

/*
 * Topologies
 */

/*
 * Reads and checks the file @path ("-": standard input).  -EINVAL with every problem of
 * it at its place; -ENOENT, -EACCES, -EFBIG (over 16 MiB) for the file itself.
 */
NETD_PUBLIC int netd_topology_load(const char *path, struct netd_topology **out,
				   struct netd_error *err);
/*
 * The same of @text; @file is where problems are told to be, and names a topology that
 * has no "name:".
 */
NETD_PUBLIC int netd_topology_parse(const char *text, const char *file,
				    struct netd_topology **out, struct netd_error *err);
/*
 * The text that @t was read from, with the file's name in *@file ("stdin" for standard
 * input); both live as long as @t.  NULL, and *@file is not written, if it is of none.
 */
NETD_PUBLIC const char *netd_topology_source(const struct netd_topology *t,
					     const char **file);
/* Its name; lives as long as @t. */
NETD_PUBLIC const char *netd_topology_name(const struct netd_topology *t);
/* Frees @t; returns NULL.  NULL is fine. */
NETD_PUBLIC struct netd_topology *netd_topology_free(struct netd_topology *t);

/* The running topology of that name; -ENOENT if there is none. */
NETD_PUBLIC int netd_running(struct netd *netd, const char *name,
			     struct netd_topology **out, struct netd_error *err);
/* The same, but one without networks if there is none. */
NETD_PUBLIC int netd_running_or_empty(struct netd *netd, const char *name,
				      struct netd_topology **out, struct netd_error *err);
/* The names of all that run, NULL-terminated, sorted; free each, then the array. */
NETD_PUBLIC int netd_running_names(struct netd *netd, char ***out,
				   struct netd_error *err);
/* The topology as a file (YAML or JSON); free it with free(). */
NETD_PUBLIC int netd_topology_format(const struct netd_topology *t,
				     enum netd_format format, char **out,
				     struct netd_error *err);

/*
 * What apply would do, in order; touches nothing.  -EINVAL or another code with problems
 * if apply would refuse.  An empty plan: nothing to do.
 */
NETD_PUBLIC int netd_plan(struct netd *netd, const struct netd_topology *t,
			  struct netd_plan **out, struct netd_error *err);
/* As netd_plan, for netd_destroy; -ENOENT if no such topology is running. */
NETD_PUBLIC int netd_plan_destroy(struct netd *netd, const char *name,
				  struct netd_plan **out, struct netd_error *err);
/* How many ops the plan has; 0: there is nothing to do. */
NETD_PUBLIC size_t netd_plan_size(const struct netd_plan *plan);
/*
 * The ops, in order, a row for each: "action" ("add", "change", "remove"), "kind"
 * ("bridge", "address", "route" …), "name" of what it is about ("mybr0", "10.1.0.1/16"),
 * "namespace" (none: the host's), "interface" that it is about, "text" (all of that in a
 * line), "now" (what is there instead), "by" (who seems to have put it there), and of the
 * firewall "entries", a line for each that comes or goes.  *@out is the caller's, and may
 * outlive the plan: netd_table_free().  -ENOMEM.
 */
NETD_PUBLIC int netd_plan_table(const struct netd_plan *plan, struct netd_table **out,
				struct netd_error *err);
/* The table as a line per op, or as a JSON array; free it with free(). */
NETD_PUBLIC char *netd_plan_format(const struct netd_plan *plan, enum netd_format format,
				   bool color);
/*
 * What the plan's maker wants to be known though nothing fails by it ("dnsmasq is not
 * installed", a foreign rule that drops what a network needs): lines "note: …", or JSON
 * {"notes": [{"message", "hint"}]}; "" if there is nothing.  Free it with free().
 */
NETD_PUBLIC char *netd_plan_notes(const struct netd_plan *plan, enum netd_format format,
				  bool color);
/* Frees the plan with its notes; returns NULL.  NULL is fine. */
NETD_PUBLIC struct netd_plan *netd_plan_free(struct netd_plan *plan);

/* "done", "rolled back" and so on, as the daemon has it in results; static. */
NETD_PUBLIC const char *netd_outcome_name(enum netd_outcome outcome);

/*
 * Makes the host have @t, as one transaction: on failure the topology of that name is
 * made what it was.  *@plan (may be NULL) gets what was done; it is empty if nothing was
 * to do, and nothing was written then.  *@outcome (may be NULL) is always written.
 */
NETD_PUBLIC int netd_apply(struct netd *netd, const struct netd_topology *t,
			   struct netd_plan **plan, enum netd_outcome *outcome,
			   struct netd_error *err);
/*
 * Removes all of that topology, and gives back what was changed for it.  If it fails, all
 * is as it was before; but one that was stuck is removed as far as it goes, and *@outcome
 * is NETD_NOT_ROLLED_BACK with a problem for each thing that is left.
 */
NETD_PUBLIC int netd_destroy(struct netd *netd, const char *name, struct netd_plan **plan,
			     enum netd_outcome *outcome, struct netd_error *err);
/*
 * As far as it goes in any case.  If something is left, all that was known of the
 * topology (its record, claims, what its uplinks held) is set aside: *@left, to be freed,
 * is the directory where it is kept; else it is not written.
 */
NETD_PUBLIC int netd_destroy_anyhow(struct netd *netd, const char *name,
				    struct netd_plan **plan, char **left,
				    enum netd_outcome *outcome, struct netd_error *err);
/*
 * Becomes the only writer until netd_unlock() or netd_free(), and takes up what a killed
 * change, or one that nobody confirmed in time, left: keeps it if all of it was done,
 * else undoes it.  Every changing call does so first; what is read behind it is true
 * until it is changed.  *@outcome (may be NULL): NETD_NOT_ROLLED_BACK with an error if
 * what is left cannot be read.  -EBUSY: something is on trial, or another has the lock.
 */
NETD_PUBLIC int netd_begin(struct netd *netd, enum netd_outcome *outcome,
			   struct netd_error *err);
/*
 * The same, and tries again with each topology that is stuck: one that could go neither
 * forward nor back.  1 if there was something, 0 if not; an error with all that is left
 * (*@outcome is NETD_NOT_ROLLED_BACK then).
 */
NETD_PUBLIC int netd_recover(struct netd *netd, enum netd_outcome *outcome,
			     struct netd_error *err);
/*
 * Whom to tell of each that was taken up: the topology's name; NETD_DONE (kept),
 * NETD_ROLLED_BACK or NETD_NOT_ROLLED_BACK (it is stuck now); and @data.
 */
NETD_PUBLIC void netd_set_recovered(struct netd *netd,
				    void (*notice)(const char *name,
						   enum netd_outcome outcome, void *data),
				    void *data);

/*
 * Whom to tell, before the first op of a change, that it could not be wholly taken back:
 * with the words (netd_plan_notes()), and @data.
 */
NETD_PUBLIC void netd_set_forewarned(struct netd *netd,
				     void (*notice)(const struct netd_plan *notes,
						    void *data),
				     void *data);

/*
 * Reads all of the state and moves aside (NAME.bad-1 …) what cannot be used: damaged, cut
 * off, of another version; -EBADMSG with a problem for each.  Other calls do that with
 * what they come upon.
 */
NETD_PUBLIC int netd_check_state(struct netd *netd, struct netd_error *err);

/*
 * As netd_apply, on trial.  Needs netd_set_watchdog() (-EOPNOTSUPP).  If nothing is to
 * do, nothing waits to be confirmed.  Releases the lock, which the end of the trial
 * needs; so do calls that are refused since something is on trial.
 */
NETD_PUBLIC int netd_apply_unconfirmed(struct netd *netd, const struct netd_topology *t,
				       const struct netd_trial *trial,
				       struct netd_plan **plan,
				       enum netd_outcome *outcome,
				       struct netd_error *err);
/*
 * The program that takes changes back, which calls netd_watch(netd, 0, …): it is run as
 * "netdctl watchdog --state-dir=DIR".  @program must live as long as @netd.
 */
NETD_PUBLIC void netd_set_watchdog(struct netd *netd, const char *program);
/*
 * Waits for the deadline of what waits to be confirmed, and takes it back then; for a
 * process of its own, whose signals it takes over.  @leash: its standard input.
 */
NETD_PUBLIC int netd_watch(struct netd *netd, int leash, struct netd_error *err);
/*
 * Keeps what is on trial; @name NULL: whatever it is.  *@confirmed (may be NULL; to be
 * freed) gets the topology's name.  -ENOENT: nothing is, or it is another one.
 */
NETD_PUBLIC int netd_confirm(struct netd *netd, const char *name, char **confirmed,
			     struct netd_error *err);
/*
 * Takes back what is on trial; if nothing is, topology @name becomes what it was before
 * it was last changed, and *@plan gets what was done (else it is not written).  The
 * definition of `default` follows, where it has what ran; the plan's notes say where the
 * two disagree.  *@done,
 * to be freed, gets the topology's name.  -ENOENT: nothing is known of before.
 */
NETD_PUBLIC int netd_rollback(struct netd *netd, const char *name, char **done,
			      struct netd_plan **plan, enum netd_outcome *outcome,
			      struct netd_error *err);

/*
 * Edits of a topology in memory; apply it afterwards.  Their settings are struct
 * netd_option_value; NULL instead of them all means none.
 */

/*
 * The @i-th setting, from 0, of objects of that kind: "network", "port", "machine",
 * "forward", "router" or "host".  False, and *@out is not written, behind the last.  The
 * texts are static.
 */
NETD_PUBLIC bool netd_option_get(const char *kind, size_t i, struct netd_option *out);

/* An empty topology of that name, which the caller frees; -EINVAL. */
NETD_PUBLIC int netd_topology_create(const char *name, struct netd_topology **out,
				     struct netd_error *err);
/* True if network, router or host @name is the same in both, or not in both. */
NETD_PUBLIC bool netd_topology_agrees(const struct netd_topology *a,
				      const struct netd_topology *b, const char *name);
/* Adds a network; -EEXIST: @t has one of that name. */
NETD_PUBLIC int netd_network_add(struct netd_topology *t, const char *name,
				 const struct netd_option_value *settings,
				 struct netd_error *err);
/* Replaces the settings that @settings names; forwards, machines and ports stay. */
NETD_PUBLIC int netd_network_set(struct netd_topology *t, const char *name,
				 const struct netd_option_value *settings,
				 struct netd_error *err);
/* Removes a network with its forwards, machines and ports; -ENOENT. */
NETD_PUBLIC int netd_network_remove(struct netd_topology *t, const char *name,
				    struct netd_error *err);
/*
 * Adds network @name, which is the existing bridge @bridge with its NIC, ports, static
 * addresses and routes; applying it writes nothing to the kernel, and when the network
 * goes they stay.  -ENOENT: no such bridge; -EEXIST: it is netd's own, or a network has
 * that name.
 */
NETD_PUBLIC int netd_network_adopt(struct netd *netd, struct netd_topology *t,
				   const char *name, const char *bridge,
				   struct netd_error *err);
/* 0; -EINVAL, with a problem for each, if routers or hosts are plugged into it. */
NETD_PUBLIC int netd_network_unused(const struct netd_topology *t, const char *name,
				    struct netd_error *err);
/* Copies network @name of @from into @to, over one of that name. */
NETD_PUBLIC int netd_network_take(struct netd_topology *to,
				  const struct netd_topology *from, const char *name,
				  struct netd_error *err);
/* The running topology that has network @name, in *@topology to be freed; -ENOENT. */
NETD_PUBLIC int netd_network_find(struct netd *netd, const char *name, char **topology,
				  struct netd_error *err);
/* True if @t has that network. */
NETD_PUBLIC bool netd_network_exists(const struct netd_topology *t, const char *name);
/* True if it is marked, or all of its topology is. */
NETD_PUBLIC bool netd_network_autostart(const struct netd_topology *t, const char *name);

/*
 * Adds a port: without settings an interface that is there, with "type" "tap" or "veth"
 * one that is made; -ENOENT: no such network; -EINVAL: it has that port.
 */
NETD_PUBLIC int netd_port_add(struct netd_topology *t, const char *network,
			      const char *name, const struct netd_option_value *settings,
			      struct netd_error *err);
/* Removes a port from the topology; -ENOENT: no such network or port. */
NETD_PUBLIC int netd_port_remove(struct netd_topology *t, const char *network,
				 const char *name, struct netd_error *err);
/* A guest that the network knows, with settings "mac" and "address". */
NETD_PUBLIC int netd_machine_add(struct netd_topology *t, const char *network,
				 const char *name,
				 const struct netd_option_value *settings,
				 struct netd_error *err);
/*
 * Removes a machine; -ENOENT; -EINVAL, with a problem for each, if forwards lead to it.
 */
NETD_PUBLIC int netd_machine_remove(struct netd_topology *t, const char *network,
				    const char *name, struct netd_error *err);

/* @kind: "router" or "host". */
NETD_PUBLIC int netd_node_add(struct netd_topology *t, const char *kind, const char *name,
			      const struct netd_option_value *settings,
			      struct netd_error *err);
/* Links (veth pairs) that end at it go, too. */
NETD_PUBLIC int netd_node_remove(struct netd_topology *t, const char *kind,
				 const char *name, struct netd_error *err);
/* As netd_network_find(). */
NETD_PUBLIC int netd_node_find(struct netd *netd, const char *name, char **topology,
			       struct netd_error *err);
/* True if @t has a router or host of that name. */
NETD_PUBLIC bool netd_node_exists(const struct netd_topology *t, const char *name);
/* Copies node @name of @from into @to, over one of that name, with its links. */
NETD_PUBLIC int netd_node_take(struct netd_topology *to, const struct netd_topology *from,
			       const char *name, struct netd_error *err);
/*
 * Nodes go with their networks: takes those out of @running that are plugged into a
 * network which it has not, and those of @defined in of which it has all networks.
 */
NETD_PUBLIC int netd_nodes_follow(struct netd_topology *running,
				  const struct netd_topology *defined,
				  struct netd_error *err);

/* @owner: a network, or a router.  Settings: "listen", "to", "protocol", "on". */
NETD_PUBLIC int netd_forward_add(struct netd_topology *t, const char *owner,
				 const struct netd_option_value *settings,
				 struct netd_error *err);
/*
 * Adds a forward to a running network of topology `default`, in the kernel and in both
 * its files, at a price that does not grow with the forwards there are.  -EAGAIN, with
 * nothing touched and no problem added: the case is not a simple one (or is wrong); take
 * the edit of the topology and netd_apply.
 */
NETD_PUBLIC int netd_forward_insert(struct netd *netd, const char *network,
				    const struct netd_option_value *settings,
				    struct netd_error *err);
/* @listen as in a file ("172.16.5.40:8080"); @protocol NULL: every one. */
NETD_PUBLIC int netd_forward_remove(struct netd_topology *t, const char *owner,
				    const char *listen, const char *protocol,
				    struct netd_error *err);

/*
 * Definitions: topologies as they are kept in the configuration directory.
 */
/* An empty topology if there is no such file. */
NETD_PUBLIC int netd_definition_load(struct netd *netd, const char *name,
				     struct netd_topology **out, struct netd_error *err);
/* Replaces the file of that definition as a whole, synced to the disk. */
NETD_PUBLIC int netd_definition_save(struct netd *netd, const struct netd_topology *t,
				     struct netd_error *err);
/* The names of all definitions, NULL-terminated, sorted; free each, then the array. */
NETD_PUBLIC int netd_definition_names(struct netd *netd, char ***out,
				      struct netd_error *err);

/*
 * Starts what definition @name marks to be started at boot, and routers and hosts with
 * the last of their networks.  What runs is left as it is.  One that cannot be started
 * keeps nothing else from it: then the rest is started without it, in several
 * transactions.  @again: only what such a call could not start before.
 *
 * @started (may be NULL) is told the plan of each, which is empty if all of it runs.
 *
 * 0: all runs that is marked.  1: not all of it does, with problems that say what and
 * why.  -errno: as netd_apply, and no more could be tried.
 */
NETD_PUBLIC int netd_start_marked(struct netd *netd, const char *name, bool again,
				  void (*started)(const struct netd_plan *plan,
						  void *data),
				  void *data, enum netd_outcome *outcome,
				  struct netd_error *err);

/*
 * @address ("192.168.122.1/24") if nothing uses its subnet, else the same host's address
 * in the first free one of that size behind it: into *@out.  Then *@taken says by what
 * the first one is used; else it is not written.  Both are to be freed.  -EEXIST.
 */
NETD_PUBLIC int netd_spare_subnet(struct netd *netd, const char *address, char **out,
				  char **taken, struct netd_error *err);
/* The first of STEM0, STEM1 … that names no interface and no bridge of a topology. */
NETD_PUBLIC int netd_spare_bridge(struct netd *netd, const char *stem, char **out,
				  struct netd_error *err);

/*
 * What is there.  Text tables or JSON; free it with free().
 */
NETD_PUBLIC int netd_status(struct netd *netd, enum netd_format format, char **out,
			    struct netd_error *err);

/*
 * What is there, as rows of named values.  @kind: "networks", "ports", "forwards",
 * "machines", "routers", "hosts", "services", "topologies", "differences"; the columns
 * are those of `netdctl show KIND --json`.  @name: only those of this network, router or
 * host (differences: of the topologies that have it); NULL: all.  -EINVAL: no such kind;
 * -ENOENT: nothing bears that name.
 *
 * A difference is a value that is not as what runs should have it: "topology", "kind" and
 * "name" of the object, its "namespace", the "field" (none: the object as a whole, which
 * is "present" or "missing"), what is "wanted" and what was "found", as texts, and "by",
 * who seems to have done it.
 */
NETD_PUBLIC int netd_list(struct netd *netd, const char *kind, const char *name,
			  struct netd_table **out, struct netd_error *err);
/* Frees the table and its values; returns NULL.  NULL is fine. */
NETD_PUBLIC struct netd_table *netd_table_free(struct netd_table *table);
/* What the values of a column are: see netd_table_value(). */
enum netd_value_kind {
	NETD_VALUE_TEXT,
	NETD_VALUE_NUMBER,
	NETD_VALUE_FLAG,
	NETD_VALUE_WORDS, /* a list, separated by blanks */
	NETD_VALUE_LINES, /* a list, separated by newlines */
};
/* That of column @key; text if there is no such column. */
NETD_PUBLIC enum netd_value_kind netd_table_kind(const struct netd_table *table,
						 const char *key);
/* How many rows the table has. */
NETD_PUBLIC size_t netd_table_rows(const struct netd_table *table);
/* The name of that column, from 0; NULL behind the last. */
NETD_PUBLIC const char *netd_table_key(const struct netd_table *table, size_t column);
/*
 * The value in that row, from 0, and column; lives as long as the table.  Lists are
 * separated by blanks ("differences", "notes" and "entries" by newlines); "yes" is true;
 * "" is none, and false.  NULL: there is no such row or column.
 */
NETD_PUBLIC const char *netd_table_value(const struct netd_table *table, size_t row,
					 const char *key);
/* The same of a column of numbers; false, and *@out is not written, if it has none. */
NETD_PUBLIC bool netd_table_number(const struct netd_table *table, size_t row,
				   const char *key, int64_t *out);
/* An aligned text table with titles, or a JSON array; free it with free(). */
NETD_PUBLIC char *netd_table_format(const struct netd_table *table,
				    enum netd_format format);

/*
 * Routers ("router") or hosts ("host") with their interfaces, routes and forwards, as
 * their namespaces have them; @name NULL: all; -ENOENT.
 */
NETD_PUBLIC int netd_show_nodes(struct netd *netd, const char *kind, const char *name,
				enum netd_format format, char **out,
				struct netd_error *err);

/*
 * Moves the calling process, which must have one thread, into that running router or host
 * for good: its network namespace, its /sys, and what is in /etc/netns/NAME over /etc, in
 * a mount namespace of the process's own.  -ENOENT: there is none; -EPERM: the process is
 * not root, or the namespace of that name is not netd's.  If it fails the process may be
 * half there and should end.
 */
NETD_PUBLIC int netd_node_enter(struct netd *netd, const char *kind, const char *name,
				struct netd_error *err);

/*
 * Who has which address by DHCP, of that network (NULL: of all): "network", "name",
 * "address", "mac", "machine", "host", "topology", "service", and when the lease ends:
 * "expires" (seconds since 1970) and "seconds_left", none for one that does not end.
 * -ENOENT: no such network is running.  For root only.
 */
NETD_PUBLIC int netd_leases(struct netd *netd, const char *network,
			    struct netd_table **out, struct netd_error *err);
/*
 * The same of whoever is called @name (a machine's name, or one that the client gave),
 * waiting until there is a lease, but at most @seconds: -ETIMEDOUT.  -ENOENT: nobody
 * serves DHCP.
 */
NETD_PUBLIC int netd_lease_wait(struct netd *netd, const char *name, unsigned seconds,
				struct netd_table **out, struct netd_error *err);

/*
 * Ends the leases of @who on that running network: whoever has that address, that MAC or
 * that name (a machine's, else one that the client gave).  The address is free for others
 * then; the client is told when it next asks.  DHCP and DNS of the network stop for a
 * moment.  *@out lists what was ended.  -ENOENT: there is no such network or lease.
 */
NETD_PUBLIC int netd_lease_release(struct netd *netd, const char *network,
				   const char *who, struct netd_table **out,
				   struct netd_error *err);
/*
 * A network that was stopped keeps the leases of its guests, who may still use these
 * addresses when it is started again.  This forgets them; it is for one that was deleted.
 */
NETD_PUBLIC void netd_network_forget(struct netd *netd, const char *network);

/*
 * What the program of netd_set_watchdog() does when it is called `guard DIRECTORY LINK
 * PID`: guards that dnsmasq until it ends.  -errno: it could not, or no longer.
 */
NETD_PUBLIC int netd_guard(const char *directory, const char *link, int pid);

/*
 * Primitives
 */

struct netd_bridge_options {
	const char *mac; /* NULL: the kernel chooses, and it follows the ports */
	uint32_t mtu;	 /* bytes; 0: 1500 */
	bool stp;	 /* off: no forward delay either */
};
/* Makes a bridge and brings it up; @options may be NULL.  -EEXIST: the name is taken. */
NETD_PUBLIC int netd_bridge_create(struct netd *netd, const char *name,
				   const struct netd_bridge_options *options,
				   struct netd_error *err);
/* Puts @link, at the bridge's MTU, into @bridge and brings it up.  -EXFULL: 1,023 ports.
 */
NETD_PUBLIC int netd_link_enslave(struct netd *netd, const char *link, const char *bridge,
				  struct netd_error *err);
/*
 * Takes @link out of its bridge; it stays up, with its addresses. -ENODEV: no such
 * link.
 */
NETD_PUBLIC int netd_link_release(struct netd *netd, const char *link,
				  struct netd_error *err);
/* Brings @link up or down; -ENODEV. */
NETD_PUBLIC int netd_link_up(struct netd *netd, const char *link, bool up,
			     struct netd_error *err);
/* Deletes @link, of a veth pair both ends; -ENODEV; -EOPNOTSUPP: it is a real NIC. */
NETD_PUBLIC int netd_link_delete(struct netd *netd, const char *link,
				 struct netd_error *err);
/* A veth pair; @peer is made straight in the namespace of that name (NULL: in this one).
 */
NETD_PUBLIC int netd_veth_create(struct netd *netd, const char *link, const char *peer,
				 const char *peer_namespace, struct netd_error *err);

struct netd_tap_options {
	bool persistent; /* false: it dies with the descriptor */
	bool multi_queue, vnet_hdr;
	bool has_owner, has_group; /* neither: nobody but root may open it */
	uint32_t owner, group;	   /* uid, gid */
};
/*
 * Makes a tap; "%d" in @name becomes a number.  Returns 0 with the descriptor, which the
 * caller closes, in *@fd (NULL: closed at once, for a persistent one).
 */
NETD_PUBLIC int netd_tap_add(struct netd *netd, const char *name,
			     const struct netd_tap_options *options, int *fd,
			     struct netd_error *err);

/* @address with its length, "10.1.0.1/16". */
NETD_PUBLIC int netd_address_add(struct netd *netd, const char *link, const char *address,
				 struct netd_error *err);
/* Removes that address, with its length, from @link; -EADDRNOTAVAIL: @link has it not. */
NETD_PUBLIC int netd_address_delete(struct netd *netd, const char *link,
				    const char *address, struct netd_error *err);
/* @to: a subnet ("default" is "0.0.0.0/0" or "::/0"); @via NULL: on link; @metric 0:
 * none. */
NETD_PUBLIC int netd_route_add(struct netd *netd, const char *to, const char *via,
			       const char *link, uint32_t metric, struct netd_error *err);
/* Removes that route; @metric 0: the first, whatever its metric is.  -ESRCH: there is
 * none. */
NETD_PUBLIC int netd_route_delete(struct netd *netd, const char *to, const char *link,
				  uint32_t metric, struct netd_error *err);
/* A permanent neighbour entry. */
NETD_PUBLIC int netd_neighbour_add(struct netd *netd, const char *link,
				   const char *address, const char *mac,
				   struct netd_error *err);
/* Removes an entry, permanent or not; -ENOENT: there is none. */
NETD_PUBLIC int netd_neighbour_delete(struct netd *netd, const char *link,
				      const char *address, struct netd_error *err);
/* A network namespace as `ip netns` has them. */
NETD_PUBLIC int netd_namespace_create(const char *name, struct netd_error *err);
/* Takes the name away; the namespace ends with its last process.  -ENOENT. */
NETD_PUBLIC int netd_namespace_delete(const char *name, struct netd_error *err);
/* @path below /proc/sys/net, with slashes; *@previous (may be NULL): the value before. */
NETD_PUBLIC int netd_sysctl_set(const char *path, int value, int *previous,
				struct netd_error *err);

#ifdef __cplusplus
}
#endif

#endif
