// SPDX-License-Identifier: GPL-2.0-or-later
/* Replays what the fuzzer found interesting, or once got wrong. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "fuzz/fuzz_config.h"

static void replay(const char *folder, int at_least)
{
	DIR *dir;
	struct dirent *entry;
	int count = 0;

	assert_int_equal(chdir(folder), 0);
	dir = opendir(".");
	if (!dir) {
		fail_msg("%s cannot be opened", folder);
		return;
	}
	while ((entry = readdir(dir))) {
		size_t length;
		char *data;

		if (entry->d_type != DT_REG)
			continue;
		assert_int_equal(netd_file_read(AT_FDCWD, entry->d_name, 1 << 20, &data,
						&length, NULL),
				 0);
		netd_fuzz_config((const uint8_t *)data, length);
		free(data);
		count++;
	}
	closedir(dir);
	assert_true(count >= at_least);
}

static void corpus(void **state)
{
	(void)state;
	replay(NETD_TESTS "/fuzz/corpus/config", 20);
}

static void golden(void **state)
{
	(void)state;
	replay(NETD_TESTS "/golden/bad", 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(corpus),
					   cmocka_unit_test(golden)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
