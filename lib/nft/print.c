// SPDX-License-Identifier: GPL-2.0-or-later
/* Elements and chains as text, spelled as nft spells them. */
#include "nft/print.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "nft/layout.h"
#include "model/ruleset.h"

static void print_addr(struct netd_str *s, int family, const uint8_t *bytes)
{
	struct netd_addr addr = {.family = (uint8_t)family};
	char text[NETD_ADDR_TEXT];

	memcpy(addr.bytes, bytes, netd_addr_size(&addr));
	netd_str_add(s, netd_addr_format(&addr, text));
}

static void print_protocol(struct netd_str *s, uint8_t number)
{
	netd_protocol_for_each(p, NETD_TCP | NETD_UDP | NETD_SCTP)
	{
		if (netd_protocol_number(p) == number) {
			netd_str_add(s, netd_protocol_name(p));
			return;
		}
	}
	netd_str_addf(s, "%u", number);
}

static void print_part(struct netd_str *s, enum netd_part part, const uint8_t *bytes)
{
	char mac[NETD_MAC_TEXT];

	switch (part) {
	case NETD_PART_IFNAME:
		netd_str_addf(s, "\"%.*s\"", NETD_IFNAME, (const char *)bytes);
		break;
	case NETD_PART_ADDR4:
		print_addr(s, AF_INET, bytes);
		break;
	case NETD_PART_ADDR6:
		print_addr(s, AF_INET6, bytes);
		break;
	case NETD_PART_MAC:
		netd_str_add(s,
			     netd_mac_format((const struct netd_mac *)(const void *)bytes,
					     mac));
		break;
	case NETD_PART_PROTOCOL:
		print_protocol(s, *bytes);
		break;
	case NETD_PART_PORT:
		netd_str_addf(s, "%u", (unsigned)bytes[0] << 8 | bytes[1]);
		break;
	case NETD_PART_NONE:
	case NETD_PART_VERDICT:
	case NETD_PART_COUNT:
		break;
	}
}

static void print_parts(struct netd_str *s, const enum netd_part *parts,
			const uint8_t *bytes)
{
	for (size_t i = 0; i < NETD_PARTS && parts[i]; i++) {
		if (i)
			netd_str_add(s, " . ");
		print_part(s, parts[i], bytes);
		bytes += netd_part_room(parts[i]);
	}
}

void netd_element_print_key(struct netd_str *s, const struct netd_element *e)
{
	print_parts(s, netd_map_layout(e->map)->key, e->key);
}

void netd_element_print(struct netd_str *s, const struct netd_element *e)
{
	netd_element_print_key(s, e);
	if (*e->comment)
		netd_str_addf(s, " comment \"%s\"", e->comment);
	if (*netd_element_target(e)) {
		netd_str_addf(s, " : jump %s", netd_element_target(e));
	} else if (e->data_length) {
		netd_str_add(s, " : ");
		print_parts(s, netd_map_layout(e->map)->data, e->data);
	}
}

static void print_bound(struct netd_str *s, const char *before, const struct netd_addr *a)
{
	char text[NETD_ADDR_TEXT];

	netd_addr_format(a, text);
	if (a->family == AF_INET6)
		netd_str_addf(s, "%s[%s]", before, text);
	else
		netd_str_addf(s, "%s%s", before, text);
}

static void print_source(struct netd_str *s, const char *family,
			 const struct netd_addr_range *range,
			 const struct netd_source_chain *c)
{
	netd_str_addf(s, "snat %s to ", family);
	print_bound(s, "", &range->first);
	if (!netd_addr_equal(&range->first, &range->last))
		print_bound(s, "-", &range->last);
	netd_str_addf(s, ":%u-%u", c->port_first, c->port_last);
}

void netd_source_chain_print(struct netd_str *s, const struct netd_source_chain *c)
{
	bool has4 = c->source4.first.family, has6 = c->source6.first.family;

	if (has4)
		print_source(s, "ip", &c->source4, c);
	if (has4 && has6)
		netd_str_add(s, ", ");
	if (has6)
		print_source(s, "ip6", &c->source6, c);
	if (has4 != has6)
		netd_str_add(s, ", else ");
	if (!has4 || !has6)
		netd_str_addf(s, "masquerade to :%u-%u", c->port_first, c->port_last);
}

void netd_ruleset_print(struct netd_str *s, const struct netd_ruleset *r)
{
	unsigned map = NETD_MAP_COUNT;

	for (size_t i = 0; i < r->element_count; i++) {
		const struct netd_element *e = &r->elements[i];

		if (e->map != map)
			netd_str_addf(s, "%s\n", netd_map_layout(e->map)->name);
		map = e->map;
		netd_str_add(s, "\t");
		netd_element_print(s, e);
		netd_str_add(s, "\n");
	}
	for (size_t i = 0; i < r->chain_count; i++) {
		netd_str_addf(s, "chain %s comment \"%s\"\n\t", r->chains[i].name,
			      r->chains[i].owner);
		netd_source_chain_print(s, &r->chains[i]);
		netd_str_add(s, "\n");
	}
}
