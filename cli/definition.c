// SPDX-License-Identifier: GPL-2.0-or-later
/* An edit of topology `default`: into the kernel, then into its file, or into neither. */
#include <stddef.h>

#include "cli.h"

int pair_load(struct cli *cli, struct pair *p)
{
	int r = change_begin(cli);

	if (r)
		return r;
	r = netd_definition_load(cli->netd, TOPOLOGY, &p->defined, cli->err);
	if (r)
		return r;
	return netd_running_or_empty(cli->netd, TOPOLOGY, &p->running, cli->err);
}

void pair_done(struct pair *p)
{
	netd_topology_free(p->defined);
	netd_topology_free(p->running);
}

void note_disagreement(const struct cli *cli, const struct netd_topology *defined,
		       const struct netd_topology *running, const char *name)
{
	if (!netd_topology_agrees(defined, running, name))
		note(cli,
		     "note: %s runs otherwise than its definition has it; this command "
		     "goes by the definition (`netdctl rollback " TOPOLOGY
		     "` takes that back)",
		     name);
}

int pair_commit(struct cli *cli, const struct pair *p, bool apply, const char *what,
		const char *done)
{
	return commit_definition(cli, apply ? p->running : NULL, p->defined, what, done);
}

static enum netd_outcome go_back(struct cli *cli, const struct netd_topology *before)
{
	if (netd_apply(cli->netd, before, NULL, NULL, cli->err) < 0)
		return NETD_NOT_ROLLED_BACK;
	return NETD_ROLLED_BACK;
}

static int apply_and_save(struct cli *cli, const struct netd_topology *running,
			  const struct netd_topology *defined, struct netd_plan **plan,
			  enum netd_outcome *outcome)
{
	struct netd_topology *before = NULL;
	int r = netd_running_or_empty(cli->netd, netd_topology_name(running), &before,
				      cli->err);

	if (r == 0)
		r = netd_apply(cli->netd, running, plan, outcome, cli->err);
	if (r == 0) {
		r = netd_definition_save(cli->netd, defined, cli->err);
		if (r < 0)
			*outcome = go_back(cli, before);
	}
	netd_topology_free(before);
	return r;
}

int commit_definition(struct cli *cli, const struct netd_topology *running,
		      const struct netd_topology *defined, const char *what,
		      const char *done)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_plan *plan = NULL;
	int r, code;

	if (running && cli->trial)
		return apply_on_trial(cli, running, defined, what, done);
	r = running ? apply_and_save(cli, running, defined, &plan, &outcome)
		    : netd_definition_save(cli->netd, defined, cli->err);
	code = r < 0 ? report(cli, r, outcome) : EXIT_DONE;
	if (r == 0 && plan && (netd_plan_size(plan) || cli->options.json)) {
		say_done(cli, what, plan, done);
	} else if (r == 0) {
		if (plan)
			say_notes(cli, plan);
		note(cli, "%s: %s%s", what, done, plan ? ", nothing to change" : "");
	}
	netd_plan_free(plan);
	return code;
}
