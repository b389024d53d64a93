// SPDX-License-Identifier: GPL-2.0-or-later
/* An address that must answer after a change, or the change is taken back. */
#include "trial/probe.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "rtnl/address.h"
#include "model/state.h"

#define TRIES 5
#define TRIES_BEFORE 2 /* the kernel may drop the first while it resolves the address */
#define WAIT_MS 1000

/*
 * One ICMP echo.  By a raw socket: ICMP sockets are subject to net.ipv4.ping_group_range,
 * which is empty in a new namespace.  A raw socket gets every ICMP message of the peer,
 * so replies are recognised by id and sequence.
 */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

/* RFC 1071; of ICMPv6 the kernel makes it (RFC 3542 3.1). */
static uint16_t checksum(const struct echo *e)
{
	uint16_t words[sizeof(*e) / 2];
	uint32_t sum = 0;

	memcpy(words, e, sizeof(*e));
	for (size_t i = 0; i < sizeof(words) / 2; i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return ~sum & 0xffff;
}

static int open_socket(const struct netd_addr *to, unsigned index)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a = {.any.sa_family = to->family};
	int protocol = IPPROTO_ICMP;
	netd_auto_close int fd = -1;

	if (to->family == AF_INET6) {
		protocol = IPPROTO_ICMPV6;
		a.in6.sin6_scope_id = index;
		memcpy(&a.in6.sin6_addr, to->bytes, sizeof(a.in6.sin6_addr));
	} else {
		memcpy(&a.in.sin_addr, to->bytes, sizeof(a.in.sin_addr));
	}
	fd = socket(to->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	if (fd < 0 || connect(fd, &a.any, sizeof(a)) < 0)
		return -errno;
	return netd_take_fd(&fd);
}

/* Raw sockets of IPv4 deliver the IP header, too (raw(7)); those of IPv6 do not. */
static bool is_reply(const uint8_t *data, size_t length, bool v6, const struct echo *sent)
{
	uint8_t type = ICMP6_ECHO_REPLY;
	size_t skip = 0;
	struct echo e;

	if (!v6) {
		type = ICMP_ECHOREPLY;
		skip = (size_t)(data[0] & 15) * 4;
	}
	if (length < skip + sizeof(e))
		return false;
	memcpy(&e, data + skip, sizeof(e));
	return e.type == type && e.id == sent->id && e.sequence == sent->sequence;
}

static int wait_reply(int fd, bool v6, const struct echo *sent, unsigned ms)
{
	int64_t end = netd_now_ms() + ms, left;
	uint8_t data[2048];

	while ((left = end - netd_now_ms()) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(fd, data, sizeof(data), 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0 && is_reply(data, (size_t)n, v6, sent))
			return 0;
	}
	return -ETIMEDOUT;
}

/*
 * Sends an echo request to @to (@index: by which link, for a link-local address; else 0)
 * and waits for the reply.  0, -ETIMEDOUT, or what the kernel says: -ENETUNREACH, …
 */
static int ask(const struct netd_addr *to, unsigned index, unsigned ms)
{
	static uint16_t sequence;
	bool v6 = to->family == AF_INET6;
	netd_auto_close int fd = open_socket(to, index);
	struct echo e = {.type = ICMP6_ECHO_REQUEST, .id = (uint16_t)getpid()};

	if (fd < 0)
		return fd;
	e.sequence = sequence++;
	if (!v6) {
		e.type = ICMP_ECHO;
		e.checksum = checksum(&e);
	}
	if (send(fd, &e, sizeof(e), 0) < 0)
		return -errno;
	return wait_reply(fd, v6, &e, ms);
}

static bool is_default(const struct netd_route *r)
{
	return r->to.length == 0 && r->table == 0 && r->via.family;
}

/* The best default route, IPv4's first; @via: only by this gateway (may be NULL). */
static const struct netd_route *find_default(const struct netd_state *s,
					     const struct netd_addr *via)
{
	const struct netd_route *best = NULL;

	for (size_t i = 0; i < s->route_count; i++) {
		const struct netd_route *r = &s->routes[i];

		if (!is_default(r) || (via && !netd_addr_equal(&r->via, via)))
			continue;
		if (!best || r->to.addr.family < best->to.addr.family ||
		    (r->to.addr.family == best->to.addr.family &&
		     r->metric < best->metric))
			best = r;
	}
	return best;
}

/* The index of the link by which a link-local gateway is reached now; else 0. */
static unsigned link_of(struct netd *netd, const struct netd_addr *who)
{
	netd_auto(netd_state_done) struct netd_state s = {0};
	const struct netd_route *r;

	if (!netd_addr_is_link_local(who) || netd_route_dump(&netd->nl, &s, NULL) < 0)
		return 0;
	r = find_default(&s, who);
	if (r)
		return if_nametoindex(r->link);
	return 0;
}

int netd_probe_echo(struct netd *netd, const struct netd_addr *who, unsigned tries)
{
	const struct timespec pause = {.tv_nsec = WAIT_MS * 1000000L - 1};
	int r = -ETIMEDOUT;

	for (unsigned i = 0; i < tries; i++) {
		r = ask(who, link_of(netd, who), WAIT_MS);
		if (r >= 0)
			return 0;
		/* refused at once: a route or a neighbour may still appear */
		if (r != -ETIMEDOUT && i + 1 < tries)
			nanosleep(&pause, NULL);
	}
	return r;
}

int netd_probe_gateway(struct netd *netd, struct netd_addr *out, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state s = {0};
	const struct netd_route *gateway;
	int r = netd_route_dump(&netd->nl, &s, err);

	if (r < 0)
		return r;
	gateway = find_default(&s, NULL);
	if (gateway)
		*out = gateway->via;
	return 0;
}

int netd_probe_choose(struct netd *netd, const char *text, struct netd_addr *out,
		      struct netd_error *err)
{
	int r;

	*out = (struct netd_addr){0};
	if (text && strcmp(text, "none") == 0)
		return 0;
	if (text && netd_addr_parse(text, out) < 0) {
		netd_error_add(err, -EINVAL, "\"%s\" is not an address to probe", text);
		netd_error_hint(err, "an IPv4 or IPv6 address, or none");
		return -EINVAL;
	}
	if (text)
		return 0;
	r = netd->ops->find_gateway(netd, out, err);
	if (r < 0)
		return r;
	if (out->family && netd->ops->echo(netd, out, TRIES_BEFORE) < 0)
		*out = (struct netd_addr){0};
	return 0;
}

int netd_probe_check(struct netd *netd, const struct netd_addr *who,
		     struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];
	const char *why = "no reply to five echo requests";
	int r;

	if (!who->family)
		return 0;
	r = netd->ops->echo(netd, who, TRIES);
	if (r >= 0)
		return 0;
	if (r != -ETIMEDOUT)
		why = strerror(-r);
	netd_error_add(err, -EHOSTUNREACH, "%s does not answer any more: %s",
		       netd_addr_format(who, text), why);
	netd_error_hint(err, "`--probe none` applies without asking, "
			     "`--probe ADDRESS` asks somebody else");
	return -EHOSTUNREACH;
}
