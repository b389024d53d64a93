// SPDX-License-Identifier: GPL-2.0-or-later
/* Topologies that can go neither forward nor back. */
#include "store/stuck.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define DIRECTORY "stuck"
#define LEFT_MAX 1000
#define LEFT_NAME (NETD_TOPOLOGY_NAME + 16)

static void record_path(const char *name, const char *suffix, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, DIRECTORY "/%s.%s", name, suffix);
}

bool netd_stuck_is(const struct netd_store *store, const char *name)
{
	char path[PATH_MAX];

	record_path(name, "yaml", path);
	return store->fd >= 0 &&
	       faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int netd_stuck_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err)
{
	char path[PATH_MAX];

	*out = NULL;
	if (!netd_stuck_is(store, name))
		return 0;
	record_path(name, "yaml", path);
	return netd_store_load_file(store, path, out, err);
}

int netd_stuck_names(const struct netd_store *store, char ***names, size_t *count,
		     struct netd_error *err)
{
	int r;

	if (store->fd < 0)
		return 0;
	r = netd_store_names(store, DIRECTORY, names, count);
	if (r >= 0)
		return 0;
	return netd_error_add(err, r, "cannot read %s/" DIRECTORY ": %s", store->path,
			      strerror(-r));
}

/*
 * Problems, a line for each of their texts
 */

static void write_line(struct netd_str *out, const char *word, const char *text)
{
	if (!text)
		return;
	netd_str_addf(out, "%s ", word);
	while (*text) {
		size_t length = strcspn(text, "\n");

		netd_str_add_bytes(out, text, length);
		text += length;
		if (*text) {
			netd_str_add_char(out, ' ');
			text++;
		}
	}
	netd_str_add_char(out, '\n');
}

static void write_problems(const struct netd_store *store, const char *name,
			   const struct netd_error *why)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char path[PATH_MAX];

	for (size_t i = 0; i < why->count; i++) {
		write_line(&text, "problem", why->problems[i].text);
		write_line(&text, "kernel", why->problems[i].kernel);
		write_line(&text, "hint", why->problems[i].hint);
	}
	record_path(name, "why", path);
	/* The next try finds them again. */
	if (netd_store_write(store, path, &text, NULL) < 0)
		unlinkat(store->fd, path, 0);
}

static void add_problem(struct netd_error *out, const char *text)
{
	netd_error_add(out, -EIO, "%s", text);
}

static void add_hint(struct netd_error *out, const char *text)
{
	netd_error_hint(out, "%s", text);
}

static const struct {
	const char *word;
	void (*add)(struct netd_error *out, const char *text);
} lines[] = {
	{"problem ", add_problem},
	{"kernel ", netd_error_kernel},
	{"hint ", add_hint},
};

void netd_stuck_problems(const struct netd_store *store, const char *name,
			 struct netd_error *out)
{
	netd_auto_free char *text = NULL;
	char path[PATH_MAX], *rest, *line;

	record_path(name, "why", path);
	if (netd_store_read(store, path, &text, NULL, NULL) < 0)
		return;
	rest = text;
	while (rest && (line = strsep(&rest, "\n")))
		for (size_t i = 0; i < NETD_ARRAY_SIZE(lines); i++) {
			size_t length = strlen(lines[i].word);

			if (strncmp(line, lines[i].word, length) == 0)
				lines[i].add(out, line + length);
		}
}

void netd_stuck_say(const char *failing, const char *name, struct netd_error *err)
{
	netd_error_add(err, -EIO, "%s: topology %s is stuck half-way; others are not",
		       failing, name);
	netd_error_hint(err,
			"`netdctl status` has what is left; `netdctl recover`, and every "
			"change of %s, tries again; `netdctl destroy %s` removes what "
			"can be removed",
			name, name);
}

/*
 * In and out
 */

int netd_stuck_keep(const struct netd_store *store, const char *name,
		    const struct netd_error *why, struct netd_error *err)
{
	char path[PATH_MAX];
	int r;

	record_path(name, "yaml", path);
	r = netd_store_move_pending(store, path, err);
	if (r < 0)
		return r;
	write_problems(store, name, why);
	return 0;
}

int netd_stuck_resume(const struct netd_store *store, const char *name,
		      struct netd_error *err)
{
	char path[PATH_MAX];

	record_path(name, "yaml", path);
	return netd_store_make_pending(store, path, err);
}

int netd_stuck_forget(const struct netd_store *store, const char *name,
		      struct netd_error *err)
{
	static const char *const suffixes[] = {"yaml", "why"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(suffixes); i++) {
		char path[PATH_MAX];
		int r;

		record_path(name, suffixes[i], path);
		if (faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		r = netd_file_remove(store->fd, path, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Giving up
 */

/* The first of left-NAME-1, left-NAME-2 … that is free. */
static int make_left(const struct netd_store *store, const char *name,
		     char out[LEFT_NAME], struct netd_error *err)
{
	int code = EEXIST;

	for (unsigned i = 1; code == EEXIST && i <= LEFT_MAX; i++) {
		snprintf(out, LEFT_NAME, "left-%s-%u", name, i);
		if (mkdirat(store->fd, out, 0755) == 0)
			return 0;
		code = errno;
	}
	return netd_error_add(err, -code, "cannot make %s/%s: %s", store->path, out,
			      strerror(code));
}

/* What is not there needs no place. */
static int move_left(const struct netd_store *store, const char *from, const char *left,
		     const char *as, struct netd_error *err)
{
	netd_auto_free char *to = NULL;

	if (faccessat(store->fd, from, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (asprintf(&to, "%s/%s", left, as) < 0) {
		to = NULL;
		return netd_error_no_memory(err);
	}
	return netd_file_rename(store->fd, from, to, err);
}

static int move_capture(const struct netd_store *store, const char *nic, const char *left,
			struct netd_error *err)
{
	char from[PATH_MAX], as[PATH_MAX];

	snprintf(from, sizeof(from), "uplinks/%s", nic);
	snprintf(as, sizeof(as), "uplink-%s", nic);
	return move_left(store, from, left, as, err);
}

static void claims_free(struct netd_claims *claims)
{
	free(claims->items);
}

/* @name's go to @mine, with what NICs had, all others to @others. */
static int split_claims(const struct netd_store *store, const char *name,
			const char *left, struct netd_claims *mine,
			struct netd_claims *others, struct netd_error *err)
{
	netd_auto(claims_free) struct netd_claims all = {0};
	int r = netd_store_load_claims(store, &all, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count; i++) {
		const struct netd_claim *c = &all.items[i];
		struct netd_claims *to = others;

		if (strcmp(c->topology, name) == 0)
			to = mine;
		r = netd_claims_add(to, c);
		if (r < 0)
			return r;
		if (to == others || c->kind != NETD_CLAIM_UPLINK)
			continue;
		r = move_capture(store, c->key, left, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Takes its claims out of those that are kept, when they are written down elsewhere. */
static int move_claims(const struct netd_store *store, const char *name, const char *left,
		       struct netd_error *err)
{
	netd_auto(claims_free) struct netd_claims mine = {0}, others = {0};
	netd_auto(netd_str_done) struct netd_str text = {0};
	char path[LEFT_NAME + 16];
	int r = split_claims(store, name, left, &mine, &others, err);

	if (r < 0 || !mine.count)
		return r;
	snprintf(path, sizeof(path), "%s/claims", left);
	netd_claims_write(mine.items, mine.count, &text);
	r = netd_store_write(store, path, &text, err);
	if (r < 0)
		return r;
	return netd_store_save_claims(store, others.items, others.count, err);
}

int netd_stuck_set_aside(const struct netd_store *store, const char *name, char **where,
			 struct netd_error *err)
{
	/* the record last: as long as it is there, this can be done again */
	static const struct {
		const char *directory, *suffix, *as;
	} files[] = {
		{"topologies", "yaml", "running.yaml"},
		{"previous", "yaml", "previous.yaml"},
		{DIRECTORY, "why", "why"},
		{DIRECTORY, "yaml", "stuck.yaml"},
	};
	char left[LEFT_NAME], path[PATH_MAX];
	int r = make_left(store, name, left, err);

	if (r < 0)
		return r;
	r = move_claims(store, name, left, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s.%s", files[i].directory, name,
			 files[i].suffix);
		r = move_left(store, path, left, files[i].as, err);
		if (r < 0)
			return r;
	}
	if (asprintf(where, "%s/%s", store->path, left) < 0)
		return netd_error_no_memory(err);
	return 0;
}
