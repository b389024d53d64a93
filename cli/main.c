// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl: the table of verbs, and the way from the command line to one of them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#ifndef NETD_VERSION
#define NETD_VERSION "unknown"
#endif

const struct option_row common_options[] = {
	FLAG("json", 'j', json, "print JSON"),
	FLAG("quiet", 'q', quiet, "no notes"),
	VALUE("color", 0, color, "WHEN", "auto (default), always or never",
	      "auto|always|never"),
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
	{"plan", "FILE…", "Show what apply would do, in order",
	 "Touches nothing.  Exit status: 0 nothing to do, 3 changes, 2 refused.", 1, -1,
	 "<yaml>", NULL, run_plan, NULL},
	{"apply", "FILE…", "Make the host have what the files describe",
	 "Each file is one transaction: if anything fails, all is as it was before.\n"
	 "Applying the same file again does nothing; a changed one changes only the\n"
	 "difference, and ports stay plugged in.\n"
	 "Exit status: 0 done, 1 failed and rolled back, 2 refused, 4 not rolled back.",
	 1, -1, "<yaml>", NULL, run_apply, NULL},
	{"destroy", "NAME|FILE…", "Remove a topology, and give back what it changed",
	 NULL, 1, -1, "<topology>", NULL, run_destroy, NULL},
	{"recover", NULL, "Undo an apply that was killed",
	 "Every verb that changes something does so first.", 0, 0, NULL, NULL,
	 run_recover, NULL},
	{"status", NULL, "Show the running topologies, and what differs from them", NULL,
	 0, 0, NULL, NULL, run_status, NULL},
	{"show", "[KIND [NAME]]", "Show networks, ports, forwards or machines",
	 "KIND: networks (default), ports, forwards, machines, topologies.\n"
	 "NAME: only what belongs to that network.",
	 0, 2, "networks|ports|forwards|machines|topologies <network>", NULL, run_show,
	 NULL},
	{"export", "[NAME]", "Print a running topology as a file", NULL, 0, 1,
	 "<topology>", export_options, run_export, NULL},
	{"network", NULL, "Create, change, start and stop single networks", NULL, 0, 0,
	 NULL, NULL, NULL, network_verbs},
	{"port", NULL, "Plug interfaces, taps and veth pairs into networks", NULL, 0, 0,
	 NULL, NULL, NULL, port_verbs},
	{"forward", NULL, "Deliver addresses and ports of the host to machines", NULL, 0,
	 0, NULL, NULL, NULL, forward_verbs},
	{"completion", "SHELL", "Print the completion script for bash, zsh or fish",
	 "For bash: netdctl completion bash > /etc/bash_completion.d/netdctl", 1, 1,
	 "bash|zsh|fish", NULL, run_completion, NULL},
	{"complete", "WORD…", NULL, NULL, 0, -1, NULL, NULL, run_complete, NULL},
	{0},
};

static const struct verb program = {
	.name = "netdctl",
	.summary = "Networks for virtual machines and labs",
	.verbs = netdctl_verbs,
};

int usage(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	(void)cli;
	fputs("netdctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

void note(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->options.quiet)
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int print_text(char *text)
{
	int r = text && fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_DONE
									: EXIT_FAILED;

	free(text);
	return r;
}

/* Colour as asked for; by default on a terminal, unless NO_COLOR (no-color.org). */
static bool wants_color(const struct options *o, FILE *stream)
{
	const char *no = getenv("NO_COLOR");

	if (o->color && strcmp(o->color, "auto") != 0)
		return strcmp(o->color, "always") == 0;
	return isatty(fileno(stream)) && !(no && *no);
}

static int is_bad_input(int code)
{
	static const int codes[] = {-EINVAL, -ENOENT,	  -EEXIST, -EFBIG,
				    -EISDIR, -EOPNOTSUPP, -E2BIG,  -ENODEV};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i] == code)
			return 1;
	return 0;
}

int report(struct cli *cli, int code, enum netd_outcome outcome)
{
	bool json = cli->options.json;
	char *text =
		netd_error_format(cli->err, json ? NETD_FORMAT_JSON : NETD_FORMAT_TEXT,
				  wants_color(&cli->options, stderr));

	fputs(text ? text : "netdctl: out of memory\n", stderr);
	free(text);
	if (outcome == NETD_NOT_ROLLED_BACK || cli->recovery == NETD_NOT_ROLLED_BACK)
		return EXIT_BROKEN;
	if (outcome == NETD_ROLLED_BACK && !json)
		note(cli, "rolled back: everything is as it was before");
	return outcome == NETD_UNTOUCHED && is_bad_input(code) ? EXIT_USAGE : EXIT_FAILED;
}

static int unknown_verb(const char *path, const struct verb *verbs, const char *name)
{
	const struct verb *guess = verb_guess(verbs, name);

	fprintf(stderr, "%s: unknown verb \"%s\"", path, name);
	if (guess)
		fprintf(stderr, "; did you mean \"%s\"?", guess->name);
	fprintf(stderr, "\n`%s --help` lists them\n", path);
	return EXIT_USAGE;
}

static int start(struct cli *cli, const struct verb *verb, int argc, char **argv)
{
	const struct options *o = &cli->options;
	const char *state = o->state_dir ? o->state_dir : getenv("NETD_STATE_DIR");
	const char *config = o->config_dir ? o->config_dir : getenv("NETD_CONFIG_DIR");
	int code = EXIT_FAILED, r;

	cli->color = wants_color(o, stdout);
	cli->err = netd_error_new();
	r = cli->err ? netd_new(state, config, &cli->netd, cli->err) : -1;
	if (r == 0)
		code = verb->run(cli, argc, argv);
	else
		fputs("netdctl: out of memory\n", stderr);
	netd_free(cli->netd);
	netd_error_free(cli->err);
	return code;
}

static int run_verb(struct cli *cli, const char *path, const struct verb *verb, int argc,
		    char **argv)
{
	int count = options_parse(verb->options, &cli->options, argc, argv);

	if (count < 0) {
		fprintf(stderr, "`%s --help` lists the options\n", path);
		return EXIT_USAGE;
	}
	if (cli->options.help) {
		help_print(path, verb);
		return EXIT_DONE;
	}
	if (count < verb->least || (verb->most >= 0 && count > verb->most)) {
		fprintf(stderr, "%s: %s argument%s\nUsage: %s [OPTION…] %s\n", path,
			count < verb->least ? "missing" : "too many",
			count < verb->least ? "" : "s", path,
			verb->arguments ? verb->arguments : "");
		return EXIT_USAGE;
	}
	return start(cli, verb, count, argv);
}

/* Common options may stand before the verb: moves them behind it. */
static int rotate_options(int argc, char **argv)
{
	int words = 0;

	while (words < argc && argv[words][0] == '-') {
		const char *word = argv[words];
		bool takes_value = false;

		for (const struct option_row *row = common_options; row->name; row++)
			if (word[1] == '-' && strcmp(row->name, word + 2) == 0)
				takes_value = row->argument != NULL;
		words += takes_value ? 2 : 1;
	}
	return words < argc ? words : argc;
}

static int dispatch(struct cli *cli, const char *path, const struct verb *group, int argc,
		    char **argv)
{
	int before = rotate_options(argc, argv);
	const struct verb *verb;
	char name[64];

	if (before == argc) {
		if (options_parse(NULL, &cli->options, argc, argv) < 0)
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
	memmove(&argv[before], &argv[before + 1],
		(size_t)(argc - before) * sizeof(*argv));
	return verb->verbs ? dispatch(cli, name, verb, argc - 1, argv)
			   : run_verb(cli, name, verb, argc - 1, argv);
}

int main(int argc, char **argv)
{
	struct cli cli = {0};

	if (argc < 1)
		return EXIT_USAGE;
	return dispatch(&cli, "netdctl", &program, argc - 1, argv + 1);
}
