// SPDX-License-Identifier: GPL-2.0-or-later
/* What runs of a topology, as the kernel shows it, where there is no record of it. */
#include "plan/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "kind/kind.h"
#include "kind/tap.h"

/*
 * Theory of operation.  A roll-back goes to the topology as it was.  If its record is
 * lost, the next best is what was observed before the change: everything with the
 * topology's mark, turned into a desired state.  Nothing of it is deleted then, and what
 * the change made, took or set otherwise is put right.
 *
 * What a dump does not show stays as it is: the ports that others plugged in (the caller
 * puts them back), an uplink in its bridge (its claim is kept), IPv6's settings.
 */

#define PRINTED_MAX 20
#define IPV4_SETTINGS                                                    \
	(1U << NETD_SETTING_FORWARDING4 | 1U << NETD_SETTING_RP_FILTER | \
	 1U << NETD_SETTING_PROMOTE)

static bool has_links(const struct netd_state *s, const char *topology)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (netd_link_is_of(&s->links[i], topology))
			return true;
	return false;
}

static bool has_rules(const struct netd_ruleset *r, const char *topology)
{
	for (size_t i = 0; i < r->element_count; i++)
		if (netd_owner_is(r->elements[i].comment, topology))
			return true;
	return false;
}

bool netd_seen_is(const struct netd_state *observed, const char *topology)
{
	if (has_links(observed, topology) || has_rules(&observed->ruleset, topology))
		return true;
	for (size_t i = 0; i < observed->space_count; i++)
		if (observed->spaces[i].alive &&
		    netd_owner_is(observed->spaces[i].owner, topology))
			return true;
	for (size_t i = 0; i < observed->service_count; i++)
		if (netd_owner_is(observed->services[i].owner, topology))
			return true;
	return false;
}

static void print_one(struct netd_str *out, size_t *count, const char *kind,
		      const char *name)
{
	if (++*count == PRINTED_MAX + 1)
		netd_str_add(out, ", …");
	if (*count <= PRINTED_MAX)
		netd_str_addf(out, "%s%s %s", *count > 1 ? ", " : "", kind, name);
}

void netd_seen_print(const struct netd_state *observed, const char *topology,
		     struct netd_str *out)
{
	size_t count = 0;

	for (size_t i = 0; i < observed->link_count; i++)
		if (netd_link_is_of(&observed->links[i], topology))
			print_one(out, &count, netd_kind_of(&observed->links[i])->word,
				  observed->links[i].name);
	for (size_t i = 0; i < observed->space_count; i++)
		if (netd_owner_is(observed->spaces[i].owner, topology))
			print_one(out, &count, "namespace", observed->spaces[i].space);
	if (!count && has_rules(&observed->ruleset, topology))
		print_one(out, &count, "rules in table inet", "netd");
}

/*
 * Links
 */

/*
 * The other end of a pair and where it is; NULL if that is not certain: an index is that
 * of one namespace, so two pairs between others can look alike.
 */
static const struct netd_link *find_peer(const struct netd_state *host,
					 const struct netd_link *link,
					 const struct netd_state **there)
{
	const struct netd_link *found = NULL;

	for (size_t i = 0; link->peer_index && i <= host->space_count; i++) {
		const struct netd_state *s = i ? &host->spaces[i - 1] : host;
		const struct netd_link *peer =
			netd_state_link_by_index(s, link->peer_index);

		if (!peer || peer == link || !netd_kind_of(peer)->is_pair ||
		    peer->peer_index != link->index)
			continue;
		if (found)
			return NULL;
		*there = s;
		found = peer;
	}
	return found;
}

/* A pair is made by one of its ends: the host's, or else the first. */
static void complete_pair(const struct netd_state *host, const struct netd_state *here,
			  const struct netd_link *have, struct netd_desired_link *out)
{
	const struct netd_state *there;
	const struct netd_link *peer = find_peer(host, have, &there);

	if (!peer)
		return;
	netd_copy(out->peer, peer->name);
	netd_copy(out->peer_namespace, there->space);
	out->by_peer = here->space[0] && strcmp(there->space, here->space) < 0;
	out->has_peer_mac = peer->has_mac;
	out->peer_mac = peer->mac;
	out->peer_mtu = peer->mtu;
}

static int add_links(const struct netd_state *host, const struct netd_state *here,
		     const char *topology, struct netd_desired *out)
{
	for (size_t i = 0; i < here->link_count; i++) {
		const struct netd_link *have = &here->links[i];
		struct netd_desired_link *slot;

		if (!netd_link_is_of(have, topology))
			continue;
		slot = netd_array_add(&out->links, &out->link_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		slot->attrs = have->attrs;
		slot->settings_known &= IPV4_SETTINGS;
		if (netd_kind_of(have)->is_pair)
			complete_pair(host, here, have, slot);
	}
	return netd_desired_sort_links(out);
}

/* On links that are not ours, too: those that `on:` asked for. */
static int add_addresses(const struct netd_state *here, struct netd_desired *out)
{
	for (size_t i = 0; i < here->addr_count; i++) {
		const struct netd_ifaddr *have = &here->addrs[i];
		const struct netd_link *link = netd_state_link(here, have->link);
		struct netd_ifaddr *slot;

		if (have->protocol != NETD_PROTOCOL ||
		    (link && netd_link_is_ours(link) &&
		     !netd_desired_link(out, have->link)))
			continue;
		slot = netd_array_add(&out->addrs, &out->addr_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = *have;
	}
	return 0;
}

static int add_routes(const struct netd_state *here, struct netd_desired *out)
{
	for (size_t i = 0; i < here->route_count; i++) {
		const struct netd_route *have = &here->routes[i];
		struct netd_route *slot;

		if (have->protocol != NETD_PROTOCOL ||
		    (have->link[0] && !netd_desired_link(out, have->link)))
			continue;
		slot = netd_array_add(&out->routes, &out->route_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = *have;
	}
	return 0;
}

/*
 * Rules
 */

/* @row of @family belongs to one service. */
static unsigned service_of(const struct netd_admit_rule *rule, uint8_t family)
{
	for (unsigned bit = NETD_ADMIT_DHCP; bit <= NETD_ADMIT_RS; bit <<= 1)
		if (rule->row != NETD_ADMIT_SPOILED &&
		    netd_admit_row_fits(rule->row, bit, family))
			return bit;
	return 0;
}

static int add_admit(const struct netd_ruleset *have, const struct netd_admit_rule *rule,
		     struct netd_ruleset *out)
{
	unsigned service = service_of(rule, have->foreign[rule->chain].family);
	struct netd_admit *slot;

	for (size_t i = 0; i < out->admit_count; i++)
		if (strcmp(out->admits[i].link, rule->link) == 0) {
			out->admits[i].services |= service;
			return 0;
		}
	slot = netd_array_add(&out->admits, &out->admit_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	netd_copy(slot->link, rule->link);
	netd_copy(slot->owner, rule->owner);
	slot->services = service;
	return 0;
}

static int add_rules(const struct netd_ruleset *have, const char *topology,
		     struct netd_ruleset *out)
{
	out->present = have->present;
	for (size_t i = 0; i < have->element_count; i++) {
		struct netd_element *slot;

		if (!netd_owner_is(have->elements[i].comment, topology))
			continue;
		slot = netd_array_add(&out->elements, &out->element_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = have->elements[i];
	}
	for (size_t i = 0; i < have->chain_count; i++) {
		struct netd_source_chain *slot;

		if (!netd_owner_is(have->chains[i].owner, topology))
			continue;
		slot = netd_array_add(&out->chains, &out->chain_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = have->chains[i];
	}
	for (size_t i = 0; i < have->admitted_count; i++)
		if (netd_owner_is(have->admitted[i].owner, topology) &&
		    add_admit(have, &have->admitted[i], out) < 0)
			return -ENOMEM;
	return 0;
}

/*
 * The rest
 */

static int add_service(const struct netd_service *have, struct netd_desired *out)
{
	struct netd_service *slot =
		netd_array_add(&out->services, &out->service_count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *have;
	slot->config = strdup(have->config);
	slot->reserved = strdup(have->reserved);
	slot->names = strdup(have->names);
	if (!slot->config || !slot->reserved || !slot->names)
		return -ENOMEM;
	return 0;
}

int netd_seen_service(const struct netd_state *observed, const char *name,
		      struct netd_desired *out)
{
	for (size_t i = 0; i < observed->service_count; i++) {
		const struct netd_service *s = &observed->services[i];
		struct netd_desired *where = out;

		if (strcmp(s->name, name) != 0 || !s->running)
			continue;
		for (size_t j = 0; j < out->space_count; j++)
			if (strcmp(out->spaces[j].owner, s->owner) == 0)
				where = &out->spaces[j];
		return add_service(s, where);
	}
	return 0;
}

/* All that were observed are in the host's state; @out: of the namespace of @owner. */
static int add_services(const struct netd_state *host, const char *topology,
			struct netd_desired *out)
{
	for (size_t i = 0; i < host->service_count; i++) {
		const struct netd_service *s = &host->services[i];
		bool here, inside = false;
		int r;

		if (!netd_owner_is(s->owner, topology) || !s->config[0])
			continue; /* what an orphan was told, nobody knows */
		for (size_t j = 0; j < host->space_count; j++)
			inside |= strcmp(host->spaces[j].owner, s->owner) == 0;
		here = !inside;
		if (out->space[0])
			here = strcmp(out->owner, s->owner) == 0;
		if (!here)
			continue;
		r = add_service(s, out);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Settings of others' that the topology changed, and which it would give back. */
static int add_claimed(const struct netd_claims *claims, const char *topology,
		       struct netd_desired *out)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct netd_claim *c = &claims->items[i];
		struct netd_sysctl *slot;

		if (c->kind != NETD_CLAIM_SYSCTL || strcmp(c->topology, topology) != 0)
			continue;
		slot = netd_objects_add_sysctl(&out->objects, c->key, c->ours);
		if (!slot)
			return -ENOMEM;
		slot->foreign = true;
	}
	return 0;
}

static int add_settings(const struct netd_state *here, struct netd_desired *out)
{
	for (size_t i = 0; i < here->sysctl_count; i++) {
		struct netd_sysctl *slot =
			netd_array_add(&out->sysctls, &out->sysctl_count, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = here->sysctls[i];
		slot->wide = true;
	}
	return 0;
}

/* What every namespace has: links, addresses, routes, rules, services. */
static int add_common(const struct netd_state *host, const struct netd_state *here,
		      const char *topology, struct netd_desired *out)
{
	int r = add_links(host, here, topology, out);

	if (r)
		return r;
	r = add_addresses(here, out);
	if (r)
		return r;
	r = add_routes(here, out);
	if (r)
		return r;
	r = add_rules(&here->ruleset, topology, &out->ruleset);
	if (r < 0)
		return r;
	return add_services(host, topology, out);
}

static int add_space(const struct netd_state *host, const struct netd_state *here,
		     const char *topology, struct netd_desired *out)
{
	struct netd_desired *slot =
		netd_array_add(&out->spaces, &out->space_count, sizeof(*slot));
	int r;

	if (!slot)
		return -ENOMEM;
	netd_copy(slot->space, here->space);
	netd_copy(slot->owner, here->owner);
	r = add_common(host, here, topology, slot);
	if (r)
		return r;
	r = add_settings(here, slot);
	if (r)
		return r;
	if (!here->resolv)
		return 0;
	slot->resolv = strdup(here->resolv);
	if (!slot->resolv)
		return -ENOMEM;
	return 0;
}

int netd_seen_make(const struct netd_state *observed, const struct netd_claims *claims,
		   const char *topology, struct netd_desired *out)
{
	int r = add_common(observed, observed, topology, out);

	if (r)
		return r;
	r = add_claimed(claims, topology, out);
	if (r)
		return r;
	for (size_t i = 0; i < observed->space_count; i++) {
		if (observed->spaces[i].alive &&
		    netd_owner_is(observed->spaces[i].owner, topology))
			r = add_space(observed, &observed->spaces[i], topology, out);
		if (r)
			return r;
	}
	return 0;
}

static bool is_uplink(const struct netd_state *s, const struct netd_link *port,
		      const char *topology)
{
	const struct netd_link *bridge;

	if (!port->master[0] || netd_link_is_tap(port) || netd_link_is_ours(port))
		return false;
	bridge = netd_state_link(s, port->master);
	return netd_link_is_of(bridge, topology) && port->has_mac && bridge->has_mac &&
	       memcmp(&port->mac, &bridge->mac, sizeof(port->mac)) == 0;
}

int netd_seen_claims(const struct netd_state *observed, const char *topology,
		     struct netd_claims *claims)
{
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *port = &observed->links[i];
		struct netd_claim c = {
			.kind = NETD_CLAIM_UPLINK, .previous = 1, .ours = 1};

		if (!is_uplink(observed, port, topology) ||
		    netd_claims_find(claims, topology, c.kind, port->name))
			continue;
		netd_copy(c.topology, topology);
		netd_copy(c.key, port->name);
		if (netd_claims_add(claims, &c) < 0)
			return -ENOMEM;
	}
	return 0;
}
