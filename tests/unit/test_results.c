// SPDX-License-Identifier: GPL-2.0-or-later
/* Results as data: what a program reads from tables and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/table.h"
#include "netd.h"

static const struct netd_column columns[] = {
	{"PORT", "port", NETD_COLUMN_TEXT},
	{"FOR PEOPLE", NULL, NETD_COLUMN_TEXT},
	{"RX", "rx_bytes", NETD_COLUMN_NUMBER},
	{NULL, "left", NETD_COLUMN_OPTIONAL},
};

static const struct netd_column kinds[] = {
	{NULL, "text", NETD_COLUMN_TEXT},	{NULL, "number", NETD_COLUMN_NUMBER},
	{NULL, "left", NETD_COLUMN_OPTIONAL},	{NULL, "words", NETD_COLUMN_LIST},
	{NULL, "lines", NETD_COLUMN_LINES},	{NULL, "flag", NETD_COLUMN_FLAG},
	{"FOR PEOPLE", NULL, NETD_COLUMN_TEXT},
};

static struct netd_table *two_rows(void)
{
	struct netd_table table = {.columns = columns, .column_count = 4};
	struct netd_table *out = NULL;

	netd_table_add_text(&table, "tap0");
	netd_table_add_text(&table, "a while");
	netd_table_add_number(&table, 12);
	netd_table_add_text(&table, "");
	netd_table_add_text(&table, "tap1");
	netd_table_add_text(&table, "");
	netd_table_add_number(&table, 0);
	netd_table_add_text(&table, "7");
	assert_int_equal(netd_table_hand_over(&table, &out, NULL), 0);
	assert_int_equal(table.cell_count, 0);
	return out;
}

static void values(void **state)
{
	struct netd_table *table = two_rows();
	int64_t number = -1;

	(void)state;
	assert_int_equal(netd_table_rows(table), 2);
	assert_string_equal(netd_table_key(table, 0), "port");
	assert_string_equal(netd_table_key(table, 1), "rx_bytes");
	assert_string_equal(netd_table_key(table, 2), "left");
	assert_null(netd_table_key(table, 3));
	assert_string_equal(netd_table_value(table, 1, "port"), "tap1");
	assert_null(netd_table_value(table, 2, "port"));
	assert_null(netd_table_value(table, 0, "FOR PEOPLE"));
	assert_true(netd_table_number(table, 0, "rx_bytes", &number));
	assert_int_equal(number, 12);
	assert_false(netd_table_number(table, 0, "left", &number));
	assert_false(netd_table_number(table, 0, "port", &number));
	assert_false(netd_table_number(table, 9, "rx_bytes", &number));
	assert_int_equal(number, 12);
	assert_true(netd_table_number(table, 1, "left", &number));
	assert_int_equal(number, 7);
	assert_null(netd_table_free(table));
	assert_null(netd_table_free(NULL));
}

static void value_kinds(void **state)
{
	const struct netd_table table = {.columns = kinds, .column_count = 7};

	(void)state;
	assert_int_equal(netd_table_kind(&table, "text"), NETD_VALUE_TEXT);
	assert_int_equal(netd_table_kind(&table, "number"), NETD_VALUE_NUMBER);
	assert_int_equal(netd_table_kind(&table, "left"), NETD_VALUE_NUMBER);
	assert_int_equal(netd_table_kind(&table, "words"), NETD_VALUE_WORDS);
	assert_int_equal(netd_table_kind(&table, "lines"), NETD_VALUE_LINES);
	assert_int_equal(netd_table_kind(&table, "flag"), NETD_VALUE_FLAG);
	assert_int_equal(netd_table_kind(&table, "other"), NETD_VALUE_TEXT);
}

/* What a program that has a file's text, not the file, gets. */
static void sources(void **state)
{
	static const char text[] = "networks: {net0: {}}\n";
	struct netd_topology *t = NULL;
	struct netd_error *err = netd_error_new();
	struct netd_problem_info p = {0};
	const char *file = NULL;

	(void)state;
	assert_int_equal(netd_topology_parse(text, "dir/lab.yaml", &t, err), 0);
	assert_string_equal(netd_topology_name(t), "lab");
	assert_string_equal(netd_topology_source(t, &file), text);
	assert_string_equal(file, "dir/lab.yaml");
	netd_topology_free(t);
	assert_int_equal(netd_topology_parse("nets: {}", "x.yaml", &t, err), -EINVAL);
	assert_true(netd_error_get(err, 0, &p));
	assert_string_equal(p.file, "x.yaml");
	netd_error_clear(err);
	file = NULL;
	assert_int_equal(netd_topology_create("made", &t, err), 0);
	assert_null(netd_topology_source(t, &file));
	assert_null(file);
	netd_topology_free(t);
	assert_int_equal(netd_error_put(err, -EACCES, "no %s", "run as root"), -EACCES);
	assert_int_equal(netd_error_put(err, -EIO, "gone", NULL), -EIO);
	assert_true(netd_error_get(err, 0, &p));
	assert_string_equal(p.text, "no %s");
	assert_string_equal(p.hint, "run as root");
	assert_true(netd_error_get(err, 1, &p));
	assert_null(p.hint);
	netd_error_free(err);
}

static void formats(void **state)
{
	struct netd_table *table = two_rows();
	char *text = netd_table_format(table, NETD_FORMAT_TEXT);

	(void)state;
	assert_string_equal(text, "PORT  FOR PEOPLE  RX\n"
				  "tap0  a while     12\n"
				  "tap1  -            0\n");
	free(text);
	text = netd_table_format(table, NETD_FORMAT_JSON);
	assert_string_equal(text, "[\n"
				  "  {\n"
				  "    \"port\": \"tap0\",\n"
				  "    \"rx_bytes\": 12,\n"
				  "    \"left\": null\n"
				  "  },\n"
				  "  {\n"
				  "    \"port\": \"tap1\",\n"
				  "    \"rx_bytes\": 0,\n"
				  "    \"left\": 7\n"
				  "  }\n"
				  "]\n");
	free(text);
	netd_table_free(table);
}

static void problems(void **state)
{
	const struct netd_place place = {.line = 3, .column = 5};
	struct netd_error *err = netd_error_new();
	struct netd_problem_info p = {0};

	(void)state;
	assert_int_equal(netd_error_count(err), 0);
	assert_false(netd_error_get(err, 0, &p));
	netd_error_add(err, -EINVAL, "no mode \"%s\"", "rooted");
	netd_error_hint(err, "nat, routed, isolated or bridged");
	netd_error_place(err, "lab.yaml", place, "    mode: rooted");
	netd_error_add(err, -EEXIST, "cannot add bridge br0");
	netd_error_kernel(err, "File exists");
	assert_int_equal(netd_error_count(err), 2);
	assert_true(netd_error_get(err, 0, &p));
	assert_int_equal(p.code, -EINVAL);
	assert_string_equal(p.text, "no mode \"rooted\"");
	assert_string_equal(p.hint, "nat, routed, isolated or bridged");
	assert_string_equal(p.file, "lab.yaml");
	assert_int_equal(p.line, 3);
	assert_int_equal(p.column, 5);
	assert_null(p.kernel);
	assert_true(netd_error_get(err, 1, &p));
	assert_int_equal(p.code, -EEXIST);
	assert_string_equal(p.kernel, "File exists");
	assert_null(p.file);
	assert_int_equal(p.line, 0);
	assert_false(netd_error_get(err, 2, &p));
	netd_error_clear(err);
	assert_int_equal(netd_error_count(err), 0);
	netd_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),   cmocka_unit_test(value_kinds),
		cmocka_unit_test(sources),  cmocka_unit_test(formats),
		cmocka_unit_test(problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
