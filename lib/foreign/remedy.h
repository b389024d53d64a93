/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that make somebody else's firewall let a network pass, in its own words. */
#ifndef NETD_FOREIGN_REMEDY_H
#define NETD_FOREIGN_REMEDY_H

#include "foreign/verdict.h"

struct netd_str;

/* What is to pass, seen from a bridge; an answer belongs to a flow that is there. */
enum netd_remedy_need {
	NETD_NEED_FROM = 1 << 0, /* whatever comes from it */
	NETD_NEED_TO = 1 << 1,	 /* whatever goes to it */
	NETD_NEED_ANSWERS_FROM = 1 << 2,
	NETD_NEED_ANSWERS_TO = 1 << 3,
	NETD_NEED_WITHIN = 1 << 4,  /* from it to itself */
	NETD_NEED_BETWEEN = 1 << 5, /* from it to the other bridge, … */
	NETD_NEED_BACK = 1 << 6,    /* … and answers from there */
	NETD_NEED_SERVICE = 1 << 7, /* of row 0 of admit.h; then a bit for each row */
};

struct netd_remedy {
	const struct netd_program *program;
	const struct netd_foreign_chain *chain;
	struct netd_verdict verdict;
	unsigned needs, all_needs; /* of the note, and of the table's other chains, too */
	const char *router;	   /* whose namespace the chain is in; "": the host's */
	const char *bridge, *other; /* of a router: its interfaces */
};

/* Says what to do about it, as a hint. */
void netd_remedy_print(struct netd_str *s, const struct netd_remedy *r);

#endif
