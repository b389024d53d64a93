// SPDX-License-Identifier: GPL-2.0-or-later
/* What dnsmasq is told: golden/dhcp/NAME.yaml gives the files in NAME.txt.
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

#include "base/array.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "dhcp/compile.h"
#include "desired/desired_services.h"
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

static int compare_spaces(const void *a, const void *b)
{
	return strcmp(((const struct netd_desired *)a)->space,
		      ((const struct netd_desired *)b)->space);
}

static void add_spaces(const struct netd_topology *t, struct netd_desired *out)
{
	for (size_t i = 0; i < t->node_count; i++) {
		struct netd_desired *space =
			netd_array_add(&out->spaces, &out->space_count, sizeof(*space));

		assert_non_null(space);
		netd_copy(space->space, t->nodes[i].name);
	}
	if (out->space_count)
		qsort(out->spaces, out->space_count, sizeof(*out->spaces),
		      compare_spaces);
}

/* Each text, and that the marks in the config can be read back. */
static void print(const struct netd_desired *s, struct netd_str *out)
{
	for (size_t i = 0; i < s->service_count; i++) {
		const struct netd_service *v = &s->services[i];
		char owner[NETD_OWNER], link[NETD_IFNAME], space[NETD_NODE_NAME];

		netd_str_addf(out, "== %s: config\n%s== %s: reserved\n%s== %s: names\n%s",
			      v->name, v->config, v->name, v->reserved, v->name,
			      v->names);
		assert_int_equal(netd_dhcp_parse_marks(v->config, owner, link, space), 0);
		assert_string_equal(owner, v->owner);
		assert_string_equal(link, v->link);
		assert_string_equal(space, s->space);
	}
}

static void check_file(const char *name)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};
	struct netd_str out = {0};
	struct netd_desired state = {0};
	struct netd_facts facts = {.no_dnsmasq = strncmp(name, "without", 7) == 0};
	int r = netd_config_load(name, &t, &err);

	if (r == 0) {
		add_spaces(t, &state);
		r = netd_desired_services_check(t, &facts, &err);
		if (r == 0)
			r = netd_desired_services(t, &facts, &state, &err);
	}
	if (r == 0) {
		print(&state, &out);
		for (size_t i = 0; i < state.space_count; i++)
			print(&state.spaces[i], &out);
		netd_desired_services_note(t, &facts, &err);
		netd_render_notes(&err, false, &out);
	} else {
		netd_render_error(&err, false, &out);
	}
	compare(name, netd_str_text(&out));
	netd_desired_done(&state);
	netd_str_done(&out);
	netd_error_done(&err);
	netd_topology_free(t);
}

static int is_input(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && strcmp(dot, ".yaml") == 0;
}

static void test_files(void **state)
{
	struct dirent **names;
	int count = scandir(".", &names, is_input, alphasort);

	(void)state;
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		check_file(names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_files)};

	if (chdir(GOLDEN_DIR "/dhcp") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
