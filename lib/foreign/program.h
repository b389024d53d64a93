/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody else's rules, as dumped, by table and chain; and the sets that they use. */
#ifndef NETD_FOREIGN_PROGRAM_H
#define NETD_FOREIGN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ruleset.h"

struct nftnl_rule;
struct nlmsghdr;

/* Every pointer but @rule is into the messages, which must live as long. */
struct netd_program_rule {
	struct nftnl_rule *rule; /* NULL: it cannot be read */
	uint64_t handle;
	char comment[NETD_COMMENT];
};

struct netd_program_chain {
	uint8_t family;
	const char *table, *name;
	size_t first, count; /* of its rules */
};

/* What an element's verdict is; @chain is "" unless it goes to one. */
struct netd_program_verdict {
	uint32_t code;
	const char *chain;
};

struct netd_program_element {
	const uint8_t *key, *key_end; /* NULL: the catch-all; no end of its own */
	bool ends;		      /* the one in front of it ends before this */
	struct netd_program_verdict verdict;
};

#define NETD_PROGRAM_FIELDS 16 /* NFT_REG32_COUNT */
struct netd_program_set {
	uint8_t family;
	const char *table, *name;
	uint32_t flags, key_length;
	uint8_t fields[NETD_PROGRAM_FIELDS]; /* lengths of a concatenation's parts */
	size_t field_count;
	bool listed; /* its elements are all here, and stay as they are */
	struct netd_program_element *elements;
	size_t element_count;
};

struct netd_program {
	struct netd_program_chain *chains;
	size_t chain_count;
	struct netd_program_rule *rules;
	size_t rule_count;
	struct netd_program_set *sets;
	size_t set_count;
};

/*
 * Takes apart @length bytes of messages: NFT_MSG_NEWRULE chain by chain, NFT_MSG_NEWSET
 * and behind these NFT_MSG_NEWSETELEM.  -ENOMEM.
 */
int netd_program_init(struct netd_program *p, const void *messages, size_t length);
void netd_program_done(struct netd_program *p);

/* NULL: it has no rules / its elements are not known. */
const struct netd_program_chain *netd_program_chain(const struct netd_program *p,
						    uint8_t family, const char *table,
						    const char *name);
const struct netd_program_set *netd_program_set(const struct netd_program *p,
						uint8_t family, const char *table,
						const char *name);

/*
 * True if the elements of that set, as NFT_MSG_NEWSET describes it, are worth a question:
 * those of a rule of its own, and those whose keys hold interfaces' names.
 */
bool netd_program_wants_elements(const struct nlmsghdr *nlh);

#endif
