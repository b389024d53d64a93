// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's bridge.conf: lines, precedence, includes, who may have written it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "skip.h"

#include "attach/acl.h"
#include "attach/record.h"
#include "base/array.h"

static char included[64];

static int note_include(struct netd_acl *acl, const char *path)
{
	(void)acl;
	snprintf(included, sizeof(included), "%s", path);
	return 0;
}

static void lines(void **state)
{
	/* The question is always: network "lab", whose bridge is "br0". */
	static const struct {
		const char *text;
		int permits;
		unsigned bad_line; /* 0: the text is fine */
	} rows[] = {
		{"", 0, 0},
		{"allow br0\n", 1, 0},
		{"allow lab\n", 1, 0},
		{"allow all", 1, 0},
		{"allow br1\n", 0, 0},
		{"allow br\nallow br00\nallow LAB\n", 0, 0},
		{"allow all\ndeny br0\n", 0, 0},
		{"deny br0\nallow all\n", 0, 0},
		{"allow lab\ndeny br0\n", 0, 0},
		{"allow br0\ndeny lab\n", 0, 0},
		{"allow br0\ndeny all\n", 0, 0},
		{"deny br1\nallow br0\n", 1, 0},
		{"# allow all\n\n   \t\n", 0, 0},
		{"  \tallow \t br0 \t\r\n", 1, 0},
		{"allow\tbr0", 1, 0},
		{"allow br0 # and a comment\n", 0, 1},
		{"allow\n", 0, 1},
		{"\nallow \n", 0, 2},
		{"deny\n", 0, 1},
		{"permit br0\n", 0, 1},
		{"allowbr0\n", 0, 1},
		{"Allow br0\n", 0, 1},
		{"allow br0 br1\n", 0, 1},
		{"allow a123456789012345\n", 0, 1},
		{"deny a123456789012345\n", 0, 1},
		{"allow a12345678901234\n", 0, 0},
		{"include relative.conf\n", 0, 1},
		{"include\n", 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_acl acl = {
			.network = "lab", .bridge = "br0", .include = note_include};
		int r = netd_acl_parse(&acl, rows[i].text, strlen(rows[i].text));

		assert_int_equal(r, rows[i].bad_line ? -EINVAL : 0);
		assert_int_equal(acl.line, rows[i].bad_line);
		if (r == 0)
			assert_int_equal(netd_acl_permits(&acl), rows[i].permits);
	}
}

static void nul_bytes(void **state)
{
	static const char text[] = "allow all\ndeny br0\0x\n";
	struct netd_acl acl = {.network = "br0", .include = note_include};

	(void)state;
	assert_int_equal(netd_acl_parse(&acl, text, sizeof(text) - 1), -EINVAL);
	assert_int_equal(acl.line, 2);
}

static void include_line(void **state)
{
	static const char text[] = "include /etc/qemu/a b.conf \n";
	struct netd_acl acl = {.network = "br0", .include = note_include};

	(void)state;
	assert_int_equal(netd_acl_parse(&acl, text, strlen(text)), 0);
	assert_string_equal(included, "/etc/qemu/a b.conf");
}

static char directory[] = "/tmp/netd-acl-XXXXXX";

static int record(const char *network, const char *bridge)
{
	struct netd_record r = {0};

	snprintf(r.bridge, sizeof(r.bridge), "%s", bridge);
	return netd_record_write(directory, network, &r);
}

/*
 * Running: lab on br0, shared on br0, far on br1, br1 on br9.  The record of "torn"
 * cannot be read.
 */
static void both_names(void **state)
{
	static const struct {
		const char *network, *bridge, *link, *marked;
		const char *text;
		int permits;
	} rows[] = {
		{"br0", "br0", NULL, NULL, "allow lab\n", 1},
		{"br0", "br0", NULL, NULL, "allow all\ndeny lab\n", 0},
		{"br0", "br0", NULL, NULL, "deny shared\nallow br0\n", 0},
		{"lab", "br0", NULL, NULL, "allow all\ndeny shared\n", 0},
		{"lab", "br0", NULL, NULL, "allow shared\n", 1},
		{"lab", "br0", NULL, NULL, "allow br0\ndeny far\n", 1},
		{"br0", "br0", NULL, NULL, "allow LAB\nallow la\nallow labs\n", 0},
		{"br0", "br0", NULL, NULL, "allow all\ndeny stopped\n", 1},
		{"br0", "br0", NULL, NULL, "allow stopped\n", 0},
		/* a network and another's bridge of one name */
		{"br1", "br9", NULL, NULL, "allow far\n", 0},
		{"br1", "br9", NULL, NULL, "allow all\ndeny far\n", 1},
		/* what cannot be told denies, and allows nothing */
		{"br0", "br0", NULL, NULL, "allow all\ndeny torn\n", 0},
		{"br0", "br0", NULL, NULL, "allow torn\n", 0},
		/* an alternative name of the bridge; a record that is not yet written */
		{"alt0", "alt0", "br0", NULL, "allow all\ndeny lab\n", 0},
		{"alt0", "alt0", "br0", NULL, "allow alt0\ndeny br0\n", 0},
		{"alt0", "alt0", "br0", NULL, "allow br0\n", 1},
		{"new0", "new0", "new0", "fresh", "allow all\ndeny fresh\n", 0},
		{"new0", "new0", "new0", "fresh", "allow fresh\n", 1},
	};
	char path[128];

	(void)state;
	assert_int_equal(record("lab", "br0"), 0);
	assert_int_equal(record("shared", "br0"), 0);
	assert_int_equal(record("far", "br1"), 0);
	assert_int_equal(record("br1", "br9"), 0);
	snprintf(path, sizeof(path), "%s/networks/torn", directory);
	assert_int_equal(symlink("../../etc/passwd", path), 0);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_acl acl = {.network = rows[i].network,
				       .bridge = rows[i].bridge,
				       .link = rows[i].link,
				       .marked = rows[i].marked,
				       .state_dir = directory,
				       .include = note_include};

		assert_int_equal(netd_acl_parse(&acl, rows[i].text, strlen(rows[i].text)),
				 0);
		if (netd_acl_permits(&acl) != rows[i].permits)
			fail_msg("%s: %s", rows[i].network, rows[i].text);
	}
}

static const char *put(const char *name, const char *text)
{
	static char path[128];
	FILE *f;
	int r;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	if (!f)
		fail();
	assert_true(fputs(text, f) >= 0);
	r = fclose(f);
	assert_int_equal(r, 0);
	assert_int_equal(chmod(path, 0644), 0);
	return path;
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	static const char *const names[] = {
		"main",		"one",		"two",
		"bad",		"networks/lab", "networks/shared",
		"networks/far", "networks/br1", "networks/torn"};
	char path[128];

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/networks", directory);
	return rmdir(path) + rmdir(directory);
}

/* Reads a file of @lines_text, in which @ stands for the directory. */
static int read_main(struct netd_acl *acl, const char *lines_text)
{
	char text[512], path[128];
	size_t n = 0;

	for (const char *c = lines_text; *c; c++) {
		if (*c == '@')
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
					      directory);
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%c", *c);
		assert_true(n < sizeof(text));
	}
	snprintf(path, sizeof(path), "%s", put("main", text));
	*acl = (struct netd_acl){.network = "lab", .bridge = "br0"};
	return netd_acl_read(acl, path);
}

static void files(void **state)
{
	struct netd_acl acl;

	(void)state;
	put("one", "include /nonexistent/file\nallow br0\n");
	put("two", "deny br0\n");
	assert_int_equal(read_main(&acl, "include @/one\n"), 0);
	assert_true(netd_acl_permits(&acl));
	assert_int_equal(read_main(&acl, "include @/one\ninclude @/two\n"), 0);
	assert_false(netd_acl_permits(&acl));
	assert_int_equal(read_main(&acl, "allow br0\ninclude @/missing\n"), 0);
	assert_true(netd_acl_permits(&acl));
}

static void bad_include(void **state)
{
	struct netd_acl acl;

	(void)state;
	put("bad", "allow br0\n\nwhat\n");
	assert_int_equal(read_main(&acl, "allow all\ninclude @/bad\n"), -EINVAL);
	assert_int_equal(acl.line, 3);
	assert_non_null(strstr(acl.file, "/bad"));
	put("bad", "include /etc\n");
	assert_int_equal(read_main(&acl, "allow all\ninclude @/bad\n"), -EINVAL);
	assert_int_equal(acl.line, 0);
	assert_string_equal(acl.file, "/etc");
}

static void endless_include(void **state)
{
	struct netd_acl acl;

	(void)state;
	assert_int_equal(read_main(&acl, "allow all\ninclude @/main\n"), -ELOOP);
	assert_non_null(strstr(acl.file, "/main"));
}

static void foreign_files(void **state)
{
	const char *path;
	struct netd_acl acl;

	(void)state;
	path = put("two", "allow all\n");
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(read_main(&acl, "include @/two\n"), -EPERM);
	path = put("two", "allow all\n");
	assert_int_equal(chown(path, 65534, 0), 0);
	assert_int_equal(read_main(&acl, "include @/two\n"), -EPERM);
	assert_int_equal(acl.line, 0);
	assert_non_null(strstr(acl.file, "/two"));
}

int main(void)
{
	int root = getuid() == 0; /* only root's files count */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(include_line),
		cmocka_unit_test(both_names),
		unit_test_if(root, "needs root", files),
		unit_test_if(root, "needs root", bad_include),
		unit_test_if(root, "needs root", endless_include),
		unit_test_if(root, "needs root", foreign_files),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
