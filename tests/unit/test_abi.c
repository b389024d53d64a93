// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs that link libnetd were compiled with: sizes, offsets and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "skip.h"

#include "netd.h"

/* A member may be added behind the last one only with a new soversion. */
static void structs(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct netd_trial), 32);
	assert_int_equal(offsetof(struct netd_trial, probe), 8);
	assert_int_equal(offsetof(struct netd_trial, definition), 16);
	assert_int_equal(offsetof(struct netd_trial, expendable), 24);
	assert_int_equal(sizeof(struct netd_problem_info), 48);
	assert_int_equal(offsetof(struct netd_problem_info, text), 8);
	assert_int_equal(offsetof(struct netd_problem_info, file), 32);
	assert_int_equal(offsetof(struct netd_problem_info, line), 40);
	assert_int_equal(sizeof(struct netd_bridge_options), 16);
	assert_int_equal(offsetof(struct netd_bridge_options, mtu), 8);
	assert_int_equal(offsetof(struct netd_bridge_options, stp), 12);
	assert_int_equal(sizeof(struct netd_tap_options), 16);
	assert_int_equal(offsetof(struct netd_tap_options, has_owner), 3);
	assert_int_equal(offsetof(struct netd_tap_options, owner), 8);
	assert_int_equal(offsetof(struct netd_tap_options, group), 12);
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(NETD_FORMAT_TEXT, 0);
	assert_int_equal(NETD_FORMAT_JSON, 1);
	assert_int_equal(NETD_FORMAT_YAML, 2);
	assert_int_equal(NETD_UNTOUCHED, 0);
	assert_int_equal(NETD_DONE, 1);
	assert_int_equal(NETD_ROLLED_BACK, 2);
	assert_int_equal(NETD_NOT_ROLLED_BACK, 3);
	assert_int_equal(NETD_KEPT, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_if(sizeof(void *) == 8, "the sizes are of 64 bits", structs),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
