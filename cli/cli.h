/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of netdctl share: options, exit codes, output. */
#ifndef NETD_CLI_H
#define NETD_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "netd.h"

enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,  /* failed and rolled back, or nothing was touched */
	EXIT_USAGE = 2,	  /* usage or bad input */
	EXIT_CHANGES = 3, /* plan: changes pending */
	EXIT_BROKEN = 4,  /* failed and not wholly rolled back */
};

/* Owners that free what they have when they leave scope. */
#define auto_topology __attribute__((cleanup(free_topology)))
#define auto_plan __attribute__((cleanup(free_plan)))
#define auto_text __attribute__((cleanup(free_text)))
#define auto_names __attribute__((cleanup(free_names))) /* each, and the array */
#define auto_pair __attribute__((cleanup(pair_done)))
static inline void free_topology(struct netd_topology **t)
{
	netd_topology_free(*t);
}

static inline void free_plan(struct netd_plan **plan)
{
	netd_plan_free(*plan);
}

static inline void free_text(char **text)
{
	free(*text);
}

static inline void free_names(char ***names)
{
	for (size_t i = 0; *names && (*names)[i]; i++)
		free((*names)[i]);
	free(*names);
}

#define LIST_MAX 64

/* An option that may be given several times. */
struct list {
	const char *items[LIST_MAX];
	size_t count;
};

/* Every option of every verb; which of them a verb takes stands in its table. */
struct options {
	bool help, version, json, yaml, quiet;
	const char *color, *state_dir, *config_dir, *lock_wait;
	/* what the settings of objects say, in order; a NULL name ends them */
	struct netd_option_value *settings;
	size_t setting_count;
	struct list unset;
	/* networks */
	bool autostart, no_start, off, all_autostart, again, print;
	const char *preset;
	const char *wait, *timeout;
	/* ports and forwards */
	bool tap;
	const char *veth, *protocol;
	/* what changes something */
	const char *confirm, *probe;
	bool keep_processes;
	bool force, destroy;
};

struct verb;

struct cli {
	struct options options;
	const struct verb *verb;
	struct netd *netd;
	struct netd_error *err;
	unsigned patience;	    /* seconds to wait for the lock */
	unsigned trial;		    /* seconds until it must be confirmed; 0: at once */
	struct sd_bus *daemon;	    /* the verb is for it to run; NULL: in process */
	bool color, color_errors;   /* on standard output, and on standard error */
	char *chosen[2];	    /* the options' address and bridge, by a preset */
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
	bool setting;	    /* of an object: it goes to the settings instead */
	const char *object; /* stands for all settings of that kind of object */
};

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define FLAG(name, letter, field, help) \
	{name, letter, NULL, help, offsetof(struct options, field), false, NULL}
#define VALUE(name, letter, field, argument, help, values) \
	{name, letter, argument, help, offsetof(struct options, field), false, values}
/* Every setting of that kind of object, as the library has them. */
#define SETTINGS(kind) {"", 0, NULL, NULL, 0, false, NULL, false, .object = kind}
#define OPTIONS_END {NULL, 0, NULL, NULL, 0, false, NULL}
/* clang-format on */
/* What every verb takes that changes the host. */
#define TRIAL_OPTIONS                                                                \
	VALUE("confirm", 0, confirm, "TIME",                                         \
	      "roll back unless `netdctl confirm` follows in time (60s, 5m)", NULL), \
		VALUE("probe", 0, probe, "ADDRESS",                                  \
		      "roll back at once if this does not answer (default: the "     \
		      "gateway); none",                                              \
		      "none")
/* What every verb takes that deletes routers and hosts. */
#define KEEP_OPTION                               \
	FLAG("keep-processes", 0, keep_processes, \
	     "what runs in a router or host that goes is not ended")

/* A walk over the rows of a table, and over what some of them stand for. */
struct option_walk {
	const struct option_row *row;
	size_t i;
	struct option_row made;
	char values[128];
};
/* The next row, which holds until the next call; NULL behind the last. */
const struct option_row *option_next(struct option_walk *w);

/* One change of a topology in memory; returns 0 or -errno with a problem in cli->err. */
typedef int edit(struct cli *cli, struct netd_topology *t, char **argv);

struct verb {
	const char *name;
	const char *arguments; /* "FILE…"; completion takes the kinds in '<>' from
				  @complete */
	const char *summary;
	const char *more;		  /* help's last paragraphs; may be NULL */
	int least, most;		  /* how many arguments; most -1: any number */
	const char *complete;		  /* what each argument is: "<network> <file>" */
	const struct option_row *options; /* NULL: none of its own */
	/*
	 * @argv: the arguments, NULL behind the last.  Returns an exit code, or -errno,
	 * which netdctl reports with cli->err: nothing was touched.
	 */
	int (*run)(struct cli *cli, char **argv);
	const struct verb *verbs; /* a group's; ends with a NULL name */
	const char *subject;	  /* of several verbs with one @run: "router", "ports" */
	edit *change;		  /* of run_edit() */
	const char *done;	  /* what run_edit() says then: "port added" */
	bool by_daemon;		  /* can be run by it for who is not root */
};

extern const struct verb netdctl_verbs[];
extern const struct verb network_verbs[], port_verbs[], forward_verbs[], router_verbs[],
	host_verbs[], machine_verbs[], lease_verbs[];
extern const struct option_row common_options[], lease_options[], trial_options[],
	removal_options[], keep_options[], adopt_options[], destroy_options[],
	plan_options[];

/*
 * Parses options anywhere among @argv, which ends with NULL, into @options; moves the
 * arguments to its front, with NULL behind them.  Their number, or -1 after saying on
 * standard error what is wrong.  `--` ends options, and so does argument number @command
 * (-1: none does).
 */
int options_parse(const struct option_row *rows, struct options *options, int command,
		  char **argv);
/* How many arguments @argv has. */
int count(char **argv);

/* Writes help for a verb, or for the program (@path "netdctl", a verb with `verbs`). */
void help_print(const char *path, const struct verb *verb);

/* The verb of that name in @verbs, or NULL. */
const struct verb *verb_find(const struct verb *verbs, const char *name);
/* Makes @known *@best if it is nearer to @word, and near enough to be meant. */
void guess(const char *word, const char *known, const char **best);

/* Prints the error list and returns the exit code for it. */
int report(struct cli *cli, int code, enum netd_outcome outcome);
/* The same of what the daemon told. */
int report_text(struct cli *cli, const char *text, int code, enum netd_outcome outcome);
/* Prints a usage problem, with a pointer to help; EXIT_USAGE. */
int usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Says so on standard error; EXIT_FAILED. */
int out_of_memory(void);
/* A line on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A note on standard error, unless --quiet. */
void note(const struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What the maker of @plan wants to be known, on standard error, unless --quiet. */
void say_notes(const struct cli *cli, const struct netd_plan *plan);
/* Prints and frees @text; EXIT_DONE. */
int print_text(char *text);

/* Says what became of a change of @topology that was cut short, or was stuck. */
void say_recovered(const struct cli *cli, const char *topology,
		   enum netd_outcome outcome);

/* The worst of two exit codes: a failure outranks pending changes. */
int worse(int a, int b);

int run_completion(struct cli *cli, char **argv);
int run_complete(struct cli *cli, char **argv);
int run_plan(struct cli *cli, char **argv);
int run_adopt(struct cli *cli, char **argv);
int run_apply(struct cli *cli, char **argv);
int run_destroy(struct cli *cli, char **argv);
int run_confirm(struct cli *cli, char **argv);
int run_rollback(struct cli *cli, char **argv);
int run_guard(struct cli *cli, char **argv);
int run_watchdog(struct cli *cli, char **argv);
int run_recover(struct cli *cli, char **argv);
int run_repair(struct cli *cli, char **argv);
int run_status(struct cli *cli, char **argv);
int run_show(struct cli *cli, char **argv);
int run_leases(struct cli *cli, char **argv);
int run_export(struct cli *cli, char **argv);
int run_exec(struct cli *cli, char **argv);
/* Prints the table that is the verb's subject. */
int run_list(struct cli *cli, char **argv);
/*
 * Makes the verb's change in the topology that has the network, router or host argv[0]:
 * `default`'s definition, and what runs of it if that does; else in what runs of another.
 */
int run_edit(struct cli *cli, char **argv);

/* JSON if that was asked for, else text. */
enum netd_format output_format(const struct cli *cli);
/* Prints @t as a file; as `run` of a verb. */
int print_topology(struct cli *cli, const struct netd_topology *t);
/* Prints and frees the table of a call that returned @r; as `run` of a verb. */
int print_result(struct cli *cli, int r, struct netd_table *table);

/*
 * Makes this process the only writer until it ends, and undoes what a killed one left:
 * what is read behind it is true until it is changed.  0, or -errno with a problem in
 * cli->err.
 */
int change_begin(struct cli *cli);

/* Says what was done: "WHAT: DONE, 3 changes", or the plan with --json. */
void say_done(struct cli *cli, const char *what, const struct netd_plan *plan,
	      const char *done);

/* The same of a plan that is text already, JSON if that was asked for. */
void say_changes(struct cli *cli, const char *what, const char *plan, size_t size,
		 const char *done);
/* Says that @name is on trial. */
void say_trial(const struct cli *cli, const char *name);
/* Says that what is known of @name is kept in @left. */
void say_left(const struct cli *cli, const char *name, const char *left);

/*
 * The daemon.  Connects to that of @state_dir (NULL: the usual one) if it is to run the
 * verb; EXIT_FAILED only if $NETD_DAEMON wants it and there is none.  The others need
 * cli->daemon, print what the verb prints, and return its exit code.
 */
int daemon_open(struct cli *cli, const char *state_dir);
void daemon_close(struct cli *cli);
int daemon_status(struct cli *cli);
/* As print_table(). */
int daemon_show(struct cli *cli, const char *kind, const char *name);
/* What applying @t would do, or destroying @name if that is NULL. */
int daemon_plan(struct cli *cli, const char *name, const struct netd_topology *t);
/* As apply_topology(). */
int daemon_apply(struct cli *cli, const struct netd_topology *t, const char *what,
		 const char *done);
/* Destroy, Confirm, Rollback or Repair of topology @name; NULL: whatever there is. */
int daemon_change(struct cli *cli, const char *member, const char *name,
		  const char *done);

/* Both sides of topology `default`: what is defined, and what runs. */
#define TOPOLOGY "default"
struct pair {
	struct netd_topology *defined, *running;
};
/* After change_begin(); -errno with a problem in cli->err. */
int pair_load(struct cli *cli, struct pair *p);
void pair_done(struct pair *p);
/*
 * Applies what runs if @apply, and then keeps what is defined: nothing unproven is
 * written to the configuration, and nothing on trial.  If that cannot be written, the
 * host goes back to what ran before.  As `run` of a verb.
 */
int pair_commit(struct cli *cli, const struct pair *p, bool apply, const char *what,
		const char *done);

/*
 * The definition that has network @network, `default` if it does, into *@name, which is
 * to be freed: 1.  0 if none has it; -EEXIST, with a problem in cli->err, if several
 * have.
 */
int definition_find(struct cli *cli, const char *network, char **name);

extern const struct option_row network_start_options[];
int run_network_start(struct cli *cli, char **argv);
int run_network_stop(struct cli *cli, char **argv);

/* Says that @name, which runs, gets more of its definition than a command is about. */
void note_disagreement(const struct cli *cli, const struct pair *p, const char *name);

/*
 * Applies @t, on trial if that was asked for, and returns the exit code.  If something
 * was changed it says so: "WHAT: DONE, 3 changes".
 */
int apply_topology(struct cli *cli, const struct netd_topology *t, const char *what,
		   const char *done);

/* Reads --confirm and --probe.  EXIT_DONE or EXIT_USAGE. */
int trial_parse(struct cli *cli);
/*
 * Applies @t for cli->trial seconds, or until that is confirmed; then @defined (may be
 * NULL) is kept, too.  The exit code.
 */
int apply_on_trial(struct cli *cli, const struct netd_topology *t,
		   const struct netd_topology *defined, const char *what,
		   const char *done);

/* Adds a setting, whose texts must stay; NULL as @value: back to its default. */
void setting_add(struct options *o, const char *name, const char *value);
/* True if one of that name has a value. */
bool setting_has(const struct options *o, const char *name);

/*
 * Fills what the options leave open in with what --preset stands for; says if its subnet
 * was taken and another one chosen.  0, or -errno with a problem in cli->err.
 */
int preset_apply(struct cli *cli);
void preset_done(struct cli *cli);

#endif
