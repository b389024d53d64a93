// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's table of neighbours of a link. */
#include "rtnl/neighbour.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

struct visit {
	int index;
	struct netd_neighbour **out;
	size_t *count, before;
};

static int add(struct visit *v, const struct netd_neighbour *n)
{
	struct netd_neighbour *slot = netd_array_add(v->out, v->count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *n;
	return 0;
}

static int visit_neighbour(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = (struct nlmsghdr *)(uintptr_t)message; /* libnl's macros */
	const struct ndmsg *header = nlmsg_data(m);
	struct netd_neighbour n = {.address = {.family = header->ndm_family}};
	const struct nlattr *to, *mac;
	struct visit *v = data;

	if (m->nlmsg_type != RTM_NEWNEIGH || header->ndm_ifindex != v->index ||
	    header->ndm_state & (NUD_FAILED | NUD_INCOMPLETE | NUD_NOARP) ||
	    (n.address.family != AF_INET && n.address.family != AF_INET6))
		return 0;
	to = nlmsg_find_attr(m, sizeof(*header), NDA_DST);
	mac = nlmsg_find_attr(m, sizeof(*header), NDA_LLADDR);
	if (!to || !mac || (size_t)nla_len(to) != netd_addr_size(&n.address) ||
	    nla_len(mac) != sizeof(n.mac))
		return 0;
	memcpy(n.address.bytes, nla_data(to), (size_t)nla_len(to));
	memcpy(&n.mac, nla_data(mac), sizeof(n.mac));
	return add(v, &n);
}

static void forget(void *data)
{
	const struct visit *v = data;

	*v->count = v->before;
}

int netd_neighbour_dump(struct netd_nl *nl, int index, struct netd_neighbour **out,
			size_t *count, struct netd_error *err)
{
	struct ndmsg header = {.ndm_family = AF_UNSPEC};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETNEIGH, 0, &header, sizeof(header));
	struct visit v = {index, out, count, *count};

	if (!m || nla_put_u32(m, NDA_IFINDEX, (uint32_t)index) < 0)
		return netd_error_no_memory(err);
	return netd_nl_dump(nl, m, visit_neighbour, forget, &v, err);
}
