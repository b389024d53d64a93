// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the interface identifier of the NIC's IPv6 addresses on the bridge. */
/*
 * Theory of operation.  After a router advertisement the kernel makes an address in its
 * prefix, and renews the one that is equal.  On the bridge that is the NIC's address if
 * it was made of the MAC, which the bridge has.  It is another one if the second half of
 * the NIC's address is a token (`ip token`), or a hash of a secret and the NIC's
 * permanent MAC (RFC 7217): then the address by which the host is known would expire.  So
 * the bridge gets the NIC's token; if there is a secret, the second half of the first
 * address that was made of it becomes the bridge's token.  The NIC keeps both.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "uplink/uplink_settings.h"
#include "uplink/uplink_transfer.h"
#include "base/cleanup.h"

#define TOKEN_AT 8 /* of an address's 16 bytes */
#define PREFIX 64

static bool is_none(const struct netd_addr *token)
{
	static const struct netd_addr none;

	return memcmp(token->bytes, none.bytes, sizeof(none.bytes)) == 0;
}

static int visit_token(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr *m = (struct nlmsghdr *)(uintptr_t)message;
	struct nlattr *spec, *inet6 = NULL, *token = NULL;
	struct netd_addr *out = data;

	spec = nlmsg_find_attr(m, sizeof(struct ifinfomsg), IFLA_AF_SPEC);
	if (spec)
		inet6 = nla_find(nla_data(spec), nla_len(spec), AF_INET6);
	if (inet6)
		token = nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_TOKEN);
	if (token && nla_len(token) == sizeof(out->bytes))
		memcpy(out->bytes, nla_data(token), sizeof(out->bytes));
	return 0;
}

static int read_token(const struct netd_transfer *t, const struct netd_holder *link,
		      struct netd_addr *out)
{
	struct ifinfomsg header = {.ifi_index = link->index};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETLINK, 0, &header, sizeof(header));

	if (!m)
		return -ENOMEM;
	return netd_nl_ask(&t->netd->nl, m, visit_token, out);
}

/* The second half of the first address that the kernel made of its secret. */
static void find_token(const struct netd_transfer *t, struct netd_addr *out)
{
	for (size_t i = 0; i < t->arriving.count; i++) {
		const struct netd_held *held = &t->arriving.items[i];
		struct netd_ifaddr a;

		if (!netd_held_is_autoconfigured(held))
			continue;
		a = netd_held_address(held);
		if (a.prefix.length != PREFIX)
			continue;
		memcpy(out->bytes + TOKEN_AT, a.prefix.addr.bytes + TOKEN_AT,
		       sizeof(out->bytes) - TOKEN_AT);
		return;
	}
}

/* Sets an IPv6 attribute of @t->to. */
static int write_setting(const struct netd_transfer *t, int type, const void *data,
			 int size)
{
	struct ifinfomsg header = {.ifi_index = t->to->index};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_NEWLINK, 0, &header, sizeof(header));
	struct nlattr *spec = NULL, *inet6 = NULL;

	if (m)
		spec = nla_nest_start(m, IFLA_AF_SPEC);
	if (spec)
		inet6 = nla_nest_start(m, AF_INET6);
	if (!inet6 || nla_put(m, type, size, data) < 0)
		return -ENOMEM;
	nla_nest_end(m, inet6);
	nla_nest_end(m, spec);
	return netd_nl_request(&t->netd->nl, m, NULL);
}

static int write_mode(const struct netd_transfer *t)
{
	static const uint8_t mode = IN6_ADDR_GEN_MODE_RANDOM;

	if (!netd_capture_is_stable(t->capture))
		return 0;
	return write_setting(t, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof(mode));
}

static int keep_token(const struct netd_transfer *t)
{
	struct netd_addr token = {0}, now = {0};
	int r = read_token(t, t->from, &token);

	if (r < 0)
		return r;
	r = read_token(t, t->to, &now);
	if (r < 0)
		return r;
	if (is_none(&token) && netd_capture_is_stable(t->capture))
		find_token(t, &token);
	if (is_none(&token) || !is_none(&now))
		return 0;
	r = write_setting(t, IFLA_INET6_TOKEN, token.bytes, sizeof(token.bytes));
	/* the link takes no advertisements (net/ipv6/addrconf.c inet6_set_iftoken()) */
	if (r == -EINVAL)
		return 0;
	return r;
}

static int keep_mode_and_token(const struct netd_transfer *t)
{
	int r = write_mode(t);

	if (r < 0)
		return r;
	return keep_token(t);
}

int netd_transfer_keep_token(const struct netd_transfer *t)
{
	int r = keep_mode_and_token(t);

	if (r < 0)
		return netd_error_add(t->err, r, "IPv6 of %s: %s", t->to->name,
				      strerror(-r));
	return 0;
}
