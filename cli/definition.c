// SPDX-License-Identifier: GPL-2.0-or-later
/* An edit of topology `default`: into the kernel, then into its file, or into neither. */
#include <stddef.h>

#include "cli.h"

/* What runs under that name; an empty topology if nothing does. */
static int load_before(struct cli *cli, const char *name, struct netd_topology **out)
{
	return netd_running(cli->netd, name, out, NULL) == 0
		       ? 0
		       : netd_topology_create(name, out, cli->err);
}

static enum netd_outcome go_back(struct cli *cli, const struct netd_topology *before)
{
	return netd_apply(cli->netd, before, NULL, NULL, cli->err) < 0
		       ? NETD_NOT_ROLLED_BACK
		       : NETD_ROLLED_BACK;
}

static int apply_and_save(struct cli *cli, const struct netd_topology *running,
			  const struct netd_topology *defined, struct netd_plan **plan,
			  enum netd_outcome *outcome)
{
	struct netd_topology *before = NULL;
	int r = load_before(cli, netd_topology_name(running), &before);

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
	int r = running ? apply_and_save(cli, running, defined, &plan, &outcome)
			: netd_definition_save(cli->netd, defined, cli->err);
	int code = r < 0 ? report(cli, r, outcome) : EXIT_DONE;

	if (r == 0 && plan)
		say_done(cli, what, plan, done);
	else if (r == 0)
		note(cli, "%s: %s", what, done);
	netd_plan_free(plan);
	return code;
}
