// SPDX-License-Identifier: GPL-2.0-or-later
/* Leases: listed, and waited for. */
#include "observe/leases.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/suggest.h"
#include "base/table.h"
#include "host/context.h"
#include "netd.h"

/*
 * Theory of operation.  dnsmasq writes its file of leases in place when one changes, and
 * notifies nobody.  So the leases are read from the file, and netd_lease_wait() watches
 * the directories of the services by inotify.  The watch is set before the file is read
 * for the first time, so that no change is missed in between.
 */

static const struct netd_column columns[] = {
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"NAME", "name", NETD_COLUMN_TEXT},
	{"ADDRESS", "address", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"EXPIRES IN", NULL, NETD_COLUMN_TEXT},
	{NULL, "machine", NETD_COLUMN_TEXT},
	{NULL, "host", NETD_COLUMN_TEXT},
	{NULL, "expires", NETD_COLUMN_OPTIONAL},
	{NULL, "seconds_left", NETD_COLUMN_OPTIONAL},
	{NULL, "topology", NETD_COLUMN_TEXT},
	{NULL, "service", NETD_COLUMN_TEXT},
};

struct listing {
	const struct netd_store *store;
	const char *network; /* only this one; NULL: all */
	const char *name;    /* only of this machine or guest; NULL: all … */
	bool known;	     /* … of the machine: @name is that of one with a MAC */
	const char *topology;
	struct netd_table table;
};

static void listing_done(struct listing *l)
{
	netd_table_done(&l->table);
}

/* "1d 2h", "59m 3s": the two largest units. */
static void add_left(struct netd_table *table, int64_t expires, int64_t left)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	if (!expires) {
		netd_table_add_text(table, "never");
		return;
	}
	while (i < 3 && left < units[i].seconds)
		i++;
	if (i == 3 || left % units[i].seconds < units[i + 1].seconds)
		netd_table_addf(table, "%lld%c", (long long)(left / units[i].seconds),
				units[i].unit);
	else
		netd_table_addf(
			table, "%lld%c %lld%c", (long long)(left / units[i].seconds),
			units[i].unit,
			(long long)(left % units[i].seconds / units[i + 1].seconds),
			units[i + 1].unit);
}

/* A guest chooses its own host name, so a machine with a MAC is told by its MAC only. */
static bool is_meant(const struct listing *l, const struct netd_machine *m,
		     const struct netd_lease *lease)
{
	if (!l->name || (m && strcasecmp(m->name, l->name) == 0))
		return true;
	return !l->known && strcasecmp(lease->host, l->name) == 0;
}

static void add_row(struct listing *l, const struct netd_network *n, const char *service,
		    const struct netd_lease *lease)
{
	const struct netd_machine *m = netd_lease_machine(n, lease);
	const char *machine = "", *name = lease->host;
	char address[NETD_ADDR_TEXT], mac[NETD_MAC_TEXT] = "", number[24] = "";
	int64_t left = lease->expires - (int64_t)time(NULL);
	struct netd_table *table = &l->table;

	if (!is_meant(l, m, lease))
		return;
	if (lease->has_mac)
		netd_mac_format(&lease->mac, mac);
	if (m)
		machine = name = m->name;
	if (left < 0)
		left = 0;
	netd_table_add_text(table, n->name);
	netd_table_add_text(table, name);
	netd_table_add_text(table, netd_addr_format(&lease->address, address));
	netd_table_add_text(table, mac);
	add_left(table, lease->expires, left);
	netd_table_add_text(table, machine);
	netd_table_add_text(table, lease->host);
	if (lease->expires)
		snprintf(number, sizeof(number), "%lld", (long long)lease->expires);
	netd_table_add_text(table, number);
	if (lease->expires)
		snprintf(number, sizeof(number), "%lld", (long long)left);
	netd_table_add_text(table, number);
	netd_table_add_text(table, l->topology);
	netd_table_add_text(table, service);
}

static int compare_leases(const void *a, const void *b)
{
	return netd_addr_compare(&((const struct netd_lease *)a)->address,
				 &((const struct netd_lease *)b)->address);
}

static int list_service(const struct netd_network *n, const char *service, void *data,
			struct netd_error *err)
{
	struct listing *l = data;
	netd_auto_free struct netd_lease *leases = NULL;
	size_t count = 0;
	int r;

	if (l->network && strcmp(l->network, n->name) != 0)
		return 0;
	r = netd_lease_read(l->store, service, &leases, &count, err);
	if (r < 0)
		return r;
	if (count)
		qsort(leases, count, sizeof(*leases), compare_leases);
	for (size_t i = 0; i < count; i++)
		add_row(l, n, service, &leases[i]);
	return 0;
}

/*
 * All running topologies
 */

/* What runs; nothing if there is no state directory. */
static int load_running(struct netd *netd, struct netd_topologies *running,
			struct netd_error *err)
{
	if (netd->store.fd < 0) {
		int r = netd_store_open(&netd->store, netd->state_dir, false, err);

		if (r == -ENOENT)
			return 0;
		if (r < 0)
			return r;
	}
	return netd_store_load_all(&netd->store, running, err);
}

static int check_network(const struct netd_topologies *running, const char *network,
			 struct netd_error *err)
{
	struct netd_suggest near = {.word = network};

	if (!network)
		return 0;
	for (size_t i = 0; i < running->count; i++)
		for (size_t j = 0; j < running->items[i]->network_count; j++) {
			netd_suggest_try(&near, running->items[i]->networks[j].name);
			if (strcmp(running->items[i]->networks[j].name, network) == 0)
				return 0;
		}
	netd_error_add(err, -ENOENT, "network %s is not running", network);
	if (!netd_suggest_hint(&near, err))
		netd_error_hint(err, "`netdctl network list` shows those that are");
	return -ENOENT;
}

static int list_all(struct netd *netd, const struct netd_topologies *running,
		    struct listing *l, struct netd_error *err)
{
	l->store = &netd->store;
	l->table.columns = columns;
	l->table.column_count = NETD_ARRAY_SIZE(columns);
	for (size_t i = 0; i < running->count; i++) {
		int r;

		l->topology = running->items[i]->name;
		r = netd_lease_services(running->items[i], list_service, l, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_leases(struct netd *netd, const char *network, struct netd_table **out,
		struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies running = {0};
	netd_auto(listing_done) struct listing l = {.network = network};
	int r = load_running(netd, &running, err);

	if (r < 0)
		return r;
	r = check_network(&running, network, err);
	if (r < 0)
		return r;
	r = list_all(netd, &running, &l, err);
	if (r < 0)
		return r;
	return netd_table_hand_over(&l.table, out, err);
}

/*
 * Waiting
 */

struct watch {
	struct netd *netd;
	int fd;
	size_t count;
};

static void watch_done(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
}

static int watch_service(const struct netd_network *n, const char *service, void *data,
			 struct netd_error *err)
{
	struct watch *w = data;
	char path[PATH_MAX];

	(void)n;
	(void)err;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/dhcp/%s", w->netd->store.fd,
		 service);
	if (inotify_add_watch(w->fd, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) >= 0)
		w->count++;
	return 0;
}

static int watch_make(struct netd *netd, const struct netd_topologies *running,
		      struct watch *w, struct netd_error *err)
{
	w->netd = netd;
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0) {
		int code = -errno;

		return netd_error_add(err, code, "cannot watch leases: %s",
				      strerror(-code));
	}
	for (size_t i = 0; i < running->count; i++) {
		int r = netd_lease_services(running->items[i], watch_service, w, err);

		if (r < 0)
			return r;
	}
	if (w->count)
		return 0;
	netd_error_add(err, -ENOENT, "no running network serves DHCP");
	netd_error_hint(err, "`dhcp: true` in a network's file makes it do so");
	return -ENOENT;
}

/* False if nothing was written until @deadline. */
static bool wait_written(int fd, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char events[4096];
	int64_t left = deadline - netd_now_ms();

	if (left > INT_MAX)
		left = INT_MAX;
	if (left <= 0 || poll(&p, 1, (int)left) == 0)
		return false;
	while (read(fd, events, sizeof(events)) > 0)
		;
	return true;
}

/* True if some network has a machine of that name that is known by its MAC. */
static bool is_known(const struct netd_topologies *running, const char *name)
{
	for (size_t i = 0; i < running->count; i++)
		for (size_t j = 0; j < running->items[i]->network_count; j++) {
			const struct netd_network *n = &running->items[i]->networks[j];

			for (size_t k = 0; k < n->machine_count; k++)
				if (n->machines[k].has_mac &&
				    strcasecmp(n->machines[k].name, name) == 0)
					return true;
		}
	return false;
}

/* Lists @name's leases once there are some; -ETIMEDOUT (no problem) at the deadline. */
static int list_until(struct netd *netd, const struct netd_topologies *running,
		      const char *name, const struct watch *w, int64_t deadline,
		      struct netd_table *found, struct netd_error *err)
{
	for (;;) {
		struct listing l = {.name = name, .known = is_known(running, name)};
		int r = list_all(netd, running, &l, err);

		if (r < 0 || l.table.cell_count) {
			*found = l.table;
			return r;
		}
		netd_table_done(&l.table);
		if (!wait_written(w->fd, deadline))
			return -ETIMEDOUT;
	}
}

int netd_lease_wait(struct netd *netd, const char *name, unsigned seconds,
		    struct netd_table **out, struct netd_error *err)
{
	int64_t deadline = netd_now_ms() + (int64_t)seconds * 1000;
	netd_auto(netd_topologies_done) struct netd_topologies running = {0};
	netd_auto(netd_table_done) struct netd_table found = {0};
	netd_auto(watch_done) struct watch w = {.fd = -1};
	int r = load_running(netd, &running, err);

	if (r < 0)
		return r;
	r = watch_make(netd, &running, &w, err);
	if (r < 0)
		return r;
	r = list_until(netd, &running, name, &w, deadline, &found, err);
	if (r == -ETIMEDOUT) {
		netd_error_add(err, r, "%s has no lease after %u s", name, seconds);
		netd_error_hint(err, "`netdctl leases` shows those that there are");
	}
	if (r < 0)
		return r;
	return netd_table_hand_over(&found, out, err);
}
