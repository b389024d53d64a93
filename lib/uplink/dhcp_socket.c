// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockets by which a program is a DHCP client of a NIC, whatever its name. */
#include "uplink/dhcp_socket.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/packet_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "rtnl/sock_diag.h"

/*
 * Theory of operation.  As long as a client asks, it listens for answers by a packet
 * socket on its NIC, of IPv4, whose filter compares with port 68; some clients keep that
 * socket.  With a lease, a client may have a UDP socket at that port (DHCPv6: 546)
 * instead, bound to the NIC or to its address.  dhclient's is bound to neither, but its
 * packet sockets, of all protocols as tcpdump's are, tell its NICs.
 */

#define CLIENT_PORT 68
#define CLIENT_PORT6 546

struct search {
	const struct netd_state *observed;
	const struct netd_link *nic;
	struct netd_dhcp_sockets *out;
};

/* dhcpcd and connman compare both ports at once: 67 << 16 | 68. */
static bool is_for_client(const struct nlattr *attr)
{
	const struct sock_filter *code = mnl_attr_get_payload(attr);
	size_t count = mnl_attr_get_payload_len(attr) / sizeof(*code);

	for (size_t i = 0; i < count; i++)
		if (BPF_CLASS(code[i].code) == BPF_JMP &&
		    BPF_OP(code[i].code) == BPF_JEQ &&
		    (code[i].k & 0xffff) == CLIENT_PORT)
			return true;
	return false;
}

static int add_packet(const struct nlmsghdr *h, void *data)
{
	const struct packet_diag_msg *m = mnl_nlmsg_get_payload(h);
	const struct packet_diag_info *info = NULL;
	const struct search *s = data;
	const struct nlattr *attr;
	bool filtered = false;

	mnl_attr_for_each (attr, h, sizeof(*m)) {
		if (mnl_attr_get_type(attr) == PACKET_DIAG_INFO &&
		    mnl_attr_get_payload_len(attr) >= sizeof(*info))
			info = mnl_attr_get_payload(attr);
		else if (mnl_attr_get_type(attr) == PACKET_DIAG_FILTER)
			filtered = is_for_client(attr);
	}
	if (!info || info->pdi_index != (__u32)s->nic->index)
		return MNL_CB_OK;
	if (filtered && m->pdiag_num == ETH_P_IP)
		netd_sockets_add(&s->out->certain, m->pdiag_ino);
	else
		netd_sockets_add(&s->out->frames, m->pdiag_ino);
	return MNL_CB_OK;
}

static bool has_address(const struct search *s, const struct netd_addr *address)
{
	for (size_t i = 0; i < s->observed->addr_count; i++) {
		const struct netd_ifaddr *a = &s->observed->addrs[i];

		if (strcmp(a->link, s->nic->name) == 0 &&
		    netd_addr_equal(&a->prefix.addr, address))
			return true;
	}
	return false;
}

static int add_udp(const struct nlmsghdr *h, void *data)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
	struct netd_addr address = netd_sock_diag_source(m);
	const struct search *s = data;

	if (m->id.idiag_if == (__u32)s->nic->index || has_address(s, &address))
		netd_sockets_add(&s->out->certain, m->idiag_inode);
	else if (!m->id.idiag_if && netd_addr_is_unspecified(&address))
		netd_sockets_add(&s->out->anywhere, m->idiag_inode);
	return MNL_CB_OK;
}

void netd_dhcp_sockets_find(const struct netd_state *observed,
			    const struct netd_link *nic, struct netd_dhcp_sockets *out)
{
	struct search s = {.observed = observed, .nic = nic, .out = out};

	netd_sock_diag_packet(add_packet, &s);
	netd_sock_diag_inet(AF_INET, IPPROTO_UDP, UINT32_MAX, CLIENT_PORT, add_udp, &s);
	netd_sock_diag_inet(AF_INET6, IPPROTO_UDP, UINT32_MAX, CLIENT_PORT6, add_udp, &s);
}
