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

	if (o->confirm)
		cli->trial = parse_seconds(o->confirm);
	if (o->confirm && !cli->trial)
		return usage("--confirm %s: not a time, as 60s or 5m, up to 7 days",
			     o->confirm);
	if (o->probe && !o->confirm)
		return usage("--probe goes with --confirm");
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
	auto_plan struct netd_plan *plan = NULL;
	int r = netd_apply_unconfirmed(cli->netd, t, &trial, &plan, &outcome, cli->err);

	if (r < 0)
		return report(cli, r, outcome);
	say_done(cli, what, plan, done);
	if (netd_plan_size(plan))
		say_trial(cli, netd_topology_name(t));
	return EXIT_DONE;
}

/* When memory runs out there is no name. */
static const char *known(const char *name)
{
	if (name)
		return name;
	return "?";
}

int run_confirm(struct cli *cli, char **argv)
{
	auto_text char *name = NULL;
	int r;

	if (cli->daemon)
		return daemon_change(cli, "Confirm", argv[0], "confirmed");
	r = netd_confirm(cli->netd, argv[0], &name, cli->err);
	if (r < 0)
		return r;
	note(cli, "%s: confirmed", known(name));
	return EXIT_DONE;
}

int run_rollback(struct cli *cli, char **argv)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	auto_plan struct netd_plan *plan = NULL;
	auto_text char *name = NULL;
	int r;

	if (cli->daemon)
		return daemon_change(cli, "Rollback", argv[0], "rolled back");
	r = netd_rollback(cli->netd, argv[0], &name, &plan, &outcome, cli->err);
	if (r < 0)
		return report(cli, r, outcome);
	if (plan)
		say_done(cli, known(name), plan, "rolled back");
	else
		note(cli, "%s: rolled back", known(name));
	return EXIT_DONE;
}

/* Nobody reads what it prints; the system's log is for it. */
int run_watchdog(struct cli *cli, char **argv)
{
	int r = netd_watch(cli->netd, STDIN_FILENO, cli->err);
	const char *words = "failed";
	auto_text char *text = NULL;

	(void)argv;
	openlog("netd-watchdog", LOG_PID, LOG_DAEMON);
	if (r > 0)
		syslog(LOG_WARNING, "a change that was not confirmed was rolled back");
	if (r >= 0)
		return EXIT_DONE;
	text = netd_error_format(cli->err, NETD_FORMAT_TEXT, false);
	if (text)
		words = text;
	syslog(LOG_ERR, "%s", words);
	return EXIT_FAILED;
}
