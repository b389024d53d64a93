// SPDX-License-Identifier: GPL-2.0-or-later
/* Held objects: their bytes, lists of them, and what can be read off one. */
#include "rtnl/uplink_bytes.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/number.h"

#define ATTR_PROTO 11 /* linux/if_addr.h IFA_PROTO, Linux 5.18 */

size_t netd_held_header(enum netd_held_kind kind)
{
	static const size_t sizes[] = {
		[NETD_HELD_ADDRESS] = sizeof(struct ifaddrmsg),
		[NETD_HELD_NEIGHBOUR] = sizeof(struct ndmsg),
		[NETD_HELD_ROUTE] = sizeof(struct rtmsg),
		[NETD_HELD_RULE] = sizeof(struct fib_rule_hdr),
	};

	return sizes[kind];
}

void netd_held_put(struct netd_str *out, uint16_t type, const void *data, size_t length)
{
	struct nlattr head = {(uint16_t)(NLA_HDRLEN + length), type};
	static const char padding[NLA_ALIGNTO];

	netd_str_add_bytes(out, (const char *)&head, sizeof(head));
	netd_str_add_bytes(out, data, length);
	netd_str_add_bytes(out, padding, (size_t)NLA_ALIGN(length) - length);
}

struct nlattr *netd_held_attributes(const struct netd_held *held, int *length)
{
	size_t header = NLMSG_ALIGN(netd_held_header(held->kind));

	*length = (int)(held->bytes.length - header);
	return (struct nlattr *)(void *)(held->bytes.text + header);
}

struct nlattr *netd_held_attribute(const struct netd_held *held, int type)
{
	int length;
	struct nlattr *first = netd_held_attributes(held, &length);

	return nla_find(first, length, type);
}

struct rtnexthop *netd_held_next_way(const struct rtnexthop *way, int *left)
{
	size_t length = RTNH_ALIGN(way->rtnh_len);

	*left -= (int)length;
	return (struct rtnexthop *)(uintptr_t)((const char *)way + length);
}

void netd_held_done(struct netd_held_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		netd_str_done(&list->items[i].bytes);
	free(list->items);
	*list = (struct netd_held_list){0};
}

int netd_held_add(struct netd_held_list *list, const struct netd_held *held)
{
	struct netd_held *slot = NULL, copy = *held;

	copy.bytes = (struct netd_str){0};
	netd_str_add_bytes(&copy.bytes, held->bytes.text, held->bytes.length);
	if (!copy.bytes.failed)
		slot = netd_array_add(&list->items, &list->count, sizeof(*slot));
	if (!slot) {
		netd_str_done(&copy.bytes);
		return -ENOMEM;
	}
	*slot = copy;
	return 0;
}

bool netd_held_equal(const struct netd_held *a, const struct netd_held *b)
{
	return a->kind == b->kind && a->stable == b->stable &&
	       memcmp(a->bytes.text, b->bytes.text, a->stable) == 0;
}

const struct netd_held *netd_held_find(const struct netd_held_list *list,
				       const struct netd_held *held)
{
	for (size_t i = 0; i < list->count; i++)
		if (netd_held_equal(&list->items[i], held))
			return &list->items[i];
	return NULL;
}

static struct netd_addr address_in(const struct netd_held *held, int type)
{
	struct nlattr *a = netd_held_attribute(held, type);
	struct netd_addr out = {0};

	if (!a || nla_len(a) > (int)sizeof(out.bytes))
		return out;
	out.family = AF_INET6;
	if (nla_len(a) == 4)
		out.family = AF_INET;
	memcpy(out.bytes, nla_data(a), (size_t)nla_len(a));
	return out;
}

struct netd_ifaddr netd_held_address(const struct netd_held *held)
{
	const struct ifaddrmsg *header = (const void *)held->bytes.text;
	struct nlattr *protocol = netd_held_attribute(held, ATTR_PROTO);
	struct netd_ifaddr out = {.prefix = {.length = header->ifa_prefixlen}};

	out.prefix.addr = address_in(held, IFA_LOCAL);
	if (!out.prefix.addr.family)
		out.prefix.addr = address_in(held, IFA_ADDRESS);
	out.protocol = netd_nl_u8(protocol, 0);
	return out;
}

/* The kernel sets that flag on them (net/ipv6/addrconf.c addrconf_prefix_rcv_add_addr()).
 */
bool netd_held_is_autoconfigured(const struct netd_held *held)
{
	return held->kind == NETD_HELD_ADDRESS &&
	       netd_nl_u32(netd_held_attribute(held, IFA_FLAGS), 0) &
		       IFA_F_MANAGETEMPADDR;
}

struct netd_held_route netd_held_route(const struct netd_held *held)
{
	const struct rtmsg *header = (const void *)held->bytes.text;
	struct netd_held_route out = {
		.to = {address_in(held, RTA_DST), header->rtm_dst_len},
		.source = address_in(held, RTA_PREFSRC),
		.gateway = address_in(held, RTA_GATEWAY),
		.direct = !netd_held_attribute(held, RTA_GATEWAY) &&
			  !netd_held_attribute(held, RTA_VIA) &&
			  !netd_held_attribute(held, RTA_MULTIPATH),
		.kernels = header->rtm_protocol == RTPROT_KERNEL,
		.object = netd_held_attribute(held, RTA_NH_ID),
		.protocol = header->rtm_protocol,
	};

	out.to.addr.family = header->rtm_family;
	return out;
}

bool netd_held_is_permanent(const struct netd_held *held)
{
	const struct ndmsg *header = (const void *)held->bytes.text;

	return held->kind == NETD_HELD_NEIGHBOUR && header->ndm_state & NUD_PERMANENT;
}

static void describe_address(const struct netd_held *held, struct netd_str *out)
{
	struct netd_ifaddr a = netd_held_address(held);
	char text[NETD_PREFIX_TEXT];

	netd_str_add(out, netd_prefix_format(&a.prefix, text));
}

static void describe_neighbour(const struct netd_held *held, struct netd_str *out)
{
	struct netd_addr a = address_in(held, NDA_DST);
	char text[NETD_ADDR_TEXT];

	netd_str_add(out, netd_addr_format(&a, text));
}

static void describe_route(const struct netd_held *held, struct netd_str *out)
{
	const struct rtmsg *header = (const void *)held->bytes.text;
	struct nlattr *table = netd_held_attribute(held, RTA_TABLE);
	struct netd_held_route r = netd_held_route(held);
	char prefix[NETD_PREFIX_TEXT], addr[NETD_ADDR_TEXT];

	if (r.to.length)
		netd_str_add(out, netd_prefix_format(&r.to, prefix));
	else
		netd_str_add(out, "default");
	if (r.gateway.family)
		netd_str_addf(out, " via %s", netd_addr_format(&r.gateway, addr));
	netd_str_addf(out, " table %u", netd_nl_u32(table, header->rtm_table));
}

static void describe_rule(const struct netd_held *held, struct netd_str *out)
{
	struct nlattr *priority = netd_held_attribute(held, FRA_PRIORITY);

	netd_str_addf(out, "%u", netd_nl_u32(priority, 0));
}

static const struct {
	const char *word;
	void (*describe)(const struct netd_held *held, struct netd_str *out);
} kinds[NETD_HELD_COUNT] = {
	[NETD_HELD_ADDRESS] = {"address", describe_address},
	[NETD_HELD_NEIGHBOUR] = {"neighbour", describe_neighbour},
	[NETD_HELD_ROUTE] = {"route", describe_route},
	[NETD_HELD_RULE] = {"rule", describe_rule},
};

void netd_held_describe(const struct netd_held *held, struct netd_str *out)
{
	netd_str_addf(out, "%s ", kinds[held->kind].word);
	kinds[held->kind].describe(held, out);
}

void netd_held_write(const struct netd_held *held, struct netd_str *out)
{
	netd_str_addf(out, "%s ", kinds[held->kind].word);
	for (size_t i = 0; i < held->bytes.length; i++) {
		if (i == held->stable)
			netd_str_add_char(out, '+');
		netd_str_addf(out, "%02x", (unsigned char)held->bytes.text[i]);
	}
	if (held->behind)
		netd_str_add(out, " behind");
	netd_str_add(out, " # ");
	kinds[held->kind].describe(held, out);
	netd_str_add_char(out, '\n');
}

/* Attributes that do not end where the bytes do would be read beyond them. */
static bool is_whole(const struct netd_held *held)
{
	struct nlattr *a;
	int left;

	if (held->bytes.length < NLMSG_ALIGN(netd_held_header(held->kind)) ||
	    held->stable > held->bytes.length)
		return false;
	for (a = netd_held_attributes(held, &left); nla_ok(a, left);)
		a = nla_next(a, &left);
	return left == 0;
}

static int parse_bytes(const char *text, struct netd_held *out)
{
	size_t stable = 0;

	for (; *text && *text != ' '; text += 2) {
		int high, low;

		if (*text == '+') {
			stable = out->bytes.length;
			text++;
		}
		high = netd_hex_digit(text[0]);
		if (high < 0)
			return -EINVAL;
		low = netd_hex_digit(text[1]);
		if (low < 0)
			return -EINVAL;
		netd_str_add_char(&out->bytes, (char)(high << 4 | low));
	}
	if (!stable)
		stable = out->bytes.length;
	out->stable = stable;
	out->behind = strncmp(text, " behind", 7) == 0;
	return netd_str_error(&out->bytes);
}

int netd_held_parse(const char *line, struct netd_held *out)
{
	size_t kind = 0, word = strcspn(line, " ");
	int r;

	while (kind < NETD_HELD_COUNT && (strlen(kinds[kind].word) != word ||
					  strncmp(kinds[kind].word, line, word) != 0))
		kind++;
	if (kind == NETD_HELD_COUNT || line[word] != ' ')
		return -EINVAL;
	*out = (struct netd_held){.kind = (enum netd_held_kind)kind};
	r = parse_bytes(line + word + 1, out);
	if (r >= 0 && is_whole(out))
		return 0;
	netd_str_done(&out->bytes);
	if (r < 0)
		return r;
	return -EINVAL;
}
