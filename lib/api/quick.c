// SPDX-License-Identifier: GPL-2.0-or-later
/* One forward more, at a price that does not depend on how many there are. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/context.h"
#include "store/previous.h"
#include "store/seal.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "edit/splice.h"
#include "ruleset/compile.h"
#include "ruleset/delta.h"
#include "netd.h"

/*
 * Theory of operation.  A forward is one element of one map, and one line of a file.  The
 * rest of the topology is read without its forwards (edit/splice.h), the kernel is
 * asked to add the element only if its slot is free, and the line is put into the text.
 * Nothing is listed.  Whatever is out of the ordinary (the slot is taken, an address or a
 * setting would have to change, a change was interrupted, the file was written by hand,
 * somebody else filters what passes, the host itself serves the port)
 * ends in -EAGAIN with nothing touched, and the long way, which knows all of it, is
 * taken.
 *
 * Killed between the kernel and the file, it leaves an element that no file wants; the
 * next apply of the topology takes it out.
 */
#define DEFAULT "default"
#define RUNNING "topologies/" DEFAULT ".yaml"
#define FILE_MODE 0644

/* The text of both files, what runs and its definition, and where the line goes. */
struct splice {
	char running[PATH_MAX], defined[PATH_MAX];
	char *map; /* what runs, with its seal in front of the text */
	char *text;
	size_t length, offset;
	char seal[NETD_SEAL_SIZE + 1]; /* of what runs with the line */
};

static void splice_done(struct splice *s)
{
	if (s->map)
		munmap(s->map, NETD_SEAL_SIZE + s->length);
}

/*
 * What runs is ours alone to write, and we have the lock, so it can be mapped: it will
 * not shrink under our eyes.  The last page's rest is zero, unless the text fills it.
 */
static int splice_map(struct splice *s)
{
	netd_auto_close int fd = open(s->running, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *text;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size % 4096 == 0 ||
	    st.st_size < NETD_SEAL_SIZE)
		return -EAGAIN;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
		    0);
	if (text == MAP_FAILED)
		return -EAGAIN;
	s->map = text;
	s->text = s->map + NETD_SEAL_SIZE;
	s->length = (size_t)st.st_size - NETD_SEAL_SIZE;
	if (netd_seal_head_problem(s->map, (size_t)st.st_size))
		return -EAGAIN;
	return 0;
}

/*
 * What is only appended to keeps its seal, extended: if the rest is damaged, that stays
 * to be seen.  What is written anew gets a new seal, so it must be whole.
 */
static int splice_check(const struct splice *s)
{
	if (s->offset != s->length &&
	    netd_seal_problem(s->map, NETD_SEAL_SIZE + s->length))
		return -EAGAIN;
	return 0;
}

/*
 * 0 if the definition is what runs, to the letter, and in nobody else's hands; it passes
 * through a small buffer.
 */
static int splice_compare(const struct splice *s)
{
	netd_auto_close int fd = open(s->defined, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char buffer[65536];
	struct stat st;
	size_t at = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 07777) != FILE_MODE ||
	    netd_path_check(s->defined, NULL) < 0)
		return -EAGAIN;
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if ((size_t)n > s->length - at || memcmp(s->text + at, buffer, (size_t)n))
			return -EAGAIN;
		at += (size_t)n;
	}
	if (n != 0 || at != s->length)
		return -EAGAIN;
	return 0;
}

/* What is appended to is not read once more. */
static int splice_seal(struct splice *s, const struct netd_str *line)
{
	const struct iovec text = {s->text, s->length};
	const struct iovec added = {line->text, line->length};
	const struct iovec parts[] = {
		{s->text, s->offset},
		added,
		{s->text + s->offset, s->length - s->offset},
	};

	if (s->offset == s->length) {
		if (netd_seal_extend(s->map, &text, &added, s->seal) < 0)
			return -EAGAIN;
		return 0;
	}
	netd_seal_write(s->seal, parts, NETD_ARRAY_SIZE(parts));
	return 0;
}

/*
 * The seal is renewed behind what it speaks of: killed between, it says less than there
 * is, which is true.
 */
static void renew_seal(const struct splice *s)
{
	netd_auto_close int fd = open(s->running, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || pwrite(fd, s->seal, NETD_SEAL_SIZE, 0) < 0)
		return;
}

/* @sealed: with a seal in front of the text. */
static int splice_write(const struct splice *s, const char *path, bool sealed,
			const struct netd_str *line, struct netd_error *err)
{
	const struct iovec parts[] = {
		{(void *)(uintptr_t)s->seal, NETD_SEAL_SIZE},
		{s->text, s->offset},
		{line->text, line->length},
		{s->text + s->offset, s->length - s->offset},
	};
	const int count = NETD_ARRAY_SIZE(parts);

	if (s->offset == s->length)
		return netd_file_append(AT_FDCWD, path, line->text, line->length, err);
	return netd_file_write_parts(AT_FDCWD, path, sealed ? parts : parts + 1,
				     sealed ? count : count - 1, FILE_MODE, err);
}

/* Both files, or neither. */
static int splice_commit(const struct splice *s, const struct netd_str *line,
			 struct netd_error *err)
{
	const struct iovec before = {s->map, NETD_SEAL_SIZE + s->length};
	int r = splice_write(s, s->running, true, line, err);

	if (r < 0)
		return r;
	r = splice_write(s, s->defined, false, line, err);
	if (r < 0)
		netd_file_write_parts(AT_FDCWD, s->running, &before, 1, FILE_MODE, NULL);
	else if (s->offset == s->length)
		renew_seal(s);
	return r;
}

/* Reads what surrounds the forwards, and the new one by the file's own rules. */
static int read_forward(const char *text, const char *network,
			const struct netd_option_value *settings,
			struct netd_topology **out)
{
	netd_auto(netd_str_done) struct netd_str head = {0};
	netd_auto_topology struct netd_topology *t = NULL;
	const struct netd_network *n;

	netd_config_strip_forwards(text, &head);
	if (netd_str_error(&head) ||
	    netd_config_parse(netd_str_text(&head), head.length, NULL, &t, NULL) < 0 ||
	    netd_forward_add(t, network, settings, NULL) < 0)
		return -EAGAIN;
	n = netd_topology_network(t, network);
	if (!n) /* a router's */
		return -EAGAIN;
	/* Either of these may mean an address or a setting on another interface. */
	if (n->forward_count != 1 || n->forwards[0].on[0] || n->nat.out[0])
		return -EAGAIN;
	*out = netd_take(t);
	return 0;
}

static bool is_forward(const struct netd_element *e)
{
	return e->map == NETD_MAP_FORWARD4 || e->map == NETD_MAP_FORWARD6 ||
	       e->map == NETD_MAP_ADDRESS4 || e->map == NETD_MAP_ADDRESS6;
}

/* Keeps the forward's elements alone. */
static void keep_forwards(struct netd_ruleset *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->element_count; i++)
		if (is_forward(&r->elements[i]))
			r->elements[kept++] = r->elements[i];
	r->element_count = kept;
}

static int write_files(struct netd *netd, const struct splice *files,
		       const struct netd_str *line, struct netd_error *err)
{
	int r = netd_previous_save_line(&netd->store, DEFAULT, files->offset,
					line->length, files->seal, err);

	if (r < 0)
		return r;
	return splice_commit(files, line, err);
}

static int commit(struct netd *netd, const struct netd_ruleset *r, struct splice *files,
		  const struct netd_str *line, struct netd_error *err)
{
	const struct netd_ruleset_delta delta = {
		.added = r->elements,
		.added_count = r->element_count,
	};
	int result;

	if (splice_seal(files, line) < 0 ||
	    netd->ops->add_elements(netd, r->elements, r->element_count) < 0)
		return -EAGAIN;
	result = write_files(netd, files, line, err);
	if (result < 0) {
		netd->ops->delete_elements(netd, r->elements, r->element_count);
		return result;
	}
	/* flows that were there before the forward; not worth failing for */
	netd->ops->forget_flows(netd, &delta);
	return 0;
}

static int insert(struct netd *netd, const char *network,
		  const struct netd_option_value *settings, struct splice *files,
		  struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = NULL;
	netd_auto(netd_ruleset_done) struct netd_ruleset ruleset = {0};
	netd_auto(netd_str_done) struct netd_str line = {0};
	const struct netd_forward *f;

	if (read_forward(files->text, network, settings, &t) < 0)
		return -EAGAIN;
	f = &netd_topology_network(t, network)->forwards[0];
	if (netd_config_forward_line(f, &line) < 0 ||
	    netd_ruleset_compile(t, NULL, &ruleset, NULL) < 0)
		return -EAGAIN;
	/* Whether others' chains let it pass must be told, and takes a look at all. */
	if (!netd->ops->forward_is_plain(netd, f))
		return -EAGAIN;
	keep_forwards(&ruleset);
	return commit(netd, &ruleset, files, &line, err);
}

/* An error of the lock is final: the long way would only wait for it once more. */
static int open_quick(struct netd *netd, struct netd_error *err)
{
	if (netd->store.fd < 0 &&
	    netd_store_open(&netd->store, netd->state_dir, false, NULL) < 0)
		return -EAGAIN;
	if (netd->store.lock < 0) {
		int r = netd_store_lock(&netd->store, &netd->patience, err);

		if (r < 0)
			return r;
	}
	if (netd_store_is_pending(&netd->store) || netd_unconfirmed_is(&netd->store) ||
	    netd_stuck_is(&netd->store, DEFAULT) || netd_connect(netd, NULL) < 0)
		return -EAGAIN;
	return 0;
}

int netd_forward_insert(struct netd *netd, const char *network,
			const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(splice_done) struct splice files = {0};
	int r = open_quick(netd, err);

	if (r < 0)
		return r;
	snprintf(files.running, PATH_MAX, "%s/" RUNNING, netd->state_dir);
	snprintf(files.defined, PATH_MAX, "%s/" DEFAULT ".yaml", netd->config_dir);
	if (netd_store_file_problem(&netd->store, RUNNING) || splice_map(&files) < 0 ||
	    splice_compare(&files) < 0 ||
	    netd_config_forward_offset(files.text, network, &files.offset) < 0 ||
	    splice_check(&files) < 0)
		return -EAGAIN;
	r = insert(netd, network, settings, &files, err);
	if (r < 0)
		return r;
	netd_previous_commit_line(&netd->store, DEFAULT);
	return 0;
}
