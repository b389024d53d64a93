/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One rule of iptables-legacy: as the kernel has it, and as nf_tables would. */
#ifndef NETD_FOREIGN_LEGACY_RULE_H
#define NETD_FOREIGN_LEGACY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netd_batch;

/* What differs between IPv4 and IPv6. */
struct netd_legacy_kind {
	const char *program;
	uint8_t family, nfproto; /* AF_*, NFPROTO_* */
	int level, get_info, get_entries;
	const char *names; /* the file that lists its tables */
	size_t head;	   /* bytes of a rule in front of its matches */
};
#define NETD_LEGACY_KINDS 2
extern const struct netd_legacy_kind netd_legacy_kinds[NETD_LEGACY_KINDS];

/* One entry of a table's block. */
struct netd_legacy_entry {
	const char *bytes;
	size_t length, target; /* where the target begins */
	const char *chain;     /* it heads the chain of that name; else NULL */
	bool is_standard;      /* the target is a verdict, or a jump: */
	int verdict;
};

/* Where a rule stands. */
struct netd_legacy_place {
	const char *table, *chain;
	uint64_t number;
	size_t next; /* the offset of the entry behind it */
	/* the chain whose first rule stands at that offset; NULL: none */
	const char *(*chain_at)(const void *data, size_t offset);
	const void *data;
};

/* Takes apart what stands at @bytes, of which there are @left; false if it is no entry.
 */
bool netd_legacy_entry(const struct netd_legacy_kind *kind, const char *bytes,
		       size_t left, struct netd_legacy_entry *out);

/* Adds NFT_MSG_NEWRULE with @place->number as its handle; out of memory: @b->failed. */
void netd_legacy_put(struct netd_batch *b, const struct netd_legacy_kind *kind,
		     const struct netd_legacy_entry *e,
		     const struct netd_legacy_place *place);

#endif
