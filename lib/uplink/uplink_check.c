// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a NIC cannot, or should not, be bridged. */
#include "uplink/uplink_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_arp.h>
#include <linux/wireless.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/context.h"
#include "uplink/dhcp_client.h"
#include "host/ifupdown.h"
#include "host/manager.h"
#include "store/uplink_file.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "foreign/mention.h"
#include "kind/kind.h"

/*
 * Theory of operation.  A NIC that is an uplink already is not checked.  For one that is
 * to become an uplink, each check may add a problem, or a note.  Another program that
 * manages the NIC would give it its addresses back, or flush those of the bridge: that is
 * refused, with a hint what to do.
 */
struct check {
	struct netd *netd;
	const struct netd_topology *t;
	const struct netd_network *network;
	const struct netd_link *nic;
	const struct netd_state *observed;
	const struct netd_claims *claims;
	const struct netd_held_list *held;
	struct netd_error *notes, *err;
};

static void problem(const struct check *c, const char *text)
{
	netd_topology_error(c->t, c->err, c->network->uplink_place, "uplink %s: %s",
			    c->network->uplink, text);
}

/*
 * The link itself
 */

static bool is_wireless(const struct check *c)
{
	struct iwreq request = {0};
	char path[PATH_MAX];

	netd_copy(request.ifr_name, c->nic->name);
	if (ioctl(c->netd->nl.fd, SIOCGIWNAME, &request) == 0)
		return true;
	snprintf(path, sizeof(path), "/sys/class/net/%s/phy80211", c->nic->name);
	return access(path, F_OK) == 0;
}

static void check_link(const struct check *c)
{
	const struct netd_link *nic = c->nic;
	char text[64 + NETD_IFNAME];

	if (nic->loopback) {
		problem(c, "a loopback interface cannot be a port");
	} else if (netd_kind_of(nic)->is_network) {
		problem(c, "a bridge cannot be a port of a bridge");
	} else if (nic->master[0] && strcmp(nic->master, c->network->bridge) != 0) {
		snprintf(text, sizeof(text), "it is a port of %s already", nic->master);
		problem(c, text);
		netd_error_hint(c->err, "`ip link set %s nomaster` takes it out",
				nic->name);
	} else if (nic->hardware != ARPHRD_ETHER || nic->no_arp || !nic->has_mac) {
		problem(c, "only Ethernet can be bridged, and this is none");
		netd_error_hint(c->err, "use mode: nat or mode: routed");
	} else if (is_wireless(c)) {
		problem(c, "a Wi-Fi station cannot be bridged: its access point takes "
			   "frames of its own MAC address only");
		netd_error_hint(c->err, "use mode: nat or mode: routed");
	}
}

/*
 * Links on top of the NIC.  A VLAN takes its frames before the bridge gets them
 * (net/core/dev.c __netif_receive_skb_core()), so it goes on working; a macvlan or ipvlan
 * cannot share the NIC with a bridge.
 */
static void check_uppers(const struct check *c)
{
	for (size_t i = 0; i < c->observed->link_count; i++) {
		const struct netd_link *upper = &c->observed->links[i];
		char text[64 + 2 * NETD_IFNAME];

		if (upper->lower_index != c->nic->index ||
		    upper->lower_index == upper->index)
			continue;
		if (strcmp(upper->kind_name, "vlan") == 0) {
			netd_error_add(c->notes, 0,
				       "%s stays on %s: the bridge %s does not see the "
				       "frames of that VLAN",
				       upper->name, c->nic->name, c->network->bridge);
		} else if (strstr(upper->kind_name, "vlan") ||
			   strstr(upper->kind_name, "vtap")) {
			snprintf(text, sizeof(text), "the %s %s stands upon it",
				 upper->kind_name, upper->name);
			problem(c, text);
			netd_error_hint(c->err, "make it anew upon %s afterwards",
					c->network->bridge);
		}
	}
}

/*
 * What it holds
 */

static void check_held(const struct check *c)
{
	for (size_t i = 0; i < c->held->count; i++) {
		const struct netd_held *held = &c->held->items[i];
		struct netd_str what = {0};

		netd_held_describe(held, &what);
		if (held->kind == NETD_HELD_ROUTE && netd_held_route(held).object) {
			char text[128];

			snprintf(text, sizeof(text), "%.80s is by a nexthop object",
				 netd_str_text(&what));
			problem(c, text);
			netd_error_hint(c->err, "netd moves plain routes only: replace "
						"it by one");
		}
		if (held->kind == NETD_HELD_ADDRESS &&
		    held->stable < held->bytes.length &&
		    netd_held_address(held).prefix.length <= 32)
			netd_error_add(c->notes, 0,
				       "%s of %s has a lifetime: whoever renews it must "
				       "do so on %s",
				       netd_str_text(&what), c->nic->name,
				       c->network->bridge);
		netd_str_done(&what);
	}
}

/*
 * Who else uses it
 */

/* "eth0", "eth0 10.0.0.1/24", "ipv4/conf/eth0/forwarding" are about eth0. */
static bool is_about(const struct netd_claim *claim, const char *nic)
{
	size_t length = strlen(nic);

	switch (claim->kind) {
	case NETD_CLAIM_UPLINK:
	case NETD_CLAIM_PORT:
		return strcmp(claim->key, nic) == 0;
	case NETD_CLAIM_ADDRESS:
	case NETD_CLAIM_ROUTE:
		return strncmp(claim->key, nic, length) == 0 && claim->key[length] == ' ';
	case NETD_CLAIM_BRIDGE: /* never of a NIC */
	case NETD_CLAIM_SYSCTL: /* the NIC keeps its own */
	case NETD_CLAIM_MTU:
		break;
	}
	return false;
}

static void check_claims(const struct check *c)
{
	for (size_t i = 0; i < c->claims->count; i++) {
		const struct netd_claim *claim = &c->claims->items[i];
		char text[64 + NETD_TOPOLOGY_NAME + NETD_SYSCTL_PATH];

		if (!is_about(claim, c->nic->name) ||
		    (claim->kind == NETD_CLAIM_UPLINK &&
		     strcmp(claim->topology, c->t->name) == 0))
			continue;
		snprintf(text, sizeof(text), "topology %s uses it (%s)", claim->topology,
			 claim->key);
		problem(c, text);
		netd_error_hint(c->err,
				"destroy that one first; afterwards it can use "
				"%s instead",
				c->network->bridge);
		return;
	}
}

static void check_manager(const struct check *c)
{
	const struct netd_manager *manager = netd_manager_of(c->nic->index);
	char text[64];

	if (!manager)
		return;
	snprintf(text, sizeof(text), "%s manages it", manager->name);
	problem(c, text);
	manager->hint(c->err, c->network->bridge, c->nic, c->observed);
}

/* True if an address that it holds runs out, other than by router advertisements. */
static bool is_leased(const struct check *c)
{
	for (size_t i = 0; i < c->held->count; i++) {
		const struct netd_held *held = &c->held->items[i];

		if (held->kind == NETD_HELD_ADDRESS &&
		    held->stable < held->bytes.length &&
		    netd_held_address(held).prefix.length != 64)
			return true;
	}
	return false;
}

static void check_clients(const struct check *c)
{
	struct netd_dhcp_client client =
		netd_dhcp_client_of(c->observed, c->nic, is_leased(c));
	char text[96];

	/* a manager has a client of its own */
	if (!client.pid || netd_manager_of(c->nic->index))
		return;
	snprintf(text, sizeof(text), "a DHCP client runs on it (%s, process %d)",
		 client.name, (int)client.pid);
	problem(c, text);
	if (netd_ifupdown_has(c->nic->name))
		netd_ifupdown_hint(c->err, c->network->bridge, c->nic);
	else
		netd_dhcp_client_hint(c->err, &client, c->network->bridge);
}

static bool has_address(const struct check *c)
{
	for (size_t i = 0; i < c->held->count; i++)
		if (c->held->items[i].kind == NETD_HELD_ADDRESS)
			return true;
	return false;
}

/* Addresses of its own file: they come along, until it acts again. */
static void check_ifupdown(const struct check *c)
{
	const char *nic = c->nic->name;

	if (!netd_ifupdown_has(nic) || !has_address(c) || is_leased(c))
		return;
	netd_error_add(c->notes, 0,
		       "ifupdown configures %s: when networking.service starts anew, it "
		       "takes the addresses away and sets %s down",
		       nic, nic);
	netd_ifupdown_hint(c->notes, c->network->bridge, c->nic);
}

static bool goes_out_by(const struct netd_topology *t, const char *nic)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		if (strcmp(n->nat.out, nic) == 0 || strcmp(n->nat.on, nic) == 0)
			return true;
		for (size_t j = 0; j < n->forward_count; j++)
			if (strcmp(n->forwards[j].on, nic) == 0)
				return true;
	}
	return false;
}

static void check_topologies(const struct check *c)
{
	netd_auto(netd_topologies_done) struct netd_topologies all = {0};
	char text[64 + NETD_TOPOLOGY_NAME];

	netd_store_load_all(&c->netd->store, &all, NULL);
	for (size_t i = 0; i < all.count; i++) {
		const struct netd_topology *t = all.items[i];

		if (strcmp(t->name, c->t->name) == 0 || !goes_out_by(t, c->nic->name))
			continue;
		snprintf(text, sizeof(text), "topology %s leaves by it", t->name);
		problem(c, text);
		netd_error_hint(
			c->err,
			"afterwards its flows leave by %s: leave out: out of that "
			"file, or destroy it first and say %s there",
			c->network->bridge, c->network->bridge);
	}
}

/* A rule that accepts packets by the NIC, such as ssh, does not accept them by the
 * bridge. */
static void check_firewall(const struct check *c)
{
	struct netd_mention where;

	if (netd_firewall_mention(&c->netd->nft, c->nic->name, &where) <= 0)
		return;
	netd_error_add(c->notes, 0,
		       "%s %s of table %s names %s: what it is about comes by %s as soon "
		       "as that is an uplink",
		       where.kind, where.name, where.table, c->nic->name,
		       c->network->bridge);
	netd_error_hint(c->notes, "let it name %s, too, before you apply",
			c->network->bridge);
}

static void (*const checks[])(const struct check *c) = {
	check_link,    check_uppers,   check_held,	 check_claims,	 check_manager,
	check_clients, check_ifupdown, check_topologies, check_firewall,
};

static int check_uplink(struct check *c)
{
	netd_auto(netd_held_done) struct netd_held_list held = {0};
	struct netd_holder holder = {.index = c->nic->index};
	int r;

	netd_copy(holder.name, c->nic->name);
	r = netd_held_dump(&c->netd->nl, &holder, &held, c->err);
	if (r < 0)
		return r;
	c->held = &held;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(checks); i++)
		checks[i](c);
	c->held = NULL;
	if (c->network->stp)
		netd_error_add(c->notes, 0,
			       "network %s: with stp, %s is silent for 30 s when it "
			       "becomes a port",
			       c->network->name, c->nic->name);
	return 0;
}

static void note_gone(const struct check *c)
{
	netd_error_add(c->notes, 0, "uplink %s is not there: %s keeps what it has",
		       c->network->uplink, c->network->bridge);
	netd_error_hint(c->notes, "apply again when it is back");
}

int netd_uplinks_check(struct netd *netd, const struct netd_topology *t,
		       const struct netd_state *observed,
		       const struct netd_claims *claims, struct netd_error *notes,
		       struct netd_error *err)
{
	struct netd_error problems = {0};
	struct check c = {
		.netd = netd,
		.t = t,
		.observed = observed,
		.claims = claims,
		.notes = notes,
		.err = &problems,
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < t->network_count; i++) {
		c.network = &t->networks[i];
		if (!c.network->uplink[0] || c.network->existing)
			continue;
		c.nic = netd_state_uplink(observed, c.network->uplink);
		if (!c.nic &&
		    netd_state_bridge_without_uplink(observed, c.network->uplink))
			note_gone(&c);
		else if (!c.nic)
			problem(&c, "there is no such interface");
		else if (!c.nic->captured_for[0])
			r = check_uplink(&c);
	}
	if (r >= 0 && problems.count)
		r = -EINVAL;
	netd_error_move(err, &problems);
	return r;
}
