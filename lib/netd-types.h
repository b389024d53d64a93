/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the calls of netd.h take and give, which the library's own rooms hand on. */
#ifndef NETD_TYPES_H
#define NETD_TYPES_H

#include <stdbool.h>

#define NETD_PUBLIC __attribute__((visibility("default")))

struct netd;
struct netd_topology;
struct netd_plan;
struct netd_table;
struct netd_error;

enum netd_format {
	NETD_FORMAT_TEXT,
	NETD_FORMAT_JSON,
	NETD_FORMAT_YAML,
};

/* What became of a failed apply. */
enum netd_outcome {
	NETD_UNTOUCHED,	      /* refused: nothing was changed */
	NETD_DONE,	      /* succeeded */
	NETD_ROLLED_BACK,     /* failed, and everything is as it was */
	NETD_NOT_ROLLED_BACK, /* failed, and not everything is: the problems say what */
	/* failed, and there was no record of what ran: all of that is there, as far as
	 * the kernel showed it before; recovered: just as it is */
	NETD_KEPT,
};

/*
 * A change on trial.  It is taken back, by another process, unless netd_confirm() comes
 * in time: also if the caller is killed.  Meanwhile every other change is refused
 * (-EBUSY).
 */
#define NETD_TRIAL_SECONDS_MAX 604800 /* a week */
struct netd_trial {
	unsigned seconds; /* 1 to NETD_TRIAL_SECONDS_MAX; else -EINVAL */
	/* Who must answer an ICMP echo behind the change, or it is taken back at once
	 * (-EHOSTUNREACH): an address; "none"; NULL: the gateway of the default route, if
	 * it answers before. */
	const char *probe;
	/* What netd_definition_save() gets when it is confirmed, or at once if nothing is
	 * to do; NULL: nothing. */
	const struct netd_topology *definition;
	/* The calling process may be killed if it still keeps the lock five seconds
	 * behind the deadline.  Without, it is waited for: until then nothing is taken
	 * back. */
	bool expendable;
};

/*
 * Settings are what options of netdctl say: a name and a value, as text; several of one
 * name make a list.  A setting with a NULL name ends them; NULL instead of them all means
 * none.  Problems are told in these words, with the option below them.
 */
struct netd_option_value {
	const char
		*name; /* as netd_option_get() has it ("nat-source"), or a file's key */
	const char *value; /* "10.9.0.1-10.9.0.9"; NULL: what it is by default */
};

struct netd_option {
	const char *name; /* without dashes */
	char letter;	  /* 'm' for -m; 0: none */
	const char
		*argument; /* what to call the value; NULL: none is given, it is "on" */
	const char *help;
	const char *const
		*choices; /* the values there are, NULL behind the last; or NULL */
	const char *kind; /* of things that have the value as their name: "<interface>" */
	bool list;	  /* may be given several times */
};

#endif
