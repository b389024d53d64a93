/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects what the chains of other programs drop, per rule or policy, as notes. */
#ifndef NETD_ADVISE_FINDING_H
#define NETD_ADVISE_FINDING_H

#include "base/str.h"
#include "foreign/verdict.h"

struct netd_area;
struct netd_error;
struct netd_passage;

#define NETD_FINDING_PHRASES 6

/* What is dropped: "DHCP from network lan". */
struct netd_phrase {
	struct netd_str text;
	unsigned families; /* 1: IPv4, 2: IPv6 */
};

/* One place (a rule or a policy) that drops packets of one area, and which it drops. */
struct netd_finding {
	const struct netd_area *area, *other;
	const struct netd_foreign_chain *chain;
	struct netd_verdict verdict;
	unsigned needs; /* enum netd_remedy_need */
	size_t first;	/* the last passage whose first packets are dropped */
	struct netd_phrase phrases[NETD_FINDING_PHRASES];
	size_t phrase_count, more;
};

/* The findings of one namespace. */
struct netd_findings {
	const char *router; /* "" = the host's */
	const struct netd_program *program;
	struct netd_finding *items;
	size_t count;
};

/*
 * Adds that @chain drops the first packets, or the answers, of @p, where @verdict says.
 * @number is the passage's; areas come one after another.  -ENOMEM.
 */
int netd_findings_add(struct netd_findings *all, const struct netd_passage *p,
		      size_t number, bool reply, const struct netd_foreign_chain *chain,
		      const struct netd_verdict *verdict);

/* Adds a note (code 0) for each finding, up to a limit per place; the hint of the note
 * has the commands that help. */
void netd_findings_note(const struct netd_findings *all, struct netd_error *notes);

void netd_findings_done(struct netd_findings *all);

#endif
