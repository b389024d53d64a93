// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of a change that waits to be confirmed. */
#include "store/unconfirmed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/choices.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_SIZE 37 /* random.c: a UUID and its NUL */
#define HEAD "# until "
#define DEFINITION "#: " /* in front of each of its lines */
#define NOTE "reverted"
#define NOTE_MAX 4096
#define SECOND UINT64_C(1000000000)

void netd_unconfirmed_done(struct netd_unconfirmed *u)
{
	netd_topology_free(u->previous);
	*u = (struct netd_unconfirmed){0};
}

uint64_t netd_boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* "-" where the kernel does not say: then a state directory must not outlive a boot. */
static void read_boot(char out[BOOT_SIZE])
{
	netd_file_head(AT_FDCWD, BOOT_ID, out, BOOT_SIZE);
	out[strcspn(out, " \n")] = '\0';
	if (!*out)
		strcpy(out, "-");
}

bool netd_unconfirmed_is(const struct netd_store *store)
{
	return faccessat(store->fd, NETD_UNCONFIRMED, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int parse_head(const char *text, struct netd_unconfirmed *u)
{
	char boot[BOOT_SIZE], now[BOOT_SIZE];
	int end = 0;

	if (sscanf(text, HEAD "%36s %" SCNu64 " %" SCNd64 "%n", boot, &u->deadline,
		   &u->until, &end) != 3 ||
	    text[end] != '\n')
		return -EINVAL;
	read_boot(now);
	u->rebooted = strcmp(boot, now) != 0;
	return 0;
}

/* Appends the definition, each of its lines as a comment. */
static int write_definition(const struct netd_topology *definition, struct netd_str *out)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	const char *line;
	int r;

	if (!definition)
		return 0;
	r = netd_config_write(definition, &text);
	if (r < 0)
		return r;
	for (line = netd_str_text(&text); *line;) {
		size_t length = strcspn(line, "\n");

		netd_str_add(out, DEFINITION);
		netd_str_add_bytes(out, line, length);
		netd_str_add_char(out, '\n');
		line += length + (line[length] == '\n');
	}
	return 0;
}

int netd_unconfirmed_load(const struct netd_store *store, struct netd_unconfirmed *u,
			  struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	int r;

	*u = (struct netd_unconfirmed){0};
	r = netd_store_read(store, NETD_UNCONFIRMED, &text, NULL, err);
	if (r < 0 || !text)
		return r;
	r = parse_head(text, u);
	if (r < 0)
		return netd_store_set_aside(store, NETD_UNCONFIRMED,
					    "it does not say until when it waits", err);
	return netd_store_load_file(store, NETD_UNCONFIRMED, &u->previous, err);
}

int netd_unconfirmed_definition(const struct netd_unconfirmed *u,
				struct netd_topology **out, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (const char *line = u->previous->text; *line == '#'; line += *line == '\n') {
		size_t length = strcspn(line, "\n");

		if (strncmp(line, DEFINITION, strlen(DEFINITION)) == 0) {
			netd_str_add_bytes(&text, line + strlen(DEFINITION),
					   length - strlen(DEFINITION));
			netd_str_add_char(&text, '\n');
		}
		line += length;
	}
	if (netd_str_error(&text))
		return netd_error_no_memory(err);
	if (text.length)
		return netd_config_parse(text.text, text.length, NETD_UNCONFIRMED, out,
					 err);
	return 0;
}

int netd_unconfirmed_save(const struct netd_store *store,
			  const struct netd_topology *previous,
			  const struct netd_topology *definition, const char *head,
			  unsigned seconds, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char boot[BOOT_SIZE];

	read_boot(boot);
	netd_str_addf(&text, HEAD "%s %" PRIu64 " %" PRId64 "\n", boot,
		      netd_boottime() + seconds * SECOND, (int64_t)time(NULL) + seconds);
	netd_str_add(&text, head);
	netd_choices_write(previous, &text);
	if (write_definition(definition, &text) < 0 ||
	    netd_config_write(previous, &text) < 0)
		return netd_error_no_memory(err);
	return netd_store_write(store, NETD_UNCONFIRMED, &text, err);
}

int netd_unconfirmed_remove(const struct netd_store *store, struct netd_error *err)
{
	return netd_file_remove(store->fd, NETD_UNCONFIRMED, err);
}

unsigned netd_unconfirmed_left(const struct netd_unconfirmed *u)
{
	uint64_t now = netd_boottime();

	if (u->rebooted || now >= u->deadline)
		return 0;
	return (unsigned)((u->deadline - now + SECOND - 1) / SECOND);
}

void netd_reverted_note(const struct netd_store *store, const char *name, const char *why)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	time_t now = time(NULL);
	char when[64] = "?";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	netd_str_addf(&text, "%s was rolled back at %s: %s", name, when, why);
	/* only for people: nothing is lost with it */
	if (!netd_str_error(&text))
		netd_file_write(store->fd, NOTE, netd_str_text(&text), text.length, 0644,
				NULL);
}

void netd_reverted_read(const struct netd_store *store, char **out)
{
	*out = NULL;
	if (store->fd >= 0 && !netd_store_file_problem(store, NOTE) &&
	    netd_file_read(store->fd, NOTE, NOTE_MAX, out, NULL, NULL) < 0)
		*out = NULL;
}

void netd_reverted_forget(const struct netd_store *store)
{
	netd_file_remove(store->fd, NOTE, NULL);
}
