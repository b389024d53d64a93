// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts one interface into a bridge, or out of it, with as few system calls as possible.
 */
/*
 * Theory of operation.  Two sends:
 *
 * 1. Requests for both links.  The answers have all that is needed: both indexes, whether
 *    the bridge is one, the port's present bridge, both MTUs and MACs.  They cost
 *    microseconds; the kernel takes 0.2 ms to add a port.
 * 2. One message that sets the MTU, the MAC, the master and the IPv6 mode; one that sets
 *    the port up.  The kernel handles them in that order, and within the first message in
 *    the order named here (net/core/rtnetlink.c, do_setlink()), so that
 *    - the bridge, which takes the lowest MTU among its ports, never sees the old MTU;
 *    - a bridge whose MAC is not pinned never sees a port's MAC below its own;
 *    - a port comes up with address generation switched off: it has no use for an IPv6
 *      address, and each joins multicast groups that the bridge would then snoop.
 *    Both are in one send, and the second could be in the first but for the last point.
 *    The kernel has no IPv6 on a link with an MTU below 1,280.  To a port that has it by
 *    its new MTU only, the mode is said in a message between the two.
 *
 * The kernel moves a port from one bridge to another without an error, so a port that is
 * in another bridge is refused here.  So is an interface that is no tap, or has
 * addresses: the hooks are for QEMU's taps, and `netdctl port add`, which can be taken
 * back, for others.  For a tap that is down, as QEMU's are, addresses are not read.
 *
 * The port is not marked as ours (link group): it belongs to QEMU, or to the admin who
 * made it, and what bears our group is deleted in bulk.  It gets an alias, if it has
 * none, by which people and `netdctl port list` tell it from what others plug in.
 */
#include "attach/attach.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "model/state.h"

#define MAC_SIZE 6
#define MAC_HIGH 0xfe /* above every address that a machine is likely to have */
#define MTU_IPV6 1280 /* below, the kernel takes IPv6 away: RFC 8200, 5 */

/* What an RTM_GETLINK tells about a link, as far as it matters here. */
struct link {
	int index;
	unsigned flags;
	uint32_t mtu, master, group;
	uint8_t mac[MAC_SIZE];
	int has_mac;
	int is_bridge, is_tap;
	char name[NETD_ATTACH_NAME];
	char alias[NETD_ALIAS];
	int has_alias; /* which may be too long to be here */
	int has_ipv6;  /* there is an IPv6 address generation mode… */
	uint8_t ipv6_mode;
};

static int fail(struct netd_attach_failure *f, enum netd_attach_step step, int code,
		const struct netd_wire *w)
{
	f->step = step;
	f->code = code;
	f->other[0] = 0;
	f->kernel[0] = 0;
	if (w)
		memcpy(f->kernel, w->text, sizeof(f->kernel));
	return code;
}

static void ask(struct netd_wire *w, const char *name)
{
	if (!netd_wire_request(w, RTM_GETLINK, 0, sizeof(struct ifinfomsg)))
		return;
	netd_wire_put_text(w, IFLA_IFNAME, name);
	netd_wire_put_u32(w, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static const struct nlattr *find_in(const struct nlattr *nest, uint16_t type)
{
	if (nest)
		return netd_wire_find(netd_wire_data(nest), netd_wire_size(nest), type);
	return NULL;
}

/* True if the attribute is that text, with or without a NUL behind it. */
static int is_text(const struct nlattr *a, const char *text)
{
	size_t n = strlen(text);

	return a && netd_wire_size(a) >= n && !memcmp(netd_wire_data(a), text, n) &&
	       (netd_wire_size(a) == n || !((const char *)netd_wire_data(a))[n]);
}

/* Copies it to @out, which has @size bytes; "" if it does not fit or is missing. */
static void read_text(const struct nlattr *a, char *out, size_t size)
{
	size_t n = 0;

	if (a)
		n = netd_wire_size(a);
	memset(out, 0, size);
	if (n && n <= size && !((const char *)netd_wire_data(a))[n - 1])
		memcpy(out, netd_wire_data(a), n);
}

static void parse_link(const struct nlmsghdr *h, struct link *link)
{
	const struct ifinfomsg *i = NLMSG_DATA(h);
	const char *at = (const char *)i + NLMSG_ALIGN(sizeof(*i));
	size_t length = h->nlmsg_len - NLMSG_SPACE(sizeof(*i));
	const struct nlattr *a;

	link->index = i->ifi_index;
	link->flags = i->ifi_flags;
	link->mtu = netd_wire_u32(netd_wire_find(at, length, IFLA_MTU), 0);
	link->master = netd_wire_u32(netd_wire_find(at, length, IFLA_MASTER), 0);
	link->group = netd_wire_u32(netd_wire_find(at, length, IFLA_GROUP), 0);
	a = netd_wire_find(at, length, IFLA_ADDRESS);
	link->has_mac = a && netd_wire_size(a) == MAC_SIZE;
	if (link->has_mac)
		memcpy(link->mac, netd_wire_data(a), MAC_SIZE);
	a = find_in(netd_wire_find(at, length, IFLA_LINKINFO), IFLA_INFO_KIND);
	link->is_bridge = is_text(a, "bridge");
	link->is_tap = is_text(a, "tun");
	read_text(netd_wire_find(at, length, IFLA_IFNAME), link->name,
		  sizeof(link->name));
	a = netd_wire_find(at, length, IFLA_IFALIAS);
	link->has_alias = a != NULL;
	read_text(a, link->alias, sizeof(link->alias));
	a = find_in(find_in(netd_wire_find(at, length, IFLA_AF_SPEC), AF_INET6),
		    IFLA_INET6_ADDR_GEN_MODE);
	link->has_ipv6 = a && netd_wire_size(a) == 1;
	link->ipv6_mode = link->has_ipv6 ? *(const uint8_t *)netd_wire_data(a) : 0;
}

/* The answer to ask().  -ENODEV if there is no such link. */
static int answer_link(struct netd_wire *w, struct link *link)
{
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;
	int r = netd_wire_answer(w, &answer, sizeof(answer));

	if (r < 0)
		return r;
	if (answer.header.nlmsg_type != RTM_NEWLINK ||
	    answer.header.nlmsg_len < NLMSG_SPACE(sizeof(struct ifinfomsg)))
		return -EBADMSG;
	parse_link(&answer.header, link);
	return 0;
}

/* Begins a change of the link of that index. */
static void change(struct netd_wire *w, int index, unsigned flags, unsigned mask)
{
	struct ifinfomsg *i =
		netd_wire_request(w, RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));

	if (!i)
		return;
	i->ifi_index = index;
	i->ifi_flags = flags;
	i->ifi_change = mask;
}

static void put_no_ipv6(struct netd_wire *w)
{
	uint8_t none = 1; /* IN6_ADDR_GEN_MODE_NONE, linux/if_link.h */
	size_t families = netd_wire_open_nest(w, IFLA_AF_SPEC);
	size_t inet6 = netd_wire_open_nest(w, AF_INET6);

	netd_wire_put(w, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	netd_wire_close_nest(w, inet6);
	netd_wire_close_nest(w, families);
}

/* A bridge that is not ours would take the port's MAC, if that is lower; ours is pinned.
 */
static int wants_high_mac(const struct link *bridge, const struct link *port,
			  unsigned flags)
{
	if (!port->has_mac || port->mac[0] == MAC_HIGH)
		return 0;
	if (flags & NETD_ATTACH_HIGH_MAC)
		return 1;
	return bridge->group != NETD_LINK_GROUP && bridge->has_mac &&
	       memcmp(port->mac, bridge->mac, MAC_SIZE) < 0;
}

/* The port's own MTU, once it has joined. */
static uint32_t mtu_in(const struct link *bridge, const struct link *port)
{
	if (bridge->mtu)
		return bridge->mtu;
	return port->mtu;
}

static void put_join(struct netd_wire *w, const struct link *bridge,
		     const struct link *port, unsigned flags)
{
	uint8_t mac[MAC_SIZE];

	change(w, port->index, 0, 0);
	if (bridge->mtu && bridge->mtu != port->mtu)
		netd_wire_put_u32(w, IFLA_MTU, bridge->mtu);
	if (wants_high_mac(bridge, port, flags)) {
		memcpy(mac, port->mac, MAC_SIZE);
		mac[0] = MAC_HIGH;
		netd_wire_put(w, IFLA_ADDRESS, mac, MAC_SIZE);
	}
	netd_wire_put_u32(w, IFLA_MASTER, bridge->index);
	if (port->has_ipv6 && port->ipv6_mode != 1 && mtu_in(bridge, port) >= MTU_IPV6)
		put_no_ipv6(w);
}

/* True if the port has IPv6 by its new MTU only: one that was in a smaller network. */
static int gains_ipv6(const struct link *bridge, const struct link *port)
{
	return !port->has_ipv6 && port->mtu < MTU_IPV6 &&
	       mtu_in(bridge, port) >= MTU_IPV6;
}

/* Up, and with our alias. */
static void put_up(struct netd_wire *w, const struct link *port)
{
	change(w, port->index, IFF_UP, IFF_UP);
	if (!port->has_alias)
		netd_wire_put(w, IFLA_IFALIAS, NETD_ALIAS_HOOK,
			      sizeof(NETD_ALIAS_HOOK) - 1);
}

/* Out of its bridge, without our alias; and down, if @down_mask is IFF_UP. */
static int release(struct netd_wire *w, const struct link *port, unsigned down_mask)
{
	int r;

	change(w, port->index, 0, down_mask);
	netd_wire_put_u32(w, IFLA_MASTER, 0);
	if (!port->has_alias || !strcmp(port->alias, NETD_ALIAS_HOOK))
		netd_wire_put(w, IFLA_IFALIAS, NULL, 0);
	r = netd_wire_send(w);
	if (r < 0)
		return r;
	return netd_wire_answer(w, NULL, 0);
}

/* @port is in another bridge: finds out which, for the message. */
static int refuse_other(struct netd_wire *w, const struct link *port,
			struct netd_attach_failure *f)
{
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;
	const struct nlattr *name;
	struct ifinfomsg *i;

	fail(f, NETD_ATTACH_CHECK_PORT, -EBUSY, NULL);
	i = netd_wire_request(w, RTM_GETLINK, 0, sizeof(*i));
	if (!i)
		return f->code;
	i->ifi_index = port->master;
	netd_wire_put_u32(w, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (netd_wire_send(w) < 0 || netd_wire_answer(w, &answer, sizeof(answer)) < 0)
		return f->code;
	name = netd_wire_find((char *)&answer + NLMSG_SPACE(sizeof(*i)),
			      answer.header.nlmsg_len - NLMSG_SPACE(sizeof(*i)),
			      IFLA_IFNAME);
	if (name && netd_wire_size(name) <= sizeof(f->other))
		memcpy(f->other, netd_wire_data(name), netd_wire_size(name));
	return f->code;
}

/* True for an address that would stop working; the kernel made the link-local one. */
static int is_lost(const struct nlmsghdr *h, void *data)
{
	const struct link *port = data;
	const struct ifaddrmsg *i = NLMSG_DATA(h);

	return h->nlmsg_len >= NLMSG_LENGTH(sizeof(*i)) &&
	       i->ifa_index == (uint32_t)port->index &&
	       (i->ifa_family != AF_INET6 || i->ifa_scope != RT_SCOPE_LINK);
}

/* 1: it has addresses; 0: none; or -errno. */
static int has_addresses(struct netd_wire *w, struct link *port)
{
	int r;

	netd_wire_request(w, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
	r = netd_wire_send(w);
	if (r < 0)
		return r;
	return netd_wire_dump(w, is_lost, port);
}

/*
 * QEMU's tap is down until it is set up, so an interface that is up may be something
 * else: the host's own NIC, or a tap that another program uses.
 */
static int check_fresh(struct netd_wire *w, struct link *port,
		       struct netd_attach_failure *f)
{
	int r;

	if (port->flags & IFF_LOOPBACK)
		return fail(f, NETD_ATTACH_CHECK_PORT, -EINVAL, NULL);
	if (port->is_bridge)
		return fail(f, NETD_ATTACH_CHECK_PORT, -ELOOP, NULL);
	if (port->is_tap && !(port->flags & IFF_UP))
		return 0;
	r = has_addresses(w, port);
	if (r < 0)
		return fail(f, NETD_ATTACH_FIND_PORT, r, w);
	if (r)
		return fail(f, NETD_ATTACH_CHECK_PORT, -EADDRINUSE, NULL);
	if (port->is_tap)
		return 0;
	return fail(f, NETD_ATTACH_CHECK_PORT, -ENOTSUP, NULL);
}

static int check(struct netd_wire *w, const struct link *bridge, struct link *port,
		 struct netd_attach_failure *f)
{
	if (!bridge->is_bridge)
		return fail(f, NETD_ATTACH_CHECK_BRIDGE, -EINVAL, NULL);
	if (bridge->index == port->index)
		return fail(f, NETD_ATTACH_CHECK_BRIDGE, -ELOOP, NULL);
	if (port->master == (uint32_t)bridge->index)
		return 0;
	if (port->master)
		return refuse_other(w, port, f);
	return check_fresh(w, port, f);
}

/* What our mark says: "netd:TOPOLOGY/NETWORK". */
static const char *marked_network(const struct link *bridge)
{
	const char *slash = strrchr(bridge->alias, '/');

	if (bridge->group != NETD_LINK_GROUP || !slash)
		return "";
	return slash + 1;
}

static int ask_guard(const struct netd_attach_guard *guard, const struct link *bridge)
{
	if (guard)
		return guard->check(guard, bridge->name, marked_network(bridge));
	return 0;
}

/* Both links into @bridge and @port, by one send. */
static int find(struct netd_wire *w, const char *bridge_name, const char *port_name,
		struct link *bridge, struct link *port, struct netd_attach_failure *f)
{
	int r;

	ask(w, port_name);
	ask(w, bridge_name);
	r = netd_wire_send(w);
	if (r < 0)
		return fail(f, NETD_ATTACH_SOCKET, r, NULL);
	r = answer_link(w, port);
	if (r < 0)
		return fail(f, NETD_ATTACH_FIND_PORT, r, w);
	r = answer_link(w, bridge);
	if (r < 0)
		return fail(f, NETD_ATTACH_FIND_BRIDGE, r, w);
	return 0;
}

static int join(struct netd_wire *w, const struct link *bridge, const struct link *port,
		unsigned flags, struct netd_attach_failure *f)
{
	int gains = gains_ipv6(bridge, port), joined, up;

	put_join(w, bridge, port, flags);
	if (gains) {
		change(w, port->index, 0, 0);
		put_no_ipv6(w);
	}
	put_up(w, port);
	joined = netd_wire_send(w);
	if (joined < 0)
		return fail(f, NETD_ATTACH_SOCKET, joined, NULL);
	joined = netd_wire_answer(w, NULL, 0);
	if (joined < 0)
		fail(f, NETD_ATTACH_JOIN, joined, w);
	if (gains)
		netd_wire_answer(w, NULL, 0); /* a kernel without IPv6 refuses it */
	up = netd_wire_answer(w, NULL, 0);
	if (joined == 0 && up < 0)
		fail(f, NETD_ATTACH_UP, up, w);
	if (joined == 0 && up == 0)
		return 0;
	/* undone; a port that was up stays up, since it may be somebody's uplink */
	if (!port->master)
		release(w, port, ~port->flags & IFF_UP);
	return f->code;
}

static int attach(struct netd_wire *w, const char *bridge_name, const char *port_name,
		  unsigned flags, const struct netd_attach_guard *guard,
		  struct netd_attach_failure *f)
{
	struct link bridge, port;
	int r = find(w, bridge_name, port_name, &bridge, &port, f);

	if (r < 0)
		return r;
	r = check(w, &bridge, &port, f);
	if (r < 0)
		return r;
	r = ask_guard(guard, &bridge);
	if (r)
		return r;
	if (port.master && port.flags & IFF_UP)
		return 0;
	return join(w, &bridge, &port, flags, f);
}

int netd_attach_port(const char *bridge, const char *port, unsigned flags,
		     const struct netd_attach_guard *guard,
		     struct netd_attach_failure *failure)
{
	struct netd_wire w;
	int r;

	if (netd_attach_name_is_taken(port))
		return fail(failure, NETD_ATTACH_NAME_CHECK, -EBUSY, NULL);
	r = netd_wire_open(&w);
	if (r < 0)
		return fail(failure, NETD_ATTACH_SOCKET, r, NULL);
	r = attach(&w, bridge, port, flags, guard, failure);
	netd_wire_close(&w);
	return r;
}

static int leave(struct netd_wire *w, const char *bridge_name, const char *port_name,
		 struct netd_attach_failure *f)
{
	struct link bridge = {0}, port;
	int found, r;

	ask(w, port_name);
	if (bridge_name)
		ask(w, bridge_name);
	r = netd_wire_send(w);
	if (r < 0)
		return fail(f, NETD_ATTACH_SOCKET, r, NULL);
	found = answer_link(w, &port);
	if (found == -ENODEV)
		return 0;
	if (found < 0)
		return fail(f, NETD_ATTACH_FIND_PORT, found, w);
	r = bridge_name ? answer_link(w, &bridge) : 0;
	if (r < 0 && r != -ENODEV)
		return fail(f, NETD_ATTACH_FIND_BRIDGE, r, w);
	if (port.master && port.master != (uint32_t)bridge.index)
		return refuse_other(w, &port, f);
	if (!port.master)
		return 0;
	r = release(w, &port, IFF_UP);
	if (r < 0 && r != -ENODEV)
		return fail(f, NETD_ATTACH_LEAVE, r, w);
	return 0;
}

int netd_attach_release(const char *bridge, const char *port,
			struct netd_attach_failure *failure)
{
	struct netd_wire w;
	int r = netd_wire_open(&w);

	if (r < 0)
		return fail(failure, NETD_ATTACH_SOCKET, r, NULL);
	r = leave(&w, bridge, port, failure);
	netd_wire_close(&w);
	return r;
}
