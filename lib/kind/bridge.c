// SPDX-License-Identifier: GPL-2.0-or-later
/* Bridges: what a network stands on. */
#include <linux/if_link.h>

#include "base/array.h"
#include "kind/kind.h"

#define VALUE(FIELD) \
	.name = #FIELD, .offset = offsetof(struct netd_link_attrs, bridge.FIELD)

/*
 * Those that netd sets.  What it does not set is not here, so nobody compares it: it is
 * the admin's.
 */
static const struct netd_kind_value values[] = {
	{VALUE(stp), .attribute = IFLA_BR_STP_STATE, .bytes = 4, .is_boolean = true,
	 .in_plan = true},
	{VALUE(forward_delay), .attribute = IFLA_BR_FORWARD_DELAY, .bytes = 4},
	{VALUE(group_fwd_mask), .attribute = IFLA_BR_GROUP_FWD_MASK, .bytes = 2},
	{VALUE(multicast_snooping), .attribute = IFLA_BR_MCAST_SNOOPING, .bytes = 1,
	 .is_boolean = true},
	{VALUE(nf_call_iptables), .attribute = IFLA_BR_NF_CALL_IPTABLES, .bytes = 1,
	 .is_boolean = true},
	{VALUE(nf_call_ip6tables), .attribute = IFLA_BR_NF_CALL_IP6TABLES, .bytes = 1,
	 .is_boolean = true},
	{VALUE(nf_call_arptables), .attribute = IFLA_BR_NF_CALL_ARPTABLES, .bytes = 1,
	 .is_boolean = true},
};

/*
 * The kernel sets the delay before the state, and refuses one of 0 as long as STP is on
 * (net/bridge/br_netlink.c br_changelink(), br_stp.c br_set_forward_delay()).  So STP
 * goes off first.
 */
static bool stop_stp(const struct netd_link_attrs *want,
		     const struct netd_link_attrs *have, struct netd_link_attrs *first)
{
	if (!have->bridge.stp || want->bridge.stp)
		return false;
	*first = *have;
	first->bridge.stp = false;
	return true;
}

const struct netd_kind netd_kind_bridge = {
	.word = "bridge",
	.kernel = "bridge",
	.is_network = true,
	.follows_mtu = true,
	.values = values,
	.value_count = NETD_ARRAY_SIZE(values),
	.data_first = stop_stp,
};
