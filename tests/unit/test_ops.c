// SPDX-License-Identifier: GPL-2.0-or-later
/* Each op has a whole row in plan/op.c, and one in engine/ops.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "engine/run.h"
#include "plan/plan.h"

/* An op that says of itself what it is about, whatever that is. */
static struct netd_op sample(enum netd_op_kind kind)
{
	struct netd_op op = {.kind = kind, .space = "r1"};

	if (netd_op_rows[kind].link)
		memcpy((char *)&op + netd_op_rows[kind].link, "eth0", 5);
	return op;
}

static void test_plan_rows(void **state)
{
	static const struct netd_plan none;

	(void)state;
	for (int kind = 0; kind < NETD_OP_COUNT; kind++) {
		const struct netd_op_row *row = &netd_op_rows[kind];
		netd_auto(netd_str_done) struct netd_str text = {0};
		struct netd_op op = sample((enum netd_op_kind)kind);

		assert_true(row->sign == '+' || row->sign == '~' || row->sign == '-');
		assert_true(row->object || row->link == offsetof(struct netd_op, link));
		netd_op_describe(&op, &none, &text);
		assert_non_null(strstr(netd_str_text(&text), "r1"));
		assert_ptr_equal(strstr(netd_str_text(&text), netd_op_object(&op)),
				 netd_str_text(&text));
		if (row->link && !row->has_space)
			assert_string_equal(netd_op_link(&op), "eth0");
		/* a reason that says nothing, or twice the same, is none */
		for (const struct netd_op_reason *r = row->reasons; r && r->code; r++) {
			const char *hint;

			assert_true(r->code > 0);
			assert_ptr_equal(netd_op_reason(op.kind, -r->code, &hint),
					 r->reason);
			assert_ptr_equal(hint, r->hint);
		}
	}
}

static void test_engine_rows(void **state)
{
	(void)state;
	for (int kind = 0; kind < NETD_OP_COUNT; kind++) {
		const struct netd_op_run *row = &netd_op_runs[kind];
		bool sends = row->run == netd_run_netlink || row->run == netd_run_deletes;

		assert_non_null(row->run);
		assert_int_equal(row->message != NULL, sends);
		assert_true(row->fine <= 0);
		/* what is taken away may be gone, and nothing else */
		if (row->fine)
			assert_int_not_equal(netd_op_rows[kind].sign, '+');
	}
}

static void test_sign(void **state)
{
	struct netd_op op = {.kind = NETD_OP_WRITE_RESOLV};

	(void)state;
	assert_int_equal(netd_op_sign(&op), '~');
	op.sign = '-';
	assert_int_equal(netd_op_sign(&op), '-');
}

static void test_place(void **state)
{
	struct netd_op op = {.kind = NETD_OP_ADD_ROUTE, .route.place = {3, 5}};

	(void)state;
	assert_int_equal(netd_op_place(&op).line, 3);
	assert_int_equal(netd_op_place(&op).column, 5);
	op.kind = NETD_OP_DELETE_ROUTE;
	assert_int_equal(netd_op_place(&op).line, 0);
}

static void test_reason(void **state)
{
	const char *hint;

	(void)state;
	assert_string_equal(netd_op_reason(NETD_OP_SET_LINK, -EXFULL, &hint),
			    "the bridge is full: it holds 1,023 ports");
	assert_string_equal(hint, "use a second network");
	assert_string_equal(netd_op_reason(NETD_OP_FIREWALL, -EPERM, &hint),
			    "no permission");
	assert_string_equal(netd_op_reason(NETD_OP_FIREWALL, -EXFULL, &hint),
			    strerror(EXFULL));
	assert_null(hint);
}

struct pair {
	struct netd_op failed, op;
	bool holds_up;
};

/* Which op waits for which. */
static void test_holds_up(void **state)
{
	static const struct pair pairs[] = {
		{{.kind = NETD_OP_CREATE_LINK, .link.name = "br0"},
		 {.kind = NETD_OP_ADD_ADDRESS, .addr.link = "br0"},
		 true},
		{{.kind = NETD_OP_CREATE_LINK, .link.name = "br0"},
		 {.kind = NETD_OP_ADD_ADDRESS, .addr.link = "br1"},
		 false},
		{{.kind = NETD_OP_CREATE_LINK, .link.name = "br0"},
		 {.kind = NETD_OP_ADD_ADDRESS, .addr.link = "br0", .space = "r1"},
		 false},
		{{.kind = NETD_OP_CREATE_LINK, .link.name = "br0"},
		 {.kind = NETD_OP_SET_LINK,
		  .fields = NETD_LINK_MASTER,
		  .link = {.name = "tap0", .master = "br0"}},
		 true},
		{{.kind = NETD_OP_MOVE_UPLINK, .uplink = {.nic = "e0", .bridge = "br0"}},
		 {.kind = NETD_OP_SET_LINK,
		  .fields = NETD_LINK_MASTER,
		  .link = {.name = "tap0", .master = "br0"}},
		 false},
		{{.kind = NETD_OP_MOVE_UPLINK, .uplink = {.nic = "e0", .bridge = "br0"}},
		 {.kind = NETD_OP_DELETE_ADDRESS, .addr.link = "e0"},
		 true},
		{{.kind = NETD_OP_FIREWALL}, {.kind = NETD_OP_ADD_ADDRESS}, true},
		{{.kind = NETD_OP_FIREWALL}, {.kind = NETD_OP_SET_LINK}, false},
		{{.kind = NETD_OP_FIREWALL},
		 {.kind = NETD_OP_SET_LINK, .link.up = true},
		 true},
		{{.kind = NETD_OP_FIREWALL}, {.kind = NETD_OP_DELETE_LINK}, false},
		{{.kind = NETD_OP_SET_SYSCTL, .sysctl.path = "ipv6/conf/br0/accept_ra"},
		 {.kind = NETD_OP_ADD_ADDRESS, .addr.link = "br0"},
		 true},
		{{.kind = NETD_OP_SET_SYSCTL, .sysctl.path = "ipv6/conf/br0/accept_ra"},
		 {.kind = NETD_OP_DELETE_ADDRESS, .addr.link = "br0"},
		 false},
		{{.kind = NETD_OP_CREATE_NAMESPACE, .space = "r1"},
		 {.kind = NETD_OP_ADD_ROUTE, .space = "r1"},
		 true},
		{{.kind = NETD_OP_CREATE_NAMESPACE, .space = "r1"},
		 {.kind = NETD_OP_DELETE_NAMESPACE, .space = "r1"},
		 false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (netd_op_holds_up(&pairs[i].failed, &pairs[i].op) != pairs[i].holds_up)
			fail_msg("pair %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan_rows), cmocka_unit_test(test_engine_rows),
		cmocka_unit_test(test_sign),	  cmocka_unit_test(test_place),
		cmocka_unit_test(test_reason),	  cmocka_unit_test(test_holds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
