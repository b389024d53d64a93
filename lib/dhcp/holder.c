// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a port that dnsmasq was refused. */
#include "dhcp/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"

/*
 * Theory of operation.  The kernel tells the sockets of the calling thread's namespace,
 * those of one port alone, by sock_diag(7) (net/ipv4/inet_diag.c); /proc/net/tcp has
 * them, too, but for that it looks through the whole table of connections, four times: 9
 * ms. Whose descriptor a socket is, only the links in /proc/PID/fd say.  That is slow,
 * and done when the port is found to be taken.
 */

struct query {
	const struct netd_addr *address; /* or NULL */
	struct netd_sockets *found;
};

void netd_sockets_add(struct netd_sockets *sockets, unsigned long inode)
{
	if (inode && sockets->count < NETD_ARRAY_SIZE(sockets->inodes))
		sockets->inodes[sockets->count++] = inode;
}

static bool is_meant(const struct inet_diag_msg *m, const struct netd_addr *address)
{
	struct netd_addr a = {.family = m->idiag_family};

	memcpy(a.bytes, m->id.idiag_src, a.family == AF_INET ? 4 : 16);
	return netd_addr_is_unspecified(&a) || (address && netd_addr_equal(&a, address));
}

static int add_socket(const struct nlmsghdr *h, void *data)
{
	const struct query *q = data;
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);

	if (mnl_nlmsg_get_payload_len(h) >= sizeof(*m) && is_meant(m, q->address))
		netd_sockets_add(q->found, m->idiag_inode);
	return MNL_CB_OK;
}

/* What cannot be told (no such socket family, no inet_diag) is left out. */
static void add_sockets(struct query *q, int family, int protocol, uint32_t states,
			uint16_t port)
{
	netd_auto_close int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = (uint8_t)family,
			 .sdiag_protocol = (uint8_t)protocol,
			 .idiag_states = states,
			 .id.idiag_sport = htons(port)},
	};
	char buffer[32768];
	ssize_t n;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		return;
	do
		n = recv(fd, buffer, sizeof(buffer), 0);
	while (n > 0 && mnl_cb_run(buffer, (size_t)n, 0, 0, add_socket, q) > 0);
}

static bool is_among(const struct netd_sockets *s, unsigned long inode)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->inodes[i] == inode)
			return true;
	return false;
}

bool netd_sockets_in_process(const struct netd_sockets *s, const char *pid)
{
	char path[NAME_MAX + 16], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *d;

	if (!s->count)
		return false;
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d && !found && (entry = readdir(d))) {
		ssize_t n =
			readlinkat(dirfd(d), entry->d_name, target, sizeof(target) - 1);
		unsigned long inode;

		if (n <= 0)
			continue;
		target[n] = '\0';
		found = sscanf(target, "socket:[%lu]", &inode) == 1 && is_among(s, inode);
	}
	if (d)
		closedir(d);
	return found;
}

static void read_name(const char *pid, char *out, size_t size)
{
	char path[NAME_MAX + 16];
	netd_auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static void find_sockets(struct query *q, uint16_t port, enum netd_port_of of)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(families); i++) {
		add_sockets(q, families[i], IPPROTO_TCP, 1 << TCP_LISTEN, port);
		if (of == NETD_PORT_OF_ANY)
			add_sockets(q, families[i], IPPROTO_UDP, UINT32_MAX, port);
	}
}

pid_t netd_port_holder(const struct netd_addr *address, uint16_t port,
		       enum netd_port_of of, char *name, size_t size)
{
	struct netd_sockets sockets = {.count = 0};
	struct dirent *entry;
	pid_t holder = 0;
	bool certain = false;
	DIR *proc;

	find_sockets(&(struct query){address, &sockets}, port, of);
	proc = sockets.count ? opendir("/proc") : NULL;
	while (proc && !certain && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)*entry->d_name) ||
		    !netd_sockets_in_process(&sockets, entry->d_name))
			continue;
		holder = (pid_t)strtol(entry->d_name, NULL, 10);
		read_name(entry->d_name, name, size);
		certain = strcmp(name, "dnsmasq") != 0;
	}
	if (proc)
		closedir(proc);
	return holder;
}
