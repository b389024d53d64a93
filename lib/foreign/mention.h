/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether somebody else's rules name an interface. */
#ifndef NETD_FOREIGN_MENTION_H
#define NETD_FOREIGN_MENTION_H

#include "model/ruleset.h"

struct netd_nft;

/* Where: "chain" and its name, or "set". */
struct netd_mention {
	const char *kind;
	char table[NETD_FOREIGN_NAME], name[NETD_FOREIGN_NAME];
};

/*
 * Looks for the interface's name as a value in all rules and sets but ours.  1 with the
 * first one in *@out, 0 if there is none, -errno without a problem.
 */
int netd_firewall_mention(struct netd_nft *nft, const char *interface,
			  struct netd_mention *out);

#endif
