// SPDX-License-Identifier: GPL-2.0-or-later
/* Bad topology files: golden/bad/NAME.yaml gives the messages in NAME.txt.
 *
 * With NETD_GOLDEN_WRITE=1 in the environment the .txt files are written instead; review
 * the difference before it is committed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "model/topology.h"
#include "show/error.h"

static bool writes(void)
{
	const char *value = getenv("NETD_GOLDEN_WRITE");

	return value && *value;
}

static void compare(const char *name, const char *text)
{
	char path[300];
	char *expected;

	snprintf(path, sizeof(path), "%.*s.txt", (int)(strlen(name) - strlen(".yaml")),
		 name);
	if (writes()) {
		assert_int_equal(
			netd_file_write(AT_FDCWD, path, text, strlen(text), 0644, NULL),
			0);
		return;
	}
	if (netd_file_read(AT_FDCWD, path, 1 << 20, &expected, NULL, NULL))
		fail_msg("%s is missing; see the top of this file", path);
	if (strcmp(expected, text) != 0)
		fail_msg("%s: expected\n%s\nbut got\n%s", name, expected, text);
	free(expected);
}

static void check_file(const char *name)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};
	struct netd_str out = {0};
	int r = netd_config_load(name, &t, &err);

	if (r == 0)
		fail_msg("%s was accepted", name);
	assert_null(t);
	assert_int_equal(r, netd_error_code(&err));
	netd_render_error(&err, false, &out);
	compare(name, netd_str_text(&out));
	netd_str_done(&out);
	netd_error_done(&err);
}

static int is_yaml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static void every_file(void **state)
{
	struct dirent **entries;
	int count;

	(void)state;
	assert_int_equal(chdir(NETD_TESTS "/golden/bad"), 0);
	count = scandir(".", &entries, is_yaml, alphasort);
	assert_true(count > 30);
	for (int i = 0; i < count; i++) {
		check_file(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_file)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
