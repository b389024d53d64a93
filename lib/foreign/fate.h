/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody else's rule does with the packets that reach it. */
#ifndef NETD_FOREIGN_FATE_H
#define NETD_FOREIGN_FATE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "model/ruleset.h"

struct netd_fate {
	uint64_t handle;
	bool drops_all; /* drops or refuses whatever reaches it */
	bool may_pass;	/* some packets may go elsewhere than on, or to their end */
	char jumps_to[NETD_FOREIGN_NAME]; /* whatever reaches it goes there; "" */
};

/* Parses NFT_MSG_NEWRULE; one that cannot be read counts as a rule with conditions that
 * may accept packets. */
void netd_fate_of(const struct nlmsghdr *nlh, struct netd_fate *out);

#endif
