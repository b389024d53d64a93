// SPDX-License-Identifier: GPL-2.0-or-later
/* The namespaces that a context works in: a descriptor and sockets for each. */
#include "host/space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

#define DESCRIPTORS_PER_SPACE 3 /* the namespace, rtnetlink, nfnetlink */
#define DESCRIPTORS_ELSE 256

/* The index of @name in the sorted table, or the one at which to insert it. */
static size_t place_of(const struct netd *netd, const char *name, bool *found)
{
	size_t low = 0, high = netd->space_count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, netd->spaces[middle]->name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void space_free(struct netd_space *s)
{
	if (s->has_nft)
		netd_nft_close(&s->nft);
	netd_nl_done(&s->nl);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static void cleanup_space(struct netd_space **s)
{
	if (*s)
		space_free(*s);
}

struct netd_space *netd_space_find(const struct netd *netd, const char *name)
{
	bool found;
	size_t i = place_of(netd, name, &found);

	if (found)
		return netd->spaces[i];
	return NULL;
}

static int insert(struct netd *netd, struct netd_space *s)
{
	struct netd_space **grown = reallocarray(netd->spaces, netd->space_count + 1,
						 sizeof(struct netd_space *));
	struct stat st;
	bool found;
	size_t i;

	if (!grown)
		return -ENOMEM;
	if (fstat(s->fd, &st) == 0)
		s->inode = st.st_ino;
	netd->spaces = grown;
	i = place_of(netd, s->name, &found);
	memmove(&grown[i + 1], &grown[i],
		(netd->space_count - i) * sizeof(struct netd_space *));
	grown[i] = s;
	netd->space_count++;
	return 0;
}

void netd_space_forget(struct netd *netd, const char *name)
{
	bool found;
	size_t i = place_of(netd, name, &found);

	if (!found)
		return;
	space_free(netd->spaces[i]);
	netd->space_count--;
	memmove(&netd->spaces[i], &netd->spaces[i + 1],
		(netd->space_count - i) * sizeof(struct netd_space *));
}

/* Must be opened before the thread leaves its namespace for the first time. */
static int open_home(struct netd *netd, struct netd_error *err)
{
	int fd;

	if (netd->home >= 0)
		return 0;
	fd = netd_netns_current(err);
	if (fd < 0)
		return fd;
	netd->home = fd;
	return 0;
}

int netd_space_enter(struct netd *netd, struct netd_space *space, struct netd_error *err)
{
	int r = open_home(netd, err);

	if (r)
		return r;
	r = netd_netns_enter(space->fd, err);
	if (r)
		return r;
	netd->away = true;
	return 0;
}

int netd_spaces_leave(struct netd *netd, struct netd_error *err)
{
	int r;

	if (!netd->away)
		return 0;
	r = netd_netns_enter(netd->home, err);
	netd->away = r < 0;
	return r;
}

int netd_spaces_return(struct netd *netd, int r, struct netd_error *err)
{
	int back = netd_spaces_leave(netd, err);

	if (r < 0)
		return r;
	return back;
}

static struct netd_space *space_new(const char *name)
{
	struct netd_space *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	netd_copy(s->name, name);
	s->fd = -1;
	s->nl.fd = -1;
	return s;
}

int netd_space_open(struct netd *netd, const char *name, struct netd_space **out,
		    struct netd_error *err)
{
	netd_auto(cleanup_space) struct netd_space *fresh = NULL;
	struct netd_space *s = netd_space_find(netd, name);
	netd_auto_close int living = -1;
	struct netd_netns_name found;
	int r = netd_netns_look_open(name, &found, &living, err);

	if (r < 0)
		return r;
	if (living < 0)
		return -ENOENT;
	if (s && s->inode == found.inode) {
		*out = s;
		return 0;
	}
	netd_space_forget(netd, name);
	fresh = space_new(name);
	if (!fresh)
		return netd_error_no_memory(err);
	fresh->fd = netd_take_fd(&living);
	r = netd_space_enter(netd, fresh, err);
	if (r < 0)
		return r;
	r = netd_nl_open_sharing(&fresh->nl, &netd->nl, err);
	if (r < 0)
		return r;
	if (insert(netd, fresh) < 0)
		return netd_error_no_memory(err);
	*out = netd_take(fresh);
	return 0;
}

int netd_space_make(struct netd *netd, const char *name, const struct netd_link_attrs *lo,
		    struct netd_space **out, struct netd_error *err)
{
	netd_auto(cleanup_space) struct netd_space *s = space_new(name);
	int r;

	if (!s)
		return netd_error_no_memory(err);
	r = open_home(netd, err);
	if (r < 0)
		return r;
	netd_space_forget(netd, name);
	netd->away = true;
	r = netd_netns_make(name, lo, &netd->nl, &s->fd, &s->nl, err);
	if (r < 0)
		return r;
	if (insert(netd, s) < 0)
		return netd_error_no_memory(err);
	*out = netd_take(s);
	return 0;
}

int netd_space_delete(struct netd *netd, const char *name, uint64_t inode,
		      struct netd_error *err)
{
	struct netd_netns_name found;
	int r = netd_netns_look(name, &found, err);

	netd_space_forget(netd, name);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (found.inode != inode)
		return netd_error_add(err, -EBUSY,
				      "namespace %s was replaced by another meanwhile",
				      name);
	return netd_netns_delete(name, err);
}

struct netd_nl *netd_space_nl(struct netd *netd, const char *name)
{
	struct netd_space *s;

	if (!*name)
		return &netd->nl;
	s = netd_space_find(netd, name);
	if (!s)
		return NULL;
	return &s->nl;
}

static int open_nft(struct netd *netd, struct netd_space *s, struct netd_error *err)
{
	int r = netd_space_enter(netd, s, err);

	if (r < 0)
		return r;
	r = netd_nft_open(&s->nft, err);
	s->has_nft = r >= 0;
	return r;
}

int netd_space_nft(struct netd *netd, const char *name, struct netd_nft **out,
		   struct netd_error *err)
{
	struct netd_space *s = netd_space_find(netd, name);

	if (!*name) {
		*out = &netd->nft;
		return 0;
	}
	if (!s)
		return netd_error_add(err, -ENOENT, "there is no namespace %s", name);
	*out = &s->nft;
	if (s->has_nft)
		return 0;
	return netd_spaces_return(netd, open_nft(netd, s, err), err);
}

void netd_spaces_done(struct netd *netd)
{
	for (size_t i = 0; i < netd->space_count; i++)
		space_free(netd->spaces[i]);
	free(netd->spaces);
	netd->spaces = NULL;
	netd->space_count = 0;
	if (netd->home >= 0)
		close(netd->home);
	netd->home = -1;
}

void netd_spaces_expect(size_t count)
{
	rlim_t wanted = DESCRIPTORS_ELSE + count * DESCRIPTORS_PER_SPACE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (wanted > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
