// SPDX-License-Identifier: GPL-2.0-or-later
/* Notes about other programs' chains that drop what a network needs.  Pure. */
#include "advise/obstacles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "ruleset/admit.h"
#include "foreign/program.h"
#include "foreign/verdict.h"
#include "model/facts.h"
#include "advise/area.h"
#include "advise/finding.h"
#include "advise/passage.h"

/*
 * Theory of operation.  A scene is one namespace: the host, or a router that has rules of
 * ours or serves.  The areas in it are networks, or the router's interfaces.  Each
 * passage of each area (passage.c) is evaluated against each foreign chain on its way,
 * for its first packet and for an answer.  A drop is reported only if it is certain,
 * whichever outside interface the packet takes; where the interpreter (foreign/verdict.c)
 * cannot decide, nothing is reported.  One note is about one place (a rule or a policy)
 * and one area, and lists all that is dropped there.
 *
 * The work is bounded, since there may be many foreign rules and many networks.
 */
#define BUDGET 2000000 /* rules evaluated in all: about a second */
#define PAIRS 32       /* with more areas in a scene, pairs are not checked */

struct search {
	const struct netd_scene *scene;
	const struct netd_foreign_chain **chains; /* in the order packets pass them */
	size_t chain_count;
	struct netd_program program;
	size_t *budget;
	struct netd_findings findings;
	size_t passage; /* number of the current one */
	bool dropped;	/* something of the current area */
};

/* An earlier chain may have changed the packet, or disabled tracking for it. */
static void clear_unsure(struct netd_packet *p)
{
	p->tracked = false;
	p->source = p->destination = (struct netd_prefix){0};
	p->source_port = p->destination_port = 0;
}

/* @outside: the interface the packet takes there; NULL: unknown. */
static bool drops(struct search *s, const struct netd_passage *p, bool reply,
		  const struct netd_foreign_chain *c, const struct netd_link *outside,
		  bool *altered, struct netd_verdict *out)
{
	struct netd_packet packet;
	bool dropped;

	if (!netd_passage_packet(p, c, reply, outside, &packet))
		return false;
	if (*altered)
		clear_unsure(&packet);
	dropped = netd_verdict_drops(&s->program, c, &packet, s->budget, out);
	*altered |= packet.altered;
	return dropped;
}

static bool drops_all(struct search *s, const struct netd_passage *p, bool reply,
		      const struct netd_foreign_chain *c, bool *altered,
		      struct netd_verdict *out)
{
	bool was = *altered, result = true;

	if (!p->outside.count)
		return drops(s, p, reply, c, NULL, altered, out);
	for (size_t i = p->outside.count; result && i-- > 0;) {
		bool now = was;

		result = drops(s, p, reply, c, p->outside.links[i], &now, out);
		*altered |= now;
	}
	return result;
}

/* Packets pass chains in the order of hooks, then of priorities. */
static int compare_chains(const void *a, const void *b)
{
	const struct netd_foreign_chain *x = *(const struct netd_foreign_chain *const *)a;
	const struct netd_foreign_chain *y = *(const struct netd_foreign_chain *const *)b;

	if (x->hook != y->hook)
		return (int)x->hook - (int)y->hook;
	if (x->priority < y->priority)
		return -1;
	return x->priority > y->priority;
}

static int list_chains(struct search *s, const struct netd_ruleset *have)
{
	s->chains = calloc(have->foreign_count + 1, sizeof(struct netd_foreign_chain *));
	if (!s->chains)
		return -ENOMEM;
	for (size_t i = 0; i < have->foreign_count; i++)
		s->chains[s->chain_count++] = &have->foreign[i];
	netd_array_sort(s->chains, s->chain_count, sizeof(struct netd_foreign_chain *),
			compare_chains);
	return 0;
}

/* Evaluates the first packet of @p, or the answer, against all chains in order. */
static int judge_way(struct search *s, const struct netd_passage *p, bool reply)
{
	bool altered = false;

	for (size_t i = 0; i < s->chain_count; i++) {
		const struct netd_foreign_chain *c = s->chains[i];
		struct netd_verdict verdict;
		int r;

		if (!*s->budget || !drops_all(s, p, reply, c, &altered, &verdict))
			continue;
		s->dropped = true;
		r = netd_findings_add(&s->findings, p, s->passage, reply, c, &verdict);
		if (r < 0)
			return r;
	}
	return 0;
}

static int judge(const struct netd_passage *p, void *data)
{
	struct search *s = data;
	int r;

	s->passage++;
	r = judge_way(s, p, false);
	if (r < 0)
		return r;
	return judge_way(s, p, true);
}

/* Skips areas that have a note already: the same rule would be reported for each pair. */
static int judge_pairs(struct search *s, const bool *dropped)
{
	const struct netd_area *areas = s->scene->areas;

	for (size_t i = 0; i < s->scene->area_count; i++)
		for (size_t k = 0; k < s->scene->area_count; k++) {
			int r = 0;

			if (i != k && !dropped[i] && !dropped[k])
				r = netd_passages_between(&areas[i], &areas[k], s->scene,
							  judge, s);
			if (r < 0)
				return r;
		}
	return 0;
}

/* Sets @dropped[i] if a note is about area i. */
static int judge_each(struct search *s, bool *dropped)
{
	for (size_t i = 0; i < s->scene->area_count; i++) {
		int r;

		s->dropped = false;
		r = netd_passages_of(&s->scene->areas[i], s->scene, judge, s);
		if (r < 0)
			return r;
		dropped[i] = s->dropped;
	}
	return 0;
}

static int judge_areas(struct search *s)
{
	netd_auto_free bool *dropped = calloc(s->scene->area_count + 1, sizeof(*dropped));
	int r;

	if (!dropped)
		return -ENOMEM;
	r = judge_each(s, dropped);
	if (r < 0 || s->scene->area_count > PAIRS)
		return r;
	return judge_pairs(s, dropped);
}

static void scene_done(struct netd_scene *s)
{
	free(s->areas);
}

static void search_done(struct search *s)
{
	netd_findings_done(&s->findings);
	free(s->chains);
	netd_program_done(&s->program);
}

static int search(struct search *s)
{
	const struct netd_ruleset *have = &s->scene->observed->ruleset;
	int r = list_chains(s, have);

	if (r < 0)
		return r;
	r = netd_program_init(&s->program, have->others, have->others_length);
	if (r < 0 || !s->chain_count)
		return r;
	return judge_areas(s);
}

static int look(const struct netd_scene *scene, size_t *budget, struct netd_error *notes)
{
	netd_auto(search_done) struct search s = {.scene = scene, .budget = budget};
	int r;

	s.findings.router = scene->router;
	s.findings.program = &s.program;
	r = search(&s);
	if (r < 0)
		return r;
	netd_findings_note(&s.findings, notes);
	return 0;
}

static int look_at_host(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_desired *desired, size_t *budget,
			struct netd_error *notes)
{
	netd_auto(scene_done) struct netd_scene scene = {
		.router = "",
		.observed = facts->observed,
		.desired = desired,
		.bridge_nf_call = facts->bridge_nf_call,
	};
	int r = netd_areas_of_host(t, &scene);

	if (r < 0)
		return r;
	return look(&scene, budget, notes);
}

static int look_at_router(const struct netd_topology *t, const struct netd_node *n,
			  const struct netd_state *observed,
			  const struct netd_desired *desired, size_t *budget,
			  struct netd_error *notes)
{
	netd_auto(scene_done) struct netd_scene scene = {
		.router = n->name,
		.observed = netd_state_space(observed, n->name),
		.desired = netd_desired_space(desired, n->name),
	};
	int r;

	/* most have no rules of others at all */
	if (!scene.observed || !scene.desired || !scene.observed->ruleset.foreign_count)
		return 0;
	r = netd_areas_of_router(t, n, &scene);
	if (r < 0)
		return r;
	return look(&scene, budget, notes);
}

int netd_obstacles_note(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *notes)
{
	size_t budget = BUDGET;
	int r = look_at_host(t, facts, desired, &budget, notes);

	if (r < 0)
		return r;
	for (size_t i = 0; i < t->node_count; i++) {
		r = look_at_router(t, &t->nodes[i], facts->observed, desired, &budget,
				   notes);
		if (r < 0)
			return r;
	}
	return 0;
}
