// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths that somebody else has, or has not, a hand in: lib/base/trust.c. */
#include "base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "skip.h"

#define OTHER 65534

/*
 * What is made below a directory of our own, in this order; then the path is judged.
 * Owner 1 stands for OTHER, the rest for us.
 */
struct entry {
	const char *name;
	mode_t mode;	    /* of a directory; 0: a symbolic link */
	const char *target; /* its */
	int foreign;
};

static const struct {
	const char *name;
	struct entry entries[4];
	const char *path;
	int result;
	const char *blamed;
	int foreign;
} rows[] = {
	{"ours all the way", {{"a", 0755}, {"a/b", 0755}}, "a/b", 0, NULL, 0},
	{"slashes", {{"a", 0755}, {"a/b", 0700}}, "a//b//", 0, NULL, 0},
	{"not there yet", {{"a", 0755}}, "a/b/c", 0, NULL, 0},
	{"somebody's on the way",
	 {{"a", 0755, NULL, 1}, {"a/b", 0755}},
	 "a/b",
	 -EPERM,
	 "a",
	 1},
	{"somebody's at the end",
	 {{"a", 0755}, {"a/b", 0755, NULL, 1}},
	 "a/b",
	 -EPERM,
	 "a/b",
	 1},
	{"somebody's, behind which nothing is",
	 {{"a", 0755, NULL, 1}},
	 "a/b/c",
	 -EPERM,
	 "a",
	 1},
	{"all may write on the way", {{"a", 0777}, {"a/b", 0755}}, "a/b", -EPERM, "a", 0},
	{"all may write the end", {{"a", 0777}}, "a//", -EPERM, "a", 0},
	{"sticky on the way", {{"a", 01777}, {"a/b", 0755}}, "a/b", 0, NULL, 0},
	{"sticky at the end", {{"a", 01777}}, "a", -EPERM, "a", 0},
	{"somebody's in a sticky one",
	 {{"a", 01777}, {"a/b", 0755, NULL, 1}},
	 "a/b",
	 -EPERM,
	 "a/b",
	 1},
	{"our link", {{"a", 0755}, {"l", 0, "a"}}, "l/b", 0, NULL, 0},
	{"somebody's link", {{"a", 0755}, {"l", 0, "a", 1}}, "l", -EPERM, "l", 1},
	{"our link to somebody's",
	 {{"a", 0755, NULL, 1}, {"l", 0, "a"}},
	 "l",
	 -EPERM,
	 "l",
	 1},
	{"our link to what all may write",
	 {{"a", 0777}, {"l", 0, "a"}},
	 "l/b",
	 -EPERM,
	 "l",
	 0},
	{"a link to nowhere", {{"l", 0, "none"}}, "l", 0, NULL, 0},
};

static char directory[] = "/tmp/netd-trust-XXXXXX";

static void make(const struct entry *e)
{
	if (e->mode) {
		assert_int_equal(mkdir(e->name, 0700), 0);
		assert_int_equal(chmod(e->name, e->mode), 0);
	} else {
		assert_int_equal(symlink(e->target, e->name), 0);
	}
	if (e->foreign)
		assert_int_equal(lchown(e->name, OTHER, OTHER), 0);
}

static void clear(const struct entry *entries)
{
	for (int i = 3; i >= 0; i--)
		if (entries[i].name)
			assert_int_equal(remove(entries[i].name), 0);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct netd_distrust why = {0};
		char path[128];
		size_t skip = strlen(directory) + 1;

		print_message("# %s\n", rows[i].name);
		for (int k = 0; k < 4 && rows[i].entries[k].name; k++)
			make(&rows[i].entries[k]);
		snprintf(path, sizeof(path), "%s/%s", directory, rows[i].path);
		assert_int_equal(netd_trust_path(path, 0, &why), rows[i].result);
		if (rows[i].result) {
			assert_int_equal(why.length, skip + strlen(rows[i].blamed));
			assert_memory_equal(path + skip, rows[i].blamed,
					    strlen(rows[i].blamed));
			assert_int_equal(why.foreign, rows[i].foreign);
			if (why.foreign)
				assert_int_equal(why.owner, OTHER);
		}
		/* What is that user's own is fine for that user. */
		if (rows[i].foreign)
			assert_int_equal(netd_trust_path(path, OTHER, NULL), 0);
		clear(rows[i].entries);
	}
}

static void test_long(void **state)
{
	char path[8192];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(netd_trust_path(path, 0, NULL), -ENAMETOOLONG);
}

static int enter(void **state)
{
	(void)state;
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") == 0 ? rmdir(directory) : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_if(geteuid() == 0, "needs root", test_rows),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
