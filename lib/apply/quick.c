// SPDX-License-Identifier: GPL-2.0-or-later
/* One forward more, at a price that does not depend on how many there are. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "apply/context.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "config/splice.h"
#include "firewall/commit.h"
#include "firewall/compile.h"
#include "firewall/conntrack.h"
#include "firewall/delta.h"
#include "netd.h"

/*
 * Theory of operation.  A forward is one element of one map, and one line of a file.  The
 * rest of the topology is read without its forwards (config/splice.h), the kernel is
 * asked to add the element only if its slot is free, and the line is put into the text.
 * Nothing is listed.  Whatever is out of the ordinary (the slot is taken, an address or a
 * setting would have to change, a change was interrupted, the file was written by hand)
 * ends in -EAGAIN with nothing touched, and the long way, which knows all of it, is
 * taken.
 *
 * Killed between the kernel and the file, it leaves an element that no file wants; the
 * next apply of the topology takes it out.
 */
#define DEFAULT "default"

/* The text of both files, what runs and its definition, and where the line goes. */
struct splice {
	char running[PATH_MAX], defined[PATH_MAX];
	char *text;
	size_t length, offset;
};

static void splice_done(struct splice *s)
{
	if (s->text)
		munmap(s->text, s->length);
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

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size % 4096 == 0)
		return -EAGAIN;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
		    0);
	if (text == MAP_FAILED)
		return -EAGAIN;
	s->text = text;
	s->length = (size_t)st.st_size;
	return 0;
}

/* 0 if the definition is what runs, to the letter; it passes through a small buffer. */
static int splice_compare(const struct splice *s)
{
	netd_auto_close int fd = open(s->defined, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char buffer[65536];
	size_t at = 0;
	ssize_t n;

	if (fd < 0)
		return -EAGAIN;
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if ((size_t)n > s->length - at || memcmp(s->text + at, buffer, (size_t)n))
			return -EAGAIN;
		at += (size_t)n;
	}
	return n == 0 && at == s->length ? 0 : -EAGAIN;
}

static int splice_write(const struct splice *s, const char *path,
			const struct netd_str *line, struct netd_error *err)
{
	const struct iovec parts[] = {
		{s->text, s->offset},
		{line->text, line->length},
		{s->text + s->offset, s->length - s->offset},
	};

	if (s->offset == s->length)
		return netd_file_append(AT_FDCWD, path, line->text, line->length, err);
	return netd_file_write_parts(AT_FDCWD, path, parts, NETD_ARRAY_SIZE(parts), 0644,
				     err);
}

/* Both files, or neither. */
static int splice_commit(const struct splice *s, const struct netd_str *line,
			 struct netd_error *err)
{
	int r = splice_write(s, s->running, line, err);

	if (r < 0)
		return r;
	r = splice_write(s, s->defined, line, err);
	if (r < 0)
		netd_file_write(AT_FDCWD, s->running, s->text, s->length, 0644, NULL);
	return r;
}

/* Reads what surrounds the forwards, and the new one by the file's own rules. */
static int read_forward(const char *text, const char *network, const char *settings,
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

static int commit(struct netd *netd, const struct netd_ruleset *r,
		  const struct splice *files, const struct netd_str *line,
		  struct netd_error *err)
{
	const struct netd_ruleset_delta delta = {
		.added = r->elements,
		.added_count = r->element_count,
	};
	int result;

	if (netd_firewall_add_elements(&netd->nft, r->elements, r->element_count, true,
				       NULL) < 0)
		return -EAGAIN;
	result = splice_commit(files, line, err);
	if (result < 0)
		netd_firewall_delete_elements(&netd->nft, r->elements, r->element_count,
					      NULL);
	else /* flows that were there before the forward; not worth failing for */
		netd_conntrack_forget(&netd->nft, &delta, NULL, 0, NULL, NULL);
	return result;
}

static int insert(struct netd *netd, const char *network, const char *settings,
		  const struct splice *files, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = NULL;
	netd_auto(netd_ruleset_done) struct netd_ruleset ruleset = {0};
	netd_auto(netd_str_done) struct netd_str line = {0};
	int r = read_forward(files->text, network, settings, &t);

	if (r == 0)
		r = netd_config_forward_line(
			&netd_topology_network(t, network)->forwards[0], &line);
	if (r == 0)
		r = netd_ruleset_compile(t, &ruleset, NULL);
	if (r < 0)
		return -EAGAIN;
	keep_forwards(&ruleset);
	return commit(netd, &ruleset, files, &line, err);
}

static int open_quick(struct netd *netd)
{
	if (netd->store.fd < 0 &&
	    netd_store_open(&netd->store, netd->state_dir, false, NULL) < 0)
		return -EAGAIN;
	if (netd->store.lock < 0 &&
	    netd_store_lock(&netd->store, netd->lock_seconds, NULL) < 0)
		return -EAGAIN;
	if (netd_store_is_pending(&netd->store) || netd_connect(netd, NULL) < 0)
		return -EAGAIN;
	return 0;
}

int netd_forward_insert(struct netd *netd, const char *network, const char *settings,
			struct netd_error *err)
{
	netd_auto(splice_done) struct splice files = {0};
	int r = open_quick(netd);

	snprintf(files.running, PATH_MAX, "%s/topologies/" DEFAULT ".yaml",
		 netd->state_dir);
	snprintf(files.defined, PATH_MAX, "%s/" DEFAULT ".yaml", netd->config_dir);
	if (r == 0)
		r = splice_map(&files);
	if (r == 0)
		r = splice_compare(&files);
	if (r == 0)
		r = netd_config_forward_offset(files.text, network, &files.offset);
	return r < 0 ? r : insert(netd, network, settings, &files, err);
}
