// SPDX-License-Identifier: GPL-2.0-or-later
/* What is marked to be started at boot, as far as it can be. */
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
 * routers and hosts that have no others.  All parts that do not run are tried together,
 * as one change.  If that is refused or fails, each half of them is, and so on: a few
 * that cannot be started among many cost a few changes.  What is left then is tried once
 * more, one by one, for its errors, and since its interface may have come meanwhile.
 *
 * What does not run even then is put into the file `unstarted`, a line "TOPOLOGY KIND
 * NAME" each: for another try, which leaves alone what somebody has stopped since, and to
 * be told by status.
 */
struct part {
	bool is_node;
	const char *name; /* the definition's */
};

struct start {
	struct netd *netd;
	const struct netd_topology *defined;
	struct netd_topology *running; /* as far as it is */
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

/* The first network of @n that @t has not; NULL: it has all. */
static const char *missing_network(const struct netd_topology *t,
				   const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++)
		if (*n->interfaces[i].network &&
		    !netd_topology_network(t, n->interfaces[i].network))
			return n->interfaces[i].network;
	return NULL;
}

static bool runs(const struct start *s, const struct part *p)
{
	if (p->is_node)
		return netd_topology_node(s->running, p->name) != NULL;
	return netd_topology_network(s->running, p->name) != NULL;
}

/* True if all that it is plugged into is marked, or runs. */
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

static void read_unstarted(struct start *s)
{
	if (s->netd->store.fd >= 0)
		netd_store_read(&s->netd->store, NETD_UNSTARTED, &s->unstarted, NULL,
				NULL);
}

static bool is_recorded(const struct start *s, const struct part *p)
{
	const char *at = s->unstarted ? s->unstarted : "";
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

/* Of this definition, what does not run; of others, what was there. */
static void write_unstarted(const struct start *s)
{
	const char *at = s->unstarted ? s->unstarted : "", *name = s->defined->name;
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
	if (strcmp(netd_str_text(&text), s->unstarted ? s->unstarted : "") == 0)
		return;
	/* a hint only: without it nothing is tried again by itself */
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
	int r = 0;

	for (size_t i = 0; i < t->network_count; i++) {
		if (netd_network_autostart(t, t->networks[i].name))
			r = add_part(s, again, false, t->networks[i].name);
		if (r)
			return r;
	}
	for (size_t i = 0; i < t->node_count; i++) {
		if (is_wanted(s, &t->nodes[i]))
			r = add_part(s, again, true, t->nodes[i].name);
		if (r)
			return r;
	}
	return 0;
}

/* 1 if it was added to @t, 0 if it cannot be without a network that is not there. */
static int take(const struct start *s, const struct part *p, struct netd_topology *t,
		struct netd_error *err)
{
	int r;

	if (p->is_node && missing_network(t, netd_topology_node(s->defined, p->name)))
		return 0;
	r = p->is_node ? netd_node_take(t, s->defined, p->name, err)
		       : netd_network_take(t, s->defined, p->name, err);
	if (r < 0)
		return r;
	return 1;
}

/* What runs, and @count parts from @first on; *@grown: it has any of them. */
static int compose(const struct start *s, size_t first, size_t count,
		   struct netd_topology **out, bool *grown, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_copy(s->running);
	int r = 0;

	*grown = false;
	if (!t)
		return netd_error_add(err, -ENOMEM, "out of memory");
	for (size_t i = 0; r >= 0 && i < count; i++) {
		r = take(s, &s->parts[first + i], t, err);
		*grown |= r > 0;
	}
	if (r < 0)
		return r;
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

	if (r == 0 && grown)
		r = netd_apply(s->netd, wanted, &plan, &s->outcome, err);
	if (r == 0 && grown) {
		netd_topology_free(s->running);
		s->running = netd_take(wanted);
		if (s->started)
			s->started(plan, s->data);
	}
	netd_plan_free(plan);
	return r;
}

/* Nothing else will do any better. */
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

/* Moves the problems of @why behind those of @err, each behind "network lan WHAT: ". */
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

/* 1 if it does not run after all, with problems; 0, -errno. */
static int start_last(struct start *s, size_t i, struct netd_error *err)
{
	const struct part *p = &s->parts[i];
	const char *network =
		p->is_node ? missing_network(s->running,
					     netd_topology_node(s->defined, p->name))
			   : NULL;
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
	int r = s->count ? start_parts(s, 0, s->count, err) : 0, left = 0;

	for (size_t i = 0; r >= 0 && i < s->count; i++) {
		r = start_last(s, i, err);
		left |= r > 0;
	}
	if (r < 0)
		return r;
	return left;
}

static int load(struct start *s, bool again, struct netd_error *err)
{
	int r = netd_running_or_empty(s->netd, s->defined->name, &s->running, err);

	read_unstarted(s);
	if (r)
		return r;
	if (list_parts(s, again) < 0)
		r = netd_error_add(err, -ENOMEM, "out of memory");
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
	r = load(&s, again, err);
	if (r == 0 && !s.count && !again && started)
		started(&(struct netd_plan){0}, data);
	if (r == 0)
		r = start_all(&s, err);
	if (s.running)
		write_unstarted(&s);
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
	const struct part *p = &s->parts[i];
	struct netd_plan *plan = NULL;
	struct netd_error why = {0};
	bool grown = false, hidden;
	int r = compose(s, i, 1, &wanted, &grown, &why);

	if (r == 0 && grown)
		r = netd_plan(s->netd, wanted, &plan, &why);
	netd_plan_free(plan);
	hidden = r == -EPERM || r == -EACCES; /* from a user */
	if (hidden || (r == 0 && grown))
		netd_error_add(notes, 0, "%s %s %s", kind_of(s, p), p->name, what);
	else if (r == 0)
		netd_error_add(notes, 0, "%s %s %s, since network %s does not",
			       kind_of(s, p), p->name, what,
			       missing_network(s->running,
					       netd_topology_node(s->defined, p->name)));
	else if (why.count)
		netd_error_add(notes, 0, "%s %s %s: %s", kind_of(s, p), p->name, what,
			       why.problems[0].text);
	netd_error_done(&why);
	netd_error_hint(notes,
			"`netdctl network start --autostart --again` tries it again");
}

void netd_unstarted_note(struct netd *netd, const struct netd_topology *defined,
			 const struct netd_topology *running, struct netd_error *notes)
{
	netd_auto(start_done) struct start s = {
		.netd = netd,
		.defined = defined,
		.running = running ? netd_topology_copy(running)
				   : netd_topology_new(defined->name),
	};

	read_unstarted(&s);
	if (!s.running || !s.unstarted || !is_marked(defined) || list_parts(&s, true) < 0)
		return;
	for (size_t i = 0; i < s.count; i++)
		note_part(&s, i, notes);
}
