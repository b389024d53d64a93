// SPDX-License-Identifier: GPL-2.0-or-later
/* What an interface holds: the dumps, and what of each message is kept. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "rtnl/uplink_bytes.h"

#define USER_HZ                                                                 \
	100 /* of rta_cacheinfo: the kernel's clock_t, on every machine of ours \
	     */

/* What can be said of an address when it is made; the rest the kernel finds out. */
#define ADDRESS_FLAGS                                                                   \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | \
	 IFA_F_MCAUTOJOIN)
#define NEIGHBOUR_STATES \
	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

struct visit {
	const struct netd_holder *holder;
	struct netd_held_list *list;
	/* of the route before: the slot that it stands in */
	struct netd_prefix slot;
	uint32_t slot_table, slot_metric;
	uint8_t slot_tos;
	bool slot_taken;
};

static void start(struct netd_held *out, enum netd_held_kind kind, const void *header)
{
	static const char padding[NLMSG_ALIGNTO];
	size_t size = netd_held_header(kind);

	*out = (struct netd_held){.kind = kind};
	netd_str_add_bytes(&out->bytes, header, size);
	netd_str_add_bytes(&out->bytes, padding, NLMSG_ALIGN(size) - size);
}

/* What was put since @stable is what moves by itself. */
static int keep(struct visit *v, struct netd_held *held, size_t stable)
{
	int r = netd_str_error(&held->bytes);

	held->stable = stable;
	if (r < 0) {
		netd_str_done(&held->bytes);
		return r;
	}
	r = netd_held_add(v->list, held);
	netd_str_done(&held->bytes);
	return r;
}

/* libnl's helpers take what they only read as writable. */
static struct nlmsghdr *readable(const struct nlmsghdr *m)
{
	return (struct nlmsghdr *)(uintptr_t)m;
}

/*
 * An address by router advertisement may be there for ever, but is not permanent; netlink
 * can say that only by a time that is as good as ever, until the next advertisement.
 */
static void put_lifetime(struct netd_held *held, const struct nlattr *a, bool permanent)
{
	struct ifa_cacheinfo life;

	if (nla_len(a) < (int)sizeof(life))
		return;
	memcpy(&life, nla_data(a), sizeof(life));
	life.cstamp = life.tstamp = 0;
	if (!permanent && life.ifa_valid == UINT32_MAX) {
		life.ifa_valid--;
		if (life.ifa_prefered == UINT32_MAX)
			life.ifa_prefered--;
	}
	if (life.ifa_valid != UINT32_MAX || life.ifa_prefered != UINT32_MAX)
		netd_held_put(&held->bytes, IFA_CACHEINFO, &life, sizeof(life));
}

static int visit_address(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = readable(message);
	struct ifaddrmsg header = *(struct ifaddrmsg *)nlmsg_data(m);
	struct visit *v = data;
	struct nlattr *life = NULL;
	bool permanent;
	struct netd_held held;
	size_t stable;
	struct nlattr *a;
	int left;

	if (m->nlmsg_type != RTM_NEWADDR || (int)header.ifa_index != v->holder->index)
		return 0;
	permanent = header.ifa_flags & IFA_F_PERMANENT;
	header.ifa_flags &= (uint8_t)ADDRESS_FLAGS;
	start(&held, NETD_HELD_ADDRESS, &header);
	nlmsg_for_each_attr(a, m, sizeof(header), left)
	{
		uint32_t flags;

		if (nla_type(a) == IFA_CACHEINFO) {
			life = a;
		} else if (nla_type(a) == IFA_FLAGS) {
			flags = nla_get_u32(a) & ADDRESS_FLAGS;
			netd_held_put(&held.bytes, IFA_FLAGS, &flags, sizeof(flags));
		} else {
			netd_held_put(&held.bytes, (uint16_t)nla_type(a), nla_data(a),
				      (size_t)nla_len(a));
		}
	}
	stable = held.bytes.length;
	if (life)
		put_lifetime(&held, life, permanent);
	return keep(v, &held, stable);
}

static int visit_neighbour(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = readable(message);
	struct ndmsg header = *(struct ndmsg *)nlmsg_data(m);
	struct visit *v = data;
	struct netd_held held;
	bool known = false;
	size_t stable;
	struct nlattr *a;
	int left;

	if (m->nlmsg_type != RTM_NEWNEIGH || header.ndm_ifindex != v->holder->index ||
	    !(header.ndm_state & NEIGHBOUR_STATES) ||
	    (header.ndm_family != AF_INET && header.ndm_family != AF_INET6))
		return 0;
	if (header.ndm_state & (NUD_DELAY | NUD_PROBE))
		header.ndm_state = NUD_STALE;
	header.ndm_flags &= NTF_ROUTER;
	start(&held, NETD_HELD_NEIGHBOUR, &header);
	nlmsg_for_each_attr(a, m, sizeof(header), left)
	{
		known |= nla_type(a) == NDA_LLADDR;
		if (nla_type(a) == NDA_DST || nla_type(a) == NDA_LLADDR ||
		    nla_type(a) == NDA_PROTOCOL)
			netd_held_put(&held.bytes, (uint16_t)nla_type(a), nla_data(a),
				      (size_t)nla_len(a));
	}
	stable = held.bytes.length;
	if (known)
		return keep(v, &held, stable);
	netd_str_done(&held.bytes);
	return 0;
}

/* The clean ways of a route of several; those of IPv6 by other interfaces are left out.
 * How many there are, and whether any is by ours. */
static int collect_ways(const struct visit *v, uint8_t family, const struct nlattr *a,
			struct netd_str *out, bool *ours)
{
	struct rtnexthop *way = nla_data(a);
	int left = nla_len(a), count = 0;

	for (; left > 0 && RTNH_OK(way, left); way = netd_held_next_way(way, &left)) {
		struct rtnexthop clean = *way;
		bool here = way->rtnh_ifindex == v->holder->index;

		*ours |= here;
		clean.rtnh_flags &= RTNH_F_ONLINK;
		if (!here && family == AF_INET6)
			continue;
		netd_str_add_bytes(out, (char *)&clean, sizeof(clean));
		netd_str_add_bytes(out, (char *)way + sizeof(clean),
				   RTNH_ALIGN(way->rtnh_len) - sizeof(clean));
		count++;
	}
	return count;
}

/* As the kernel shows the last way that is left of several. */
static void put_only_way(struct netd_held *held, const struct netd_str *ways)
{
	const struct rtnexthop *way = (const void *)ways->text;
	uint32_t index = (uint32_t)way->rtnh_ifindex;
	struct rtmsg *header = (void *)held->bytes.text;

	header->rtm_flags |= way->rtnh_flags;
	netd_str_add_bytes(&held->bytes, ways->text + sizeof(*way),
			   ways->length - sizeof(*way));
	netd_held_put(&held->bytes, RTA_OIF, &index, sizeof(index));
}

static bool put_ways(const struct visit *v, struct netd_held *held, uint8_t family,
		     const struct nlattr *a)
{
	struct netd_str ways = {0};
	bool ours = false;
	int count = collect_ways(v, family, a, &ways, &ours);

	if (netd_str_error(&ways) || netd_str_error(&held->bytes))
		held->bytes.failed = true;
	else if (count == 1 && family == AF_INET6)
		put_only_way(held, &ways);
	else if (ours)
		netd_held_put(&held->bytes, RTA_MULTIPATH, ways.text, ways.length);
	netd_str_done(&ways);
	return ours;
}

/* True if the route before stands in the same slot; @v remembers this one. */
static bool is_behind(struct visit *v, struct nlmsghdr *m, const struct rtmsg *header)
{
	struct netd_prefix to = {.addr.family = header->rtm_family,
				 .length = header->rtm_dst_len};
	uint32_t table = header->rtm_table, metric = 0;
	bool same;
	struct nlattr *a;
	int left;

	nlmsg_for_each_attr(a, m, sizeof(*header), left)
	{
		if (nla_type(a) == RTA_DST && nla_len(a) <= (int)sizeof(to.addr.bytes))
			memcpy(to.addr.bytes, nla_data(a), (size_t)nla_len(a));
		else if (nla_type(a) == RTA_TABLE)
			table = nla_get_u32(a);
		else if (nla_type(a) == RTA_PRIORITY)
			metric = nla_get_u32(a);
	}
	same = v->slot_taken && netd_prefix_compare(&v->slot, &to) == 0 &&
	       v->slot_table == table && v->slot_metric == metric &&
	       v->slot_tos == header->rtm_tos;
	v->slot = to;
	v->slot_table = table;
	v->slot_metric = metric;
	v->slot_tos = header->rtm_tos;
	v->slot_taken = true;
	return same;
}

static void put_expiry(struct netd_held *held, const struct nlattr *a)
{
	struct rta_cacheinfo life;
	uint32_t seconds;

	if (!a || nla_len(a) < (int)sizeof(life))
		return;
	memcpy(&life, nla_data(a), sizeof(life));
	seconds = (uint32_t)life.rta_expires / USER_HZ;
	if (life.rta_expires > 0)
		netd_held_put(&held->bytes, RTA_EXPIRES, &seconds, sizeof(seconds));
}

/* It is past its time, and not used any more; the kernel just has not collected it yet.
 */
static bool is_expired(const struct nlattr *a)
{
	struct rta_cacheinfo life;

	if (!a || nla_len(a) < (int)sizeof(life))
		return false;
	memcpy(&life, nla_data(a), sizeof(life));
	return life.rta_expires < 0;
}

/* Attributes of a dumped route that are no part of it. */
static bool is_telling(int type)
{
	return type == RTA_CACHEINFO || type == RTA_MFC_STATS || type == RTA_PAD ||
	       type == RTA_SESSION || type == RTA_MP_ALGO || type == RTA_PROTOINFO;
}

static int visit_route(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = readable(message);
	struct rtmsg header = *(struct rtmsg *)nlmsg_data(m);
	struct visit *v = data;
	struct nlattr *life = NULL;
	struct netd_held held;
	bool ours = false, behind;
	size_t stable;
	struct nlattr *a;
	int left;

	if (m->nlmsg_type != RTM_NEWROUTE || header.rtm_flags & RTM_F_CLONED ||
	    (header.rtm_family != AF_INET && header.rtm_family != AF_INET6))
		return 0;
	behind = is_behind(v, m, &header);
	if (header.rtm_protocol == RTPROT_KERNEL && header.rtm_type != RTN_UNICAST)
		return 0; /* comes with its address */
	header.rtm_flags &= RTNH_F_ONLINK;
	start(&held, NETD_HELD_ROUTE, &header);
	held.behind = behind;
	nlmsg_for_each_attr(a, m, sizeof(header), left)
	{
		if (nla_type(a) == RTA_MULTIPATH) {
			ours |= put_ways(v, &held, header.rtm_family, a);
			continue;
		}
		if (nla_type(a) == RTA_OIF)
			ours |= (int)nla_get_u32(a) == v->holder->index;
		if (nla_type(a) == RTA_CACHEINFO)
			life = a;
		if (!is_telling(nla_type(a)))
			netd_held_put(&held.bytes, (uint16_t)nla_type(a), nla_data(a),
				      (size_t)nla_len(a));
	}
	stable = held.bytes.length;
	put_expiry(&held, life);
	held.expired = is_expired(life);
	if (ours)
		return keep(v, &held, stable);
	netd_str_done(&held.bytes);
	return 0;
}

static bool names(const struct nlattr *a, const struct netd_holder *holder)
{
	return (nla_type(a) == FRA_IIFNAME || nla_type(a) == FRA_OIFNAME) &&
	       strncmp(nla_data(a), holder->name, (size_t)nla_len(a)) == 0;
}

static int visit_rule(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = readable(message);
	struct fib_rule_hdr header = *(struct fib_rule_hdr *)nlmsg_data(m);
	struct visit *v = data;
	struct netd_held held;
	bool ours = false;
	struct nlattr *a;
	int left;

	if (m->nlmsg_type != RTM_NEWRULE ||
	    (header.family != AF_INET && header.family != AF_INET6))
		return 0;
	header.flags &= FIB_RULE_INVERT | FIB_RULE_FIND_SADDR;
	start(&held, NETD_HELD_RULE, &header);
	nlmsg_for_each_attr(a, m, sizeof(header), left)
	{
		ours |= names(a, v->holder);
		if (nla_type(a) != FRA_PAD)
			netd_held_put(&held.bytes, (uint16_t)nla_type(a), nla_data(a),
				      (size_t)nla_len(a));
	}
	if (ours)
		return keep(v, &held, held.bytes.length);
	netd_str_done(&held.bytes);
	return 0;
}

static void forget(void *data)
{
	struct visit *v = data;

	v->slot_taken = false;
	/* What came of the dumps before stays: each dump has a list of its own. */
	netd_held_done(v->list);
}

static struct nl_msg *request(int type, uint8_t family, const struct netd_holder *holder)
{
	union {
		struct ifaddrmsg address;
		struct ndmsg neighbour;
		struct rtmsg route;
		struct fib_rule_hdr rule;
	} header = {0};
	const struct {
		int type;
		size_t size;
	} sizes[] = {{RTM_GETADDR, sizeof(header.address)},
		     {RTM_GETNEIGH, sizeof(header.neighbour)},
		     {RTM_GETROUTE, sizeof(header.route)},
		     {RTM_GETRULE, sizeof(header.rule)}};
	size_t i = 0;
	struct nl_msg *m;

	while (sizes[i].type != type)
		i++;
	header.address.ifa_family = family; /* the first byte of each */
	if (type == RTM_GETADDR)
		header.address.ifa_index = (uint32_t)holder->index;
	m = netd_nl_message(type, 0, &header, sizes[i].size);
	if (m && type == RTM_GETNEIGH)
		nla_put_u32(m, NDA_IFINDEX, (uint32_t)holder->index);
	return m;
}

static int dump(struct netd_nl *nl, const struct netd_holder *holder, int type,
		uint8_t family, netd_nl_visit visit, struct netd_held_list *out,
		struct netd_error *err)
{
	netd_auto_message struct nl_msg *m = request(type, family, holder);
	netd_auto(netd_held_done) struct netd_held_list part = {0};
	struct visit v = {.holder = holder, .list = &part};
	struct netd_error why = {0};
	int r;

	if (!m)
		return netd_error_no_memory(err);
	r = netd_nl_dump(nl, m, visit, forget, &v, &why);
	/* a kernel without IPv6 has no such tables */
	if (r == -EAFNOSUPPORT || r == -EOPNOTSUPP || r == -EPFNOSUPPORT) {
		netd_error_done(&why);
		return 0;
	}
	netd_error_move(err, &why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < part.count; i++)
		if (netd_held_add(out, &part.items[i]) < 0)
			return netd_error_no_memory(err);
	return 0;
}

static int dump_all(struct netd_nl *nl, const struct netd_holder *holder,
		    struct netd_held_list *out, struct netd_error *err)
{
	static const struct {
		int type;
		netd_nl_visit visit;
	} dumps[] = {
		{RTM_GETADDR, visit_address},
		{RTM_GETNEIGH, visit_neighbour},
		{RTM_GETROUTE, visit_route},
		{RTM_GETRULE, visit_rule},
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(dumps); i++) {
		int r;

		if (holder->index <= 0 && dumps[i].type != RTM_GETRULE)
			continue;
		r = dump(nl, holder, dumps[i].type, AF_INET, dumps[i].visit, out, err);
		if (r < 0)
			return r;
		r = dump(nl, holder, dumps[i].type, AF_INET6, dumps[i].visit, out, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_held_dump(struct netd_nl *nl, const struct netd_holder *holder,
		   struct netd_held_list *out, struct netd_error *err)
{
	int r = dump_all(nl, holder, out, err);

	if (r < 0)
		netd_held_done(out);
	return r;
}
