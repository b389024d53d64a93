// SPDX-License-Identifier: GPL-2.0-or-later
/* --confirm, netdctl confirm and rollback, and the process that waits. */
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "cli.h"

const struct option_row trial_options[] = {
	TRIAL_OPTIONS,
	OPTIONS_END,
};

const struct option_row removal_options[] = {
	KEEP_OPTION,
	TRIAL_OPTIONS,
	OPTIONS_END,
};

const struct option_row keep_options[] = {
	KEEP_OPTION,
	OPTIONS_END,
};

/* "90", "90s", "5m", "1h": seconds; 0 if it is none of these, or too much. */
static unsigned parse_seconds(const char *text)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}};
	unsigned long n = 0;

	if (*text < '1' || *text > '9')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++)
		if ((n = n * 10 + (unsigned long)(*text - '0')) > NETD_TRIAL_SECONDS_MAX)
			return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*text == units[i].unit && (!*text || !text[1])) {
			if (n * units[i].seconds <= NETD_TRIAL_SECONDS_MAX)
				return (unsigned)(n * units[i].seconds);
			return 0;
		}
	return 0;
}

int trial_parse(struct cli *cli)
{
	const struct options *o = &cli->options;

	cli->trial = o->confirm ? parse_seconds(o->confirm) : 0;
	if (o->confirm && !cli->trial)
		return usage(cli, "--confirm %s: not a time, as 60s or 5m, up to 7 days",
			     o->confirm);
	if (o->probe && !o->confirm)
		return usage(cli, "--probe goes with --confirm");
	return EXIT_DONE;
}

void say_trial(const struct cli *cli, const char *name)
{
	note(cli, "%s: rolled back in %u s, unless you confirm it: `netdctl confirm %s`",
	     name, cli->trial, name);
}

int apply_on_trial(struct cli *cli, const struct netd_topology *t,
		   const struct netd_topology *defined, const char *what,
		   const char *done)
{
	const struct netd_trial trial = {
		.seconds = cli->trial,
		.probe = cli->options.probe,
		.definition = defined,
		.expendable = true,
	};
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_plan *plan = NULL;
	int code = EXIT_DONE;
	int r = netd_apply_unconfirmed(cli->netd, t, &trial, &plan, &outcome, cli->err);

	if (r < 0) {
		code = report(cli, r, outcome);
	} else {
		say_done(cli, what, plan, done);
		if (netd_plan_size(plan))
			say_trial(cli, netd_topology_name(t));
	}
	netd_plan_free(plan);
	return code;
}

int run_confirm(struct cli *cli, int argc, char **argv)
{
	const char *wanted = argc ? argv[0] : NULL;
	char *name = NULL;
	int r;

	if (cli->daemon)
		return daemon_change(cli, "Confirm", wanted, "confirmed");
	r = netd_confirm(cli->netd, wanted, &name, cli->err);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	note(cli, "%s: confirmed", name ? name : "?");
	free(name);
	return EXIT_DONE;
}

int run_rollback(struct cli *cli, int argc, char **argv)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_plan *plan = NULL;
	const char *wanted = argc ? argv[0] : NULL;
	char *name = NULL;
	int code = EXIT_DONE, r;

	if (cli->daemon)
		return daemon_change(cli, "Rollback", wanted, "rolled back");
	r = netd_rollback(cli->netd, wanted, &name, &plan, &outcome, cli->err);
	if (r < 0)
		code = report(cli, r, outcome);
	else if (plan)
		say_done(cli, name ? name : "?", plan, "rolled back");
	else
		note(cli, "%s: rolled back", name ? name : "?");
	netd_plan_free(plan);
	free(name);
	return code;
}

/* Nobody reads what it prints; the system's log is for it. */
int run_watchdog(struct cli *cli, int argc, char **argv)
{
	int r = netd_watch(cli->netd, STDIN_FILENO, cli->err);
	char *text = NULL;

	(void)argc;
	(void)argv;
	if (r < 0)
		text = netd_error_format(cli->err, NETD_FORMAT_TEXT, false);
	openlog("netd-watchdog", LOG_PID, LOG_DAEMON);
	if (r < 0)
		syslog(LOG_ERR, "%s", text ? text : "failed");
	else if (r > 0)
		syslog(LOG_WARNING, "a change that was not confirmed was rolled back");
	free(text);
	if (r < 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}
