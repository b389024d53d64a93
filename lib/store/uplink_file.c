// SPDX-License-Identifier: GPL-2.0-or-later
/* What a NIC was and held before it became an uplink, on disk. */
#include "store/uplink_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/reserve.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"

#define DIRECTORY "uplinks"
#define ASIDE ".bad-" /* netd_store_set_aside() */
#define BEGUN ".new"  /* lib/base/file.c */
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

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
	if (!netd_str_copy(to, NETD_IFNAME, value) || netd_ifname_problem(to))
		return -EINVAL;
	return 0;
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

static int read_mac(struct netd_capture *c, const char *value)
{
	c->has_mac = true;
	return netd_mac_parse(value, &c->mac);
}

static int read_boot(struct netd_capture *c, const char *value)
{
	if (!netd_str_copy(c->boot, sizeof(c->boot), value))
		return -EINVAL;
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
	if (sscanf(space, "%d", &s->value) != 1)
		return -EINVAL;
	return 0;
}

static const struct {
	const char *word;
	int (*read)(struct netd_capture *c, const char *value);
} lines[] = {
	{"nic ", read_nic},   {"bridge ", read_bridge},	  {"stage ", read_stage},
	{"link ", read_link}, {"setting ", read_setting}, {"mac ", read_mac},
	{"boot ", read_boot},
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

	if (!cut_end(text))
		return -EINVAL;
	while ((line = strsep(&rest, "\n"))) {
		int r = 0;

		if (*line)
			r = read_line(out, line);
		if (r < 0)
			return r;
	}
	if (strcmp(out->nic, nic) != 0 || !out->bridge[0])
		return -EINVAL;
	return 0;
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
	if (r < 0)
		return r;
	if (!text)
		return -ENOENT;
	r = parse(text, nic, out);
	if (r >= 0)
		return 0;
	netd_capture_done(out);
	if (r == -ENOMEM)
		return netd_error_no_memory(err);
	return netd_store_set_aside(store, path, "it was changed or damaged", err);
}

/*
 * Writing
 */

static void write_text(const struct netd_capture *c, struct netd_str *out)
{
	char mac[NETD_MAC_TEXT];

	netd_str_addf(out, "nic %s\nbridge %s\nstage %s\n", c->nic, c->bridge,
		      stages[c->stage]);
	netd_str_addf(out, "link index %d up %d mtu %" PRIu32 "\n", c->index, c->up,
		      c->mtu);
	if (c->has_mac)
		netd_str_addf(out, "mac %s\n", netd_mac_format(&c->mac, mac));
	if (c->boot[0])
		netd_str_addf(out, "boot %s\n", c->boot);
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
	return netd_reserve_write(store, path, &text, err);
}

int netd_capture_remove(const struct netd_store *store, const char *nic,
			struct netd_error *err)
{
	char path[PATH_MAX];

	file_path(nic, path);
	return netd_file_remove(store->fd, path, err);
}

void netd_capture_read_boot(char out[static NETD_BOOT_TEXT])
{
	netd_auto_close int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd >= 0)
		n = read(fd, out, NETD_BOOT_TEXT - 1);
	if (n < 0)
		n = 0;
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

bool netd_capture_is_of(const struct netd_capture *c, const struct netd_link *nic)
{
	char boot[NETD_BOOT_TEXT];

	if (!nic || nic->index != c->index)
		return false;
	netd_capture_read_boot(boot);
	if (c->boot[0] && strcmp(c->boot, boot) != 0)
		return false;
	return strcmp(c->nic, nic->name) == 0 ||
	       (c->has_mac && memcmp(&c->mac, &nic->mac, sizeof(c->mac)) == 0);
}

void netd_capture_set_aside(const struct netd_store *store, const char *nic)
{
	char path[PATH_MAX];

	file_path(nic, path);
	if (store->fd >= 0 && faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		netd_store_set_aside(store, path, "it is of another interface", NULL);
}

static int observe(const struct netd_store *store, const char *name,
		   struct netd_state *state, struct netd_error *err)
{
	netd_auto(netd_capture_done) struct netd_capture c = {0};
	int r = netd_capture_read(store, name, &c, err);
	struct netd_link *nic, *bridge;

	if (r < 0) {
		if (r == -ENOENT)
			return 0;
		return r;
	}
	nic = netd_state_link_by_index(state, c.index);
	bridge = netd_state_link(state, c.bridge);
	if (netd_capture_is_of(&c, nic)) {
		memcpy(nic->captured_for, c.bridge, sizeof(nic->captured_for));
		memcpy(nic->captured_as, c.nic, sizeof(nic->captured_as));
		nic->captured_whole = c.stage == NETD_CAPTURE_MOVED;
	} else if (bridge) {
		memcpy(bridge->lost_uplink, c.nic, sizeof(bridge->lost_uplink));
	}
	return 0;
}

bool netd_capture_is_record(const char *name)
{
	const char *dot = strrchr(name, '.');

	return !netd_ifname_problem(name) && !strstr(name, ASIDE) &&
	       !(dot && strcmp(dot, BEGUN) == 0);
}

int netd_captures_observe(const struct netd_store *store, struct netd_state *state,
			  struct netd_error *err)
{
	netd_auto_closedir DIR *dir = netd_dir_open(store->fd, DIRECTORY, 0);
	const struct dirent *entry;

	if (!dir)
		return 0; /* nobody ever had an uplink, or there is no state */
	while ((entry = readdir(dir))) {
		int r = 0;

		if (netd_capture_is_record(entry->d_name))
			r = observe(store, entry->d_name, state, err);
		if (r < 0)
			return r;
	}
	return 0;
}
