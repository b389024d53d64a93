// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel has now, and what planning must know of the host. */
#include "apply/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "firewall/read.h"
#include "kernel/address.h"
#include "kernel/link.h"
#include "kernel/netns.h"
#include "kernel/sysctl.h"

int netd_observe(struct netd *netd, unsigned parts, struct netd_state *out,
		 struct netd_error *err)
{
	int r = netd_link_dump(&netd->nl, false, out, err);

	if (r == 0)
		r = netd_address_dump(&netd->nl, out, err);
	if (r == 0 && parts & NETD_PART_ROUTES)
		r = netd_route_dump(&netd->nl, out, err);
	if (r == 0 && parts & NETD_PART_FIREWALL)
		r = netd_firewall_read(&netd->nft, &out->ruleset, err);
	if (r < 0)
		netd_state_done(out);
	return r;
}

static void read_host_id(char *out, size_t size)
{
	netd_auto_free char *text = NULL;

	if (netd_file_read(AT_FDCWD, "/etc/machine-id", 4096, &text, NULL, NULL) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(out, size, "%s", text);
}

/* Reads one setting; one that is not there stays unknown. */
static int add_sysctl(struct netd_state *s, const char *path)
{
	struct netd_sysctl *sysctl;
	int value;

	if (netd_sysctl_read(path, &value) < 0)
		return 0;
	sysctl = netd_array_add(&s->sysctls, &s->sysctl_count, sizeof(*sysctl));
	if (!sysctl)
		return -ENOMEM;
	netd_copy(sysctl->path, path);
	sysctl->value = value;
	return 0;
}

static void read_ipv6_setting(struct netd_state *observed, const char *link,
			      const char *name)
{
	char path[NETD_SYSCTL_PATH];

	snprintf(path, sizeof(path), "ipv6/conf/%s/%s", link, name);
	add_sysctl(observed, path);
}

/*
 * Who lives from router advertisements, and who forwards; matters where IPv6 forwards all
 * or nothing.
 */
static void read_ipv6_settings(struct netd_state *observed)
{
	read_ipv6_setting(observed, "all", "forwarding");
	read_ipv6_setting(observed, "default", "forwarding");
	for (size_t i = 0; i < observed->link_count; i++) {
		if (netd_link_is_ours(&observed->links[i]))
			continue;
		read_ipv6_setting(observed, observed->links[i].name, "accept_ra");
		read_ipv6_setting(observed, observed->links[i].name, "forwarding");
	}
}

void netd_observe_facts(struct netd_state *observed, struct netd_facts *facts)
{
	int value;

	*facts = (struct netd_facts){.observed = observed};
	read_host_id(facts->host_id, sizeof(facts->host_id));
	facts->ipv6 = access("/proc/sys/net/ipv6/conf", F_OK) == 0;
	facts->force_forwarding =
		access("/proc/sys/net/ipv6/conf/all/force_forwarding", F_OK) == 0;
	facts->bridge_nf_call =
		netd_sysctl_read("bridge/bridge-nf-call-iptables", &value) == 0 && value;
	if (facts->ipv6 && !facts->force_forwarding)
		read_ipv6_settings(observed);
}

/*
 * A setting of an interface that is not there yet cannot be read, and the plan sets it.
 * One that is wanted and claimed is read twice; that does no harm.
 */
int netd_observe_sysctls(struct netd_state *observed, const struct netd_state *desired,
			 const struct netd_claims *claims)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->sysctl_count; i++)
		r = add_sysctl(observed, desired->sysctls[i].path);
	for (size_t i = 0; r == 0 && i < claims->count; i++)
		if (claims->items[i].kind == NETD_CLAIM_SYSCTL)
			r = add_sysctl(observed, claims->items[i].key);
	netd_state_sort_sysctls(observed);
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

		if (!want->peer_namespace[0] || netd_state_link(observed, want->name))
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
