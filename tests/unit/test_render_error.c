// SPDX-License-Identifier: GPL-2.0-or-later
/* Problems as people and programs read them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "show/error.h"

#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10

static const struct {
	const char *name;
	struct netd_place place;
	const char *file, *excerpt, *text, *kernel, *hint;
	const char *expected;
} rows[] = {
	{"bare", {0}, NULL, NULL, "it broke", NULL, NULL, "error: it broke\n"},
	{"all",
	 {7, 15, 4},
	 "lab.yaml",
	 "        mode: natt",
	 "unknown mode",
	 "no",
	 "did you mean \"nat\"?",
	 "lab.yaml:7:15: error: unknown mode\n"
	 "    mode: natt\n"
	 "          ^~~~\n"
	 "    kernel: no\n"
	 "    did you mean \"nat\"?\n"},
	{"file without a place", {0}, "f", NULL, "t", NULL, NULL, "f: error: t\n"},
	{"tabs",
	 {1, 4, 1},
	 "f",
	 "\ta\tb",
	 "t",
	 NULL,
	 NULL,
	 "f:1:4: error: t\n    a       b\n            ^\n"},
	{"behind the end",
	 {1, 99, 9},
	 "f",
	 "abc",
	 "t",
	 NULL,
	 NULL,
	 "f:1:99: error: t\n    abc\n       ^\n"},
	{"characters, not bytes",
	 {1, 6, 5},
	 "f",
	 "\xc3\xa4\xc3\xb6 \xe2\x82\xac"
	 "bc",
	 "t",
	 NULL,
	 NULL,
	 "f:1:6: error: t\n    \xc3\xa4\xc3\xb6 \xe2\x82\xac"
	 "bc\n       ^~~\n"},
	{"controls",
	 {1, 2, 1},
	 "a\x1b[2Jb",
	 "\x1b]0;x\x07\xff\xc2\x9b",
	 "a\nb\x7f",
	 "k\r",
	 "h\xe2\x80\xae",
	 "a\xef\xbf\xbd[2Jb:1:2: error: a\xef\xbf\xbd"
	 "b\xef\xbf\xbd\n"
	 "    \xef\xbf\xbd]0;x\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n"
	 "     ^\n    kernel: k\xef\xbf\xbd\n    h\xef\xbf\xbd\n"},
	{"cut behind",
	 {1, 1, 2},
	 "f",
	 X50 X50 X50,
	 "t",
	 NULL,
	 NULL,
	 "f:1:1: error: t\n    " X50 X10 X10 X10 X10 "xxxxxx…\n    ^~\n"},
	{"cut on both sides",
	 {1, 101, 300},
	 "f",
	 X50 X50 X50 X50,
	 "t",
	 NULL,
	 NULL,
	 "f:1:101: error: t\n    …" X50 X10 X10 X10 X10 "xxxxxx…\n"
	 "                                                     "
	 "^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"},
};

static void add(struct netd_error *err, size_t i)
{
	netd_error_add(err, -EINVAL, "%s", rows[i].text);
	netd_error_place(err, rows[i].file, rows[i].place, rows[i].excerpt);
	if (rows[i].kernel)
		netd_error_kernel(err, rows[i].kernel);
	if (rows[i].hint)
		netd_error_hint(err, "%s", rows[i].hint);
}

static void text(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_error err = {0};
		struct netd_str out = {0};

		add(&err, i);
		netd_render_error(&err, false, &out);
		if (strcmp(netd_str_text(&out), rows[i].expected) != 0)
			fail_msg("%s: got\n%s\nexpected\n%s", rows[i].name,
				 netd_str_text(&out), rows[i].expected);
		netd_str_done(&out);
		netd_error_done(&err);
	}
}

static void color(void **state)
{
	struct netd_error err = {0};
	struct netd_str out = {0};

	(void)state;
	add(&err, 1);
	netd_render_error(&err, true, &out);
	assert_string_equal(netd_str_text(&out),
			    "\033[1mlab.yaml:7:15:\033[0m \033[1;31merror:\033[0m "
			    "\033[1munknown mode\033[0m\n    mode: natt\n"
			    "          \033[1;32m^~~~\033[0m\n    kernel: no\n"
			    "    did you mean \"nat\"?\n");
	netd_str_done(&out);
	netd_error_done(&err);
}

static void json(void **state)
{
	struct netd_error err = {0};
	struct netd_str out = {0};

	(void)state;
	netd_render_error_json(&err, &out);
	assert_string_equal(netd_str_text(&out), "{\n  \"errors\": []\n}\n");
	netd_str_done(&out);
	add(&err, 6);
	netd_render_error_json(&err, &out);
	assert_string_equal(netd_str_text(&out),
			    "{\n  \"errors\": [\n    {\n      \"code\": \"EINVAL\",\n"
			    "      \"message\": \"a\\nb\\u007f\",\n"
			    "      \"file\": \"a\\u001b[2Jb\",\n      \"line\": 1,\n"
			    "      \"column\": 2,\n      \"hint\": \"h\xe2\x80\xae\",\n"
			    "      \"kernel\": \"k\\r\"\n    }\n  ]\n}\n");
	netd_str_done(&out);
	netd_error_done(&err);
}

static void notes(void **state)
{
	struct netd_error list = {0};
	struct netd_str out = {0};

	(void)state;
	netd_render_notes(&list, false, &out);
	netd_render_notes_json(&list, &out);
	assert_string_equal(netd_str_text(&out), "");
	netd_error_add(&list, 0, "a\x1b[31mb");
	netd_error_add(&list, 0, "c");
	netd_error_hint(&list, "do d");
	netd_render_notes(&list, false, &out);
	assert_string_equal(netd_str_text(&out),
			    "note: a\xef\xbf\xbd[31mb\nnote: c\n    do d\n");
	netd_str_done(&out);
	netd_render_notes_json(&list, &out);
	assert_string_equal(
		netd_str_text(&out),
		"{\n  \"notes\": [\n    {\n      \"message\": \"a\\u001b[31mb\",\n"
		"      \"hint\": null\n    },\n    {\n      \"message\": \"c\",\n"
		"      \"hint\": \"do d\"\n    }\n  ]\n}\n");
	netd_str_done(&out);
	netd_error_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text), cmocka_unit_test(color), cmocka_unit_test(json),
		cmocka_unit_test(notes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
