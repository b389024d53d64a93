// SPDX-License-Identifier: GPL-2.0-or-later
/* What an uplink holds: as a line of its file, and on another interface. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "base/array.h"
#include "rtnl/uplink_bytes.h"

static const struct netd_holder nic = {7, "eth0"}, bridge = {300, "br0"};

/* 10.0.0.5/24 on link 7 with that label, and a lifetime of 9 s. */
static struct netd_held an_address(const char *label)
{
	const struct ifaddrmsg header = {
		.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 7};
	const struct ifa_cacheinfo life = {.ifa_valid = 9, .ifa_prefered = 9};
	struct netd_held held = {.kind = NETD_HELD_ADDRESS};

	netd_str_add_bytes(&held.bytes, (const char *)&header, sizeof(header));
	netd_held_put(&held.bytes, IFA_LOCAL, "\x0a\0\0\x05", 4);
	netd_held_put(&held.bytes, IFA_LABEL, label, strlen(label) + 1);
	held.stable = held.bytes.length;
	netd_held_put(&held.bytes, IFA_CACHEINFO, &life, sizeof(life));
	assert_int_equal(netd_str_error(&held.bytes), 0);
	return held;
}

static void labels_follow(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{"eth0", "br0"},
		{"eth0:web", "br0:web"},
		{"eth00", "eth00"},
		{"other", "other"},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_held held = an_address(rows[i].before), moved, back;
		const struct ifaddrmsg *header;

		assert_int_equal(netd_held_rewrite(&held, &nic, &bridge, &moved), 0);
		header = (const void *)moved.bytes.text;
		assert_int_equal(header->ifa_index, 300);
		assert_string_equal(
			nla_get_string(netd_held_attribute(&moved, IFA_LABEL)),
			rows[i].after);
		assert_false(netd_held_equal(&held, &moved));
		assert_int_equal(netd_held_rewrite(&moved, &bridge, &nic, &back), 0);
		assert_true(netd_held_equal(&held, &back));
		netd_str_done(&held.bytes);
		netd_str_done(&moved.bytes);
		netd_str_done(&back.bytes);
	}
}

/* A lifetime that has gone on makes no other address. */
static void lifetimes_do_not_count(void **state)
{
	struct netd_held a = an_address("eth0"), b = an_address("eth0");

	(void)state;
	b.bytes.text[b.bytes.length - 16]++;
	assert_true(netd_held_equal(&a, &b));
	b.bytes.text[b.stable - 8]++;
	assert_false(netd_held_equal(&a, &b));
	netd_str_done(&a.bytes);
	netd_str_done(&b.bytes);
}

/* Of a route of two ways, only that by the interface changes. */
static void one_way_of_two(void **state)
{
	const struct rtmsg header = {.rtm_family = AF_INET, .rtm_dst_len = 8};
	const struct rtnexthop ways[] = {
		{.rtnh_len = sizeof(ways[0]), .rtnh_ifindex = 7},
		{.rtnh_len = sizeof(ways[0]), .rtnh_ifindex = 8},
	};
	struct netd_held held = {.kind = NETD_HELD_ROUTE}, moved;
	const struct rtnexthop *way;

	(void)state;
	netd_str_add_bytes(&held.bytes, (const char *)&header, sizeof(header));
	netd_held_put(&held.bytes, RTA_MULTIPATH, ways, sizeof(ways));
	held.stable = held.bytes.length;
	assert_int_equal(netd_held_rewrite(&held, &nic, &bridge, &moved), 0);
	way = nla_data(netd_held_attribute(&moved, RTA_MULTIPATH));
	assert_int_equal(way[0].rtnh_ifindex, 300);
	assert_int_equal(way[1].rtnh_ifindex, 8);
	assert_false(netd_held_route(&moved).direct);
	netd_str_done(&held.bytes);
	netd_str_done(&moved.bytes);
}

/* A default route of that protocol and metric, by fe80::@gateway. */
static struct netd_held a_default(uint8_t protocol, uint32_t metric, uint8_t gateway)
{
	const struct rtmsg header = {.rtm_family = AF_INET6, .rtm_protocol = protocol};
	uint8_t via[16] = {0xfe, 0x80};
	struct netd_held held = {.kind = NETD_HELD_ROUTE};

	via[15] = gateway;
	netd_str_add_bytes(&held.bytes, (const char *)&header, sizeof(header));
	netd_held_put(&held.bytes, RTA_PRIORITY, &metric, sizeof(metric));
	if (gateway)
		netd_held_put(&held.bytes, RTA_GATEWAY, via, sizeof(via));
	held.stable = held.bytes.length;
	return held;
}

/* What may stand in the way of the kernel's own route, and what replaces what. */
static void learned_routes(void **state)
{
	static const struct {
		uint8_t protocol;
		uint32_t metric;
		uint8_t gateway;
		bool learned, replaced; /* by that of RTPROT_RA, 100, fe80::1 */
	} rows[] = {
		{RTPROT_RA, 100, 1, true, false},  /* as the link's ra_defrtr_metric */
		{RTPROT_RA, 1024, 1, true, false}, /* a route information option */
		{RTPROT_RA, 300, 1, false, false}, /* somebody else's */
		{RTPROT_RA, 100, 0, false, false}, /* no gateway */
		{RTPROT_BOOT, 100, 1, false, false}, {RTPROT_RA, 101, 1, false, true},
		{RTPROT_RA, 101, 2, false, true},    {RTPROT_RA, 102, 1, false, false},
		{RTPROT_BOOT, 101, 1, false, false},
	};
	struct netd_held own = a_default(RTPROT_RA, 100, 1);
	const struct netd_held_list list = {&own, 1};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_held held =
			a_default(rows[i].protocol, rows[i].metric, rows[i].gateway);

		if (netd_held_is_learned(&held, 100) != rows[i].learned ||
		    netd_held_is_replaced(&held, &list, 100) != rows[i].replaced)
			fail_msg("row %zu", i);
		netd_str_done(&held.bytes);
	}
	assert_null(netd_held_attribute(&own, RTA_EXPIRES));
	netd_held_stand_in(&own);
	assert_int_equal(nla_get_u32(netd_held_attribute(&own, RTA_PRIORITY)), 101);
	assert_non_null(netd_held_attribute(&own, RTA_EXPIRES));
	netd_str_done(&own.bytes);
}

static void lines_come_back(void **state)
{
	struct netd_held held = an_address("eth0"), read;
	struct netd_str line = {0};

	(void)state;
	netd_held_write(&held, &line);
	assert_string_equal(line.text + line.length - 14, "# 10.0.0.5/24\n");
	assert_int_equal(netd_held_parse(line.text, &read), 0);
	assert_true(netd_held_equal(&held, &read));
	assert_int_equal(held.bytes.length, read.bytes.length);
	netd_str_done(&line);
	netd_str_done(&held.bytes);
	netd_str_done(&read.bytes);
}

/* Lines that no netd wrote. */
static void bad_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"address",
		"address ",
		"adress 0218000007000000",
		"address 02180000070000",  /* half a header */
		"address 021800000700000", /* half a byte */
		"address 0218000007000000gg",
		"address 02180000070000000800", /* half an attribute's head */
		"address 02180000070000000800020a",
		"address 0218000007000000ff0002000a000005", /* longer than the line */
		"address 02180000070000000300020000",	    /* shorter than its head */
		"route 0218000007000000",
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(lines); i++) {
		struct netd_held held;

		if (netd_held_parse(lines[i], &held) != -22)
			fail_msg("taken: %s", lines[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_follow),
		cmocka_unit_test(lifetimes_do_not_count),
		cmocka_unit_test(one_way_of_two),
		cmocka_unit_test(learned_routes),
		cmocka_unit_test(lines_come_back),
		cmocka_unit_test(bad_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
