// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel as the host of a context. */
#include "host/context.h"

#include <errno.h>

#include "base/cleanup.h"
#include "engine/run.h"
#include "engine/run_uplinks.h"
#include "host/home.h"
#include "host/resolv.h"
#include "host/space.h"
#include "netd.h"
#include "observe/observe.h"
#include "observe/services.h"
#include "observe/view.h"
#include "kind/link.h"
#include "flow/conntrack.h"
#include "foreign/foreign.h"
#include "foreign/legacy.h"
#include "rtnl/listener.h"
#include "rtnl/neighbour.h"
#include "rtnl/source.h"
#include "ruleset/commit.h"
#include "ruleset/read.h"
#include "trial/probe.h"
#include "trial/watchdog.h"
#include "uplink/uplink_check.h"

static int observe_links(struct netd *netd, struct netd_state *out,
			 struct netd_error *err)
{
	return netd_link_dump(&netd->nl, false, out, err);
}

static struct netd_nl *socket_of(struct netd *netd, const char *space)
{
	struct netd_space *found;

	if (!*space)
		return &netd->nl;
	if (netd_space_open(netd, space, &found, NULL) < 0)
		return NULL;
	return &found->nl;
}

static int observe_neighbours(struct netd *netd, const char *space, const char *link,
			      struct netd_neighbour **out, size_t *count)
{
	struct netd_nl *nl = socket_of(netd, space);
	int index, r = netd_spaces_leave(netd, NULL);

	if (r < 0)
		return r;
	if (!nl)
		return -ENOENT;
	index = netd_nl_ifindex(nl, link);
	if (index < 0)
		return index;
	return netd_neighbour_dump(nl, index, out, count, NULL);
}

static int firewall_generation(struct netd *netd, const char *space, uint32_t *out)
{
	struct netd_nft *nft;
	int r = netd_space_nft(netd, space, &nft, NULL);

	if (r < 0)
		return r;
	return netd_firewall_probe(nft, NULL, out, NULL);
}

static int check(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 struct netd_error *err)
{
	int r = netd_observe_namespaces(t, &v->observed, &v->desired, err);

	if (r < 0)
		return r;
	r = netd_services_check(netd, t, &v->facts, &v->desired, err);
	if (r < 0)
		return r;
	return netd_uplinks_check(netd, t, &v->observed, &v->claims, &v->plan.notes, err);
}

static int ifindex(struct netd *netd, const char *name)
{
	return netd_nl_ifindex(&netd->nl, name);
}

static int plug(struct netd *netd, const struct netd_link *link, int master)
{
	netd_auto_message struct nl_msg *m =
		netd_link_set_message(&link->attrs, NETD_LINK_MASTER, master);

	if (!m)
		return -ENOMEM;
	return netd_nl_request(&netd->nl, m, NULL);
}

static int find_source(struct netd *netd, const struct netd_addr *to,
		       struct netd_addr *out)
{
	(void)netd;
	return netd_source_towards(to, out);
}

static bool is_local(const struct netd_addr *a)
{
	struct netd_addr source;

	return netd_source_towards(a, &source) == 0 && netd_addr_equal(a, &source);
}

static bool is_free(const struct netd_forward *f)
{
	netd_auto_free struct netd_listener *own = NULL;
	uint16_t port = 0; /* of all */
	size_t count = 0;

	if (f->port_first == f->port_last)
		port = f->port_first;
	return netd_listeners_dump(f->protocols, port, &own, &count) == 0 &&
	       !netd_listener_find(own, count, f->protocols, &f->listen, f->port_first,
				   f->port_last);
}

/* There is nothing to say of it (plan/listens.h, advise/obstacles.h). */
static bool forward_is_plain(struct netd *netd, const struct netd_forward *f)
{
	bool passed;

	if (netd_firewall_is_passed(&netd->nft, &passed) < 0 || passed ||
	    netd_legacy_is_there())
		return false;
	return f->protocols && is_local(&f->listen) && is_free(f);
}

static int add_elements(struct netd *netd, const struct netd_element *e, size_t n)
{
	return netd_firewall_add_elements(&netd->nft, e, n, true, NULL);
}

static void delete_elements(struct netd *netd, const struct netd_element *e, size_t n)
{
	netd_firewall_delete_elements(&netd->nft, e, n, NULL);
}

static void forget_flows(struct netd *netd, const struct netd_ruleset_delta *d)
{
	netd_conntrack_forget(&netd->nft, d, NULL, 0, NULL, NULL);
}

static void tidy(const struct netd_state *host)
{
	for (size_t i = 0; i < host->space_count; i++)
		netd_resolv_tidy(host->spaces[i].space);
}

static const struct netd_host_ops kernel = {
	.connect = netd_kernel_connect,
	.disconnect = netd_kernel_disconnect,
	.check_home = netd_home_check,
	.observe = netd_observe,
	.observe_facts = netd_observe_facts,
	.observe_listeners = netd_observe_listeners,
	.observe_sysctls = netd_observe_sysctls,
	.observe_foreign = netd_observe_foreign,
	.observe_links = observe_links,
	.observe_neighbours = observe_neighbours,
	.firewall_generation = firewall_generation,
	.check = check,
	.run = netd_run_ops,
	.capture = netd_uplinks_capture,
	.ifindex = ifindex,
	.plug = plug,
	.find_gateway = netd_probe_gateway,
	.echo = netd_probe_echo,
	.find_source = find_source,
	.start_watchdog = netd_watchdog_start,
	.watchdog_lives = netd_watchdog_lives,
	.forward_is_plain = forward_is_plain,
	.add_elements = add_elements,
	.delete_elements = delete_elements,
	.forget_flows = forget_flows,
	.sweep = netd_services_sweep,
	.tidy = tidy,
};

int netd_new(const char *state_dir, const char *config_dir, struct netd **out,
	     struct netd_error *err)
{
	return netd_context_new(&kernel, state_dir, config_dir, out, err);
}
