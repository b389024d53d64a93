// SPDX-License-Identifier: GPL-2.0-or-later
/* Sends datagrams through a host, each of a flow of its own, and sees them arrive. */
/*
 *	new_flows FROM-NETNS FROM TO PORT PORTS TO-NETNS ARRIVE-PORT FLOWS
 *
 * IPv4 UDP from address FROM to TO, ports PORT to PORT + PORTS - 1 by turns, with another
 * source port each time; they arrive at UDP port ARRIVE-PORT in namespace TO-NETNS.
 *
 * Theory of operation.  What a new flow costs is what the host looks up for its first
 * packet, so nothing else should cost much: packets are made by hand for a raw socket,
 * and sent and received many at a time.  Over veth pairs all of the host's work is done
 * before the call that sends comes back, as long as a burst fits the backlog of 1,000.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BURST 32
#define FIRST_SOURCE 1024
#define PATIENCE 2000 /* ms */

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char data[8];
} __attribute__((packed));

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(path);
	close(fd);
}

static int receiver(const char *space, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int room = 64 << 20, fd;

	enter(space);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		die("receiver");
	return fd;
}

/* Takes what is there; how many. */
static unsigned take(int fd)
{
	static char data[BURST][64];
	struct iovec iov[BURST];
	struct mmsghdr messages[BURST] = {0};
	int n;

	for (unsigned i = 0; i < BURST; i++) {
		iov[i] = (struct iovec){data[i], sizeof(data[i])};
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(fd, messages, BURST, MSG_DONTWAIT, NULL);
	return n > 0 ? (unsigned)n : 0;
}

static void send_burst(int fd, struct packet *packets, unsigned count,
		       struct sockaddr_in *to)
{
	struct iovec iov[BURST];
	struct mmsghdr messages[BURST] = {0};
	unsigned sent = 0;

	for (unsigned i = 0; i < count; i++) {
		iov[i] = (struct iovec){&packets[i], sizeof(packets[i])};
		messages[i].msg_hdr = (struct msghdr){.msg_name = to,
						      .msg_namelen = sizeof(*to),
						      .msg_iov = &iov[i],
						      .msg_iovlen = 1};
	}
	while (sent < count) {
		int n = sendmmsg(fd, messages + sent, count - sent, 0);

		if (n < 0)
			die("sendmmsg");
		sent += (unsigned)n;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
	unsigned port, ports, flows, arrived = 0;
	struct packet packets[BURST] = {0};
	int in, out;

	if (argc != 9 || inet_pton(AF_INET, argv[2], &from.sin_addr) != 1 ||
	    inet_pton(AF_INET, argv[3], &to.sin_addr) != 1) {
		fputs("usage: new_flows FROM-NETNS FROM TO PORT PORTS TO-NETNS "
		      "ARRIVE-PORT FLOWS\n",
		      stderr);
		return 2;
	}
	port = (unsigned)atoi(argv[4]);
	ports = (unsigned)atoi(argv[5]);
	flows = (unsigned)atoi(argv[8]);
	in = receiver(argv[6], (uint16_t)atoi(argv[7]));
	enter(argv[1]);
	out = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (out < 0)
		die("raw socket");
	for (unsigned i = 0; i < flows;) {
		unsigned n = 0;

		for (; n < BURST && i < flows; n++, i++) {
			packets[n] = (struct packet){
				.ip = {.version = 4,
				       .ihl = 5,
				       .tot_len = htons(sizeof(struct packet)),
				       .ttl = 64,
				       .protocol = IPPROTO_UDP,
				       .saddr = from.sin_addr.s_addr,
				       .daddr = to.sin_addr.s_addr},
				.udp = {.source = htons((uint16_t)(FIRST_SOURCE + i)),
					.dest = htons((uint16_t)(port + i % ports)),
					.len = htons(sizeof(struct packet) -
						     sizeof(struct iphdr))},
			};
		}
		send_burst(out, packets, n, &to);
		arrived += take(in);
	}
	while (arrived < flows &&
	       poll(&(struct pollfd){.fd = in, .events = POLLIN}, 1, PATIENCE) > 0)
		arrived += take(in);
	if (arrived != flows) {
		fprintf(stderr, "new_flows: %u of %u arrived\n", arrived, flows);
		return 1;
	}
	return 0;
}
