// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of source NAT, of a network or a router. */
#include "config/reader.h"

static int read_source(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	struct netd_nat *nat = object;
	struct netd_pair pair = {
		.expected = "an address or a range of addresses \"first-last\"",
		.out = {&nat->source4, &nat->source6},
		.place = {&nat->source4_place, &nat->source6_place},
	};

	(void)key;
	return netd_read_pair(r, value, &pair);
}

static int read_sources(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	return netd_read_list(r, value, key, object, read_source);
}

static const struct netd_key nat_keys[] = {
	{"source", read_sources},
	{"ports", netd_read_ports, NETD_FIELD(struct netd_nat, port_first)},
	{"out", netd_read_text, NETD_FIELD(struct netd_nat, out),
	 .place = offsetof(struct netd_nat, out_place)},
	{"on", netd_read_text, NETD_FIELD(struct netd_nat, on),
	 .place = offsetof(struct netd_nat, on_place)},
};

_Static_assert(offsetof(struct netd_nat, port_last) ==
		       offsetof(struct netd_nat, port_first) + sizeof(uint16_t),
	       "netd_read_ports() fills two neighbours");

int netd_read_nat(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_key *key, void *object)
{
	struct netd_nat *nat = NETD_FIELD_OF(key, object);

	nat->place = value->place;
	return netd_read_mapping(r, value, nat_keys, NETD_ARRAY_SIZE(nat_keys), "\"nat\"",
				 nat);
}
