// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for labs: a bare C program.  floor_lab up|links|names|dump SHAPE NETS HOSTS
 */
/*
 * Theory of operation.  Makes what scripts/lab describes.  A namespace is unshared, bound
 * to its name and left with a socket of its own, through which its half is set later.
 * The host's half, bridges and all veth pairs whose inner ends are made right in their
 * namespace, is one send; each namespace's (links up, addresses, routes) is another.
 * Bridges come up last, when they have all ports.  Links are numbered by the caller.
 *
 * Two ways down, each until no link is left: `links` first deletes the outer ends by
 * their group in one message, then gives the names up; `names` does that only, and the
 * namespaces take their links with them in the background.  `dump` asks each namespace,
 * and the host, for links, addresses and routes.
 */
#include <fcntl.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "message_link.h"

#define NETNS "/run/netns"
#define NODES_MAX 1024

static unsigned count, hosts; /* of networks; of hosts on each */
static bool star;
static struct node {
	char name[24];
	int ns, socket;
} nodes[NODES_MAX]; /* routers, then each network's hosts */
static unsigned node_count;

#define BRIDGE(i) (FIRST_INDEX + (int)(i))
/* Inside: the end in a network, and either end of link i. */
#define LAN (FIRST_INDEX + 1)
#define CABLE(i) (FIRST_INDEX + 2 + (int)(i))
/* A peer's index counts only beside its twin's: outer ends are numbered, too. */
#define OUTER (FIRST_INDEX + NODES_MAX)

struct text {
	char s[IFNAMSIZ];
};

static __attribute__((format(printf, 1, 2))) struct text text(const char *format, ...)
{
	char full[2 * IFNAMSIZ];
	struct text t;
	va_list args;

	va_start(args, format);
	vsnprintf(full, sizeof(full), format, args);
	va_end(args);
	memcpy(t.s, full, sizeof(t.s));
	return t;
}

static void name_nodes(void)
{
	for (unsigned i = 0; i < count; i++)
		snprintf(nodes[node_count++].name, sizeof(nodes[0].name), "r%u", i);
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < hosts; j++)
			snprintf(nodes[node_count++].name, sizeof(nodes[0].name),
				 "h%u-%u", i, j);
}

static void path_of(const struct node *n, char path[64])
{
	snprintf(path, 64, NETNS "/%.*s", (int)sizeof(n->name), n->name);
}

static void forward(void)
{
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY);

	if (fd < 0 || write(fd, "1", 1) != 1)
		exit(1);
	close(fd);
}

static void make_namespace(struct node *n, bool router)
{
	char path[64];
	int fd;

	path_of(n, path);
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL, 0444);
	if (fd < 0 || close(fd) < 0 || unshare(CLONE_NEWNET) < 0 ||
	    mount("/proc/self/ns/net", path, "none", MS_BIND, NULL) < 0)
		exit(1);
	n->ns = open(path, O_RDONLY);
	n->socket = open_netlink(NETLINK_ROUTE);
	if (router)
		forward();
}

/*
 * Messages
 */
/* @master 0: none; @group 0: none; @ns: where the first end belongs, -1 = here. */
static void add_veth(int index, const char *name, int master, int ns, int peer_index,
		     const char *peer, int peer_ns)
{
	struct ifinfomsg *i = begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, index);
	void *info, *data, *other;

	i->ifi_flags = i->ifi_change = IFF_UP;
	put_text(IFLA_IFNAME, name);
	if (master)
		put32(IFLA_MASTER, (uint32_t)master);
	put32(IFLA_GROUP, GROUP);
	if (ns >= 0)
		put32(IFLA_NET_NS_FD, (uint32_t)ns);
	info = nest(IFLA_LINKINFO);
	put(IFLA_INFO_KIND, "veth", 4);
	data = nest(IFLA_INFO_DATA);
	other = nest(VETH_INFO_PEER);
	i = (void *)at;
	*i = (struct ifinfomsg){.ifi_index = peer_index};
	at += NLMSG_ALIGN(sizeof(*i));
	put_text(IFLA_IFNAME, peer);
	put32(IFLA_NET_NS_FD, (uint32_t)peer_ns);
	unnest(other);
	unnest(data);
	unnest(info);
	end();
}

static void index_up(int index)
{
	struct ifinfomsg *i = begin_link(RTM_NEWLINK, 0, index);

	i->ifi_flags = i->ifi_change = IFF_UP;
	end();
}

/* 10.1.NETWORK.0/24 or, with @length 0, the default. */
static void add_route(unsigned network, unsigned char length, const uint8_t via[4])
{
	struct rtmsg *r = begin(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, sizeof(*r));
	const uint8_t to[4] = {10, 1, (uint8_t)network, 0};

	*r = (struct rtmsg){
		.rtm_family = AF_INET,
		.rtm_dst_len = length,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_type = RTN_UNICAST,
	};
	if (length)
		put(RTA_DST, to, 4);
	put(RTA_GATEWAY, via, 4);
	end();
}

static void link_address(unsigned link, unsigned side, uint8_t out[4])
{
	unsigned number = link * 4 + side;

	memcpy(out, (uint8_t[4]){172, 16, (uint8_t)(number / 256), (uint8_t)number}, 4);
}

/* Link i: in a ring from router i to the next; in a star from router 0 to router i. */
static unsigned first_link(void)
{
	return star;
}

static unsigned end_of(unsigned link, unsigned side)
{
	if (side == 1)
		return star ? 0 : link;
	return star ? link : (link + 1) % count;
}

/*
 * Up
 */
/* Each bridge with its router and hosts, then the links. */
static void host_half(void)
{
	const struct node *host = nodes + count;
	int outer = OUTER;

	for (unsigned i = 0; i < count; i++) {
		add_bridge(text("n%u", i).s, BRIDGE(i), 0);
		add_veth(outer++, text("r%u-lan", i).s, BRIDGE(i), -1, LAN, "lan",
			 nodes[i].ns);
		for (unsigned j = 0; j < hosts; j++)
			add_veth(outer++, text("h%u-%u-eth0", i, j).s, BRIDGE(i), -1, LAN,
				 "eth0", host++->ns);
	}
	for (unsigned i = first_link(); i < count; i++)
		add_veth(CABLE(i), text("c%u", i).s, 0, nodes[end_of(i, 1)].ns, CABLE(i),
			 text("c%u", i).s, nodes[end_of(i, 2)].ns);
	for (unsigned i = 0; i < count; i++)
		index_up(BRIDGE(i));
}

static void router_links(unsigned router)
{
	uint8_t address[4];

	for (unsigned i = first_link(); i < count; i++)
		for (unsigned side = 1; side <= 2; side++) {
			if (end_of(i, side) != router)
				continue;
			index_up(CABLE(i));
			link_address(i, side, address);
			add_address4(CABLE(i), address, 30);
		}
}

static void via(unsigned from, unsigned to, uint8_t out[4])
{
	if (star)
		link_address(to, 2, out);
	else if ((to + count - from) % count <= count / 2)
		link_address(from, 2, out);
	else
		link_address((from + count - 1) % count, 1, out);
}

static void router_half(unsigned i)
{
	uint8_t address[4] = {10, 1, (uint8_t)i, 1};

	index_up(1);
	index_up(LAN);
	add_address4(LAN, address, 24);
	router_links(i);
	if (star && i) {
		link_address(i, 1, address);
		add_route(0, 0, address);
		return;
	}
	for (unsigned j = 0; j < count; j++) {
		if (j == i)
			continue;
		via(i, j, address);
		add_route(j, 24, address);
	}
}

static void node_half(unsigned i, unsigned j)
{
	const uint8_t network = (uint8_t)i;

	index_up(1);
	index_up(LAN);
	add_address4(LAN, (uint8_t[4]){10, 1, network, (uint8_t)(j + 10)}, 24);
	add_route(0, 0, (uint8_t[4]){10, 1, network, 1});
}

static void up(int route)
{
	for (unsigned i = 0; i < node_count; i++)
		make_namespace(&nodes[i], i < count);
	host_half();
	talk(route);
	for (unsigned i = 0; i < node_count; i++) {
		if (i < count)
			router_half(i);
		else
			node_half((i - count) / hosts, (i - count) % hosts);
		talk(nodes[i].socket);
	}
}

/*
 * Down
 */
static void delete_bridges(int route)
{
	for (unsigned i = 0; i < count; i++) {
		begin_link(RTM_DELLINK, 0, BRIDGE(i));
		end();
	}
	talk(route);
}

static void give_up_names(void)
{
	char path[64];

	for (unsigned i = 0; i < node_count; i++) {
		path_of(&nodes[i], path);
		if (umount2(path, MNT_DETACH) < 0 || unlink(path) < 0)
			exit(1);
	}
}

/* The last thing that the background does is to take these away. */
static void wait_for_links(void)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};

	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j <= hosts; j++) {
			struct text t = j < hosts ? text("h%u-%u-eth0", i, j)
						  : text("r%u-lan", i);

			while (if_nametoindex(t.s))
				nanosleep(&millisecond, NULL);
		}
}

static void down(int route, bool links)
{
	if (links) {
		begin_link(RTM_DELLINK, 0, 0);
		put32(IFLA_GROUP, GROUP);
		end();
		talk(route);
	}
	give_up_names();
	delete_bridges(route);
	wait_for_links();
}

/*
 * Dump
 */
static void dump(int route)
{
	static const uint16_t types[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		begin(types[i], NLM_F_DUMP, sizeof(struct ifinfomsg));
		end();
		wanted = 1;
		talk(route);
	}
}

static void dump_all(int route)
{
	char path[64];

	dump(route);
	for (unsigned i = 0; i < node_count; i++) {
		int fd;

		path_of(&nodes[i], path);
		fd = open(path, O_RDONLY);
		if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
			exit(1);
		close(fd);
		route = open_netlink(NETLINK_ROUTE);
		dump(route);
		close(route);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = {4 * NODES_MAX, 4 * NODES_MAX};
	int route;

	if (argc != 5)
		return 2;
	setrlimit(RLIMIT_NOFILE, &files);
	star = !strcmp(argv[2], "star");
	count = (unsigned)atoi(argv[3]);
	hosts = (unsigned)atoi(argv[4]);
	if (count * (hosts + 1) > NODES_MAX)
		return 2;
	name_nodes();
	route = open_netlink(NETLINK_ROUTE);
	mkdir(NETNS, 0755);
	if (!strcmp(argv[1], "up"))
		up(route);
	else if (!strcmp(argv[1], "dump"))
		dump_all(route);
	else
		down(route, !strcmp(argv[1], "links"));
	return 0;
}
