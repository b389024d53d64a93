// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP and DNS servers: which run, and how they are started and stopped. */
#include "observe/services.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "observe/leases.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/compile.h"
#include "dhcp/guard.h"
#include "dhcp/holder.h"
#include "dhcp/process.h"
#include "host/netns.h"
#include "desired/desired_services.h"

/*
 * Theory of operation.  STATE/dhcp/NAME is the directory of service NAME: one that has a
 * `config` is a service that should run; without, it only keeps the leases of one that
 * was stopped, until the last of them has ended: guests may still use these addresses
 * when it is started again.  The first lines of the config say whose it is, so netd knows
 * its services from the disk as it knows its links from the kernel.
 */

#define TEXT_MAX_SIZE (16UL << 20)

int netd_services_directory(const struct netd *netd, const char *name, char *out,
			    size_t size)
{
	char state[PATH_MAX];

	/* dnsmasq runs in another directory than we do */
	if (!netd->store.path || !realpath(netd->store.path, state))
		return -ENOENT;
	if (snprintf(out, size, "%s/" NETD_SERVICES "/%s", state, name) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}

static DIR *open_services(const struct netd *netd)
{
	return netd_dir_open(netd->store.fd, NETD_SERVICES, O_NOFOLLOW);
}

/*
 * What runs
 */

/* *@out stays NULL if there is no such file, or the caller may not read it. */
static int read_text(int directory, const char *name, const char *file, char **out)
{
	char path[NAME_MAX + 32];
	int r;

	snprintf(path, sizeof(path), "%s/%s", name, file);
	r = netd_file_read(directory, path, TEXT_MAX_SIZE, out, NULL, NULL);
	if (r == -ENOENT || r == -ENOTDIR || r == -EACCES)
		return 0;
	return r;
}

static int observe_process(const struct netd *netd, const char *space,
			   struct netd_service *s)
{
	char directory[PATH_MAX];
	ino_t home, there = 0;
	pid_t pid;
	int r = 0;

	if (netd_services_directory(netd, s->name, directory, sizeof(directory)) < 0)
		return 0;
	pid = netd_dnsmasq_pid(directory);
	if (pid < 0 && pid != -EACCES)
		return pid;
	home = netd_netns_inode(*space ? space : NULL);
	if (pid > 0)
		r = netd_dnsmasq_space(pid, &there);
	/* a process that we may not look into counts as running */
	s->hidden = pid == -EACCES;
	s->running = s->hidden || r == -EACCES || (pid && home && there == home);
	if (s->running && !s->hidden && netd_dhcp_config_gives_ipv4(s->config))
		s->guard = netd_guard_state(directory);
	if (!s->running)
		netd_dnsmasq_last_words(directory, s->last_words, sizeof(s->last_words));
	return 0;
}

/* The same, but *@out is "" then. */
static int read_text_or_none(int directory, const char *name, const char *file,
			     char **out)
{
	int r = read_text(directory, name, file, out);

	if (r < 0 || *out)
		return r;
	*out = strdup("");
	if (!*out)
		return -ENOMEM;
	return 0;
}

/* 1, or 0 if that directory is none of a service's, -errno; the caller frees @s. */
static int observe_one(const struct netd *netd, int directory, const char *name,
		       struct netd_service *s)
{
	char space[NETD_NODE_NAME];
	int r = read_text(directory, name, NETD_DNSMASQ_CONFIG, &s->config);

	if (r < 0 || !s->config || !netd_copy(s->name, name) ||
	    netd_dhcp_parse_marks(s->config, s->owner, s->link, space) != 0)
		return r;
	r = read_text_or_none(directory, name, NETD_DNSMASQ_RESERVED, &s->reserved);
	if (r < 0)
		return r;
	r = read_text_or_none(directory, name, NETD_DNSMASQ_NAMES, &s->names);
	if (r < 0)
		return r;
	r = observe_process(netd, space, s);
	if (r < 0)
		return r;
	return 1;
}

/* Adds the service of that directory to @host, if there is one. */
static int observe_directory(const struct netd *netd, int directory, const char *name,
			     struct netd_state *host, struct netd_error *err)
{
	netd_auto(netd_service_done) struct netd_service s = {.running = false};
	struct netd_service *slot;
	int r = observe_one(netd, directory, name, &s);

	if (r < 0)
		return netd_error_add(err, r, "cannot look at dhcp %s: %s", name,
				      strerror(-r));
	if (r == 0)
		return 0;
	slot = netd_array_add(&host->services, &host->service_count, sizeof(*slot));
	if (!slot)
		return netd_error_no_memory(err);
	*slot = s;
	s = (struct netd_service){.running = false};
	return 0;
}

int netd_services_observe(struct netd *netd, struct netd_state *host,
			  struct netd_error *err)
{
	netd_auto_closedir DIR *d = open_services(netd);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		int r;

		if (entry->d_name[0] == '.')
			continue;
		r = observe_directory(netd, dirfd(d), entry->d_name, host, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * What is checked before a change
 */

static const struct netd_service *find(const struct netd_state *s, const char *name)
{
	for (size_t i = 0; i < s->service_count; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

/* A service of another topology may have the name: a network may be called "route1.lan".
 */
static int check_name(const struct netd_topology *t, const struct netd_state *observed,
		      const struct netd_service *want, struct netd_error *err)
{
	const struct netd_service *have = find(observed, want->name);

	if (!have || strcmp(have->owner, want->owner) == 0 ||
	    netd_owner_is(have->owner, t->name))
		return 0;
	return netd_topology_error(t, err, want->place,
				   "dhcp %s: %s has a service of that name", want->name,
				   have->owner);
}

static int check_names(const struct netd_topology *t, const struct netd_state *observed,
		       const struct netd_desired *desired, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < desired->service_count; i++)
		if (check_name(t, observed, &desired->services[i], err) < 0)
			r = -EINVAL;
	for (size_t i = 0; i < desired->space_count; i++)
		if (check_names(t, observed, &desired->spaces[i], err) < 0)
			r = -EINVAL;
	return r;
}

static int check_tftp(const struct netd_topology *t, const struct netd_dhcp *dhcp,
		      const char *name, struct netd_error *err)
{
	struct stat st;

	if (!dhcp->enabled || !dhcp->tftp_root[0])
		return 0;
	if (stat(dhcp->tftp_root, &st) < 0)
		return netd_topology_error(t, err, dhcp->tftp_place,
					   "dhcp %s: tftp: %s: %s", name, dhcp->tftp_root,
					   strerror(errno));
	if (S_ISDIR(st.st_mode))
		return 0;
	return netd_topology_error(t, err, dhcp->tftp_place,
				   "dhcp %s: tftp: %s is no directory", name,
				   dhcp->tftp_root);
}

static int check_directories(const struct netd_topology *t, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < t->network_count; i++)
		if (check_tftp(t, &t->networks[i].dhcp, t->networks[i].name, err) < 0)
			r = -EINVAL;
	for (size_t i = 0; i < t->node_count; i++)
		for (size_t j = 0; j < t->nodes[i].interface_count; j++)
			if (check_tftp(t, &t->nodes[i].interfaces[j].dhcp,
				       t->nodes[i].name, err) < 0)
				r = -EINVAL;
	return r;
}

static int port_error(const struct netd_topology *t, const struct netd_service *want,
		      const char *where, const char *name, pid_t pid,
		      struct netd_error *err)
{
	netd_topology_error(t, err, want->place,
			    "dhcp %s: port 53 (DNS) of %s is taken by %s (process %d)",
			    want->name, where, name, pid);
	netd_error_hint(err, NETD_DNSMASQ_PORT_HINT);
	return -EINVAL;
}

/* True if it is the process of a service of @s. */
static bool is_ours(const struct netd *netd, const struct netd_state *s, pid_t pid)
{
	char directory[PATH_MAX];

	for (size_t i = 0; i < s->service_count; i++)
		if (netd_services_directory(netd, s->services[i].name, directory,
					    sizeof(directory)) == 0 &&
		    netd_dnsmasq_pid(directory) == pid)
			return true;
	return false;
}

/* For a service that died: another program may have taken its port on its addresses. */
static int check_own_ports(const struct netd *netd, const struct netd_topology *t,
			   const struct netd_state *observed,
			   const struct netd_desired *desired,
			   const struct netd_service *want, struct netd_error *err)
{
	for (size_t i = 0; i < desired->addr_count; i++) {
		const struct netd_ifaddr *a = &desired->addrs[i];
		char name[32] = "", text[NETD_ADDR_TEXT];
		pid_t pid;

		if (strcmp(a->link, want->link) != 0)
			continue;
		pid = netd_port_holder(&a->prefix.addr, 53, NETD_PORT_OF_TCP, name,
				       sizeof(name));
		if (pid && !is_ours(netd, observed, pid))
			return port_error(t, want,
					  netd_addr_format(&a->prefix.addr, text), name,
					  pid, err);
	}
	return 0;
}

/*
 * A program that listens for TCP on port 53 of all addresses keeps a server from
 * listening on one of them.  For UDP this cannot be told before: it depends on an option
 * of the other program's socket.
 */
static int check_ports(const struct netd *netd, const struct netd_topology *t,
		       const struct netd_state *observed,
		       const struct netd_desired *desired, struct netd_error *err)
{
	const struct netd_service *fresh = NULL;
	char name[32] = "";
	pid_t pid;

	for (size_t i = 0; i < desired->service_count; i++) {
		const struct netd_service *want = &desired->services[i];
		const struct netd_service *have = find(observed, want->name);

		if (!netd_dhcp_config_has_dns(want->config) || (have && have->running))
			continue;
		if (!fresh)
			fresh = want;
		if (have && check_own_ports(netd, t, observed, desired, want, err) < 0)
			return -EINVAL;
	}
	if (!fresh)
		return 0;
	pid = netd_port_holder(NULL, 53, NETD_PORT_OF_TCP, name, sizeof(name));
	if (!pid)
		return 0;
	return port_error(t, fresh, "every address", name, pid, err);
}

/* A service that is to be started again: if that failed, guests would have none. */
static const struct netd_service *find_again(const struct netd_state *observed,
					     const struct netd_desired *desired)
{
	for (size_t i = 0; i < desired->service_count; i++) {
		const struct netd_service *want = &desired->services[i];
		const struct netd_service *have = find(observed, want->name);

		if (have && (!have->running || strcmp(have->config, want->config) != 0))
			return want;
	}
	return NULL;
}

/* Tests dnsmasq before the old process is ended. */
static int check_program(const struct netd_state *observed,
			 const struct netd_desired *desired, struct netd_error *err)
{
	const struct netd_service *again = find_again(observed, desired);

	for (size_t i = 0; !again && i < desired->space_count; i++)
		again = find_again(observed, &desired->spaces[i]);
	if (again)
		return netd_dnsmasq_test(again->name, err);
	return 0;
}

int netd_services_check(const struct netd *netd, const struct netd_topology *t,
			const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *err)
{
	const int results[] = {
		netd_desired_services_check(t, facts, err),
		check_names(t, facts->observed, desired, err),
		check_directories(t, err),
		check_ports(netd, t, facts->observed, desired, err),
		check_program(facts->observed, desired, err),
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(results); i++)
		if (results[i] < 0)
			return results[i];
	return 0;
}

/*
 * Removing what is left
 */

/* Removes the files in that directory, and closes its descriptor. */
static void remove_files(int directory)
{
	netd_auto_closedir DIR *d = fdopendir(directory);
	struct dirent *entry;

	if (!d)
		close(directory);
	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(d), entry->d_name, 0);
}

/* True if guests have leases of that service that have not ended. */
static bool has_leases(const struct netd *netd, const char *service)
{
	netd_auto_free struct netd_lease *leases = NULL;
	size_t count = 0;

	return netd_lease_read(&netd->store, service, &leases, &count, NULL) == 0 &&
	       count;
}

/* Keeps a service that runs and, unless @leases, one with leases that have not ended. */
static void remove_stopped(const struct netd *netd, int services, const char *name,
			   bool leases)
{
	int fd = openat(services, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int used;

	if (fd < 0)
		return;
	if (faccessat(fd, NETD_DNSMASQ_CONFIG, F_OK, 0) == 0 ||
	    (!leases && has_leases(netd, name))) {
		close(fd);
		return;
	}
	used = openat(fd, NETD_GUARD_USED,
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (used >= 0)
		remove_files(used);
	unlinkat(fd, NETD_GUARD_USED, AT_REMOVEDIR);
	remove_files(fd);
	unlinkat(services, name, AT_REMOVEDIR);
}

static void remove_services(const struct netd *netd)
{
	unlinkat(netd->store.fd, NETD_SERVICES, AT_REMOVEDIR); /* if it is empty */
}

void netd_services_sweep(struct netd *netd)
{
	netd_auto_closedir DIR *d = open_services(netd);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			remove_stopped(netd, dirfd(d), entry->d_name, false);
	remove_services(netd);
}

void netd_network_forget(struct netd *netd, const char *network)
{
	netd_auto_closedir DIR *d = open_services(netd);

	if (d && !netd_network_name_problem(network))
		remove_stopped(netd, dirfd(d), network, true);
	remove_services(netd);
}
