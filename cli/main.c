// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl: the table of verbs, and the way from the command line to one of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define PATIENCE 30 /* seconds */

#ifndef NETD_VERSION
#define NETD_VERSION "unknown"
#endif

const struct option_row common_options[] = {
	FLAG("json", 'j', json, "print JSON"),
	FLAG("quiet", 'q', quiet, "no notes"),
	VALUE("color", 0, color, "WHEN", "auto (default), always or never",
	      "auto|always|never"),
	VALUE("lock-wait", 0, lock_wait, "SECONDS",
	      "how long to wait for another netd (default 30)", NULL),
	VALUE("state-dir", 0, state_dir, "DIR", "instead of /run/netd ($NETD_STATE_DIR)",
	      "<directory>"),
	VALUE("config-dir", 0, config_dir, "DIR",
	      "instead of /etc/netd ($NETD_CONFIG_DIR)", "<directory>"),
	FLAG("help", 'h', help, "print this help"),
	FLAG("version", 0, version, "print the version"),
	OPTIONS_END,
};

static const struct option_row export_options[] = {
	FLAG("yaml", 'y', yaml, "print YAML (default)"),
	OPTIONS_END,
};

const struct verb netdctl_verbs[] = {
	{"plan", "FILE…", "Show what apply or destroy would do, in order",
	 "Touches nothing.  With --destroy, NAME of a running topology will do.\n"
	 "Exit status: 0 nothing to do, 3 changes, 2 refused.",
	 1, -1, "<yaml>", plan_options, run_plan, .by_daemon = true},
	{"apply", "FILE…", "Make the host have what the files describe",
	 "Each file is one transaction: if anything fails, all is as it was before.\n"
	 "Applying the same file again does nothing; a changed one changes only the\n"
	 "difference, and ports stay plugged in.\n"
	 "Exit status: 0 done, 1 failed and rolled back, 2 refused, 4 not rolled back.",
	 1, -1, "<yaml>", removal_options, run_apply, .by_daemon = true},
	{"confirm", "[NAME]", "Keep what was changed with --confirm",
	 "From any terminal or connection.", 0, 1, "<topology>", NULL, run_confirm,
	 .by_daemon = true},
	{"rollback", "[NAME]", "Return to what was there before the last change",
	 "What waits to be confirmed is taken back at once.  Else topology NAME becomes\n"
	 "what it was before its last change; once more, and that change is there again.",
	 0, 1, "<topology>", keep_options, run_rollback, .by_daemon = true},
	{"destroy", "NAME|FILE…", "Remove a topology, and give back what it changed",
	 "If it fails, all is as it was before.  One that is stuck is removed as far as "
	 "it "
	 "goes.\n"
	 "Exit status: 0 done, 1 failed and rolled back, 4 something is left, which is "
	 "named.",
	 1, -1, "<topology>", destroy_options, run_destroy, .by_daemon = true},
	{"recover", NULL, "Undo an apply that was killed, and try again what is stuck",
	 "Every verb that changes something undoes such an apply first; what is stuck is "
	 "tried\n"
	 "again by changes of the same topology.  Exit status: 0 done, 4 something is "
	 "left.",
	 0, 0, NULL, NULL, run_recover},
	{"repair", "[NAME…]", "Put back what somebody changed or removed of what runs",
	 "All topologies, unless some are named; one that fails does not keep the others "
	 "waiting.\n"
	 "Exit status: 0 done, 1 failed and rolled back, 2 refused, 4 not rolled back.",
	 0, -1, "<topology>", trial_options, run_repair, .by_daemon = true},
	{"status", NULL, "Show the running topologies, and what differs from them", NULL,
	 0, 0, NULL, NULL, run_status, .by_daemon = true},
	{"show", "[KIND [NAME]]", "Show networks, ports, forwards, machines and more",
	 "KIND: networks (default), ports, forwards, machines, routers, hosts,\n"
	 "services, topologies, differences (what is not as what runs should have it).\n"
	 "NAME: only what belongs to that network, or that router or host.",
	 0, 2,
	 "networks|ports|forwards|machines|routers|hosts|services|topologies|differences "
	 "<shown>",
	 NULL, run_show, .by_daemon = true},
	{"export", "[NAME]", "Print a running topology as a file", NULL, 0, 1,
	 "<topology>", export_options, run_export},
	{"adopt", "BRIDGE [NETWORK]", "Make a bridge that is there already a network",
	 "With its NIC, ports, addresses and routes, and without touching any of them.\n"
	 "netd adds no rule and changes nothing, until you tell it to (`netdctl network\n"
	 "set NETWORK --mode nat`).  When the network is deleted, the bridge stays.",
	 1, 2, "<interface> <network>", adopt_options, run_adopt},
	{"network", NULL, "Create, change, start and stop single networks", NULL, 0, 0,
	 NULL, NULL, NULL, network_verbs},
	{"port", NULL, "Plug interfaces, taps and veth pairs into networks", NULL, 0, 0,
	 NULL, NULL, NULL, port_verbs},
	{"forward", NULL, "Deliver addresses and ports of the host to machines", NULL, 0,
	 0, NULL, NULL, NULL, forward_verbs},
	{"machine", NULL, "Guests that a network knows, and their addresses", NULL, 0, 0,
	 NULL, NULL, NULL, machine_verbs},
	{"leases", "[NETWORK]", "Show who has which address by DHCP",
	 "With --wait, one of a name that is not there yet is waited for.", 0, 1,
	 "<network>", lease_options, run_leases},
	{"lease", NULL, "End leases by hand", NULL, 0, 0, NULL, NULL, NULL, lease_verbs},
	{"router", NULL, "Virtual routers: namespaces that join networks", NULL, 0, 0,
	 NULL, NULL, NULL, router_verbs},
	{"host", NULL, "Test hosts: namespaces that are plugged into networks", NULL, 0,
	 0, NULL, NULL, NULL, host_verbs},
	{"completion", "SHELL", "Print the completion script for bash, zsh or fish",
	 "For bash: netdctl completion bash > /etc/bash_completion.d/netdctl", 1, 1,
	 "bash|zsh|fish", NULL, run_completion},
	{"watchdog", NULL, NULL, NULL, 0, 0, NULL, NULL, run_watchdog},
	{"guard", "DIRECTORY LINK PID", NULL, NULL, 3, 3, NULL, NULL, run_guard},
	{"complete", "WORD…", NULL, NULL, 0, -1, NULL, NULL, run_complete},
	{0},
};

static const struct verb program = {
	.name = "netdctl",
	.summary = "Networks for virtual machines and labs",
	.verbs = netdctl_verbs,
};

int print_text(char *text)
{
	int code = EXIT_FAILED;

	if (text && fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		code = EXIT_DONE;
	free(text);
	return code;
}

/* Colour as asked for; by default on a terminal, unless NO_COLOR (no-color.org). */
static bool wants_color(const struct options *o, FILE *stream)
{
	const char *no = getenv("NO_COLOR");

	if (o->color && strcmp(o->color, "auto") != 0)
		return strcmp(o->color, "always") == 0;
	return isatty(fileno(stream)) && !(no && *no);
}

void say_notes(const struct cli *cli, const struct netd_plan *plan)
{
	auto_text char *text = NULL;

	if (cli->options.quiet)
		return;
	text = netd_plan_notes(plan, output_format(cli), cli->color_errors);
	if (text)
		fputs(text, stderr);
}

static bool is_bad_input(int code)
{
	static const int codes[] = {-EINVAL, -ENOENT,	  -EEXIST, -EFBIG,
				    -EISDIR, -EOPNOTSUPP, -E2BIG,  -ENODEV};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i] == code)
			return true;
	return false;
}

int report_text(struct cli *cli, const char *text, int code, enum netd_outcome outcome)
{
	bool json = cli->options.json;

	fputs(text, stderr);
	if (outcome == NETD_NOT_ROLLED_BACK || cli->recovery == NETD_NOT_ROLLED_BACK)
		return EXIT_BROKEN;
	if (outcome == NETD_ROLLED_BACK && !json)
		note(cli, "rolled back: everything is as it was before");
	if (outcome == NETD_KEPT && !json)
		note(cli, "rolled back as far as the kernel showed what was before; what "
			  "ran is still there");
	if (outcome == NETD_UNTOUCHED && is_bad_input(code))
		return EXIT_USAGE;
	return EXIT_FAILED;
}

int report(struct cli *cli, int code, enum netd_outcome outcome)
{
	auto_text char *text =
		netd_error_format(cli->err, output_format(cli), cli->color_errors);

	if (text)
		return report_text(cli, text, code, outcome);
	return report_text(cli, "netdctl: out of memory\n", code, outcome);
}

static int unknown_verb(const char *path, const struct verb *verbs, const char *name)
{
	const char *best = NULL;

	for (; verbs->name; verbs++)
		if (verbs->summary)
			guess(name, verbs->name, &best);
	if (best)
		complain("%s: unknown verb \"%s\"; did you mean \"%s\"?", path, name,
			 best);
	else
		complain("%s: unknown verb \"%s\"", path, name);
	complain("`%s --help` lists them", path);
	return EXIT_USAGE;
}

/* For people; what reads JSON waits as well without. */
static void say_waiting(const char *holder, void *data)
{
	const struct cli *cli = data;

	if (!cli->options.json)
		note(cli, "waiting for %s…", holder);
}

void say_recovered(const struct cli *cli, const char *topology, enum netd_outcome outcome)
{
	static const char *const words[] = {
		[NETD_DONE] =
			"a change that was cut short had all been done, and is kept",
		[NETD_ROLLED_BACK] =
			"a change that was cut short, or not confirmed, was undone",
		[NETD_NOT_ROLLED_BACK] = "a change that was cut short, or not confirmed, "
					 "could not be undone: it is stuck, see `netdctl "
					 "status`",
		[NETD_KEPT] =
			"a change that was cut short cannot be undone, as there was "
			"no record of what ran: all that is there stays; apply the "
			"file again, or destroy it",
	};

	if (words[outcome])
		note(cli, "%s: %s", topology, words[outcome]);
}

/* What the command's own words do not tell. */
static void recovered(const char *name, enum netd_outcome outcome, void *data)
{
	const struct cli *cli = data;

	if (!cli->options.json)
		say_recovered(cli, name, outcome);
}

static void forewarned(const struct netd_plan *notes, void *data)
{
	say_notes(data, notes);
}

/* "30": at most a day. */
static int parse_patience(struct cli *cli)
{
	const char *text = cli->options.lock_wait;
	unsigned long n = 0;

	cli->patience = PATIENCE;
	if (!text)
		return 0;
	for (const char *at = text; *at >= '0' && *at <= '9' && n <= 86400; at++)
		n = n * 10 + (unsigned long)(*at - '0');
	if (!*text || text[strspn(text, "0123456789")] || n > 86400)
		return -1;
	cli->patience = (unsigned)n;
	return 0;
}

/* What the option says, else the environment: with borrowed privileges that is empty. */
static const char *directory(const char *option, const char *variable)
{
	if (option)
		return option;
	return secure_getenv(variable);
}

/* By the daemon, if it is to; else in process. */
static int run_by_any(struct cli *cli, const char *state_dir, char **argv)
{
	int code = EXIT_DONE;

	if (cli->verb->by_daemon)
		code = daemon_open(cli, state_dir);
	if (code != EXIT_DONE)
		return code;
	code = cli->verb->run(cli, argv);
	daemon_close(cli);
	return code;
}

static int start(struct cli *cli, char **argv)
{
	const struct options *o = &cli->options;
	const char *state = directory(o->state_dir, "NETD_STATE_DIR");
	int r;

	cli->color = wants_color(o, stdout);
	cli->color_errors = wants_color(o, stderr);
	cli->err = netd_error_new();
	if (!cli->err)
		return out_of_memory();
	r = netd_new(state, directory(o->config_dir, "NETD_CONFIG_DIR"), &cli->netd,
		     cli->err);
	if (r < 0)
		return r;
	netd_set_watchdog(cli->netd, "/proc/self/exe");
	netd_set_keep_processes(cli->netd, o->keep_processes);
	netd_set_patience(cli->netd, cli->patience, say_waiting, cli);
	netd_set_recovered(cli->netd, recovered, cli);
	netd_set_forewarned(cli->netd, forewarned, cli);
	return run_by_any(cli, state, argv);
}

/* The number of the argument at which a command of somebody else begins; -1: none. */
static int command_argument(const struct verb *verb)
{
	const char *kind = verb->complete, *command;
	int number = 0;

	if (!kind)
		return -1;
	command = strstr(kind, "<command>");
	if (!command)
		return -1;
	for (; kind < command; kind++)
		number += *kind == ' ';
	return number;
}

static int wrong_count(const char *path, const struct verb *verb, const char *what)
{
	const char *arguments = "";

	if (verb->arguments)
		arguments = verb->arguments;
	fprintf(stderr, "%s: %s\nUsage: %s [OPTION…] %s\n", path, what, path, arguments);
	return EXIT_USAGE;
}

static int run_verb(struct cli *cli, const char *path, const struct verb *verb,
		    char **argv)
{
	int code, count = options_parse(verb->options, &cli->options,
					command_argument(verb), argv);

	if (count < 0) {
		fprintf(stderr, "`%s --help` lists the options\n", path);
		return EXIT_USAGE;
	}
	if (cli->options.help) {
		help_print(path, verb);
		return EXIT_DONE;
	}
	if (parse_patience(cli) < 0)
		return usage("--lock-wait %s: not a number of seconds up to 86400",
			     cli->options.lock_wait);
	if (trial_parse(cli) != EXIT_DONE)
		return EXIT_USAGE;
	if (count < verb->least)
		return wrong_count(path, verb, "missing argument");
	if (verb->most >= 0 && count > verb->most)
		return wrong_count(path, verb, "too many arguments");
	cli->verb = verb;
	code = start(cli, argv);
	if (code < 0)
		code = report(cli, code, NETD_UNTOUCHED);
	netd_free(cli->netd);
	netd_error_free(cli->err);
	return code;
}

/* The place of the verb in @argv, or of its end: common options may stand before it. */
static int find_verb(char **argv)
{
	int words = 0;

	while (argv[words] && argv[words][0] == '-') {
		const char *word = argv[words++];
		bool takes_value = false;

		for (const struct option_row *row = common_options; row->name; row++)
			if (word[1] == '-' && strcmp(row->name, word + 2) == 0)
				takes_value = row->argument != NULL;
		if (takes_value && argv[words])
			words++;
	}
	return words;
}

static int dispatch(struct cli *cli, const char *path, const struct verb *group,
		    char **argv)
{
	int before = find_verb(argv);
	const struct verb *verb;
	char name[64];

	if (!argv[before]) {
		if (options_parse(NULL, &cli->options, -1, argv) < 0)
			return EXIT_USAGE;
		if (cli->options.version) {
			puts("netdctl " NETD_VERSION);
			return EXIT_DONE;
		}
		if (cli->options.help) {
			help_print(path, group);
			return EXIT_DONE;
		}
		fprintf(stderr, "%s: which verb?\n`%s --help` lists them\n", path, path);
		return EXIT_USAGE;
	}
	verb = verb_find(group->verbs, argv[before]);
	if (!verb)
		return unknown_verb(path, group->verbs, argv[before]);
	snprintf(name, sizeof(name), "%s %s", path, verb->name);
	/* drop the verb's word; what stood before it stays in front */
	for (char **word = argv + before; *word; word++)
		word[0] = word[1];
	if (verb->verbs)
		return dispatch(cli, name, verb, argv);
	return run_verb(cli, name, verb, argv);
}

/*
 * A caller may have closed one of the first three descriptors; the next file to be opened
 * would get its number, and our messages would be written into it.
 */
static bool open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	int code;

	if (argc < 1 || !open_standard())
		return EXIT_USAGE;
	code = dispatch(&cli, "netdctl", &program, argv + 1);
	free(cli.options.settings);
	return code;
}
