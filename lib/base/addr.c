// SPDX-License-Identifier: GPL-2.0-or-later
/* IPv4 and IPv6 addresses, prefixes, ranges, and MAC addresses. */
#include "base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/number.h"
#include "base/str.h"

size_t netd_addr_size(const struct netd_addr *a)
{
	if (a->family == AF_INET)
		return 4;
	if (a->family == AF_INET6)
		return 16;
	return 0;
}

unsigned netd_addr_bits(const struct netd_addr *a)
{
	return (unsigned)netd_addr_size(a) * 8;
}

int netd_addr_parse(const char *text, struct netd_addr *out)
{
	struct netd_addr a = {.family = AF_INET};

	if (strchr(text, ':'))
		a.family = AF_INET6;
	if (inet_pton(a.family, text, a.bytes) != 1)
		return -EINVAL;
	*out = a;
	return 0;
}

int netd_prefix_parse(const char *text, struct netd_prefix *out)
{
	char buffer[NETD_PREFIX_TEXT];
	struct netd_prefix p = {0};
	unsigned long length;
	char *slash;

	if (!netd_copy(buffer, text))
		return -EINVAL;
	slash = strchr(buffer, '/');
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	if (netd_addr_parse(buffer, &p.addr) ||
	    netd_parse_number(slash + 1, netd_addr_bits(&p.addr), &length))
		return -EINVAL;
	p.length = (uint8_t)length;
	*out = p;
	return 0;
}

int netd_addr_range_parse(const char *text, struct netd_addr_range *out)
{
	char buffer[2 * NETD_ADDR_TEXT];
	struct netd_addr_range r;
	char *dash, *last = buffer;

	if (!netd_copy(buffer, text))
		return -EINVAL;
	dash = strchr(buffer, '-');
	if (dash) {
		*dash = '\0';
		last = dash + 1;
	}
	if (netd_addr_parse(buffer, &r.first) || netd_addr_parse(last, &r.last))
		return -EINVAL;
	if (r.first.family != r.last.family || netd_addr_compare(&r.first, &r.last) > 0)
		return -EINVAL;
	*out = r;
	return 0;
}

int netd_mac_parse(const char *text, struct netd_mac *out)
{
	struct netd_mac m;

	if (strlen(text) != NETD_MAC_TEXT - 1)
		return -EINVAL;
	for (int i = 0; i < 6; i++, text += 3) {
		int high = netd_hex_digit(text[0]), low = netd_hex_digit(text[1]);

		if (high < 0 || low < 0 || (i < 5 && text[2] != ':' && text[2] != '-'))
			return -EINVAL;
		m.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = m;
	return 0;
}

static char *put_byte(char *at, unsigned byte)
{
	if (byte >= 100)
		*at++ = (char)('0' + byte / 100);
	if (byte >= 10)
		*at++ = (char)('0' + byte / 10 % 10);
	*at++ = (char)('0' + byte % 10);
	return at;
}

/* inet_ntop() goes by printf, which is felt where there are 10,000 forwards. */
static char *format4(const struct netd_addr *a, char *out)
{
	char *at = out;

	for (int i = 0; i < 4; i++) {
		at = put_byte(at, a->bytes[i]);
		*at++ = '.';
	}
	at[-1] = '\0';
	return out;
}

char *netd_addr_format(const struct netd_addr *a, char out[NETD_ADDR_TEXT])
{
	if (a->family == AF_INET)
		return format4(a, out);
	if (!a->family || !inet_ntop(a->family, a->bytes, out, NETD_ADDR_TEXT))
		out[0] = '\0';
	return out;
}

char *netd_prefix_format(const struct netd_prefix *p, char out[NETD_PREFIX_TEXT])
{
	size_t n;

	netd_addr_format(&p->addr, out);
	n = strlen(out);
	snprintf(out + n, NETD_PREFIX_TEXT - n, "/%u", p->length);
	return out;
}

char *netd_mac_format(const struct netd_mac *m, char out[NETD_MAC_TEXT])
{
	const uint8_t *b = m->bytes;

	snprintf(out, NETD_MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2],
		 b[3], b[4], b[5]);
	return out;
}

int netd_addr_compare(const struct netd_addr *a, const struct netd_addr *b)
{
	if (a->family != b->family)
		return netd_order(a->family, b->family);
	return memcmp(a->bytes, b->bytes, netd_addr_size(a));
}

int netd_prefix_compare(const struct netd_prefix *a, const struct netd_prefix *b)
{
	int order = netd_addr_compare(&a->addr, &b->addr);

	if (order)
		return order;
	return (int)a->length - (int)b->length;
}

bool netd_addr_equal(const struct netd_addr *a, const struct netd_addr *b)
{
	return netd_addr_compare(a, b) == 0;
}

/* The address with every bit behind the first @length set (or cleared). */
static struct netd_addr fill_host(const struct netd_addr *a, unsigned length, bool set)
{
	struct netd_addr out = *a;
	uint8_t mask = (uint8_t)(0xff >> length % 8);

	for (size_t i = length / 8; i < netd_addr_size(a); i++, mask = 0xff) {
		out.bytes[i] &= (uint8_t)~mask;
		if (set)
			out.bytes[i] |= mask;
	}
	return out;
}

struct netd_prefix netd_prefix_network(const struct netd_prefix *p)
{
	return (struct netd_prefix){fill_host(&p->addr, p->length, false), p->length};
}

struct netd_addr netd_prefix_last(const struct netd_prefix *p)
{
	return fill_host(&p->addr, p->length, true);
}

bool netd_prefix_contains(const struct netd_prefix *p, const struct netd_addr *a)
{
	unsigned whole = p->length / 8;
	uint8_t rest = (uint8_t)(0xff00 >> p->length % 8);

	return p->addr.family == a->family &&
	       memcmp(p->addr.bytes, a->bytes, whole) == 0 &&
	       (!rest || !((p->addr.bytes[whole] ^ a->bytes[whole]) & rest));
}

bool netd_prefix_overlaps(const struct netd_prefix *a, const struct netd_prefix *b)
{
	if (a->length <= b->length)
		return netd_prefix_contains(a, &b->addr);
	return netd_prefix_contains(b, &a->addr);
}

bool netd_addr_is_multicast(const struct netd_addr *a)
{
	if (a->family == AF_INET)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->bytes[0] == 0xff;
}

bool netd_addr_is_loopback(const struct netd_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	if (a->family == AF_INET)
		return a->bytes[0] == 127;
	return memcmp(a->bytes, one, sizeof(one)) == 0;
}

bool netd_addr_is_unspecified(const struct netd_addr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->bytes, zero, netd_addr_size(a)) == 0;
}

bool netd_addr_is_link_local(const struct netd_addr *a)
{
	if (a->family == AF_INET)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool netd_mac_is_multicast(const struct netd_mac *m)
{
	return m->bytes[0] & 1;
}

bool netd_mac_is_zero(const struct netd_mac *m)
{
	static const struct netd_mac zero;

	return memcmp(m, &zero, sizeof(zero)) == 0;
}

struct netd_addr netd_addr_offset(const struct netd_addr *a, uint32_t n)
{
	struct netd_addr out = *a;
	uint64_t carry = n;

	for (size_t i = netd_addr_size(a); i-- > 0 && carry;) {
		carry += out.bytes[i];
		out.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return out;
}
