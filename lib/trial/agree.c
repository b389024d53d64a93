// SPDX-License-Identifier: GPL-2.0-or-later
/* What runs of a topology, and its definition. */
#include "trial/agree.h"

#include <errno.h>
#include <string.h>

#include "trial/definition.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "edit/pieces.h"

/*
 * Theory of operation.  One-line commands edit the definition of `default`, and then run
 * what it has.  If a change of both were rolled back in what runs only, the next such
 * command would bring it back, without a word.
 *
 * So it is rolled back in both, network by network and node by node.  Somebody may have
 * edited the file, or run another one: a definition that differs from what ran is left as
 * it is, and a note says so.  A network that did not run before stays defined, since it
 * may have been defined before it was started; but a node whose networks run would have
 * run, so the change that was rolled back made it.
 */
#define DEFAULT "default"

static bool same_network(const struct netd_topology *a, const struct netd_topology *b,
			 const char *name)
{
	const struct netd_network *x = netd_topology_network(a, name);
	const struct netd_network *y = netd_topology_network(b, name);

	if (x && y)
		return netd_network_equal(x, y);
	return x == y;
}

static bool same_node(const struct netd_topology *a, const struct netd_topology *b,
		      const char *name)
{
	const struct netd_node *x = netd_topology_node(a, name);
	const struct netd_node *y = netd_topology_node(b, name);

	if (x && y)
		return x->kind == y->kind && netd_node_equal(x, y);
	return x == y;
}

bool netd_topology_agrees(const struct netd_topology *a, const struct netd_topology *b,
			  const char *name)
{
	bool network = netd_topology_network(a, name) && netd_topology_network(b, name);
	bool node = netd_topology_node(a, name) && netd_topology_node(b, name);

	return (!network || same_network(a, b, name)) && (!node || same_node(a, b, name));
}

/* What ran, what runs since the rollback, and what is defined. */
struct agreement {
	const struct netd_topology *ran, *runs;
	struct netd_topology *defined;
	struct netd_error *notes;
	bool changed;
};

/* Errors are found by the check of the whole definition in the end. */
static void follow_network(struct agreement *a, const char *name)
{
	if (same_network(a->ran, a->runs, name) ||
	    !same_network(a->defined, a->ran, name))
		return;
	if (!netd_topology_network(a->runs, name)) {
		netd_error_add(a->notes, 0, "network %s stays defined, stopped", name);
		netd_error_hint(a->notes, "`netdctl network delete %s` forgets it", name);
		return;
	}
	netd_network_take(a->defined, a->runs, name, NULL);
	a->changed = true;
}

static bool networks_run(const struct netd_topology *t, const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++)
		if (!netd_topology_network(t, n->interfaces[i].network))
			return false;
	return true;
}

static void follow_node(struct agreement *a, const char *name)
{
	const struct netd_node *was = netd_topology_node(a->ran, name);
	struct netd_node *defined = netd_topology_node(a->defined, name);

	if (same_node(a->ran, a->runs, name) || !same_node(a->defined, a->ran, name))
		return;
	if (netd_topology_node(a->runs, name))
		netd_node_take(a->defined, a->runs, name, NULL);
	else if (networks_run(a->runs, was))
		netd_topology_drop_node(a->defined, defined);
	else
		return;
	a->changed = true;
}

/* Each name of @t. */
static void follow_names(struct agreement *a, const struct netd_topology *t)
{
	for (size_t i = 0; i < t->network_count; i++)
		follow_network(a, t->networks[i].name);
	for (size_t i = 0; i < t->node_count; i++)
		follow_node(a, t->nodes[i].name);
}

static void note_kept(const struct netd *netd, const char *name, const char *why,
		      struct netd_error *notes)
{
	netd_error_add(notes, 0,
		       "the definition %s/%s.yaml is as it was (%s): what was rolled "
		       "back comes back when it is used",
		       netd->config_dir, name, why);
	netd_error_hint(notes, "change it, too, or `netdctl rollback %s` once more",
			name);
}

static void note_other(const struct agreement *a, const char *kind, const char *name)
{
	netd_error_add(a->notes, 0, "%s %s runs otherwise than its definition has it",
		       kind, name);
	netd_error_hint(a->notes,
			"the next one-line command that changes it takes the "
			"definition's, as `netdctl network start` does; `netdctl export` "
			"has what runs");
}

static void note_others(const struct agreement *a)
{
	for (size_t i = 0; i < a->runs->network_count; i++)
		if (!same_network(a->defined, a->runs, a->runs->networks[i].name))
			note_other(a, "network", a->runs->networks[i].name);
	for (size_t i = 0; i < a->runs->node_count; i++)
		if (!same_node(a->defined, a->runs, a->runs->nodes[i].name))
			note_other(a, netd_node_kind_name(a->runs->nodes[i].kind),
				   a->runs->nodes[i].name);
}

static int write_definition(struct netd *netd, const struct agreement *a,
			    struct netd_error *err)
{
	int r = netd_topology_check(a->defined, err);

	if (r < 0 || !a->changed)
		return r;
	return netd_definition_write(netd, a->defined, err);
}

static void follow(struct netd *netd, struct agreement *a)
{
	netd_auto(netd_error_done) struct netd_error why = {0};
	int r;

	follow_names(a, a->ran);
	/* names that both have were followed already, and are equal now */
	follow_names(a, a->runs);
	r = write_definition(netd, a, &why);
	if (r >= 0)
		note_others(a);
	else if (why.count)
		note_kept(netd, DEFAULT, why.problems[0].text, a->notes);
	else
		note_kept(netd, DEFAULT, strerror(-r), a->notes);
}

void netd_agree_follow(struct netd *netd, const struct netd_topology *ran,
		       const struct netd_topology *runs, struct netd_error *notes)
{
	netd_auto_topology struct netd_topology *defined = NULL;
	struct agreement a = {.ran = ran, .runs = runs, .notes = notes};
	int r = netd_definition_load(netd, runs->name, &defined, NULL);

	if (r < 0) {
		note_kept(netd, runs->name, "it cannot be read", notes);
		return;
	}
	a.defined = defined;
	if (strcmp(runs->name, DEFAULT) == 0)
		follow(netd, &a);
	else if (!netd_topology_is_empty(defined) && !netd_topology_equal(defined, runs))
		note_kept(netd, runs->name, "only that of default is netd's to write",
			  notes);
}
