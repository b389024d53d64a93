/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The extensions of xtables in rules of iptables-nft. */
#ifndef NETD_FOREIGN_XT_H
#define NETD_FOREIGN_XT_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset/bits.h"

struct netd_packet;
struct nftnl_expr;

/* Whether the packet passes the expression "match". */
enum netd_truth netd_xt_match(const struct nftnl_expr *e, const struct netd_packet *p);

/* What the expression "target" does: NF_DROP, NFT_CONTINUE, or (NF_QUEUE) anything. */
uint32_t netd_xt_target(const struct nftnl_expr *e);
/* True if the packet may be another, or one that is not tracked, behind that target. */
bool netd_xt_alters(const struct nftnl_expr *e);

#endif
