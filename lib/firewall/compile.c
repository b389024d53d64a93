// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology to the elements and chains that it needs in table inet netd. */
#include "firewall/compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"
#include "firewall/layout.h"

/*
 * Theory of operation.  A mode is a row of `modes`: which chains its bridge's entries in
 * the maps from, to, input and source jump to.  What each chain does is the skeleton's.
 *
 *   isolated  closed both ways; may reach the bridge's own addresses on the host only
 *   nat       may open flows (from-nat, or from-nat-out with `out:`), under another
 *             source; is sent replies and forwards only (to-nat)
 *   routed    no entry: passes both ways unchanged; isolated and NAT networks at the
 *             other end still protect themselves by their own entries
 *   open, bridged  no entry
 *
 * Every bridge is in `bridges`: what stays on one bridge passes, whatever the mode, also
 * where br_netfilter sends bridged frames through these hooks; and hairpin needs it.
 *
 * A port range becomes one element per port, because a shifted range has no other form in
 * nftables, and exact hash maps cost the same at any size where intervals do not.
 */
static const struct mode_chains {
	uint8_t from, from_out, to, input;
	bool source;
} modes[] = {
	[NETD_MODE_ISOLATED] = {NETD_CHAIN_CLOSED, NETD_CHAIN_CLOSED, NETD_CHAIN_CLOSED,
				NETD_CHAIN_LOCAL, false},
	[NETD_MODE_NAT] = {NETD_CHAIN_NAT_FROM, NETD_CHAIN_NAT_OUT, NETD_CHAIN_NAT_TO,
			   NETD_CHAIN_NONE, true},
	[NETD_MODE_ROUTED] = {0},
	[NETD_MODE_OPEN] = {0},
	[NETD_MODE_BRIDGED] = {0},
};

struct compiler {
	const struct netd_topology *topology;
	const struct netd_network *network;
	struct netd_ruleset out;
	struct netd_error *err;
};

static int no_memory(struct compiler *c)
{
	return netd_error_add(c->err, -ENOMEM, "no memory for the ruleset of '%s'",
			      c->topology->name);
}

/* A new element that belongs to the network; NULL if memory ran out. */
static struct netd_element *add_element(struct compiler *c, unsigned map)
{
	struct netd_element *e =
		netd_array_add(&c->out.elements, &c->out.element_count, sizeof(*e));

	if (!e)
		return NULL;
	e->map = (uint8_t)map;
	snprintf(e->comment, sizeof(e->comment), "%s/%s", c->topology->name,
		 c->network->name);
	return e;
}

static void add_name(struct netd_element *e, const char *name)
{
	memcpy(e->key + e->key_length, name, strnlen(name, NETD_IFNAME - 1));
	e->key_length += NETD_IFNAME;
}

/* bridge : jump @chain, or nothing for NETD_CHAIN_NONE. */
static int add_verdict(struct compiler *c, unsigned map, uint8_t chain)
{
	struct netd_element *e;

	if (chain == NETD_CHAIN_NONE)
		return 0;
	e = add_element(c, map);
	if (!e)
		return no_memory(c);
	add_name(e, c->network->bridge);
	e->chain = chain;
	return 0;
}

static int add_pair(struct compiler *c, unsigned map, const char *second)
{
	struct netd_element *e = add_element(c, map);

	if (!e)
		return no_memory(c);
	add_name(e, c->network->bridge);
	add_name(e, second);
	return 0;
}

static bool is_plain_masquerade(const struct netd_nat *nat)
{
	return !nat->source4.first.family && !nat->source6.first.family &&
	       (!nat->port_first ||
		(nat->port_first == 1024 && nat->port_last == UINT16_MAX));
}

static int add_source_chain(struct compiler *c)
{
	const struct netd_nat *nat = &c->network->nat;
	struct netd_source_chain *chain;
	struct netd_element *e;

	e = add_element(c, NETD_MAP_SOURCE);
	chain = netd_array_add(&c->out.chains, &c->out.chain_count, sizeof(*chain));
	if (!e || !chain)
		return no_memory(c);
	add_name(e, c->network->bridge);
	snprintf(chain->name, sizeof(chain->name), NETD_SOURCE_CHAIN_PREFIX "%s",
		 c->network->bridge);
	memcpy(e->source_chain, chain->name, sizeof(e->source_chain));
	snprintf(chain->owner, sizeof(chain->owner), "%s/%s", c->topology->name,
		 c->network->name);
	chain->source4 = nat->source4;
	chain->source6 = nat->source6;
	chain->port_first = nat->port_first ? nat->port_first : 1024;
	chain->port_last = nat->port_first ? nat->port_last : UINT16_MAX;
	return 0;
}

static int add_source(struct compiler *c)
{
	if (is_plain_masquerade(&c->network->nat))
		return add_verdict(c, NETD_MAP_SOURCE, NETD_CHAIN_MASQUERADE);
	return add_source_chain(c);
}

static void put_port(uint8_t *to, uint16_t port)
{
	to[0] = (uint8_t)(port >> 8);
	to[1] = (uint8_t)port;
}

void netd_element_forward_key(struct netd_element *e, const struct netd_addr *listen,
			      uint8_t protocol, uint16_t port)
{
	size_t size = netd_addr_size(listen);

	if (port)
		e->map = size == 4 ? NETD_MAP_FORWARD4 : NETD_MAP_FORWARD6;
	else
		e->map = size == 4 ? NETD_MAP_ADDRESS4 : NETD_MAP_ADDRESS6;
	memcpy(e->key, listen->bytes, size);
	e->key_length = (uint8_t)size;
	if (!port)
		return;
	e->key[size] = protocol;
	put_port(e->key + size + 4, port);
	e->key_length += 8;
}

/* One element: @port of the range and where it goes; @port 0: the whole address. */
static int add_forward_element(struct compiler *c, const struct netd_forward *f,
			       uint8_t protocol, uint16_t port)
{
	struct netd_element *e = add_element(c, NETD_MAP_FORWARD4);
	size_t size = netd_addr_size(&f->to);

	if (!e)
		return no_memory(c);
	netd_element_forward_key(e, &f->listen, protocol, port);
	memcpy(e->data, f->to.bytes, size);
	e->data_length = (uint8_t)size;
	if (port) {
		put_port(e->data + size, (uint16_t)(f->to_port + (port - f->port_first)));
		e->data_length += 4;
	}
	if (*f->machine) {
		size_t length = strlen(e->comment);

		snprintf(e->comment + length, sizeof(e->comment) - length, " %s",
			 f->machine);
	}
	return 0;
}

static int check_forward(struct compiler *c, const struct netd_forward *f)
{
	char listen[NETD_ADDR_TEXT];

	netd_addr_format(&f->listen, listen);
	if (c->network->mode == NETD_MODE_ISOLATED) {
		netd_topology_error(c->topology, c->err, f->place,
				    "network %s is isolated: the forward from %s could "
				    "never pass",
				    c->network->name, listen);
		netd_error_hint(c->err, "give the network mode: nat, or leave the "
					"forward out");
		return -EINVAL;
	}
	if (f->to.family != f->listen.family) {
		netd_topology_error(c->topology, c->err, f->place,
				    "forward from %s in network %s: the target is of the "
				    "other IP version",
				    listen, c->network->name);
		netd_error_hint(c->err, "give the machine an address of the same "
					"version as the listened one");
		return -EINVAL;
	}
	return 0;
}

static int add_forward(struct compiler *c, const struct netd_forward *f)
{
	int r = check_forward(c, f);

	if (r < 0)
		return r;
	if (!f->port_first)
		return add_forward_element(c, f, 0, 0);
	netd_protocol_for_each(p, f->protocols)
	{
		for (uint32_t port = f->port_first; port <= f->port_last; port++) {
			r = add_forward_element(c, f, netd_protocol_number(p),
						(uint16_t)port);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int add_network(struct compiler *c)
{
	const struct netd_network *n = c->network;
	const struct mode_chains *mode = &modes[n->mode];
	bool out = *n->nat.out;
	int r;

	r = add_pair(c, NETD_MAP_BRIDGES, n->bridge);
	if (r >= 0)
		r = add_verdict(c, NETD_MAP_FROM, out ? mode->from_out : mode->from);
	if (r >= 0)
		r = add_verdict(c, NETD_MAP_TO, mode->to);
	if (r >= 0)
		r = add_verdict(c, NETD_MAP_INPUT, mode->input);
	if (r >= 0 && mode->source && out)
		r = add_pair(c, NETD_MAP_EGRESS, n->nat.out);
	if (r >= 0 && mode->source)
		r = add_source(c);
	for (size_t i = 0; r >= 0 && i < n->forward_count; i++)
		r = add_forward(c, &n->forwards[i]);
	return r;
}

static int compare(const void *a, const void *b)
{
	return netd_element_compare(a, b);
}

/* Sorts, and refuses a slot that is wanted twice. */
static int sort_elements(struct compiler *c)
{
	struct netd_ruleset *out = &c->out;

	netd_array_sort(out->elements, out->element_count, sizeof(*out->elements),
			compare);
	for (size_t i = 1; i < out->element_count; i++) {
		const struct netd_element *e = &out->elements[i];

		if (netd_element_compare(e - 1, e))
			continue;
		netd_error_add(c->err, -EEXIST,
			       "'%s' and '%s' both want the same entry "
			       "of map %s",
			       e[-1].comment, e->comment, netd_map_layout(e->map)->name);
		netd_error_hint(c->err, "give each network a bridge, and each forward an "
					"address and port, of its own");
		return -EEXIST;
	}
	return 0;
}

int netd_ruleset_compile(const struct netd_topology *t, struct netd_ruleset *out,
			 struct netd_error *err)
{
	struct compiler c = {.topology = t, .err = err};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < t->network_count; i++) {
		c.network = &t->networks[i];
		r = add_network(&c);
	}
	if (r >= 0)
		r = sort_elements(&c);
	if (r < 0) {
		netd_ruleset_done(&c.out);
		return r;
	}
	c.out.present = c.out.element_count > 0;
	*out = c.out;
	return 0;
}
