// SPDX-License-Identifier: GPL-2.0-or-later
/* The links of a move: the NIC and its bridge (engine/run_uplinks.c has the order). */
#include "uplink/uplink_link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "kind/link.h"

#define READY_TRIES 1000 /* of a bridge's queue, half a millisecond each */
#define READY_PAUSE 500000L
#define OPERSTATE_UP 6 /* RFC 2863, linux/if.h IF_OPER_UP */

int netd_transfer_set_link(const struct netd_transfer *t, const char *name,
			   unsigned fields, int master, uint32_t mtu, bool up)
{
	struct netd_link link = {.mtu = mtu, .up = up};
	netd_auto_message struct nl_msg *m = NULL;
	int r;

	netd_copy(link.name, name);
	m = netd_link_set_message(&link.attrs, fields, master);
	if (!m)
		return netd_error_no_memory(t->err);
	r = netd_nl_request(&t->netd->nl, m, t->err);
	if (r < 0)
		netd_error_context(t->err, "%s", name);
	return r;
}

static uint32_t get_u32(const struct nlattr *a)
{
	if (!a)
		return 0;
	return nla_get_u32(a);
}

static int visit_look(const struct nlmsghdr *m, void *data)
{
	const struct ifinfomsg *header = nlmsg_data(m);
	struct nlattr *a[IFLA_MAX + 1];
	struct netd_look *out = data;

	if (m->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse((struct nlmsghdr *)(uintptr_t)m, sizeof(*header), a, IFLA_MAX,
			NULL))
		return 0;
	out->flags = header->ifi_flags;
	out->mtu = get_u32(a[IFLA_MTU]);
	out->master = (int)get_u32(a[IFLA_MASTER]);
	if (a[IFLA_OPERSTATE])
		out->operstate = nla_get_u8(a[IFLA_OPERSTATE]);
	if (a[IFLA_ADDRESS] && nla_len(a[IFLA_ADDRESS]) == sizeof(out->mac.bytes))
		memcpy(out->mac.bytes, nla_data(a[IFLA_ADDRESS]), sizeof(out->mac.bytes));
	return 0;
}

int netd_transfer_look(const struct netd_transfer *t, const struct netd_holder *link,
		       struct netd_look *out)
{
	struct ifinfomsg header = {.ifi_index = link->index};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETLINK, 0, &header, sizeof(header));
	int r = -ENOMEM;

	*out = (struct netd_look){0};
	if (m)
		r = netd_nl_ask(&t->netd->nl, m, visit_look, out);
	if (r)
		return netd_error_add(t->err, r, "%s: %s", link->name, strerror(-r));
	return 0;
}

/*
 * Until the bridge has a carrier and its queue was started (net/core/link_watch.c): what
 * is sent before is lost.  A NIC without carrier has nothing to lose.
 */
static int wait_ready(const struct netd_transfer *t)
{
	const struct timespec pause = {0, READY_PAUSE};
	struct netd_look nic, bridge;
	int r = netd_transfer_look(t, t->from, &nic);

	if (r < 0 || !(nic.flags & IFF_LOWER_UP))
		return r;
	for (int i = 0; i < READY_TRIES; i++) {
		r = netd_transfer_look(t, t->to, &bridge);
		if (r < 0 || bridge.operstate == OPERSTATE_UP)
			return r;
		nanosleep(&pause, NULL);
	}
	return 0; /* it may come up later, as with STP */
}

int netd_transfer_join(const struct netd_transfer *t, uint32_t mtu)
{
	struct netd_look nic = {0};
	int r = netd_transfer_look(t, t->from, &nic);

	if (r)
		return r;
	if (mtu && nic.mtu != mtu)
		r = netd_transfer_set_link(t, t->from->name, NETD_LINK_MTU, 0, mtu, true);
	if (r)
		return r;
	if (!(nic.flags & IFF_UP))
		r = netd_transfer_set_link(t, t->from->name, NETD_LINK_UP, 0, 0, true);
	if (r)
		return r;
	if (nic.master != t->to->index)
		r = netd_transfer_set_link(t, t->from->name, NETD_LINK_MASTER,
					   t->to->index, 0, true);
	if (r)
		return r;
	return wait_ready(t);
}

int netd_transfer_leave(const struct netd_transfer *t)
{
	struct netd_look nic = {0};
	int r = netd_transfer_look(t, t->to, &nic);

	if (r)
		return r;
	if (nic.master)
		r = netd_transfer_set_link(t, t->to->name, NETD_LINK_MASTER, 0, 0, true);
	if (r)
		return r;
	if (t->capture->mtu && nic.mtu != t->capture->mtu)
		r = netd_transfer_set_link(t, t->to->name, NETD_LINK_MTU, 0,
					   t->capture->mtu, true);
	return r;
}

int netd_transfer_start_bridge(const struct netd_transfer *t, const struct netd_mac *mac)
{
	struct netd_link link = {.up = true, .mac = *mac};
	netd_auto_message struct nl_msg *m = NULL;
	unsigned fields = NETD_LINK_UP;
	struct netd_look bridge = {0};
	int r = netd_transfer_look(t, t->to, &bridge);

	if (r < 0)
		return r;
	if (memcmp(&bridge.mac, mac, sizeof(*mac)) != 0)
		fields |= NETD_LINK_MAC;
	netd_copy(link.name, t->to->name);
	m = netd_link_set_message(&link.attrs, fields, 0);
	if (m)
		return netd_nl_request(&t->netd->nl, m, t->err);
	return netd_error_no_memory(t->err);
}
