// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel has now, and what planning must know of the host. */
#include "observe/observe.h"
#include "kind/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "observe/orphans.h"
#include "observe/recognise.h"
#include "observe/services.h"
#include "host/space.h"
#include "store/uplink_file.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/process.h"
#include "advise/sysctl_files.h"
#include "foreign/foreign.h"
#include "foreign/legacy.h"
#include "ruleset/read.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "host/netns.h"
#include "rtnl/setting.h"
#include "host/sysctl.h"

#define DUMP_TRIES 5

static int dump(struct netd_nl *nl, unsigned parts, bool counters, struct netd_state *out,
		struct netd_error *err)
{
	int r = netd_link_dump(nl, counters, out, err);

	if (r < 0)
		return r;
	r = netd_address_dump(nl, out, err);
	if (r < 0 || !(parts & NETD_PART_ROUTES))
		return r;
	return netd_route_dump(nl, out, err);
}

/* Readers take no lock, so a link may appear between two dumps. */
int netd_observe_netlink(struct netd_nl *nl, unsigned parts, bool counters,
			 struct netd_state *out, struct netd_error *err)
{
	int r = dump(nl, parts, counters, out, err);

	for (int i = 1; i < DUMP_TRIES && r == 0 && out->torn; i++) {
		netd_state_done(out);
		r = dump(nl, parts, counters, out, err);
	}
	return r;
}

static int observe_scope(struct netd *netd, struct netd_scope *scope,
			 struct netd_state *out, struct netd_error *err)
{
	int r = netd_observe_spaces(netd, scope, out, err);

	if (r < 0)
		return r;
	return netd_recognise(netd, scope->known, NETD_ARRAY_SIZE(scope->known), out,
			      err);
}

static int observe_all(struct netd *netd, unsigned parts, struct netd_scope *scope,
		       struct netd_state *out, struct netd_error *err)
{
	int r = netd_observe_netlink(&netd->nl, parts, false, out, err);

	if (r < 0)
		return r;
	out->ruleset_skipped = !(parts & NETD_PART_FIREWALL);
	if (!out->ruleset_skipped) {
		r = netd_firewall_read(&netd->nft, &out->ruleset, err);
		if (r < 0)
			return r;
	}
	if (scope)
		r = observe_scope(netd, scope, out, err);
	else
		r = netd_recognise(netd, NULL, 0, out, err);
	if (r < 0)
		return r;
	r = netd_services_observe(netd, out, err);
	if (r < 0)
		return r;
	if (scope && scope->orphans &&
	    netd_orphans_observe(netd, scope->orphans, out) < 0)
		return netd_error_no_memory(err);
	return netd_captures_observe(&netd->store, out, err);
}

int netd_observe(struct netd *netd, unsigned parts, struct netd_scope *scope,
		 struct netd_state *out, struct netd_error *err)
{
	int r = observe_all(netd, parts, scope, out, err);

	if (r < 0)
		netd_state_done(out);
	return r;
}

/* It is asked for by sockets of the namespace that the thread is in. */
static int observe_legacy(struct netd *netd, struct netd_state *observed,
			  struct netd_error *err)
{
	struct netd_space *space = netd_space_find(netd, observed->space);
	int r, back;

	if (space) {
		r = netd_space_enter(netd, space, err);
		if (r < 0)
			return r;
	}
	r = netd_legacy_read(&observed->ruleset, err);
	back = netd_spaces_leave(netd, err);
	if (r < 0)
		return r;
	return back;
}

static int observe_foreign(struct netd *netd, const struct netd_desired *desired,
			   struct netd_state *observed, struct netd_error *err)
{
	static const struct netd_ruleset nothing;
	const struct netd_ruleset *want = &desired->ruleset;
	struct netd_nft *nft;
	int r;

	if (observed->ruleset_skipped)
		return 0;
	if (observed->space[0]) {
		const struct netd_desired *space =
			netd_desired_space(desired, observed->space);

		want = &nothing;
		if (space)
			want = &space->ruleset;
	}
	r = netd_space_nft(netd, observed->space, &nft, err);
	if (r < 0)
		return r;
	r = netd_firewall_read_foreign(nft, want, &observed->ruleset, err);
	if (r < 0 || !want->passes)
		return r;
	return observe_legacy(netd, observed, err);
}

int netd_observe_foreign(struct netd *netd, const struct netd_desired *desired,
			 struct netd_state *observed, struct netd_error *err)
{
	int r = observe_foreign(netd, desired, observed, err);

	if (r)
		return r;
	for (size_t i = 0; i < observed->space_count; i++) {
		if (observed->spaces[i].alive && observed->spaces[i].owner[0])
			r = observe_foreign(netd, desired, &observed->spaces[i], err);
		if (r)
			return r;
	}
	return 0;
}

/* @out stays as it is if the host has no machine ID. */
static int read_host_id(char *out, size_t size, struct netd_error *err)
{
	static const char file[] = "/etc/machine-id";
	netd_auto_free char *text = NULL;
	int r = netd_file_read(AT_FDCWD, file, 4096, &text, NULL, NULL);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return netd_error_add(err, r, "cannot read %s: %s", file, strerror(-r));
	text[strcspn(text, "\n")] = '\0';
	snprintf(out, size, "%s", text);
	return 0;
}

/* Reads a setting of this host.  -ENOENT, without a problem: the host has none such. */
static int read_sysctl(const char *path, int *value, struct netd_error *err)
{
	int r = netd_sysctl_read(path, value);

	if (r < 0 && r != -ENOENT)
		return netd_error_add(err, r, "cannot read %s: %s", path, strerror(-r));
	return r;
}

/* Adds one setting, out of the dump or out of /proc; one that does not exist is left out.
 */
static int add_sysctl(struct netd_state *s, const char *path, struct netd_error *err)
{
	int value;

	if (netd_setting_is_missing(s, path))
		return 0;
	if (!netd_setting_find(s, path, &value)) {
		int r = read_sysctl(path, &value, err);

		if (r == -ENOENT)
			return 0;
		if (r < 0)
			return r;
	}
	if (!netd_objects_add_sysctl(&s->objects, path, value))
		return netd_error_no_memory(err);
	return 0;
}

static int read_ipv6_setting(struct netd_state *observed, const char *link,
			     const char *name, struct netd_error *err)
{
	char path[NETD_SYSCTL_PATH];

	snprintf(path, sizeof(path), "ipv6/conf/%s/%s", link, name);
	return add_sysctl(observed, path, err);
}

/* Reads that setting of new links, and of each that may listen to router advertisements:
 * others' links, and our bridges, since one with an uplink may. */
static int read_ipv6_setting_of_links(struct netd_state *observed, const char *name,
				      struct netd_error *err)
{
	int r = read_ipv6_setting(observed, "default", name, err);

	for (size_t i = 0; r >= 0 && i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];

		if (!netd_link_is_ours(link) || netd_kind_of(link)->is_network)
			r = read_ipv6_setting(observed, link->name, name, err);
	}
	return r;
}

/*
 * Which links take router advertisements, and which forward; it matters on kernels where
 * IPv6 forwards between all links or none.
 */
static int read_ipv6_settings(struct netd_state *observed, struct netd_error *err)
{
	static const char *const names[] = {"accept_ra", "forwarding"};
	int r = read_ipv6_setting(observed, "all", "forwarding", err);

	for (size_t n = 0; r >= 0 && n < NETD_ARRAY_SIZE(names); n++)
		r = read_ipv6_setting_of_links(observed, names[n], err);
	return r;
}

/*
 * conf/all of IPv4 is not asked for: who writes it writes each interface's, and nobody
 * else loopback's (net/ipv4/devinet.c inet_forward_change()).
 */
static bool is_router4(const struct netd_state *observed)
{
	const struct netd_link *lo = netd_state_link(observed, "lo");

	return lo && lo->settings_known & 1U << NETD_SETTING_FORWARDING4 &&
	       lo->settings[NETD_SETTING_FORWARDING4];
}

static int find_routing(const struct netd_state *observed, struct netd_facts *facts,
			struct netd_error *err)
{
	int value = 0;
	int r = read_sysctl("ipv6/conf/all/force_forwarding", &value, err);

	if (r < 0 && r != -ENOENT)
		return r;
	facts->force_forwarding = r == 0;
	facts->router6 = value;
	facts->router4 = is_router4(observed);
	return 0;
}

int netd_observe_facts(struct netd_state *observed, struct netd_facts *facts,
		       struct netd_error *err)
{
	char path[PATH_MAX];
	int value = 0, r;

	*facts = (struct netd_facts){.observed = observed};
	r = read_host_id(facts->host_id, sizeof(facts->host_id), err);
	if (r < 0)
		return r;
	r = read_sysctl("bridge/bridge-nf-call-iptables", &value, err);
	if (r < 0 && r != -ENOENT)
		return r;
	facts->bridge_nf_call = value;
	facts->ipv6 = access("/proc/sys/net/ipv6/conf", F_OK) == 0;
	r = find_routing(observed, facts, err);
	if (r < 0)
		return r;
	facts->no_dnsmasq = netd_dnsmasq_find(path) < 0;
	if (facts->ipv6 && !facts->force_forwarding)
		return read_ipv6_settings(observed, err);
	return 0;
}

int netd_observe_listeners(struct netd_state *observed, const struct netd_facts *facts,
			   struct netd_error *err)
{
	if (!facts->ipv6 || !facts->force_forwarding)
		return 0;
	return read_ipv6_setting_of_links(observed, "accept_ra", err);
}

/* The two settings of a namespace that are no link's; false if netlink does not tell. */
static bool find_forwarding(struct netd_space *space, const char *path, int *value)
{
	static const struct {
		const char *path;
		uint8_t family;
	} rows[] = {
		{"ipv4/conf/all/forwarding", AF_INET},
		{"ipv6/conf/all/forwarding", AF_INET6},
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].path, path) == 0)
			return netd_setting_forwarding(&space->nl, rows[i].family,
						       value) == 0;
	return false;
}

/*
 * A setting that netlink does not tell is read in the namespace, since /proc/sys shows
 * the reader's own; the thread may be there afterwards.
 */
static int observe_space_settings(struct netd *netd, struct netd_space *space,
				  struct netd_state *have,
				  const struct netd_desired *want, struct netd_error *err)
{
	for (size_t i = 0; i < want->sysctl_count; i++) {
		const struct netd_sysctl *s = &want->sysctls[i];
		int value, r;

		if (s->initial || netd_setting_is_missing(have, s->path))
			continue;
		if (netd_setting_find(have, s->path, &value) ||
		    find_forwarding(space, s->path, &value)) {
			if (!netd_objects_add_sysctl(&have->objects, s->path, value))
				return netd_error_no_memory(err);
			continue;
		}
		r = netd_space_enter(netd, space, err);
		if (r < 0)
			return r;
		r = add_sysctl(have, s->path, err);
		if (r < 0)
			return r;
	}
	netd_state_sort_sysctls(have);
	return 0;
}

static int observe_space_sysctls(struct netd *netd, struct netd_state *observed,
				 const struct netd_desired *desired,
				 struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < desired->space_count; i++) {
		const struct netd_desired *want = &desired->spaces[i];
		struct netd_state *have = netd_state_space(observed, want->space);
		struct netd_space *space = netd_space_find(netd, want->space);

		if (have && have->alive && space)
			r = observe_space_settings(netd, space, have, want, err);
	}
	return netd_spaces_return(netd, r, err);
}

/* Whether somebody wants it so for good, who does not show otherwise (reliance.c). */
static void look_into_files(struct netd_state *observed,
			    const struct netd_desired *desired, const char *path)
{
	struct netd_sysctl *last = observed->sysctls + observed->sysctl_count - 1;
	char file[PATH_MAX];
	int value;

	if (observed->sysctl_count && !strcmp(last->path, path) &&
	    !netd_desired_sysctl(desired, path, &value))
		last->filed =
			netd_sysctl_files_find(path, last->value, file, sizeof(file));
}

/* Every link that came since has what conf/default was set to, and gets it back, too. */
static int add_claimed_sysctl(struct netd_state *observed,
			      const struct netd_desired *desired, const char *path,
			      struct netd_error *err)
{
	char link[NETD_SYSCTL_PATH], other[NETD_SYSCTL_PATH];
	int value, r = add_sysctl(observed, path, err);

	netd_sysctl_link(path, link);
	if (r >= 0 && !strcmp(link, "all"))
		look_into_files(observed, desired, path);
	if (strcmp(link, "default") != 0 || netd_desired_sysctl(desired, path, &value))
		return r;
	for (size_t i = 0; r >= 0 && i < observed->link_count; i++) {
		if (netd_link_is_guest_port(&observed->links[i]))
			continue;
		netd_sysctl_path_of(path, observed->links[i].name, other);
		r = add_sysctl(observed, other, err);
	}
	return r;
}

/*
 * A setting of a link that does not exist yet cannot be read; the plan sets it.  One that
 * is both wanted and claimed is read twice, which does no harm.
 */
int netd_observe_sysctls(struct netd *netd, struct netd_state *observed,
			 const struct netd_desired *desired,
			 const struct netd_claims *claims, struct netd_error *err)
{
	for (size_t i = 0; i < desired->sysctl_count; i++) {
		int r = add_sysctl(observed, desired->sysctls[i].path, err);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < claims->count; i++) {
		const struct netd_claim *c = &claims->items[i];
		int r = 0;

		if (c->kind == NETD_CLAIM_SYSCTL)
			r = add_claimed_sysctl(observed, desired, c->key, err);
		if (r < 0)
			return r;
	}
	netd_state_sort_sysctls(observed);
	return observe_space_sysctls(netd, observed, desired, err);
}

int netd_observe_namespaces(const struct netd_topology *t,
			    const struct netd_state *observed,
			    const struct netd_desired *desired, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		netd_auto_close int fd = -1;

		if (!want->peer_namespace[0] || netd_state_link(observed, want->name) ||
		    netd_desired_space(desired, want->peer_namespace))
			continue;
		fd = netd_netns_open(want->peer_namespace, NULL);
		if (fd != -ENOENT)
			continue;
		r = netd_topology_error(t, err, want->place,
					"veth %s: there is no namespace %s", want->name,
					want->peer_namespace);
		netd_error_hint(err, "`ip netns list` shows those that exist");
	}
	return r;
}
