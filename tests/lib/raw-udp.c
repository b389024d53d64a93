// SPDX-License-Identifier: GPL-2.0-or-later
/* The UDP checksum of a DHCP reply, as a client sees it that reads raw frames. */
/*
 * Theory of operation.  `see IF` says "ready", and of the first datagram from port 67:
 * "none" (zero), "right" or "wrong"; that its packet may say the checksum is still to be
 * filled in counts for nothing.  `offload IF on|off` is `ethtool -K IF tx on|off`.
 */
#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#define PATIENCE 10 /* s */

static int offload(const char *name, int on)
{
	struct ethtool_value value = {.cmd = ETHTOOL_STXCSUM, .data = (uint32_t)on};
	struct ifreq request = {.ifr_data = (void *)&value};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &request) < 0) {
		perror("raw-udp: offload");
		return 1;
	}
	return 0;
}

static uint32_t sum(const uint8_t *bytes, size_t length)
{
	uint32_t total = 0;

	for (size_t i = 0; i < length; i++)
		total += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return total;
}

/* RFC 768: over addresses, protocol, length and the datagram; all ones if it is right. */
static const char *judge(const struct ip *ip, const struct udphdr *udp, size_t length)
{
	uint32_t total = sum((const void *)&ip->ip_src, 8) + IPPROTO_UDP +
			 (uint32_t)length + sum((const void *)udp, length);

	if (!udp->uh_sum)
		return "none";
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total == 0xffff ? "right" : "wrong";
}

static int see(const char *name)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETHERTYPE_IP),
				 .sll_ifindex = (int)if_nametoindex(name)};
	struct timeval patience = {.tv_sec = PATIENCE};
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETHERTYPE_IP));
	uint8_t packet[4096] __attribute__((aligned(4)));
	ssize_t n;

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0) {
		perror("raw-udp: see");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while ((n = recv(fd, packet, sizeof(packet), 0)) > 0) {
		const struct ip *ip = (const void *)packet;
		size_t header = (size_t)ip->ip_hl * 4;
		const struct udphdr *udp = (const void *)(packet + header);

		if ((size_t)n < header + sizeof(*udp) || ip->ip_p != IPPROTO_UDP ||
		    ntohs(udp->uh_sport) != 67 ||
		    (size_t)n < header + ntohs(udp->uh_ulen))
			continue;
		puts(judge(ip, udp, ntohs(udp->uh_ulen)));
		return 0;
	}
	puts("nothing");
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "see"))
		return see(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "offload"))
		return offload(argv[2], !strcmp(argv[3], "on"));
	fputs("usage: raw-udp see IF | raw-udp offload IF on|off\n", stderr);
	return 2;
}
