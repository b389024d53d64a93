/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls that others may make: netd.h, with words for arguments and results. */
#ifndef NETD_DAEMON_CALL_H
#define NETD_DAEMON_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "netd.h"
#include "work.h"

#define CALL_WORDS 2
#define CALL_LOCK_SECONDS 30 /* unless the caller is less patient */

struct call;

/*
 * One call, whoever makes it and by which protocol.  Signatures are those of D-Bus; names
 * are one behind the other, each with its NUL.  Options, where there are any, come last.
 */
struct call_row {
	const char *member;   /* "Apply" */
	const char *in, *out; /* texts, then perhaps "a{sv}"; the result */
	const char *names;    /* of the arguments, then of the result */
	const char *action;   /* of polkit, without "org.netd1." */
	enum lane lane;
	bool open; /* for everybody, unless polkit says otherwise */
	int (*run)(struct call *call, struct netd *netd);
};

/* The rows; a NULL member ends them. */
extern const struct call_row call_rows[];
const struct call_row *call_find(const char *member);
/* Writes them as the specification of D-Bus has an interface; 0, or 1 if that fails. */
int call_introspect(FILE *out);

struct call_options {
	const char *format; /* "text", "json"; NULL: text */
	bool color;	    /* in plans */
	bool color_errors;  /* in problems and notes */
	bool force, keep_processes;
	unsigned confirm;   /* seconds; 0: at once */
	unsigned lock_wait; /* seconds */
	const char *probe;
};

/* An option's place, by its name. */
struct call_option_row {
	const char *name;
	char type; /* 's', 'u' or 'b' */
	size_t offset;
};
extern const struct call_option_row call_option_rows[];

/* A change that was taken up on the way. */
struct call_recovered {
	char *name;
	enum netd_outcome outcome;
};

struct call {
	const struct call_row *row;
	const char *state_dir, *config_dir;
	const char *words[CALL_WORDS]; /* the arguments; never NULL */
	struct call_options options;

	/* what became of it */
	int result; /* -errno, with what is in @err */
	struct netd_error *err;
	enum netd_outcome outcome;
	char *text;  /* the whole result, of calls that have one text */
	char *plan;  /* what was done, or would be; NULL: there was no plan */
	char *notes; /* of that plan */
	size_t changes;
	char *name, *left;
	char *forewarned; /* what was to be said before the first change */
	struct call_recovered *recovered;
	size_t recovered_count;
	struct netd_table *table;
};

/* Makes the call, in a lane's thread; all results are filled in. */
void call_run(struct call *call);
/* All problems, as the caller wants to have them; to be freed, NULL: no memory. */
char *call_problems(const struct call *call);
void call_done(struct call *call);

#endif
