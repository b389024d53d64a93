// SPDX-License-Identifier: GPL-2.0-or-later
/* The DHCP clients that run in this network namespace, and the NICs that they serve. */
#include "uplink/dhcp_client.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <linux/packet_diag.h>
#include <linux/if_ether.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/holder.h"
#include "rtnl/sock_diag.h"

/*
 * Theory of operation.  A client is recognised by its name: that of its executable, or
 * one of the first two words of its command line ("busybox udhcpc -i eth0", a script's).
 * dhcpcd replaces its command line by one string ("dhcpcd: eth0 [ip4] [ip6]"), so words
 * end at spaces and colons, too.
 *
 * The command line names the NIC that it serves; if it names no interface, the client
 * serves all but those that its configuration leaves out.  netd does not read that: a NIC
 * that is served has an address that expires, or the client has a packet socket on it,
 * which dhclient keeps, and dhcpcd has while it asks, and to defend an address.
 *
 * A client of another name is recognised by a socket that only clients have.
 */

#define WORDS_MAX 4096	     /* bytes of a command line */
#define SEPARATORS " :[]=\n" /* beside NUL */

/* It has several processes, and deletes the address if it is asked to end. */
#define DHCPCD_STOP "pkill -KILL --ns $$ --nslist net -x dhcpcd"

static const struct row {
	const char *name;
	const char *stop;    /* NULL: a signal is enough, and the address stays */
	const char *boot[2]; /* file, and the word before the bridge in it */
} rows[] = {
	{"dhclient", NULL, {NULL, NULL}},
	{"dhcpcd", DHCPCD_STOP, {"/etc/dhcpcd.conf", "allowinterfaces"}},
	{"udhcpc", NULL, {NULL, NULL}},
	{"udhcpc6", NULL, {NULL, NULL}},
	{"dhcp6c", NULL, {NULL, NULL}},
	{"odhcp6c", NULL, {NULL, NULL}},
	{"dibbler-client", NULL, {NULL, NULL}},
};

struct process {
	char name[16]; /* as in /proc/PID/comm */
	char words[WORDS_MAX + 1];
	size_t length; /* of words, which NULs separate */
};

static const struct row *row_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	if (slash)
		name = slash + 1;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static size_t read_file(const char *pid, const char *name, char *out, size_t size)
{
	char path[PATH_MAX];
	netd_auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.16s/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	out[0] = '\0';
	if (fd < 0)
		return 0;
	n = read(fd, out, size - 1);
	if (n < 0)
		n = 0;
	out[n] = '\0';
	return (size_t)n;
}

static void read_process(const char *pid, struct process *p)
{
	read_file(pid, "comm", p->name, sizeof(p->name));
	p->name[strcspn(p->name, "\n")] = '\0';
	p->length = read_file(pid, "cmdline", p->words, sizeof(p->words));
	for (size_t i = 0; i < p->length; i++)
		if (strchr(SEPARATORS, p->words[i]))
			p->words[i] = '\0';
}

/* The next word behind @at that is not empty; NULL: there is none. */
static const char *next_word(const struct process *p, const char *at)
{
	const char *end = p->words + p->length;

	if (at)
		at += strlen(at);
	else
		at = p->words;
	while (at < end && !*at)
		at++;
	if (at >= end)
		return NULL;
	return at;
}

static const struct row *client_of(const struct process *p)
{
	const struct row *row = row_of(p->name);
	const char *word = next_word(p, NULL);

	for (int i = 0; !row && word && i < 2; i++, word = next_word(p, word))
		row = row_of(word);
	return row;
}

/* True if the process is in our network namespace. */
static bool is_here(const char *pid)
{
	struct stat own, other;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/%.16s/ns/net", pid);
	return stat("/proc/self/ns/net", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_ino == other.st_ino;
}

static bool names(const struct process *p, const char *link)
{
	for (const char *w = next_word(p, NULL); w; w = next_word(p, w))
		if (strcmp(w, link) == 0)
			return true;
	return false;
}

static bool names_any(const struct process *p, const struct netd_state *observed)
{
	for (size_t i = 0; i < observed->link_count; i++)
		if (names(p, observed->links[i].name))
			return true;
	return false;
}

/*
 * Sockets
 */

/*
 * Theory of operation.  As long as a client asks, it listens for answers by a packet
 * socket on its NIC, of IPv4, whose filter compares with port 68; some clients keep that
 * socket.  With a lease, a client may have a UDP socket at that port (DHCPv6: 546)
 * instead, bound to the NIC or to its address.  dhclient's is bound to neither, but its
 * packet sockets, of all protocols as tcpdump's are, tell its NICs.
 */

struct client_sockets {
	struct netd_sockets certain;  /* a client of this NIC has it */
	struct netd_sockets anywhere; /* a client's port, of no NIC or address … */
	struct netd_sockets frames;   /* … and any packet socket on this NIC */
};

#define CLIENT_PORT 68
#define CLIENT_PORT6 546

struct socket_search {
	const struct netd_state *observed;
	const struct netd_link *nic;
	struct client_sockets *out;
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
	const struct socket_search *s = data;
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

static bool has_address(const struct socket_search *s, const struct netd_addr *address)
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
	const struct socket_search *s = data;

	if (m->id.idiag_if == (__u32)s->nic->index || has_address(s, &address))
		netd_sockets_add(&s->out->certain, m->idiag_inode);
	else if (!m->id.idiag_if && netd_addr_is_unspecified(&address))
		netd_sockets_add(&s->out->anywhere, m->idiag_inode);
	return MNL_CB_OK;
}

static void find_sockets(const struct netd_state *observed, const struct netd_link *nic,
			 struct client_sockets *out)
{
	struct socket_search s = {.observed = observed, .nic = nic, .out = out};

	netd_sock_diag_packet(add_packet, &s);
	netd_sock_diag_inet(AF_INET, IPPROTO_UDP, UINT32_MAX, CLIENT_PORT, add_udp, &s);
	netd_sock_diag_inet(AF_INET6, IPPROTO_UDP, UINT32_MAX, CLIENT_PORT6, add_udp, &s);
}

/* A client's sockets, or its port and a packet socket on the NIC. */
static bool has_socket(const char *pid, const struct client_sockets *sockets)
{
	return netd_sockets_in_process(&sockets->certain, pid) ||
	       (netd_sockets_in_process(&sockets->anywhere, pid) &&
		netd_sockets_in_process(&sockets->frames, pid));
}

struct look {
	const struct netd_state *observed;
	const struct netd_link *nic;
	bool leased;
	struct client_sockets sockets;
};

/* True for a client that we know by name, and whose command line names no interface. */
static bool serves_all(const struct look *look, const char *pid, const struct process *p)
{
	return !names_any(p, look->observed) &&
	       (look->leased || netd_sockets_in_process(&look->sockets.frames, pid));
}

/* True if that process is a client of the NIC, with its @name. */
static bool is_client(const struct look *look, const char *pid, char name[16])
{
	const struct row *row;
	struct process p;

	read_process(pid, &p);
	row = client_of(&p);
	netd_str_copy(name, 16, p.name);
	if (row)
		netd_str_copy(name, 16, row->name);
	return has_socket(pid, &look->sockets) ||
	       (row && (names(&p, look->nic->name) || serves_all(look, pid, &p)));
}

struct netd_dhcp_client netd_dhcp_client_of(const struct netd_state *observed,
					    const struct netd_link *nic, bool leased)
{
	struct look look = {.observed = observed, .nic = nic, .leased = leased};
	struct netd_dhcp_client found = {0};
	netd_auto_closedir DIR *dir = opendir("/proc");
	const struct dirent *entry;

	find_sockets(observed, nic, &look.sockets);
	while (dir && !found.pid && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    is_here(entry->d_name) && is_client(&look, entry->d_name, found.name))
			found.pid = atoi(entry->d_name);
	return found;
}

/* Nobody knows what an unknown client does when it is asked to end. */
static void hint_unknown(struct netd_error *err, const struct netd_dhcp_client *client,
			 const char *bridge)
{
	netd_error_hint(err,
			"end it so that the address stays (`kill -KILL %d` does, if "
			"nothing starts it again), and see that it leaves the NIC alone "
			"at boot; apply, and let it, or another client, serve %s",
			(int)client->pid, bridge);
}

void netd_dhcp_client_hint(struct netd_error *err, const struct netd_dhcp_client *client,
			   const char *bridge)
{
	const struct row *row = row_of(client->name);
	char boot[128] = "", kill[32];

	if (!row) {
		hint_unknown(err, client, bridge);
		return;
	}
	if (row->boot[0])
		snprintf(boot, sizeof(boot), " (`%s %s` in %s)", row->boot[1], bridge,
			 row->boot[0]);
	snprintf(kill, sizeof(kill), "kill %d", (int)client->pid);
	netd_error_hint(
		err,
		"`%s` ends it and keeps the address; apply, and start it on %s, at "
		"boot, too%s",
		row->stop ? row->stop : kill, bridge, boot);
}
