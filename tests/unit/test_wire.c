// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink attributes: written, found again, and found missing in what is cut short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <cmocka.h>

#include "attach/wire.h"

#define BODY sizeof(struct ifinfomsg)

static void fill(struct netd_wire *w)
{
	size_t nest;

	memset(w, 0, sizeof(*w));
	w->fd = -1;
	assert_non_null(netd_wire_request(w, RTM_NEWLINK, NLM_F_ACK, BODY));
	netd_wire_put_text(w, IFLA_IFNAME, "tap0");
	nest = netd_wire_open_nest(w, IFLA_AF_SPEC);
	netd_wire_put_u32(w, 7, 0x01020304);
	netd_wire_close_nest(w, nest);
	netd_wire_put_u32(w, IFLA_MASTER, 5);
}

static void round_trip(void **state)
{
	struct netd_wire w;
	const struct nlmsghdr *h = (const void *)w.buffer;
	const char *at = w.buffer + NLMSG_SPACE(BODY);
	const struct nlattr *a;
	size_t length;

	(void)state;
	fill(&w);
	length = h->nlmsg_len - NLMSG_SPACE(BODY);
	assert_int_equal(h->nlmsg_len, w.length);
	assert_int_equal(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	a = netd_wire_find(at, length, IFLA_IFNAME);
	assert_string_equal(netd_wire_data(a), "tap0");
	assert_int_equal(netd_wire_size(a), 5);
	assert_int_equal(netd_wire_u32(netd_wire_find(at, length, IFLA_MASTER), 0), 5);
	a = netd_wire_find(at, length, IFLA_AF_SPEC);
	a = netd_wire_find(netd_wire_data(a), netd_wire_size(a), 7);
	assert_int_equal(netd_wire_u32(a, 0), 0x01020304);
	assert_null(netd_wire_find(at, length, IFLA_MTU));
	assert_int_equal(netd_wire_u32(NULL, 9), 9);
}

/* Two requests: attributes go to the one begun last. */
static void second_request(void **state)
{
	struct netd_wire w;
	const struct nlmsghdr *first = (const void *)w.buffer, *second;
	unsigned length;

	(void)state;
	fill(&w);
	length = first->nlmsg_len;
	assert_non_null(netd_wire_request(&w, RTM_GETLINK, 0, BODY));
	netd_wire_put_u32(&w, IFLA_EXT_MASK, 1);
	assert_int_equal(first->nlmsg_len, length);
	second = (const void *)(w.buffer + length);
	assert_int_equal(second->nlmsg_seq, first->nlmsg_seq + 1);
	assert_int_equal(length + second->nlmsg_len, w.length);
}

static void overflow(void **state)
{
	struct netd_wire w;
	char big[300] = {0};

	(void)state;
	fill(&w);
	netd_wire_put(&w, 1, big, sizeof(big));
	assert_false(w.full);
	netd_wire_put(&w, 1, big, sizeof(big));
	assert_true(w.full);
	assert_true(w.length <= sizeof(w.buffer));
	assert_int_equal(netd_wire_send(&w), -EMSGSIZE);
}

/* Whatever length is claimed, nothing is found behind the end (a sanitizer looks on). */
static void cut_short(void **state)
{
	struct netd_wire w;
	size_t length;

	(void)state;
	fill(&w);
	length = w.length - NLMSG_SPACE(BODY);
	for (size_t n = 0; n < length; n++) {
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, w.buffer + NLMSG_SPACE(BODY), n);
		assert_null(netd_wire_find(copy, n, IFLA_MASTER));
		free(copy);
	}
}

static void nonsense_lengths(void **state)
{
	struct nlattr a[2] = {{0, 1}, {4, 2}};

	(void)state;
	assert_null(netd_wire_find(a, sizeof(a), 1));
	assert_null(netd_wire_find(a, sizeof(a), 2));
	a[0].nla_len = 0xffff;
	assert_null(netd_wire_find(a, sizeof(a), 1));
	a[0].nla_len = 4;
	assert_ptr_equal(netd_wire_find(a, sizeof(a), 2), &a[1]);
	assert_int_equal(netd_wire_u32(&a[1], 9), 9); /* too short for a number */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),	    cmocka_unit_test(second_request),
		cmocka_unit_test(overflow),	    cmocka_unit_test(cut_short),
		cmocka_unit_test(nonsense_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
