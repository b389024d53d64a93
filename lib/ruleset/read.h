/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What table inet netd holds in the kernel. */
#ifndef NETD_RULESET_READ_H
#define NETD_RULESET_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "model/ruleset.h"

struct netd_error;
struct netd_nft;

/*
 * Reads the whole table: elements (in the kernel's order), source chains, whether the
 * skeleton is as this version makes it, and the generation that all of this was true in.
 * Without a table it costs two small questions.  -EAGAIN: others changed the firewall all
 * the time; -errno of the kernel's.  @out is written only on success; netd_ruleset_done()
 * frees it.
 */
int netd_firewall_read(struct netd_nft *nft, struct netd_ruleset *out,
		       struct netd_error *err);

/* Only the generation and, unless @present is NULL, whether the table is there. */
int netd_firewall_probe(struct netd_nft *nft, bool *present, uint32_t *generation,
			struct netd_error *err);

#endif
