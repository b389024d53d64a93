// SPDX-License-Identifier: GPL-2.0-or-later
/* What a NIC was and held before it became an uplink, on disk. */
#include "apply/uplink_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"

#define DIRECTORY "uplinks"

void netd_capture_done(struct netd_capture *c)
{
	netd_held_done(&c->held);
	free(c->settings);
	*c = (struct netd_capture){0};
}

int netd_capture_setting(const struct netd_capture *c, const char *name, int otherwise)
{
	for (size_t i = 0; i < c->setting_count; i++)
		if (strcmp(c->settings[i].name, name) == 0)
			return c->settings[i].value;
	return otherwise;
}

static void file_path(const char *nic, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, DIRECTORY "/%s", nic);
}

/*
 * Reading
 */

static int read_name(struct netd_capture *c, const char *value, char *to)
{
	(void)c;
	return netd_str_copy(to, NETD_IFNAME, value) && !netd_ifname_problem(to)
		       ? 0
		       : -EINVAL;
}

static int read_nic(struct netd_capture *c, const char *value)
{
	return read_name(c, value, c->nic);
}

static int read_bridge(struct netd_capture *c, const char *value)
{
	return read_name(c, value, c->bridge);
}

static const char *const stages[] = {
	[NETD_CAPTURE_MOVING] = "moving",
	[NETD_CAPTURE_MOVED] = "moved",
	[NETD_CAPTURE_RETURNING] = "returning",
};

static int read_stage(struct netd_capture *c, const char *value)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(stages); i++) {
		if (strcmp(stages[i], value) != 0)
			continue;
		c->stage = (enum netd_capture_stage)i;
		return 0;
	}
	return -EINVAL;
}

static int read_link(struct netd_capture *c, const char *value)
{
	int up, end = 0;

	if (sscanf(value, "index %d up %d mtu %" SCNu32 "%n", &c->index, &up, &c->mtu,
		   &end) != 3 ||
	    value[end])
		return -EINVAL;
	c->up = up;
	return 0;
}

static int read_setting(struct netd_capture *c, const char *value)
{
	struct netd_capture_setting *s =
		netd_array_add(&c->settings, &c->setting_count, sizeof(*c->settings));
	const char *space = strrchr(value, ' ');

	if (!s)
		return -ENOMEM;
	if (!space || space - value >= (int)sizeof(s->name))
		return -EINVAL;
	memcpy(s->name, value, (size_t)(space - value));
	return sscanf(space, "%d", &s->value) == 1 ? 0 : -EINVAL;
}

static const struct {
	const char *word;
	int (*read)(struct netd_capture *c, const char *value);
} lines[] = {
	{"nic ", read_nic},   {"bridge ", read_bridge},	  {"stage ", read_stage},
	{"link ", read_link}, {"setting ", read_setting},
};

static int read_held(struct netd_capture *c, const char *line)
{
	struct netd_held held;
	int r = netd_held_parse(line, &held);

	if (r < 0)
		return r;
	r = netd_held_add(&c->held, &held);
	netd_str_done(&held.bytes);
	return r;
}

static int read_line(struct netd_capture *c, const char *line)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(lines); i++) {
		size_t length = strlen(lines[i].word);

		if (strncmp(line, lines[i].word, length) == 0)
			return lines[i].read(c, line + length);
	}
	return read_held(c, line);
}

/* Cuts the last line off, and sees that it is the hash of what stands before. */
static bool cut_end(char *text)
{
	char *end = strstr(text, "\nend ");
	uint64_t hash;
	int length = 0;

	if (!end || sscanf(end + 1, "end %" SCNx64 "\n%n", &hash, &length) != 1 ||
	    !length || end[1 + length])
		return false;
	end[1] = '\0';
	return hash == netd_hash_text(NETD_HASH_START, text);
}

/* -EINVAL if it is damaged. */
static int parse(char *text, const char *nic, struct netd_capture *out)
{
	char *rest = text, *line;
	int r = cut_end(text) ? 0 : -EINVAL;

	while (r == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			r = read_line(out, line);
	if (r == 0 && (strcmp(out->nic, nic) != 0 || !out->bridge[0]))
		r = -EINVAL;
	return r;
}

int netd_capture_read(const struct netd_store *store, const char *nic,
		      struct netd_capture *out, struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	char path[PATH_MAX];
	int r;

	if (store->fd < 0)
		return -ENOENT;
	file_path(nic, path);
	r = netd_store_read(store, path, &text, NULL, err);
	if (r < 0 || !text)
		return r < 0 ? r : -ENOENT;
	r = parse(text, nic, out);
	if (r == 0)
		return 0;
	netd_capture_done(out);
	if (r == -ENOMEM)
		return netd_error_add(err, r, "out of memory");
	return netd_store_set_aside(store, path, "it was changed or damaged", err);
}

/*
 * Writing
 */

static void write_text(const struct netd_capture *c, struct netd_str *out)
{
	netd_str_addf(out, "nic %s\nbridge %s\nstage %s\n", c->nic, c->bridge,
		      stages[c->stage]);
	netd_str_addf(out, "link index %d up %d mtu %" PRIu32 "\n", c->index, c->up,
		      c->mtu);
	for (size_t i = 0; i < c->setting_count; i++)
		netd_str_addf(out, "setting %s %d\n", c->settings[i].name,
			      c->settings[i].value);
	for (size_t i = 0; i < c->held.count; i++)
		if (!c->held.items[i].expired)
			netd_held_write(&c->held.items[i], out);
	netd_str_addf(out, "end %016" PRIx64 "\n",
		      netd_hash_text(NETD_HASH_START, netd_str_text(out)));
}

int netd_capture_write(const struct netd_store *store, const struct netd_capture *c,
		       struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char path[PATH_MAX];

	if (mkdirat(store->fd, DIRECTORY, 0755) < 0 && errno != EEXIST) {
		int r = -errno;

		return netd_error_add(err, r, "cannot make %s/" DIRECTORY ": %s",
				      store->path, strerror(-r));
	}
	file_path(c->nic, path);
	write_text(c, &text);
	return netd_store_write(store, path, &text, err);
}

int netd_capture_remove(const struct netd_store *store, const char *nic,
			struct netd_error *err)
{
	char path[PATH_MAX];

	file_path(nic, path);
	return netd_file_remove(store->fd, path, err);
}

static int observe(const struct netd_store *store, struct netd_link *link,
		   struct netd_error *err)
{
	netd_auto(netd_capture_done) struct netd_capture c = {0};
	int r = netd_capture_read(store, link->name, &c, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	memcpy(link->captured_for, c.bridge, sizeof(link->captured_for));
	/* One that was unplugged and came back is not what was moved. */
	link->captured_whole = c.stage == NETD_CAPTURE_MOVED && c.index == link->index;
	return 0;
}

int netd_captures_observe(const struct netd_store *store, struct netd_state *state,
			  struct netd_error *err)
{
	int fd = store->fd < 0 ? -1
			       : openat(store->fd, DIRECTORY,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return 0; /* nobody ever had an uplink */
	while (r == 0 && (entry = readdir(dir))) {
		struct netd_link *link = netd_state_link(state, entry->d_name);

		if (link)
			r = observe(store, link, err);
	}
	closedir(dir);
	return r;
}
