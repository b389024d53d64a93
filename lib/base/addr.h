/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 addresses, prefixes, ranges, and MAC addresses. */
#ifndef NETD_BASE_ADDR_H
#define NETD_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An address; family AF_INET or AF_INET6, 0 for none.  Bytes in network order. */
struct netd_addr {
	uint8_t family;
	uint8_t bytes[16];
};

/* An address with its prefix length: an interface address or a subnet. */
struct netd_prefix {
	struct netd_addr addr;
	uint8_t length;
};

/* From first to last, both included, of one family. */
struct netd_addr_range {
	struct netd_addr first;
	struct netd_addr last;
};

struct netd_mac {
	uint8_t bytes[6];
};

#define NETD_ADDR_TEXT 46   /* INET6_ADDRSTRLEN */
#define NETD_PREFIX_TEXT 50 /* address, slash, three digits */
#define NETD_MAC_TEXT 18

/* Length in bytes (4 or 16) and in bits of an address of that family; 0 for none. */
size_t netd_addr_size(const struct netd_addr *a);
unsigned netd_addr_bits(const struct netd_addr *a);

/* 0 or -EINVAL; strict: no leading zeros, no shorthand, no zone, nothing behind. */
int netd_addr_parse(const char *text, struct netd_addr *out);
/* "10.1.0.1/16"; the length is required. */
int netd_prefix_parse(const char *text, struct netd_prefix *out);
/* "A" or "A-B" with A <= B of one family. */
int netd_addr_range_parse(const char *text, struct netd_addr_range *out);
/* "52:54:00:12:34:56" (also with '-'). */
int netd_mac_parse(const char *text, struct netd_mac *out);

/* Each writes into @out and returns it. */
char *netd_addr_format(const struct netd_addr *a, char out[NETD_ADDR_TEXT]);
char *netd_prefix_format(const struct netd_prefix *p, char out[NETD_PREFIX_TEXT]);
char *netd_mac_format(const struct netd_mac *m, char out[NETD_MAC_TEXT]);

/* Like memcmp: by family, then bytes (then prefix length). */
int netd_addr_compare(const struct netd_addr *a, const struct netd_addr *b);
int netd_prefix_compare(const struct netd_prefix *a, const struct netd_prefix *b);
bool netd_addr_equal(const struct netd_addr *a, const struct netd_addr *b);

/* Host bits cleared / all set. */
struct netd_prefix netd_prefix_network(const struct netd_prefix *p);
struct netd_addr netd_prefix_last(const struct netd_prefix *p);
bool netd_prefix_contains(const struct netd_prefix *p, const struct netd_addr *a);
/* True if one of the two subnets lies within the other. */
bool netd_prefix_overlaps(const struct netd_prefix *a, const struct netd_prefix *b);

bool netd_addr_is_multicast(const struct netd_addr *a);
bool netd_addr_is_loopback(const struct netd_addr *a);
bool netd_addr_is_unspecified(const struct netd_addr *a);
bool netd_addr_is_link_local(const struct netd_addr *a);
bool netd_mac_is_multicast(const struct netd_mac *m);
bool netd_mac_is_zero(const struct netd_mac *m);

/* The address @n places after @a (0 stays); wraps at the end of the address space. */
struct netd_addr netd_addr_offset(const struct netd_addr *a, uint32_t n);

#endif
