// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts what is marked to be started at boot, as far as it can be. */
#include "trial/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "netd.h"
#include "plan/plan.h"

/*
 * Theory of operation.  The parts of a definition are its marked networks, then the
 * routers and hosts on no other networks.  All parts that do not run are started
 * together, as one change.  If that is refused or fails, each half of them is tried, and
 * so on: a few parts among many that cannot be started cost a few changes.  What is left
 * is tried once more, one by one, for its errors, and because its interface may have
 * appeared meanwhile.
 *
 * Parts that do not run even then are written to the file `unstarted`, a line "TOPOLOGY
 * KIND NAME" each: for `--again`, which does not start what somebody has stopped since,
 * and for status.
 */
struct part {
	bool is_node;
	const char *name; /* the definition's */
};

struct start {
	struct netd *netd;
	const struct netd_topology *defined;
	struct netd_topology *running; /* what runs of it by now */
	char *unstarted;	       /* the file; NULL: there is none */
	struct part *parts;	       /* those that did not run at first */
	size_t count;
	void (*started)(const struct netd_plan *plan, void *data);
	void *data;
	enum netd_outcome outcome;
};

static void start_done(struct start *s)
{
	netd_topology_free(s->running);
	free(s->unstarted);
	free(s->parts);
}

static bool runs(const struct start *s, const struct part *p)
{
	if (p->is_node)
		return netd_topology_node(s->running, p->name) != NULL;
	return netd_topology_network(s->running, p->name) != NULL;
}

/* The first network that part @p needs and @t does not have; NULL: @t has all. */
static const char *missing_network(const struct start *s, const struct part *p,
				   const struct netd_topology *t)
{
	const struct netd_node *n;

	if (!p->is_node)
		return NULL;
	n = netd_topology_node(s->defined, p->name);
	for (size_t i = 0; i < n->interface_count; i++)
		if (*n->interfaces[i].network &&
		    !netd_topology_network(t, n->interfaces[i].network))
			return n->interfaces[i].network;
	return NULL;
}

/* True if all networks that it is plugged into are marked, or run. */
static bool is_wanted(const struct start *s, const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++) {
		const char *network = n->interfaces[i].network;

		if (*network && !netd_network_autostart(s->defined, network) &&
		    !netd_topology_network(s->running, network))
			return false;
	}
	return true;
}

static bool is_marked(const struct netd_topology *defined)
{
	bool is = defined->autostart;

	for (size_t i = 0; i < defined->network_count && !is; i++)
		is = defined->networks[i].autostart;
	return is;
}

static const char *kind_of(const struct start *s, const struct part *p)
{
	if (p->is_node)
		return netd_node_kind_name(netd_topology_node(s->defined, p->name)->kind);
	return "network";
}

/* The text of the file `unstarted`; "" if there is none. */
static const char *unstarted(const struct start *s)
{
	if (s->unstarted)
		return s->unstarted;
	return "";
}

static void read_unstarted(struct start *s)
{
	if (s->netd->store.fd >= 0)
		netd_store_read(&s->netd->store, NETD_UNSTARTED, &s->unstarted, NULL,
				NULL);
}

static bool is_recorded(const struct start *s, const struct part *p)
{
	const char *at = unstarted(s);
	char line[128];
	size_t length;

	snprintf(line, sizeof(line), "%s %s %s", s->defined->name, kind_of(s, p),
		 p->name);
	for (; *at; at += length + (at[length] == '\n')) {
		length = strcspn(at, "\n");
		if (strlen(line) == length && memcmp(at, line, length) == 0)
			return true;
	}
	return false;
}

/* Replaces the lines of this topology by the parts that do not run; others' lines stay.
 */
static void write_unstarted(const struct start *s)
{
	const char *at = unstarted(s), *name = s->defined->name;
	netd_auto(netd_str_done) struct netd_str text = {0};
	size_t length, own = strlen(name);

	for (; *at; at += length) {
		length = strcspn(at, "\n");
		length += at[length] == '\n';
		if (strncmp(at, name, own) != 0 || at[own] != ' ')
			netd_str_add_bytes(&text, at, length);
	}
	for (size_t i = 0; i < s->count; i++)
		if (!runs(s, &s->parts[i]))
			netd_str_addf(&text, "%s %s %s\n", name, kind_of(s, &s->parts[i]),
				      s->parts[i].name);
	if (strcmp(netd_str_text(&text), unstarted(s)) == 0)
		return;
	/* only a hint: without it `--again` finds nothing to start */
	if (text.length)
		netd_store_write(&s->netd->store, NETD_UNSTARTED, &text, NULL);
	else
		netd_file_remove(s->netd->store.fd, NETD_UNSTARTED, NULL);
}

static int add_part(struct start *s, bool again, bool is_node, const char *name)
{
	const struct part part = {is_node, name};
	struct part *slot;

	if (runs(s, &part) || (again && !is_recorded(s, &part)))
		return 0;
	slot = netd_array_add(&s->parts, &s->count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = part;
	return 0;
}

/* @again: only those that could not be started before. */
static int list_parts(struct start *s, bool again)
{
	const struct netd_topology *t = s->defined;

	for (size_t i = 0; i < t->network_count; i++)
		if (netd_network_autostart(t, t->networks[i].name) &&
		    add_part(s, again, false, t->networks[i].name) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < t->node_count; i++)
		if (is_wanted(s, &t->nodes[i]) &&
		    add_part(s, again, true, t->nodes[i].name) < 0)
			return -ENOMEM;
	return 0;
}

/* Adds the part to @t: 1; 0 if @t does not have a network that the part needs. */
static int add_to(const struct start *s, const struct part *p, struct netd_topology *t,
		  struct netd_error *err)
{
	int r;

	if (missing_network(s, p, t))
		return 0;
	if (p->is_node)
		r = netd_node_take(t, s->defined, p->name, err);
	else
		r = netd_network_take(t, s->defined, p->name, err);
	if (r < 0)
		return r;
	return 1;
}

/* What runs, with @count parts from @first on; *@grown: one of them could be added. */
static int compose(const struct start *s, size_t first, size_t count,
		   struct netd_topology **out, bool *grown, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_copy(s->running);

	*grown = false;
	if (!t)
		return netd_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		int r = add_to(s, &s->parts[first + i], t, err);

		if (r < 0)
			return r;
		*grown |= r > 0;
	}
	t->autostart = s->defined->autostart;
	*out = netd_take(t);
	return 0;
}

/* Starts @count parts, all or none of them. */
static int attempt(struct start *s, size_t first, size_t count, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *wanted = NULL;
	struct netd_plan *plan = NULL;
	bool grown;
	int r = compose(s, first, count, &wanted, &grown, err);

	if (r < 0 || !grown)
		return r;
	r = netd_apply(s->netd, wanted, &plan, &s->outcome, err);
	if (r < 0)
		return r;
	netd_topology_free(s->running);
	s->running = netd_take(wanted);
	if (s->started)
		s->started(plan, s->data);
	netd_plan_free(plan);
	return 0;
}

/* True if trying other parts makes no sense. */
static bool is_hopeless(const struct start *s, int r)
{
	return r == -ENOMEM || s->outcome == NETD_NOT_ROLLED_BACK;
}

static int start_parts(struct start *s, size_t first, size_t count,
		       struct netd_error *err)
{
	struct netd_error why = {0};
	int r = attempt(s, first, count, &why);

	if (r < 0 && is_hopeless(s, r)) {
		netd_error_move(err, &why);
		return r;
	}
	netd_error_done(&why);
	if (r == 0 || count == 1)
		return 0;
	r = start_parts(s, first, count / 2, err);
	if (r < 0)
		return r;
	return start_parts(s, first + count / 2, count - count / 2, err);
}

/* Moves the problems of @why to @err, each with "network lan WHAT: " in front. */
static void move_problems(const struct start *s, const struct part *p, const char *what,
			  struct netd_error *why, struct netd_error *err)
{
	for (size_t i = 0; i < why->count; i++) {
		struct netd_problem *problem = &why->problems[i];
		char *text;

		if (asprintf(&text, "%s %s %s: %s", kind_of(s, p), p->name, what,
			     problem->text) < 0)
			continue;
		free(problem->text);
		problem->text = text;
	}
	netd_error_move(err, why);
}

/* 1 with problems if it still does not run; 0; -errno if no other part could start. */
static int start_last(struct start *s, size_t i, struct netd_error *err)
{
	const struct part *p = &s->parts[i];
	const char *network = missing_network(s, p, s->running);
	struct netd_error why = {0};
	int r;

	if (runs(s, p))
		return 0;
	if (network) {
		netd_error_add(err, -ENOENT, "%s %s is not started: network %s is not",
			       kind_of(s, p), p->name, network);
		return 1;
	}
	r = attempt(s, i, 1, &why);
	move_problems(s, p, "is not started", &why, err);
	if (r < 0 && !is_hopeless(s, r))
		return 1;
	return r;
}

static int start_all(struct start *s, struct netd_error *err)
{
	int r = 0, left = 0;

	if (s->count)
		r = start_parts(s, 0, s->count, err);
	for (size_t i = 0; r >= 0 && i < s->count; i++) {
		r = start_last(s, i, err);
		left |= r > 0;
	}
	if (r < 0)
		return r;
	return left;
}

static int start(struct start *s, bool again, struct netd_error *err)
{
	int r = netd_running_or_empty(s->netd, s->defined->name, &s->running, err);

	if (r < 0)
		return r;
	read_unstarted(s);
	if (list_parts(s, again) < 0)
		return netd_error_no_memory(err);
	if (!s->count && !again && s->started)
		s->started(&(struct netd_plan){0}, s->data);
	r = start_all(s, err);
	write_unstarted(s);
	return r;
}

int netd_start_marked(struct netd *netd, const char *name, bool again,
		      void (*started)(const struct netd_plan *plan, void *data),
		      void *data, enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *defined = NULL;
	netd_auto(start_done) struct start s = {
		.netd = netd,
		.started = started,
		.data = data,
		.outcome = NETD_UNTOUCHED,
	};
	int r = netd_begin(netd, outcome, err);

	if (r < 0)
		return r;
	r = netd_definition_load(netd, name, &defined, err);
	if (r < 0 || !is_marked(defined))
		return r;
	s.defined = defined;
	r = start(&s, again, err);
	if (outcome)
		*outcome = s.outcome;
	return r;
}

/*
 * Why it does not run
 */

static void note_part(struct start *s, size_t i, struct netd_error *notes)
{
	static const char what[] = "could not be started, and does not run";
	netd_auto_topology struct netd_topology *wanted = NULL;
	netd_auto(netd_error_done) struct netd_error why = {0};
	const struct part *p = &s->parts[i];
	const char *kind = kind_of(s, p), *missing = missing_network(s, p, s->running);
	struct netd_plan *plan = NULL;
	bool grown;
	int r = compose(s, i, 1, &wanted, &grown, &why);

	if (r >= 0 && !missing)
		r = netd_plan(s->netd, wanted, &plan, &why);
	netd_plan_free(plan);
	if (missing)
		netd_error_add(notes, 0, "%s %s %s, since network %s does not", kind,
			       p->name, what, missing);
	else if (why.count && r != -EPERM && r != -EACCES) /* only root may know more */
		netd_error_add(notes, 0, "%s %s %s: %s", kind, p->name, what,
			       why.problems[0].text);
	else
		netd_error_add(notes, 0, "%s %s %s", kind, p->name, what);
	netd_error_hint(notes,
			"`netdctl network start --autostart --again` tries it again");
}

void netd_unstarted_note(struct netd *netd, const struct netd_topology *defined,
			 const struct netd_topology *running, struct netd_error *notes)
{
	netd_auto(start_done) struct start s = {
		.netd = netd,
		.defined = defined,
	};

	if (running)
		s.running = netd_topology_copy(running);
	else
		s.running = netd_topology_new(defined->name);
	read_unstarted(&s);
	if (!s.running || !s.unstarted || !is_marked(defined) || list_parts(&s, true) < 0)
		return;
	for (size_t i = 0; i < s.count; i++)
		note_part(&s, i, notes);
}
