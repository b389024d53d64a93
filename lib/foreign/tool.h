/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who made somebody else's chain, and what its commands look like. */
#ifndef NETD_FOREIGN_TOOL_H
#define NETD_FOREIGN_TOOL_H

#include "foreign/remedy.h"
#include "ruleset/admit.h"

/* How firewalld's commands begin, and make a zone and a policy. */
#define NETD_FIREWALLD "firewall-cmd --permanent "
#define NETD_FIREWALLD_ZONE "--new-zone="
#define NETD_FIREWALLD_POLICY "--new-policy="

/* Needs have words in the order of their bits, without those of services. */
#define NETD_TOOL_NEEDS 7

/* What stands in front of the words: %t is the table, %c the chain, %f the family. */
struct netd_tool {
	bool (*is)(const struct netd_remedy *r);
	const char *command;
	const char *const *words;
	const char *before;	   /* in front of all services … */
	const char *service;	   /* … of which each is %s … */
	enum netd_admit_word word; /* … in these words */
	const char *last;	   /* a command behind all others */
	const char *remark;
	bool whole; /* it is the owner's, about all chains of the table */
	bool host;  /* it asks a daemon, or writes files, of the host's only */
};

/*
 * True if firewalld made the chain, by its nftables or its iptables backend: then the
 * commands for one of its chains are about all of them.
 */
bool netd_tool_is_firewalld(const struct netd_remedy *r);

/* Never NULL: nft can be asked about any chain. */
const struct netd_tool *netd_tool_of(const struct netd_remedy *r);

#endif
