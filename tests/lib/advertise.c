// SPDX-License-Identifier: GPL-2.0-or-later
/* Plays a router: advertise IFACE MS LIFETIME [PREFIX VALID PREFERRED]... */
/*
 * Theory of operation.  Sends a router advertisement every MS milliseconds, and as an
 * answer to each solicitation (RFC 4861).  The router's LIFETIME, and VALID and PREFERRED
 * of each /64 prefix, are in seconds and may be as short as a test wants, which dnsmasq
 * and radvd do not allow.  A LIFETIME of 0 says that this is no default router (any
 * more). It goes on until it is killed, in the foreground.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PREFIXES_MAX 8
#define HOPS 255 /* RFC 4861: else nobody believes it */

struct advertisement {
	struct nd_router_advert head;
	struct nd_opt_prefix_info prefixes[PREFIXES_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "advertise: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t seconds(const char *text)
{
	return htonl((uint32_t)strtoul(text, NULL, 10));
}

/* The message's length. */
static size_t compose(struct advertisement *out, const char *lifetime, char **prefixes)
{
	size_t n = 0;

	out->head.nd_ra_type = ND_ROUTER_ADVERT;
	out->head.nd_ra_router_lifetime = htons((uint16_t)strtoul(lifetime, NULL, 10));
	for (; n < PREFIXES_MAX && prefixes[0] && prefixes[1] && prefixes[2];
	     n++, prefixes += 3) {
		struct nd_opt_prefix_info *p = &out->prefixes[n];

		p->nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION;
		p->nd_opt_pi_len = sizeof(*p) / 8;
		p->nd_opt_pi_prefix_len = 64;
		p->nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO;
		p->nd_opt_pi_valid_time = seconds(prefixes[1]);
		p->nd_opt_pi_preferred_time = seconds(prefixes[2]);
		if (inet_pton(AF_INET6, prefixes[0], &p->nd_opt_pi_prefix) != 1)
			die(prefixes[0]);
	}
	return sizeof(out->head) + n * sizeof(out->prefixes[0]);
}

static int open_socket(unsigned index)
{
	int s = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	struct ipv6_mreq routers = {.ipv6mr_interface = index};
	struct icmp6_filter filter;
	int hops = HOPS;

	if (s < 0)
		die("socket");
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	inet_pton(AF_INET6, "ff02::2", &routers.ipv6mr_multiaddr);
	if (setsockopt(s, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) < 0 ||
	    setsockopt(s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &routers, sizeof(routers)) <
		    0)
		die("setsockopt");
	return s;
}

int main(int argc, char **argv)
{
	struct sockaddr_in6 all = {.sin6_family = AF_INET6};
	struct advertisement message = {0};
	char solicitation[1500];
	struct pollfd poller;
	size_t length;
	int period;

	if (argc < 4) {
		fputs("usage: advertise IFACE MS LIFETIME [PREFIX VALID PREFERRED]...\n",
		      stderr);
		return 2;
	}
	all.sin6_scope_id = if_nametoindex(argv[1]);
	if (!all.sin6_scope_id)
		die(argv[1]);
	inet_pton(AF_INET6, "ff02::1", &all.sin6_addr);
	period = atoi(argv[2]);
	length = compose(&message, argv[3], argv + 4);
	poller = (struct pollfd){.fd = open_socket(all.sin6_scope_id), .events = POLLIN};
	for (;;) {
		if (sendto(poller.fd, &message, length, 0, (struct sockaddr *)&all,
			   sizeof(all)) < 0)
			die("sendto");
		if (poll(&poller, 1, period) > 0)
			(void)!recv(poller.fd, solicitation, sizeof(solicitation), 0);
	}
}
