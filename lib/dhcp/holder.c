// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a port that dnsmasq was refused. */
#include "dhcp/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "rtnl/sock_diag.h"

/*
 * Theory of operation.  sock_diag(7) lists the sockets of one port
 * (net/ipv4/inet_diag.c); /proc/net/tcp has them, too, but for that the kernel walks the
 * whole table of connections, four times: 9 ms.  Only the links in /proc/PID/fd tell
 * which process has a socket.  Reading them is slow, and done only when the port is found
 * to be taken.
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
	struct netd_addr a = netd_sock_diag_source(m);

	return netd_addr_is_unspecified(&a) || (address && netd_addr_equal(&a, address));
}

static int add_socket(const struct nlmsghdr *h, void *data)
{
	const struct query *q = data;
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);

	if (is_meant(m, q->address))
		netd_sockets_add(q->found, m->idiag_inode);
	return MNL_CB_OK;
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
	netd_auto_closedir DIR *d = NULL;
	struct dirent *entry;
	unsigned long inode;

	if (!s->count)
		return false;
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		ssize_t n =
			readlinkat(dirfd(d), entry->d_name, target, sizeof(target) - 1);

		if (n <= 0)
			continue;
		target[n] = '\0';
		if (sscanf(target, "socket:[%lu]", &inode) == 1 && is_among(s, inode))
			return true;
	}
	return false;
}

static void read_name(const char *pid, char *out, size_t size)
{
	char path[NAME_MAX + 16];
	netd_auto_free char *text = NULL;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	*out = '\0';
	if (netd_file_read(AT_FDCWD, path, NAME_MAX, &text, NULL, NULL) == 0)
		snprintf(out, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void find_sockets(struct query *q, uint16_t port, enum netd_port_of of)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(families); i++) {
		netd_sock_diag_inet(families[i], IPPROTO_TCP, 1 << TCP_LISTEN, port,
				    add_socket, q);
		if (of == NETD_PORT_OF_ANY)
			netd_sock_diag_inet(families[i], IPPROTO_UDP, UINT32_MAX, port,
					    add_socket, q);
	}
}

pid_t netd_port_holder(const struct netd_addr *address, uint16_t port,
		       enum netd_port_of of, char *name, size_t size)
{
	struct netd_sockets sockets = {.count = 0};
	netd_auto_closedir DIR *proc = NULL;
	struct dirent *entry;
	pid_t holder = 0;

	find_sockets(&(struct query){address, &sockets}, port, of);
	if (sockets.count)
		proc = opendir("/proc");
	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)*entry->d_name) ||
		    !netd_sockets_in_process(&sockets, entry->d_name))
			continue;
		holder = (pid_t)strtol(entry->d_name, NULL, 10);
		read_name(entry->d_name, name, size);
		if (strcmp(name, "dnsmasq") != 0)
			return holder;
	}
	return holder;
}
