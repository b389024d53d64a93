/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases that cannot be run everywhere.  Include it behind cmocka.h. */
#ifndef NETD_TESTS_SKIP_H
#define NETD_TESTS_SKIP_H

static void nothing_to_test(void **state)
{
	(void)state;
}

static struct CMUnitTest unit_test_or_not(int possible, const char *name,
					  CMUnitTestFunction f)
{
	return (struct CMUnitTest){
		.name = name,
		.test_func = possible ? f : nothing_to_test,
	};
}

/*
 * A row of a table of cases that is not static: @f if @possible, else a case that TAP
 * calls skipped, and @why.  cmocka's own skip() is not used: 1.1.5, which Debian 12 has,
 * writes "not ok 1 # SKIP", which meson counts as failed.
 */
#define unit_test_if(possible, why, f) \
	unit_test_or_not(possible, (possible) ? #f : #f " # SKIP " why, f)

#endif
