// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of running networks: written, replaced, read, listed, removed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "attach/record.h"
#include "base/array.h"

static char parent[] = "/tmp/netd-record-XXXXXX";
static char directory[64];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(parent))
		return -1;
	snprintf(directory, sizeof(directory), "%s/state", parent);
	return 0;
}

static int remove_directory(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/networks", directory);
	if (rmdir(path) || rmdir(directory))
		return -1;
	return rmdir(parent);
}

static void round_trip(void **state)
{
	char bridge[NETD_RECORD_NAME], list[64];

	(void)state;
	assert_int_equal(netd_record_read(directory, "lab", bridge), -ENOENT);
	netd_record_list(directory, list, sizeof(list));
	assert_string_equal(list, "");
	assert_int_equal(netd_record_write(directory, "lab", "br0"), 0);
	assert_int_equal(netd_record_read(directory, "lab", bridge), 0);
	assert_string_equal(bridge, "br0");
	assert_int_equal(netd_record_write(directory, "lab", "a12345678901234"), 0);
	assert_int_equal(netd_record_read(directory, "lab", bridge), 0);
	assert_string_equal(bridge, "a12345678901234");
	netd_record_list(directory, list, sizeof(list));
	assert_string_equal(list, "lab");
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
	assert_int_equal(netd_record_read(directory, "lab", bridge), -ENOENT);
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
}

static void damaged(void **state)
{
	static const char *const targets[] = {"a123456789012345", "../../etc", "a b",
					      "."};
	char bridge[NETD_RECORD_NAME], path[128];

	(void)state;
	assert_int_equal(netd_record_write(directory, "lab", "br0"), 0);
	snprintf(path, sizeof(path), "%s/networks/lab", directory);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(targets); i++) {
		assert_int_equal(unlink(path), 0);
		assert_int_equal(symlink(targets[i], path), 0);
		assert_int_equal(netd_record_read(directory, "lab", bridge), -EINVAL);
	}
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
}

static void list_is_cut(void **state)
{
	char list[16];

	(void)state;
	for (char c = 'a'; c != 'i'; c++)
		assert_int_equal(
			netd_record_write(directory, (char[]){c, c, c, 0}, "br0"), 0);
	netd_record_list(directory, list, sizeof(list));
	assert_true(strlen(list) >= 8 && strlen(list) < sizeof(list));
	for (char c = 'a'; c != 'i'; c++)
		assert_int_equal(netd_record_remove(directory, (char[]){c, c, c, 0}), 0);
}

static void bad_names(void **state)
{
	static const char *const names[] = {
		"",    ".",	  "..",	 "a/b",	     "../x",
		"a b", "lab:new", "a\n", "\xc3\xa4", "a123456789012345"};
	char bridge[NETD_RECORD_NAME];

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(names); i++) {
		assert_int_equal(netd_record_read(directory, names[i], bridge), -EINVAL);
		assert_int_equal(netd_record_write(directory, names[i], "br0"), -EINVAL);
		assert_int_equal(netd_record_write(directory, "lab", names[i]), -EINVAL);
		assert_int_equal(netd_record_remove(directory, names[i]), -EINVAL);
	}
}

static void long_path(void **state)
{
	char path[1024], bridge[NETD_RECORD_NAME];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	assert_int_equal(netd_record_read(path, "lab", bridge), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),  cmocka_unit_test(damaged),
		cmocka_unit_test(list_is_cut), cmocka_unit_test(bad_names),
		cmocka_unit_test(long_path),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
