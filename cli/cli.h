/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of netdctl share: options, exit codes, output. */
#ifndef NETD_CLI_H
#define NETD_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "netd.h"

enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,  /* failed and rolled back, or nothing was touched */
	EXIT_USAGE = 2,	  /* usage or bad input */
	EXIT_CHANGES = 3, /* plan: changes pending */
	EXIT_BROKEN = 4,  /* failed and not wholly rolled back */
};

#define LIST_MAX 64

/* An option that may be given several times. */
struct list {
	const char *items[LIST_MAX];
	size_t count;
};

/* Every option of every verb; which of them a verb takes stands in its table. */
struct options {
	bool help, version, json, yaml, quiet;
	const char *color, *state_dir, *config_dir;
	/* networks */
	const char *mode, *bridge, *mac, *mtu, *stp, *nat_ports, *nat_out, *nat_on;
	struct list addresses, nat_sources;
	bool autostart, no_start, off, all_autostart;
	/* ports */
	bool tap, multi_queue, vnet_hdr;
	const char *owner, *group, *veth, *namespace_name;
	/* forwards */
	const char *protocol, *on;
};

struct cli {
	struct options options;
	struct netd *netd;
	struct netd_error *err;
	bool color;		    /* on standard output */
	enum netd_outcome recovery; /* of what change_begin() found to be undone */
};

struct option_row {
	const char *name;     /* without the dashes */
	char letter;	      /* 0: none */
	const char *argument; /* what help calls it; NULL: a flag */
	const char *help;
	size_t offset; /* in struct options: bool, const char * or struct list */
	bool list;
	const char *values; /* for completion: "a|b", or a kind in '<>' */
};

#define FLAG(name, letter, field, help)                                                \
	{                                                                              \
		name, letter, NULL, help, offsetof(struct options, field), false, NULL \
	}
#define VALUE(name, letter, field, argument, help, values)                            \
	{                                                                             \
		name, letter, argument, help, offsetof(struct options, field), false, \
			values                                                        \
	}
#define LIST(name, letter, field, argument, help)                                    \
	{                                                                            \
		name, letter, argument, help, offsetof(struct options, field), true, \
			NULL                                                         \
	}
#define OPTIONS_END                                 \
	{                                           \
		NULL, 0, NULL, NULL, 0, false, NULL \
	}

struct verb {
	const char *name;
	const char *arguments; /* "FILE…"; completion takes the kinds in '<>' from
				  @complete */
	const char *summary;
	const char *more;		  /* help's last paragraphs; may be NULL */
	int least, most;		  /* how many arguments; most -1: any number */
	const char *complete;		  /* what each argument is: "<network> <file>" */
	const struct option_row *options; /* NULL: none of its own */
	int (*run)(struct cli *cli, int argc, char **argv);
	const struct verb *verbs; /* a group's; ends with a NULL name */
};

extern const struct verb netdctl_verbs[];
extern const struct verb network_verbs[], port_verbs[], forward_verbs[];
extern const struct option_row common_options[];

/*
 * Parses options anywhere among @argv into @options and moves the arguments to its front.
 * Their number, or -1 after saying on standard error what is wrong.  `--` ends options.
 */
int options_parse(const struct option_row *rows, struct options *options, int argc,
		  char **argv);

/* Writes help for a verb, or for the program (@path "netdctl", a verb with `verbs`). */
void help_print(const char *path, const struct verb *verb);

/* The verb of that name in @verbs, or NULL. */
const struct verb *verb_find(const struct verb *verbs, const char *name);
/* The verb that @name most likely stands for, or NULL. */
const struct verb *verb_guess(const struct verb *verbs, const char *name);

/* Prints the error list and returns the exit code for it. */
int report(struct cli *cli, int code, enum netd_outcome outcome);
/* Prints a usage problem, with a pointer to help; EXIT_USAGE. */
int usage(const struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A note on standard error, unless --quiet. */
void note(const struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints and frees @text; EXIT_DONE. */
int print_text(char *text);

int run_completion(struct cli *cli, int argc, char **argv);
int run_complete(struct cli *cli, int argc, char **argv);
int run_plan(struct cli *cli, int argc, char **argv);
int run_apply(struct cli *cli, int argc, char **argv);
int run_destroy(struct cli *cli, int argc, char **argv);
int run_recover(struct cli *cli, int argc, char **argv);
int run_status(struct cli *cli, int argc, char **argv);
int run_show(struct cli *cli, int argc, char **argv);
int run_export(struct cli *cli, int argc, char **argv);

/*
 * Makes this process the only writer until it ends, and undoes what a killed one left:
 * what is read behind it is true until it is changed.  0, or -errno with a problem in
 * cli->err.
 */
int change_begin(struct cli *cli);

/* Says what was done: "WHAT: DONE, 3 changes", or the plan with --json. */
void say_done(struct cli *cli, const char *what, const struct netd_plan *plan,
	      const char *done);

/*
 * Applies @running (NULL: nothing is to run), then keeps @defined: nothing unproven is
 * written to the configuration.  If that cannot be written, the host goes back to what
 * ran before.  Returns the exit code.
 */
int commit_definition(struct cli *cli, const struct netd_topology *running,
		      const struct netd_topology *defined, const char *what,
		      const char *done);

/*
 * Applies @t and returns the exit code.  If something was changed it says so: "WHAT:
 * DONE, 3 changes".
 */
int apply_topology(struct cli *cli, const struct netd_topology *t, const char *what,
		   const char *done);

/*
 * A growing flow mapping in the file's words: "{mode: nat, addresses:
 * [\"10.1.0.1/24\"]}". Values are quoted, so that no value can be taken for anything
 * else.
 */
struct settings {
	char *text;
	size_t length;
};
void settings_open(struct settings *s, const char *key); /* "key: {", NULL: "{" */
void settings_close(struct settings *s);
void settings_word(struct settings *s, const char *key, const char *value);
/* Unquoted, if it is a plain word; else quoted, to be refused with its place. */
void settings_number(struct settings *s, const char *key, const char *value);
void settings_flag(struct settings *s, const char *key, bool value);
void settings_list(struct settings *s, const char *key, const struct list *values);

#endif
