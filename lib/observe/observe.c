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

#include "observe/observe_space.h"
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
#include "foreign/foreign.h"
#include "foreign/legacy.h"
#include "ruleset/read.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "host/netns.h"
#include "rtnl/setting.h"
#include "host/sysctl.h"

#define DUMP_TRIES 5

/* Who only looks holds no lock: links may come between one dump and the next. */
static int observe_links(struct netd *netd, unsigned parts, struct netd_state *out,
			 struct netd_error *err)
{
	int r = 0;

	for (int i = 0; i < DUMP_TRIES && (i == 0 || out->torn); i++) {
		netd_state_done(out);
		r = netd_link_dump(&netd->nl, false, out, err);
		if (r == 0)
			r = netd_address_dump(&netd->nl, out, err);
		if (r == 0 && parts & NETD_PART_ROUTES)
			r = netd_route_dump(&netd->nl, out, err);
		if (r)
			return r;
	}
	return 0;
}

int netd_observe(struct netd *netd, unsigned parts, struct netd_scope *scope,
		 struct netd_state *out, struct netd_error *err)
{
	int r = observe_links(netd, parts, out, err);

	out->ruleset_skipped = !(parts & NETD_PART_FIREWALL);
	if (r == 0 && parts & NETD_PART_FIREWALL)
		r = netd_firewall_read(&netd->nft, &out->ruleset, err);
	if (r == 0 && scope)
		r = netd_observe_spaces(netd, scope, out, err);
	if (r == 0)
		r = netd_recognise(netd, scope ? scope->known : NULL,
				   scope ? NETD_ARRAY_SIZE(scope->known) : 0, out, err);
	if (r == 0)
		r = netd_services_observe(netd, out, err);
	if (r == 0 && scope && scope->orphans &&
	    netd_orphans_observe(netd, scope->orphans, out) < 0)
		r = netd_error_add(err, -ENOMEM, "out of memory");
	if (r == 0)
		r = netd_captures_observe(&netd->store, out, err);
	if (r < 0)
		netd_state_done(out);
	return r;
}

static int observe_foreign(struct netd *netd, const struct netd_state *desired,
			   struct netd_state *observed, struct netd_error *err)
{
	static const struct netd_ruleset nothing;
	const struct netd_state *want =
		observed->space[0] ? netd_state_space(desired, observed->space) : desired;
	struct netd_nft *nft;
	int r;

	if (observed->ruleset_skipped)
		return 0;
	r = netd_space_nft(netd, observed->space, &nft, err);
	if (r < 0)
		return r;
	return netd_firewall_read_foreign(nft, want ? &want->ruleset : &nothing,
					  &observed->ruleset, err);
}

int netd_observe_foreign(struct netd *netd, const struct netd_state *desired,
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

/* Without one it stays "". */
static int read_host_id(char *out, size_t size, struct netd_error *err)
{
	static const char file[] = "/etc/machine-id";
	netd_auto_free char *text = NULL;
	int r = netd_file_read(AT_FDCWD, file, 4096, &text, NULL, NULL);

	if (r < 0) {
		if (r != -ENOENT)
			return netd_error_add(err, r, "cannot read %s: %s", file,
					      strerror(-r));
		return 0;
	}
	text[strcspn(text, "\n")] = '\0';
	snprintf(out, size, "%s", text);
	return 0;
}

static int know_sysctl(struct netd_state *s, const char *path, int value)
{
	struct netd_sysctl *sysctl =
		netd_array_add(&s->sysctls, &s->sysctl_count, sizeof(*sysctl));

	if (!sysctl)
		return -ENOMEM;
	netd_copy(sysctl->path, path);
	sysctl->value = value;
	return 0;
}

/* Reads a setting of this host.  One that is not there: -ENOENT, and no problem. */
static int read_sysctl(const char *path, int *value, struct netd_error *err)
{
	int r = netd_sysctl_read(path, value);

	if (r < 0 && r != -ENOENT)
		return netd_error_add(err, r, "cannot read %s: %s", path, strerror(-r));
	return r;
}

/* Reads one setting; one that is not there stays unknown. */
static int add_sysctl(struct netd_state *s, const char *path, struct netd_error *err)
{
	int value, r;

	if (netd_setting_is_missing(s, path))
		return 0;
	r = netd_setting_find(s, path, &value) ? 0 : read_sysctl(path, &value, err);
	if (r == 0)
		r = know_sysctl(s, path, value);
	if (r == -ENOENT)
		return 0;
	return r;
}

static int read_ipv6_setting(struct netd_state *observed, const char *link,
			     const char *name, struct netd_error *err)
{
	char path[NETD_SYSCTL_PATH];

	snprintf(path, sizeof(path), "ipv6/conf/%s/%s", link, name);
	return add_sysctl(observed, path, err);
}

/*
 * Who lives from router advertisements, and who forwards; matters where IPv6 forwards all
 * or nothing.
 */
static int read_ipv6_settings(struct netd_state *observed, struct netd_error *err)
{
	int r = read_ipv6_setting(observed, "all", "forwarding", err);

	if (r == 0)
		r = read_ipv6_setting(observed, "default", "forwarding", err);
	if (r == 0)
		r = read_ipv6_setting(observed, "default", "accept_ra", err);
	for (size_t i = 0; r == 0 && i < observed->link_count; i++) {
		/* one with an uplink may listen, too */
		if (netd_link_is_ours(&observed->links[i]) &&
		    !netd_kind_of(&observed->links[i])->is_network)
			continue;
		r = read_ipv6_setting(observed, observed->links[i].name, "accept_ra",
				      err);
		if (r == 0)
			r = read_ipv6_setting(observed, observed->links[i].name,
					      "forwarding", err);
	}
	return r;
}

int netd_observe_facts(struct netd_state *observed, struct netd_facts *facts,
		       struct netd_error *err)
{
	char path[PATH_MAX];
	int value = 0, r;

	*facts = (struct netd_facts){.observed = observed};
	r = read_host_id(facts->host_id, sizeof(facts->host_id), err);
	if (r == 0)
		r = read_sysctl("bridge/bridge-nf-call-iptables", &value, err);
	if (r < 0 && r != -ENOENT)
		return r;
	facts->bridge_nf_call = value;
	facts->ipv6 = access("/proc/sys/net/ipv6/conf", F_OK) == 0;
	facts->force_forwarding =
		access("/proc/sys/net/ipv6/conf/all/force_forwarding", F_OK) == 0;
	facts->legacy4 = netd_firewall_legacy_hooks(AF_INET);
	facts->legacy6 = netd_firewall_legacy_hooks(AF_INET6);
	facts->no_dnsmasq = netd_dnsmasq_find(path) < 0;
	if (facts->ipv6 && !facts->force_forwarding)
		return read_ipv6_settings(observed, err);
	return 0;
}

int netd_observe_listeners(struct netd_state *observed, const struct netd_facts *facts,
			   struct netd_error *err)
{
	int r;

	if (!facts->ipv6 || !facts->force_forwarding)
		return 0;
	r = read_ipv6_setting(observed, "default", "accept_ra", err);
	if (r)
		return r;
	for (size_t i = 0; i < observed->link_count; i++) {
		if (!netd_link_is_ours(&observed->links[i]) ||
		    netd_kind_of(&observed->links[i])->is_network)
			r = read_ipv6_setting(observed, observed->links[i].name,
					      "accept_ra", err);
		if (r)
			return r;
	}
	return 0;
}

static int add_wanted_sysctls(struct netd_state *observed,
			      const struct netd_state *desired, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < desired->sysctl_count; i++) {
		r = add_sysctl(observed, desired->sysctls[i].path, err);
		if (r)
			return r;
	}
	return 0;
}

/* The two of a namespace that are its own; false if netlink does not tell. */
static bool find_wide(struct netd_space *space, const char *path, int *value)
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

/* What netlink does not tell takes a visit, since /proc/sys shows the reader's own. */
static int observe_space_settings(struct netd *netd, struct netd_space *space,
				  struct netd_state *have, const struct netd_state *want,
				  struct netd_error *err)
{
	int r = 0, value;

	for (size_t i = 0; r == 0 && i < want->sysctl_count; i++) {
		const struct netd_sysctl *s = &want->sysctls[i];

		if (s->initial || netd_setting_is_missing(have, s->path))
			continue;
		if (netd_setting_find(have, s->path, &value) ||
		    find_wide(space, s->path, &value)) {
			r = know_sysctl(have, s->path, value);
			continue;
		}
		r = netd_space_enter(netd, space, err);
		if (r == 0)
			r = add_sysctl(have, s->path, err);
	}
	netd_state_sort_sysctls(have);
	return r;
}

static int observe_space_sysctls(struct netd *netd, struct netd_state *observed,
				 const struct netd_state *desired, struct netd_error *err)
{
	int r = 0, back;

	for (size_t i = 0; r == 0 && i < desired->space_count; i++) {
		const struct netd_state *want = &desired->spaces[i];
		struct netd_state *have = netd_state_space(observed, want->space);
		struct netd_space *space = netd_space_find(netd, want->space);

		if (have && have->alive && space)
			r = observe_space_settings(netd, space, have, want, err);
	}
	back = netd_spaces_leave(netd, err);
	if (r)
		return r;
	return back;
}

/* What conf/default was set to is each newcomer's: looked at when it goes back. */
static int add_claimed_sysctl(struct netd_state *observed,
			      const struct netd_state *desired, const char *path,
			      struct netd_error *err)
{
	char link[NETD_SYSCTL_PATH], other[NETD_SYSCTL_PATH];
	int value, r = add_sysctl(observed, path, err);

	netd_sysctl_link(path, link);
	if (strcmp(link, "default") != 0 || netd_state_sysctl(desired, path, &value))
		return r;
	for (size_t i = 0; r == 0 && i < observed->link_count; i++) {
		if (netd_link_is_guest_port(&observed->links[i]))
			continue;
		netd_sysctl_path_of(path, observed->links[i].name, other);
		r = add_sysctl(observed, other, err);
	}
	return r;
}

/*
 * A setting of an interface that is not there yet cannot be read, and the plan sets it.
 * One that is wanted and claimed is read twice; that does no harm.
 */
int netd_observe_sysctls(struct netd *netd, struct netd_state *observed,
			 const struct netd_state *desired,
			 const struct netd_claims *claims, struct netd_error *err)
{
	int r = add_wanted_sysctls(observed, desired, err);

	for (size_t i = 0; r == 0 && i < claims->count; i++)
		if (claims->items[i].kind == NETD_CLAIM_SYSCTL)
			r = add_claimed_sysctl(observed, desired, claims->items[i].key,
					       err);
	netd_state_sort_sysctls(observed);
	if (r == 0)
		r = observe_space_sysctls(netd, observed, desired, err);
	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_add(err, r, "out of memory");
	return r;
}

int netd_observe_namespaces(const struct netd_topology *t,
			    const struct netd_state *observed,
			    const struct netd_state *desired, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_link *want = &desired->links[i];
		netd_auto_close int fd = -1;

		if (!want->peer_namespace[0] || netd_state_link(observed, want->name) ||
		    netd_state_space(desired, want->peer_namespace))
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
