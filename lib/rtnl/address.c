// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses over rtnetlink. */
#include "rtnl/address.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define ATTR_PROTO 11 /* linux/if_addr.h IFA_PROTO, Linux 5.18 */
#define ATTR_MAX ATTR_PROTO

static struct nl_msg *address_message(int type, int flags, const struct netd_ifaddr *a,
				      int index)
{
	struct ifaddrmsg header = {
		.ifa_family = a->prefix.addr.family,
		.ifa_prefixlen = a->prefix.length,
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = (uint32_t)index,
	};
	int size = (int)netd_addr_size(&a->prefix.addr);
	struct nl_msg *m;

	if (a->prefix.addr.family == AF_INET6 && netd_addr_is_link_local(&a->prefix.addr))
		header.ifa_scope = RT_SCOPE_LINK;
	m = netd_nl_message(type, flags, &header, sizeof(header));
	if (!m)
		return NULL;
	nla_put(m, IFA_LOCAL, size, a->prefix.addr.bytes);
	nla_put(m, IFA_ADDRESS, size, a->prefix.addr.bytes);
	return m;
}

struct nl_msg *netd_address_add_message(const struct netd_ifaddr *a, int index)
{
	struct nl_msg *m =
		address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, a, index);

	if (!m)
		return NULL;
	if (a->prefix.addr.family == AF_INET && a->prefix.length < 31) {
		struct netd_addr broadcast = netd_prefix_last(&a->prefix);

		nla_put(m, IFA_BROADCAST, 4, broadcast.bytes);
	}
	if (a->prefix.addr.family == AF_INET6)
		nla_put_u32(m, IFA_FLAGS, IFA_F_NODAD);
	if (a->no_source) {
		/* deprecated: valid for ever, preferred never (RFC 4862, 5.5.4) */
		struct ifa_cacheinfo life = {.ifa_prefered = 0, .ifa_valid = UINT32_MAX};

		nla_put(m, IFA_CACHEINFO, sizeof(life), &life);
	}
	if (a->protocol)
		nla_put_u8(m, ATTR_PROTO, a->protocol);
	return m;
}

struct nl_msg *netd_address_delete_message(const struct netd_ifaddr *a, int index)
{
	return address_message(RTM_DELADDR, 0, a, index);
}

static const struct nla_policy policy[ATTR_MAX + 1] = {
	[ATTR_PROTO] = {.type = NLA_U8},
};

static int visit_address(const struct nlmsghdr *m, void *data)
{
	const struct ifaddrmsg *header = nlmsg_data(m);
	struct netd_state *state = data;
	struct nlattr *a[ATTR_MAX + 1];
	const struct netd_link *link;
	struct netd_addr addr = {0};
	struct netd_ifaddr *out;
	struct nlattr *address;

	if (m->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse((struct nlmsghdr *)(uintptr_t)m, sizeof(*header), a, ATTR_MAX,
			policy))
		return 0;
	address = a[IFA_LOCAL];
	if (!address)
		address = a[IFA_ADDRESS];
	link = netd_state_link_by_index(state, (int)header->ifa_index);
	state->torn |= !link;
	addr.family = header->ifa_family;
	if (!address || !link || !netd_addr_size(&addr) ||
	    (size_t)nla_len(address) != netd_addr_size(&addr) ||
	    header->ifa_prefixlen > netd_addr_bits(&addr))
		return 0;
	memcpy(addr.bytes, nla_data(address), netd_addr_size(&addr));
	out = netd_array_add(&state->addrs, &state->addr_count, sizeof(*out));
	if (!out)
		return -ENOMEM;
	memcpy(out->link, link->name, sizeof(out->link));
	out->prefix.addr = addr;
	out->prefix.length = header->ifa_prefixlen;
	out->protocol = netd_nl_u8(a[ATTR_PROTO], 0);
	out->dynamic = !(header->ifa_flags & IFA_F_PERMANENT);
	out->temporary =
		header->ifa_family == AF_INET6 && header->ifa_flags & IFA_F_TEMPORARY;
	return 0;
}

static void forget_addresses(void *data)
{
	struct netd_state *state = data;

	free(state->addrs);
	state->addrs = NULL;
	state->addr_count = 0;
}

int netd_address_dump(struct netd_nl *nl, struct netd_state *out, struct netd_error *err)
{
	struct ifaddrmsg header = {.ifa_family = AF_UNSPEC};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETADDR, 0, &header, sizeof(header));

	if (!m)
		return netd_error_no_memory(err);
	return netd_nl_dump(nl, m, visit_address, forget_addresses, out, err);
}
