// SPDX-License-Identifier: GPL-2.0-or-later
/* An edit of topology `default`: into the kernel, then into its file, or into neither. */
#include "cli.h"

int pair_load(struct cli *cli, struct pair *p)
{
	int r = change_begin(cli);

	if (r < 0)
		return r;
	r = netd_definition_load(cli->netd, TOPOLOGY, &p->defined, cli->err);
	if (r < 0)
		return r;
	return netd_running_or_empty(cli->netd, TOPOLOGY, &p->running, cli->err);
}

void pair_done(struct pair *p)
{
	netd_topology_free(p->defined);
	netd_topology_free(p->running);
}

void note_disagreement(const struct cli *cli, const struct pair *p, const char *name)
{
	if (!netd_topology_agrees(p->defined, p->running, name))
		note(cli,
		     "note: %s runs otherwise than its definition has it; this command "
		     "goes by the definition (`netdctl rollback " TOPOLOGY
		     "` takes that back)",
		     name);
}

/* If the definition cannot be written, the host goes back to what ran before. */
static int apply_and_save(struct cli *cli, const struct pair *p, struct netd_plan **plan,
			  enum netd_outcome *outcome)
{
	auto_topology struct netd_topology *before = NULL;
	int r = netd_running_or_empty(cli->netd, netd_topology_name(p->running), &before,
				      cli->err);

	if (r < 0)
		return r;
	r = netd_apply(cli->netd, p->running, plan, outcome, cli->err);
	if (r < 0)
		return r;
	r = netd_definition_save(cli->netd, p->defined, cli->err);
	if (r >= 0)
		return r;
	*outcome = NETD_ROLLED_BACK;
	if (netd_apply(cli->netd, before, NULL, NULL, cli->err) < 0)
		*outcome = NETD_NOT_ROLLED_BACK;
	return r;
}

static int save(struct cli *cli, const struct pair *p, const char *what, const char *done)
{
	int r = netd_definition_save(cli->netd, p->defined, cli->err);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	note(cli, "%s: %s", what, done);
	return EXIT_DONE;
}

int pair_commit(struct cli *cli, const struct pair *p, bool apply, const char *what,
		const char *done)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	auto_plan struct netd_plan *plan = NULL;
	int r;

	if (!apply)
		return save(cli, p, what, done);
	if (cli->trial)
		return apply_on_trial(cli, p->running, p->defined, what, done);
	r = apply_and_save(cli, p, &plan, &outcome);
	if (r < 0)
		return report(cli, r, outcome);
	if (netd_plan_size(plan) || cli->options.json) {
		say_done(cli, what, plan, done);
		return EXIT_DONE;
	}
	say_notes(cli, plan);
	note(cli, "%s: %s, nothing to change", what, done);
	return EXIT_DONE;
}
