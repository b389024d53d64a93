// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockets of the calling thread's network namespace, by sock_diag(7). */
#include "rtnl/sock_diag.h"

#include <arpa/inet.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

struct visitor {
	size_t size; /* of the body; shorter messages are left out */
	mnl_cb_t visit;
	void *data;
};

static int check(const struct nlmsghdr *h, void *data)
{
	const struct visitor *v = data;

	if (mnl_nlmsg_get_payload_len(h) < v->size)
		return MNL_CB_OK;
	return v->visit(h, v->data);
}

static void dump(struct nlmsghdr *request, struct visitor *v)
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
	while (n > 0 && mnl_cb_run(buffer, (size_t)n, 0, 0, check, v) > 0);
}

void netd_sock_diag_inet(int family, uint8_t protocol, uint32_t states, uint16_t port,
			 mnl_cb_t visit, void *data)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header.nlmsg_len = sizeof(request),
		.body = {.sdiag_family = (uint8_t)family,
			 .sdiag_protocol = protocol,
			 .idiag_states = states,
			 .id.idiag_sport = htons(port)},
	};

	dump(&request.header,
	     &(struct visitor){sizeof(struct inet_diag_msg), visit, data});
}

void netd_sock_diag_packet(mnl_cb_t visit, void *data)
{
	struct {
		struct nlmsghdr header;
		struct packet_diag_req body;
	} request = {
		.header.nlmsg_len = sizeof(request),
		.body = {.sdiag_family = AF_PACKET,
			 .pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_FILTER},
	};

	dump(&request.header,
	     &(struct visitor){sizeof(struct packet_diag_msg), visit, data});
}

struct netd_addr netd_sock_diag_source(const struct inet_diag_msg *m)
{
	struct netd_addr a = {.family = m->idiag_family};

	memcpy(a.bytes, m->id.idiag_src, netd_addr_size(&a));
	return a;
}
