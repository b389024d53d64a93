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

static const struct netd_record br0 = {.bridge = "br0"};

static void round_trip(void **state)
{
	const struct netd_record longest = {.bridge = "a12345678901234"};
	struct netd_record r;
	char list[64];

	(void)state;
	assert_int_equal(netd_record_read(directory, "lab", &r), -ENOENT);
	netd_record_list(directory, list, sizeof(list));
	assert_string_equal(list, "");
	assert_int_equal(netd_record_write(directory, "lab", &br0), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), 0);
	assert_string_equal(r.bridge, br0.bridge);
	assert_int_equal(netd_record_write(directory, "lab", &longest), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), 0);
	assert_string_equal(r.bridge, "a12345678901234");
	netd_record_list(directory, list, sizeof(list));
	assert_string_equal(list, "lab");
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), -ENOENT);
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
}

static void damaged(void **state)
{
	static const char *const targets[] = {"a123456789012345", "../../etc", " a", "."};
	struct netd_record r;
	char path[128];

	(void)state;
	assert_int_equal(netd_record_write(directory, "lab", &br0), 0);
	snprintf(path, sizeof(path), "%s/networks/lab", directory);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(targets); i++) {
		assert_int_equal(unlink(path), 0);
		assert_int_equal(symlink(targets[i], path), 0);
		assert_int_equal(netd_record_read(directory, "lab", &r), -EINVAL);
	}
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
}

/* Words go along, and come and go with one rename. */
static void words(void **state)
{
	struct netd_record r, w = {.bridge = "br0", .words = "policy=guest rate=10mbit"};
	char path[128], text[NETD_RECORD_WORDS + NETD_RECORD_NAME + 1];

	(void)state;
	assert_int_equal(netd_record_write(directory, "lab", &w), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), 0);
	assert_string_equal(r.bridge, "br0");
	assert_string_equal(r.words, "policy=guest rate=10mbit");
	assert_int_equal(netd_record_write(directory, "lab", &br0), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), 0);
	assert_string_equal(r.words, "");
	memset(w.words, 'x', sizeof(w.words) - 1);
	assert_int_equal(netd_record_write(directory, "lab", &w), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), 0);
	assert_string_equal(r.words, w.words);
	snprintf(path, sizeof(path), "%s/networks/lab", directory);
	snprintf(text, sizeof(text), "br1 %sx", w.words);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(text, path), 0);
	assert_int_equal(netd_record_read(directory, "lab", &r), -EINVAL);
	assert_string_equal(r.bridge, "br0");
	assert_int_equal(netd_record_remove(directory, "lab"), 0);
}

static void list_is_cut(void **state)
{
	char list[16];

	(void)state;
	for (char c = 'a'; c != 'i'; c++)
		assert_int_equal(netd_record_write(directory, (char[]){c, c, c, 0}, &br0),
				 0);
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
	struct netd_record r, bad = {0};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(names); i++) {
		assert_int_equal(netd_record_read(directory, names[i], &r), -EINVAL);
		assert_int_equal(netd_record_write(directory, names[i], &br0), -EINVAL);
		snprintf(bad.bridge, sizeof(bad.bridge), "%s", names[i]);
		if (strcmp(bad.bridge, names[i]) == 0)
			assert_int_equal(netd_record_write(directory, "lab", &bad),
					 -EINVAL);
		assert_int_equal(netd_record_remove(directory, names[i]), -EINVAL);
	}
}

static void long_path(void **state)
{
	struct netd_record r;
	char path[1024];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	assert_int_equal(netd_record_read(path, "lab", &r), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),  cmocka_unit_test(damaged),
		cmocka_unit_test(list_is_cut), cmocka_unit_test(bad_names),
		cmocka_unit_test(long_path),   cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
