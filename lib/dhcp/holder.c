// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a port that dnsmasq was refused. */
#include "dhcp/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * Theory of operation.  /proc/thread-self/net lists the sockets of a namespace with their
 * inodes; whose descriptor an inode is, only the links in /proc/PID/fd say.  That is
 * slow, and done when something has failed already.
 */

#define INODES_MAX 64

struct sockets {
	unsigned long inodes[INODES_MAX];
	size_t count;
};

/* The kernel prints the address in 32-bit words of the machine's own byte order. */
static bool parse_address(const char *hex, struct netd_addr *out)
{
	size_t length = strlen(hex);

	*out = (struct netd_addr){.family = length == 8 ? AF_INET : AF_INET6};
	if (length != 8 && length != 32)
		return false;
	for (size_t i = 0; i < length / 8; i++) {
		uint32_t word;

		if (sscanf(hex + i * 8, "%8x", &word) != 1)
			return false;
		memcpy(out->bytes + i * 4, &word, 4);
	}
	return true;
}

static bool is_meant(const char *hex, const struct netd_addr *address)
{
	struct netd_addr a;

	if (!parse_address(hex, &a))
		return false;
	return netd_addr_is_unspecified(&a) || (address && netd_addr_equal(&a, address));
}

/* net/ipv4/tcp_ipv4.c get_tcp4_sock(): "sl local:PORT remote:PORT state … inode". */
static void add_sockets(struct sockets *s, const char *file,
			const struct netd_addr *address, uint16_t port, bool tcp)
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/thread-self/net/%s", file);
	f = fopen(path, "re");
	while (f && s->count < INODES_MAX && fgets(line, sizeof(line), f)) {
		unsigned local, state;
		unsigned long inode;
		char hex[33];

		if (sscanf(line,
			   " %*[0-9]: %32[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s %lu",
			   hex, &local, &state, &inode) != 4)
			continue;
		/* 0x0A: TCP_LISTEN */
		if (local == port && inode && (!tcp || state == 0x0A) &&
		    is_meant(hex, address))
			s->inodes[s->count++] = inode;
	}
	if (f)
		fclose(f);
}

static bool is_among(const struct sockets *s, unsigned long inode)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->inodes[i] == inode)
			return true;
	return false;
}

static bool process_has(const char *pid, const struct sockets *s)
{
	char path[NAME_MAX + 16], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *d;

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

static void find_sockets(struct sockets *s, const struct netd_addr *address,
			 uint16_t port, enum netd_port_of of)
{
	if (of == NETD_PORT_OF_ANY) {
		add_sockets(s, "udp", address, port, false);
		add_sockets(s, "udp6", address, port, false);
	}
	add_sockets(s, "tcp", address, port, true);
	add_sockets(s, "tcp6", address, port, true);
}

pid_t netd_port_holder(const struct netd_addr *address, uint16_t port,
		       enum netd_port_of of, char *name, size_t size)
{
	struct sockets sockets = {.count = 0};
	struct dirent *entry;
	pid_t holder = 0;
	bool certain = false;
	DIR *proc;

	find_sockets(&sockets, address, port, of);
	proc = sockets.count ? opendir("/proc") : NULL;
	while (proc && !certain && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)*entry->d_name) ||
		    !process_has(entry->d_name, &sockets))
			continue;
		holder = (pid_t)strtol(entry->d_name, NULL, 10);
		read_name(entry->d_name, name, size);
		certain = strcmp(name, "dnsmasq") != 0;
	}
	if (proc)
		closedir(proc);
	return holder;
}
