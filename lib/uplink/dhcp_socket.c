// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockets by which a program is a DHCP client of a NIC, whatever its name. */
#include "uplink/dhcp_socket.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/inet_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"

/*
 * Theory of operation.  As long as a client asks, it listens for answers by a packet
 * socket on its NIC, of IPv4, whose filter compares with port 68; some keep it.  With a
 * lease it may have a UDP socket at that port (DHCPv6: 546) instead, bound to the NIC or
 * to its address.  dhclient's is bound to neither, but its packet sockets, of all
 * protocols as tcpdump's are, tell the NICs.
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

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*m))
		return MNL_CB_OK;
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
	struct netd_addr address = {.family = m->idiag_family};
	const struct search *s = data;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*m))
		return MNL_CB_OK;
	memcpy(address.bytes, m->id.idiag_src, netd_addr_size(&address));
	if (m->id.idiag_if == (__u32)s->nic->index || has_address(s, &address))
		netd_sockets_add(&s->out->certain, m->idiag_inode);
	else if (!m->id.idiag_if && netd_addr_is_unspecified(&address))
		netd_sockets_add(&s->out->anywhere, m->idiag_inode);
	return MNL_CB_OK;
}

static void dump(struct search *s, struct nlmsghdr *request, mnl_cb_t add)
{
	netd_auto_close int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	char buffer[32768];
	ssize_t n;

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (fd < 0 || send(fd, request, request->nlmsg_len, 0) < 0)
		return;
	do
		n = recv(fd, buffer, sizeof(buffer), 0);
	while (n > 0 && mnl_cb_run(buffer, (size_t)n, 0, 0, add, s) > 0);
}

static void dump_packet(struct search *s)
{
	struct {
		struct nlmsghdr header;
		struct packet_diag_req body;
	} request = {
		.header.nlmsg_len = sizeof(request),
		.body = {.sdiag_family = AF_PACKET,
			 .pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_FILTER},
	};

	dump(s, &request.header, add_packet);
}

static void dump_udp(struct search *s, uint8_t family, uint16_t port)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header.nlmsg_len = sizeof(request),
		.body = {.sdiag_family = family,
			 .sdiag_protocol = IPPROTO_UDP,
			 .idiag_states = UINT32_MAX,
			 .id.idiag_sport = htons(port)},
	};

	dump(s, &request.header, add_udp);
}

void netd_dhcp_sockets_find(const struct netd_state *observed,
			    const struct netd_link *nic, struct netd_dhcp_sockets *out)
{
	struct search s = {.observed = observed, .nic = nic, .out = out};

	dump_packet(&s);
	dump_udp(&s, AF_INET, CLIENT_PORT);
	dump_udp(&s, AF_INET6, CLIENT_PORT6);
}
