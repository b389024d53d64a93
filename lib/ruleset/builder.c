// SPDX-License-Identifier: GPL-2.0-or-later
/* Elements and source chains of one owner, as the compilers of networks and nodes make
 * them. */
#include "ruleset/builder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "ruleset/compile.h"
#include "nft/layout.h"
#include "model/topology.h"

/*
 * Theory of operation.  A port range becomes one element per port, because a shifted
 * range has no other form in nftables, and exact hash maps cost the same at any size
 * where intervals do not.
 */
/* A new element that belongs to the object; NULL if memory ran out. */
static struct netd_element *add_element(struct netd_builder *b, enum netd_map map)
{
	struct netd_element *e =
		netd_array_add(&b->out.elements, &b->out.element_count, sizeof(*e));

	if (!e)
		return NULL;
	e->map = (uint8_t)map;
	snprintf(e->comment, sizeof(e->comment), "%s/%s", b->topology->name, b->object);
	return e;
}

static void add_name(struct netd_element *e, const char *name)
{
	memcpy(e->key + e->key_length, name, strnlen(name, NETD_IFNAME - 1));
	e->key_length += NETD_IFNAME;
}

static struct netd_element *add_names(struct netd_builder *b, enum netd_map map,
				      const char *first, const char *second)
{
	struct netd_element *e = add_element(b, map);

	if (!e)
		return NULL;
	add_name(e, first);
	if (second)
		add_name(e, second);
	return e;
}

int netd_build_names(struct netd_builder *b, enum netd_map map, const char *first,
		     const char *second, uint8_t chain)
{
	struct netd_element *e = add_names(b, map, first, second);

	if (!e)
		return netd_error_no_memory(b->err);
	e->chain = chain;
	return 0;
}

int netd_build_bridge(struct netd_builder *b, const char *link, unsigned services)
{
	struct netd_element *e = add_names(b, NETD_MAP_BRIDGES, link, link);
	struct netd_str words = {0};
	bool failed;

	if (!e)
		return netd_error_no_memory(b->err);
	netd_admit_print_services(&words, services);
	failed = words.failed;
	if (words.length)
		snprintf(e->comment, sizeof(e->comment), "%s/%s %s", b->topology->name,
			 b->object, netd_str_text(&words));
	netd_str_done(&words);
	if (failed)
		return netd_error_no_memory(b->err);
	return 0;
}

int netd_build_shut(struct netd_builder *b, const char *bridge,
		    const struct netd_mac *mac)
{
	struct netd_element *e = add_names(b, NETD_MAP_SHUT, bridge, NULL);

	if (!e)
		return netd_error_no_memory(b->err);
	memcpy(e->key + e->key_length, mac->bytes, sizeof(mac->bytes));
	e->key_length += 8;
	e->chain = NETD_CHAIN_SHUT;
	return 0;
}

int netd_build_admit(struct netd_builder *b, const char *link, unsigned services)
{
	struct netd_admit *a;

	if (!services)
		return 0;
	a = netd_array_add(&b->out.admits, &b->out.admit_count, sizeof(*a));
	if (!a)
		return netd_error_no_memory(b->err);
	netd_copy(a->link, link);
	snprintf(a->owner, sizeof(a->owner), "%s/%s", b->topology->name, b->object);
	a->services = services;
	return 0;
}

static bool is_plain_masquerade(const struct netd_nat *nat)
{
	return !nat->source4.first.family && !nat->source6.first.family &&
	       (!nat->port_first ||
		(nat->port_first == 1024 && nat->port_last == UINT16_MAX));
}

int netd_build_source(struct netd_builder *b, enum netd_map map, const char *first,
		      const char *second, const struct netd_nat *nat, const char *own)
{
	struct netd_element *e;

	if (is_plain_masquerade(nat))
		return netd_build_names(b, map, first, second, NETD_CHAIN_MASQUERADE);
	e = add_names(b, map, first, second);
	if (!e)
		return netd_error_no_memory(b->err);
	snprintf(e->source_chain, sizeof(e->source_chain), "%s", own);
	return 0;
}

int netd_build_source_chain(struct netd_builder *b, const struct netd_nat *nat,
			    const char *own)
{
	struct netd_source_chain *chain;

	if (is_plain_masquerade(nat))
		return 0;
	chain = netd_array_add(&b->out.chains, &b->out.chain_count, sizeof(*chain));
	if (!chain)
		return netd_error_no_memory(b->err);
	snprintf(chain->name, sizeof(chain->name), "%s", own);
	snprintf(chain->owner, sizeof(chain->owner), "%s/%s", b->topology->name,
		 b->object);
	chain->source4 = nat->source4;
	chain->source6 = nat->source6;
	chain->port_first = 1024;
	chain->port_last = UINT16_MAX;
	if (nat->port_first) {
		chain->port_first = nat->port_first;
		chain->port_last = nat->port_last;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return netd_element_compare(a, b);
}

static void put_port(uint8_t *to, uint16_t port)
{
	to[0] = (uint8_t)(port >> 8);
	to[1] = (uint8_t)port;
}

void netd_element_forward_key(struct netd_element *e, const struct netd_addr *listen,
			      uint8_t protocol, uint16_t port)
{
	/* by: a port of it; IPv6 */
	static const uint8_t maps[2][2] = {{NETD_MAP_ADDRESS4, NETD_MAP_ADDRESS6},
					   {NETD_MAP_FORWARD4, NETD_MAP_FORWARD6}};
	size_t size = netd_addr_size(listen);

	e->map = maps[port != 0][size == 16];
	memcpy(e->key, listen->bytes, size);
	e->key_length = (uint8_t)size;
	if (!port)
		return;
	e->key[size] = protocol;
	put_port(e->key + size + 4, port);
	e->key_length += 8;
}

/* Key and data: @port of the range and where it goes; @port 0: the whole address. */
static void fill_forward(struct netd_element *e, const struct netd_forward *f,
			 uint8_t protocol, uint16_t port)
{
	size_t size = netd_addr_size(&f->to);

	netd_element_forward_key(e, &f->listen, protocol, port);
	memcpy(e->data, f->to.bytes, size);
	e->data_length = (uint8_t)size;
	if (!port)
		return;
	put_port(e->data + size, (uint16_t)(f->to_port + (port - f->port_first)));
	e->data_length += 4;
}

static bool is_delivered(const struct netd_forward *f, uint8_t protocol, uint16_t port,
			 const struct netd_ruleset *rules)
{
	struct netd_element want = {0};
	const struct netd_element *have;

	fill_forward(&want, f, protocol, port);
	have = bsearch(&want, rules->elements, rules->element_count, sizeof(want),
		       compare);
	return have && have->data_length == want.data_length &&
	       memcmp(have->data, want.data, want.data_length) == 0;
}

bool netd_forward_is_in(const struct netd_forward *f, const struct netd_ruleset *rules)
{
	if (!rules->element_count)
		return false;
	if (!f->port_first)
		return is_delivered(f, 0, 0, rules);
	netd_protocol_for_each(p, f->protocols)
	{
		for (uint32_t port = f->port_first; port <= f->port_last; port++)
			if (!is_delivered(f, netd_protocol_number(p), (uint16_t)port,
					  rules))
				return false;
	}
	return true;
}

void netd_ruleset_sort(struct netd_ruleset *rules)
{
	netd_array_sort(rules->elements, rules->element_count, sizeof(*rules->elements),
			compare);
}

static int add_forward_element(struct netd_builder *b, const struct netd_forward *f,
			       uint8_t protocol, uint16_t port)
{
	struct netd_element *e = add_element(b, NETD_MAP_FORWARD4);

	if (!e)
		return netd_error_no_memory(b->err);
	fill_forward(e, f, protocol, port);
	if (*f->machine) {
		size_t length = strlen(e->comment);

		snprintf(e->comment + length, sizeof(e->comment) - length, " %s",
			 f->machine);
	}
	return 0;
}

static int refuse_family(struct netd_builder *b, const struct netd_forward *f)
{
	char listen[NETD_ADDR_TEXT];

	netd_topology_error(b->topology, b->err, f->place,
			    "forward from %s in %s %s: the target is of the other IP "
			    "version",
			    netd_addr_format(&f->listen, listen), b->kind, b->object);
	netd_error_hint(b->err, "give the machine an address of the same version as the "
				"listened one");
	return -EINVAL;
}

int netd_build_forward(struct netd_builder *b, const struct netd_forward *f)
{
	int r = 0;

	if (f->to.family != f->listen.family)
		return refuse_family(b, f);
	if (!f->port_first)
		return add_forward_element(b, f, 0, 0);
	netd_protocol_for_each(p, f->protocols)
	{
		for (uint32_t port = f->port_first; port <= f->port_last; port++) {
			r = add_forward_element(b, f, netd_protocol_number(p),
						(uint16_t)port);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int sort_elements(struct netd_builder *b)
{
	struct netd_ruleset *out = &b->out;

	netd_ruleset_sort(out);
	for (size_t i = 1; i < out->element_count; i++) {
		const struct netd_element *e = &out->elements[i];

		if (netd_element_compare(e - 1, e))
			continue;
		netd_error_add(b->err, -EEXIST,
			       "'%s' and '%s' both want the same entry "
			       "of map %s",
			       e[-1].comment, e->comment, netd_map_layout(e->map)->name);
		netd_error_hint(b->err, "give each network a bridge, and each forward an "
					"address and port, of its own");
		return -EEXIST;
	}
	return 0;
}

int netd_build_finish(struct netd_builder *b, int result, struct netd_ruleset *out)
{
	if (result >= 0)
		result = sort_elements(b);
	if (result < 0) {
		netd_ruleset_done(&b->out);
		return result;
	}
	b->out.present = b->out.element_count > 0;
	*out = b->out;
	return 0;
}
