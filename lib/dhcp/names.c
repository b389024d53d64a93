// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has which address and name: the files that dnsmasq reads again on SIGHUP. */
#include <string.h>
#include <sys/socket.h>

#include "dhcp/write.h"

/*
 * A machine without a MAC is known by the name that it gives.  Its address is reserved
 * all the same: nobody else gets it.
 */
static void write_reservation(const struct netd_machine *m, bool v4, bool v6,
			      struct netd_str *out)
{
	char mac[NETD_MAC_TEXT], text[NETD_ADDR_TEXT];
	const char *comma = "";

	v4 = v4 && m->address4.family;
	v6 = v6 && m->address6.family;
	if (!m->has_mac && !v4 && !v6)
		return;
	if (m->has_mac) {
		netd_str_add(out, netd_mac_format(&m->mac, mac));
		comma = ",";
	}
	if (v4) {
		netd_str_addf(out, "%s%s", comma, netd_addr_format(&m->address4, text));
		comma = ",";
	}
	if (v6) {
		netd_str_addf(out, "%s[%s]", comma, netd_addr_format(&m->address6, text));
		comma = ",";
	}
	netd_str_addf(out, "%s%s\n", comma, m->name);
}

void netd_dhcp_write_reservations(const struct netd_segment *s, struct netd_str *out)
{
	if (!s->dhcp->enabled)
		return;
	for (size_t i = 0; i < s->network->machine_count; i++)
		write_reservation(&s->network->machines[i],
				  netd_segment_has_family(s, AF_INET),
				  netd_segment_has_family(s, AF_INET6), out);
}

static void write_name(struct netd_str *out, const struct netd_addr *a, const char *name)
{
	char text[NETD_ADDR_TEXT];

	if (a->family)
		netd_str_addf(out, "%s %s\n", netd_addr_format(a, text), name);
}

/* Routers and hosts that are plugged in. */
static void write_nodes(const struct netd_segment *s, struct netd_str *out)
{
	const struct netd_topology *t = s->topology;

	for (size_t i = 0; i < t->node_count; i++)
		for (size_t j = 0; j < t->nodes[i].interface_count; j++) {
			const struct netd_node_interface *in = &t->nodes[i].interfaces[j];

			if (strcmp(in->network, s->network->name) != 0)
				continue;
			for (size_t a = 0; a < in->address_count; a++)
				write_name(out, &in->addresses[a].addr, t->nodes[i].name);
		}
}

/* The first name of an address is what a reverse query gets: a machine's own. */
void netd_dhcp_write_names(const struct netd_segment *s, struct netd_str *out)
{
	if (!s->dns->enabled)
		return;
	for (size_t i = 0; i < s->network->machine_count; i++) {
		write_name(out, &s->network->machines[i].address4,
			   s->network->machines[i].name);
		write_name(out, &s->network->machines[i].address6,
			   s->network->machines[i].name);
	}
	write_nodes(s, out);
	for (size_t i = 0; i < s->dns->record_count; i++)
		write_name(out, &s->dns->records[i].addr, s->dns->records[i].name);
}
