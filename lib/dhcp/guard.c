// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps dnsmasq from giving out an address in use: asks by ARP before a reply is sent. */
#include "dhcp/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "dhcp/guard_hold.h"

/*
 * Theory of operation.  dnsmasq offers addresses that are in no lease.  Whether somebody
 * has set such an address by hand it can only find out by an echo, for which it waits
 * three seconds, and serves nobody meanwhile.  A host on the same link answers an ARP
 * probe (RFC 5227 2.1.1) within a millisecond, whatever it filters.  So the guard holds
 * each reply that gives an address (dhcp/guard_hold.h), asks for that address twice, and
 * then sends the reply.  If a host other than the client answers, the guard drops the
 * reply, and tells dnsmasq whose the address is by a file in a directory that dnsmasq
 * watches (dhcp-hostsdir); the client asks again and gets another address.  An address
 * that was found free for a client is not asked for again for a while, so an offer costs
 * WAIT and its acknowledgement nothing; a client that has its address already answers by
 * itself.
 *
 * If very many clients ask at once the wait gets shorter.  A MAC that answers for many
 * addresses is a proxy, or wants DHCP to fail, and is no longer believed.
 */

#define WAIT 150     /* ms */
#define WAIT_BUSY 15 /* ms, if so many were asked for within BUSY_SPAN */
#define BUSY_COUNT 20
#define BUSY_SPAN 5000	/* ms */
#define FREE_SPAN 60000 /* ms */
#define HELD_MAX 64
#define FREE_MAX 256
#define USERS_MAX 64
#define CLAIMS_MAX 16 /* addresses of one MAC */
#define PACKET_MAX 1500
#define BOOTP_MIN 240

struct held {
	uint32_t address; /* network order; 0: empty */
	uint8_t mac[ETH_ALEN];
	int64_t again, until; /* ms; again 0: asked twice */
	size_t length;
	uint8_t packet[PACKET_MAX];
};

struct found {
	uint32_t address;
	uint8_t mac[ETH_ALEN];
	int64_t until;
};

struct user {
	uint8_t mac[ETH_ALEN];
	unsigned claims;
};

struct guard {
	const char *directory;
	int index, arp, out;
	uint8_t own[ETH_ALEN];
	struct netd_hold hold;
	struct held held[HELD_MAX];
	struct found found_free[FREE_MAX];
	size_t next_free;
	struct user users[USERS_MAX];
	int64_t asked[BUSY_COUNT]; /* when; a ring */
	size_t next_asked;
	int failed; /* -errno: the guard must end, so that replies are sent */
};

/*
 * Sending
 */

static void send_on(struct guard *g, const uint8_t *packet, size_t length)
{
	const struct iphdr *ip = (const void *)packet;
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_IP),
				 .sll_ifindex = g->index,
				 .sll_halen = ETH_ALEN};
	const uint8_t *bootp = packet + ip->ihl * 4 + sizeof(struct udphdr);

	if (ip->daddr == INADDR_BROADCAST || bootp[1] != 1 || bootp[2] != ETH_ALEN)
		memset(to.sll_addr, 0xff, ETH_ALEN);
	else
		memcpy(to.sll_addr, bootp + 28, ETH_ALEN);
	/* other errors are ignored, since clients ask again; EMSGSIZE would come again */
	if (sendto(g->out, packet, length, 0, (void *)&to, sizeof(to)) < 0 &&
	    errno == EMSGSIZE)
		g->failed = -errno;
}

static void ask(struct guard *g, uint32_t address)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ARP),
				 .sll_ifindex = g->index,
				 .sll_halen = ETH_ALEN};
	struct ether_arp probe = {.arp_hrd = htons(ARPHRD_ETHER),
				  .arp_pro = htons(ETH_P_IP),
				  .arp_hln = ETH_ALEN,
				  .arp_pln = 4,
				  .arp_op = htons(ARPOP_REQUEST)};

	memset(to.sll_addr, 0xff, ETH_ALEN);
	memcpy(probe.arp_sha, g->own, ETH_ALEN);
	memcpy(probe.arp_tpa, &address, 4);
	sendto(g->arp, &probe, sizeof(probe), 0, (void *)&to, sizeof(to));
}

/*
 * What was found out
 */

static bool is_free(const struct guard *g, uint32_t address, const uint8_t *mac,
		    int64_t now)
{
	for (size_t i = 0; i < FREE_MAX; i++)
		if (g->found_free[i].address == address && g->found_free[i].until > now &&
		    memcmp(g->found_free[i].mac, mac, ETH_ALEN) == 0)
			return true;
	return false;
}

static void release(struct guard *g, struct held *h, int64_t now)
{
	struct found *f = &g->found_free[g->next_free++ % FREE_MAX];

	f->address = h->address;
	f->until = now + FREE_SPAN;
	memcpy(f->mac, h->mac, ETH_ALEN);
	send_on(g, h->packet, h->length);
	h->address = 0;
}

static int64_t wait_for(struct guard *g, int64_t now)
{
	int64_t *oldest = &g->asked[g->next_asked++ % BUSY_COUNT];
	bool busy = *oldest && now - *oldest < BUSY_SPAN;

	*oldest = now;
	if (busy)
		return WAIT_BUSY;
	return WAIT;
}

/* True if @mac has not claimed too many addresses yet. */
static bool believe(struct guard *g, const uint8_t *mac)
{
	static const uint8_t none[ETH_ALEN];

	for (size_t i = 0; i < USERS_MAX; i++) {
		struct user *u = &g->users[i];

		if (memcmp(u->mac, none, ETH_ALEN) == 0)
			memcpy(u->mac, mac, ETH_ALEN);
		if (memcmp(u->mac, mac, ETH_ALEN) == 0)
			return u->claims++ < CLAIMS_MAX;
	}
	return false;
}

/* By a file that is moved into the directory (2.90 inotify.c). */
static void tell(const struct guard *g, uint32_t address, const uint8_t *mac)
{
	char name[INET_ADDRSTRLEN], path[PATH_MAX], fresh[PATH_MAX];
	netd_auto_close int fd = -1;

	inet_ntop(AF_INET, &address, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/" NETD_GUARD_USED "/%s", g->directory, name);
	snprintf(fresh, sizeof(fresh), "%s/." NETD_GUARD_USED, g->directory);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return;
	dprintf(fd, "%02x:%02x:%02x:%02x:%02x:%02x,%s\n", mac[0], mac[1], mac[2], mac[3],
		mac[4], mac[5], name);
	if (fchmod(fd, 0644) < 0 || rename(fresh, path) < 0)
		unlink(fresh);
}

/*
 * Receiving
 */

static void see_reply(const uint8_t *packet, size_t length, void *data)
{
	struct guard *g = data;
	const struct iphdr *ip = (const void *)packet;
	int64_t now = netd_now_ms();
	struct held *slot = NULL;
	uint32_t address;
	size_t head;

	if (length < sizeof(*ip))
		return;
	head = ip->ihl * 4 + sizeof(struct udphdr);
	if (length > PACKET_MAX || length < head + BOOTP_MIN)
		return;
	for (size_t i = 0; !slot && i < HELD_MAX; i++)
		if (!g->held[i].address)
			slot = &g->held[i];
	memcpy(&address, packet + head + 16, 4); /* RFC 2131: yiaddr */
	/* no checksum (RFC 768): what is there may be half of one (dhcp/checksum.h) */
	if (!slot || !address || is_free(g, address, packet + head + 28, now)) {
		uint8_t copy[PACKET_MAX];

		memcpy(copy, packet, length);
		memset(copy + head - 2, 0, 2);
		send_on(g, copy, length);
		return;
	}
	slot->address = address;
	memcpy(slot->mac, packet + head + 28, ETH_ALEN);
	memcpy(slot->packet, packet, length);
	memset(slot->packet + head - 2, 0, 2);
	slot->length = length;
	slot->until = now + wait_for(g, now);
	slot->again = (now + slot->until) / 2;
	ask(g, address);
}

static void see_arp(struct guard *g)
{
	struct ether_arp a;
	uint32_t address;
	bool told = false;

	if (recv(g->arp, &a, sizeof(a), MSG_DONTWAIT) < (ssize_t)sizeof(a) ||
	    a.arp_pro != htons(ETH_P_IP) || memcmp(a.arp_sha, g->own, ETH_ALEN) == 0)
		return;
	memcpy(&address, a.arp_spa, 4);
	for (size_t i = 0; address && i < HELD_MAX; i++) {
		struct held *h = &g->held[i];

		if (h->address != address)
			continue;
		if (memcmp(h->mac, a.arp_sha, ETH_ALEN) == 0 ||
		    (!told && !believe(g, a.arp_sha))) {
			release(g, h, netd_now_ms());
			continue;
		}
		h->address = 0;
		if (!told)
			tell(g, address, a.arp_sha);
		told = true;
	}
}

/* Does what is due; how long to wait for the next, in ms, -1: for ever. */
static int do_due(struct guard *g)
{
	int64_t now = netd_now_ms(), next = INT64_MAX;

	for (size_t i = 0; i < HELD_MAX; i++) {
		struct held *h = &g->held[i];

		if (h->address && h->until <= now)
			release(g, h, now);
		if (h->address && h->again && h->again <= now) {
			ask(g, h->address);
			h->again = 0;
		}
		if (h->address && h->again && h->again < next)
			next = h->again;
		else if (h->address && h->until < next)
			next = h->until;
	}
	if (next == INT64_MAX)
		return -1;
	return (int)(next - now);
}

static int watch(struct guard *g, int process)
{
	struct pollfd p[] = {{.fd = process, .events = POLLIN},
			     {.fd = g->hold.packets.fd, .events = POLLIN},
			     {.fd = g->arp, .events = POLLIN}};

	while (!g->failed) {
		if (poll(p, NETD_ARRAY_SIZE(p), do_due(g)) < 0 && errno != EINTR)
			return -errno;
		if (p[0].revents)
			return 0;
		if (p[2].revents)
			see_arp(g);
		if (p[1].revents) {
			int r = netd_hold_read(&g->hold, see_reply, g);

			if (r < 0)
				return r;
		}
	}
	return g->failed;
}

/*
 * Start and end
 */

static int open_packets(const struct guard *g, uint16_t protocol)
{
	struct sockaddr_ll here = {.sll_family = AF_PACKET,
				   .sll_protocol = htons(protocol),
				   .sll_ifindex = g->index};
	netd_auto_close int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&here, sizeof(here)) < 0)
		return -errno;
	return netd_take_fd(&fd);
}

static int find_link(struct guard *g, const char *link)
{
	netd_auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", link);
	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &request) < 0)
		return -errno;
	g->index = request.ifr_ifindex;
	if (ioctl(fd, SIOCGIFHWADDR, &request) < 0)
		return -errno;
	memcpy(g->own, request.ifr_hwaddr.sa_data, ETH_ALEN);
	return 0;
}

/* Writes the guard's process, or the -errno with which it ends, for netd_guard_state().
 */
static void say(const char *directory, int number)
{
	char path[PATH_MAX];
	netd_auto_close int fd = -1;

	snprintf(path, sizeof(path), "%s/" NETD_GUARD_PID, directory);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd >= 0)
		dprintf(fd, "%d\n", number);
}

/*
 * The guard reads packets of guests, so it keeps no privilege: it needed root only to
 * open its sockets, and the files in the directory are its user's.
 */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0)
		return -errno;
	return 0;
}

/* The table of the previous guard may still be there for a moment. */
static int hold(struct guard *g, const char *link)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	int r = netd_hold_open(&g->hold, link, g->index);

	for (int tries = 0; tries < 50 && (r == -EEXIST || r == -EPERM); tries++) {
		nanosleep(&moment, NULL);
		r = netd_hold_open(&g->hold, link, g->index);
	}
	return r;
}

/* The table comes last: from then on replies are held. */
static int open_all(struct guard *g, const char *link)
{
	int r = find_link(g, link);

	if (r < 0)
		return r;
	g->arp = open_packets(g, ETH_P_ARP);
	if (g->arp < 0)
		return g->arp;
	/* protocol 0: it sends, and receives nothing */
	g->out = open_packets(g, 0);
	if (g->out < 0)
		return g->out;
	return hold(g, link);
}

static int guard(struct guard *g, const char *link, pid_t pid)
{
	netd_auto_close int process = pidfd_open(pid, 0);
	int r;

	if (process < 0)
		return -errno;
	r = open_all(g, link);
	if (r < 0)
		return r;
	say(g->directory, getpid());
	r = drop_capabilities();
	if (r < 0)
		return r;
	close(STDOUT_FILENO);
	return watch(g, process);
}

int netd_guard_run(const char *directory, const char *link, pid_t pid)
{
	static struct guard g;
	int r;

	prctl(PR_SET_NAME, "netd-guard"); /* what nft calls the table's owner */
	g.directory = directory;
	r = guard(&g, link, pid);
	if (r < 0)
		say(directory, r);
	netd_hold_close(&g.hold);
	return r;
}
