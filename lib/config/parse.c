// SPDX-License-Identifier: GPL-2.0-or-later
/* A file to a topology that was checked, or to all that is wrong with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "config/reader.h"
#include "check/check.h"

/* "lab" of "/etc/netd/lab.yaml"; false if there is no such name or it is too long. */
static bool name_from_file(const char *file, char name[NETD_TOPOLOGY_NAME])
{
	static const char *const endings[] = {".yaml", ".yml"};
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	size_t length = strlen(base);

	for (size_t i = 0; i < NETD_ARRAY_SIZE(endings); i++) {
		size_t tail = strlen(endings[i]);

		if (length > tail && strcmp(base + length - tail, endings[i]) == 0) {
			length -= tail;
			break;
		}
	}
	if (length == 0 || length >= NETD_TOPOLOGY_NAME)
		return false;
	memcpy(name, base, length);
	name[length] = '\0';
	return true;
}

/* A topology without "name:" takes its file's; the check of names comes later. */
static void default_name(struct netd_reader *r)
{
	const char *problem = "is missing or too long";
	struct netd_topology *t = r->t;

	if (t->name_place.line)
		return;
	if (t->file && name_from_file(t->file, t->name))
		problem = netd_topology_name_problem(t->name);
	if (!problem)
		return;
	t->name[0] = '\0';
	netd_topology_error(t, r->err, (struct netd_place){1, 1, 1},
			    "no \"name\", and the one that the file would give %s",
			    problem);
	netd_error_hint(r->err, "add a line \"name: lab\"");
}

static int read_document(struct netd_reader *r, const struct netd_yaml_document *d)
{
	if (!d->root || netd_yaml_is_null(d->root)) {
		netd_topology_error(r->t, r->err, (struct netd_place){1, 1, 1},
				    "the file is empty");
		netd_error_hint(r->err, "a topology begins with \"networks:\"");
		return -EINVAL;
	}
	netd_read_object(r, d->root, &netd_topology_object, r->t);
	if (r->no_memory)
		return -ENOMEM;
	default_name(r);
	return 0;
}

static int read_text(struct netd_reader *r)
{
	struct netd_yaml_document d = {0};
	int result = netd_yaml_read(&d, r->t->text, r->t->text_length);

	if (result >= 0)
		result = read_document(r, &d);
	if (d.problem.text) {
		netd_topology_error(r->t, r->err, d.problem.place, "%s", d.problem.text);
		if (d.problem.hint)
			netd_error_hint(r->err, "%s", d.problem.hint);
	}
	netd_yaml_done(&d);
	return result;
}

/* Fills @t, which has its text already. */
static int read_topology(struct netd_topology *t, struct netd_error *err)
{
	struct netd_reader r = {.t = t, .err = err};
	int result = read_text(&r);

	/* What could be read is checked even if something could not. */
	if (result >= 0)
		result = netd_topology_check(t, err);
	if (result == -ENOMEM && netd_error_code(err) != -ENOMEM)
		netd_error_no_memory(err);
	if (result >= 0)
		result = netd_error_code(err);
	netd_problems_finish(err);
	return result;
}

/* Takes @text, which is freed on failure too. */
static int parse(char *text, size_t length, const char *file, struct netd_topology **out,
		 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_new("");
	struct netd_error found = {0};
	int r;

	if (!t || !text) {
		free(text);
		return netd_error_no_memory(err);
	}
	t->text = text;
	t->text_length = length;
	if (file)
		t->file = strdup(file);
	if (file && !t->file)
		return netd_error_no_memory(err);
	r = read_topology(t, &found);
	netd_error_move(err, &found);
	netd_error_done(&found);
	if (r < 0)
		return r;
	*out = netd_take(t);
	return 0;
}

int netd_config_parse(const char *text, size_t length, const char *file,
		      struct netd_topology **out, struct netd_error *err)
{
	char *copy = malloc(length + 1);

	if (copy) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return parse(copy, length, file, out, err);
}

int netd_config_load(const char *path, struct netd_topology **out, struct netd_error *err)
{
	size_t length;
	char *text;
	int r = netd_file_read(AT_FDCWD, path, NETD_CONFIG_MAX, &text, &length, err);

	if (r < 0)
		return r;
	return parse(text, length, path, out, err);
}
