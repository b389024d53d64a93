/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the flows that guests need the chains of a host or a router to accept. */
#ifndef NETD_ADVISE_PASSAGE_H
#define NETD_ADVISE_PASSAGE_H

#include "ruleset/packet.h"
#include "advise/outside.h"

struct netd_area;
struct netd_foreign_chain;
struct netd_scene;
struct netd_str;

enum netd_passage_kind {
	NETD_PASSAGE_OUT,     /* from the area to the outside */
	NETD_PASSAGE_IN,      /* from the outside to the area */
	NETD_PASSAGE_FORWARD, /* from the outside to a machine, by DNAT */
	NETD_PASSAGE_WITHIN,  /* from one port of the bridge to another */
	NETD_PASSAGE_BETWEEN, /* from the area to another */
	NETD_PASSAGE_SERVICE, /* from the area to what is served there */
};

/* Flows of one kind, of one IP version. */
struct netd_passage {
	enum netd_passage_kind kind;
	const struct netd_area *area, *other; /* other: BETWEEN only */
	const struct netd_forward *forward;   /* FORWARD only */
	unsigned protocol;		      /* of the forward, a bit; 0: all */
	unsigned row;			      /* SERVICE: of lib/ruleset/admit.h */
	int family;			      /* AF_* */
	bool framed; /* WITHIN: chains of IP see bridged frames, too */
	/* the first packet at the forward hook, but for the interface that is outside */
	struct netd_packet packet;
	struct netd_outside outside;
};

/* Called for each passage; a negative return ends it. */
typedef int (*netd_passage_visit)(const struct netd_passage *p, void *data);

/* Visits all passages of one area but BETWEEN; returns what @visit returned last. */
int netd_passages_of(const struct netd_area *a, const struct netd_scene *scene,
		     netd_passage_visit visit, void *data);
/* Visits those from one area to another, if our rules accept them. */
int netd_passages_between(const struct netd_area *from, const struct netd_area *to,
			  const struct netd_scene *scene, netd_passage_visit visit,
			  void *data);

/*
 * Makes the packet that the chain sees (passage_packet.c): the first one, or an answer
 * (@reply).  @outside is the outside interface; NULL: unknown.  False if the chain does
 * not see it, or cannot tell it from packets of other areas.
 */
bool netd_passage_packet(const struct netd_passage *p, const struct netd_foreign_chain *c,
			 bool reply, const struct netd_link *outside,
			 struct netd_packet *out);

/* "TCP from network lan to the outside". */
void netd_passage_print(struct netd_str *s, const struct netd_passage *p, bool reply);
/* Bits of enum netd_remedy_need. */
unsigned netd_passage_need(const struct netd_passage *p, bool reply);

#endif
