// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has which address and name: the files that dnsmasq reads again on SIGHUP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/array.h"
#include "dhcp/write.h"
#include "model/added.h"

/*
 * Theory of operation.  A line of the reservations has the address of a machine, by its
 * MAC or its name; or an address that nobody is given; or, with a tag, a name that a
 * guest may not take for itself (it gets an address all the same).  dnsmasq looks at the
 * last lines of the file first, so the names of machines that have a MAC are refused to
 * all others.
 *
 * dnsmasq gives a line with a name and no address the address that the name has in the
 * other file (2.90 dhcp-common.c dhcp_update_configs()), unless another line has it: so
 * each address of a name stands in a line of its own.
 */

/*
 * Machines
 */

/*
 * A machine without a MAC is known by the name that it gives; nobody else gets its
 * address.
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

/*
 * Names that are told, with their addresses
 */

typedef void (*visit_name)(const struct netd_segment *s, const struct netd_addr *a,
			   const char *name, void *data);

/* Routers and hosts on the network; one without an address is visited, too. */
static void each_node(const struct netd_segment *s, visit_name visit, void *data)
{
	const struct netd_topology *t = s->topology;

	for (size_t i = 0; i < t->node_count; i++)
		for (size_t j = 0; j < t->nodes[i].interface_count; j++) {
			const struct netd_node_interface *in = &t->nodes[i].interfaces[j];

			if (strcmp(in->network, s->network->name) != 0)
				continue;
			visit(s, &(struct netd_addr){0}, t->nodes[i].name, data);
			for (size_t a = 0; a < in->address_count; a++)
				visit(s, &in->addresses[a].addr, t->nodes[i].name, data);
		}
}

/* The first name of an address is what a reverse query gets: a machine's own. */
static void each_name(const struct netd_segment *s, visit_name visit, void *data)
{
	for (size_t i = 0; i < s->network->machine_count; i++) {
		const struct netd_machine *m = &s->network->machines[i];

		visit(s, &m->address4, m->name, data);
		visit(s, &m->address6, m->name, data);
	}
	each_node(s, visit, data);
	for (size_t i = 0; i < s->dns->record_count; i++)
		visit(s, &s->dns->records[i].addr, s->dns->records[i].name, data);
}

static void write_name(const struct netd_segment *s, const struct netd_addr *a,
		       const char *name, void *data)
{
	char text[NETD_ADDR_TEXT];

	(void)s;
	if (a->family)
		netd_str_addf(data, "%s %s\n", netd_addr_format(a, text), name);
}

void netd_dhcp_write_names(const struct netd_segment *s, struct netd_str *out)
{
	if (s->dns->enabled)
		each_name(s, write_name, out);
}

/*
 * Addresses that nobody is given
 */

struct taken {
	const struct netd_segment *segment;
	struct netd_addr *items;
	size_t count;
	bool failed;
};

static bool is_reserved(const struct netd_network *n, const struct netd_addr *a)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (netd_addr_equal(&n->machines[i].address4, a) ||
		    netd_addr_equal(&n->machines[i].address6, a))
			return true;
	return false;
}

static void take(const struct netd_addr *a, void *data)
{
	struct taken *t = data;
	struct netd_addr *slot;

	if (!netd_segment_has_family(t->segment, a->family) ||
	    is_reserved(t->segment->network, a))
		return;
	slot = netd_array_add(&t->items, &t->count, sizeof(*slot));
	t->failed = t->failed || !slot;
	if (slot)
		*slot = *a;
}

static void take_named(const struct netd_segment *s, const struct netd_addr *a,
		       const char *name, void *data)
{
	(void)s;
	(void)name;
	if (a->family)
		take(a, data);
}

static int compare_addresses(const void *a, const void *b)
{
	return netd_addr_compare(a, b);
}

/* A second line for an address would be an error to dnsmasq. */
static int write_taken(const struct netd_segment *s, struct netd_str *out)
{
	struct taken t = {.segment = s};
	char text[NETD_ADDR_TEXT];

	netd_network_each_added(s->topology, s->network, take, &t);
	if (s->dns->enabled)
		each_name(s, take_named, &t);
	netd_array_sort(t.items, t.count, sizeof(*t.items), compare_addresses);
	for (size_t i = 0; i < t.count; i++) {
		if (i && netd_addr_equal(&t.items[i], &t.items[i - 1]))
			continue;
		netd_addr_format(&t.items[i], text);
		if (t.items[i].family == AF_INET6)
			netd_str_addf(out, "[%s]\n", text);
		else
			netd_str_addf(out, "%s\n", text);
	}
	free(t.items);
	if (t.failed)
		return -ENOMEM;
	return 0;
}

/*
 * Names that are refused
 */

/*
 * Names that programs look up by themselves, and trust (CERT VU#598349).  dnsmasq itself
 * refuses names that begin with '_' (2.90 util.c legal_hostname()).
 */
static const char *const well_known[] = {"wpad", "isatap", "localhost"};

struct refused {
	struct netd_str *out;
	const char *last; /* the names of several addresses stand together */
};

/* True for a machine without a MAC: it is the guest that gives this name. */
static bool is_claimable(const struct netd_network *n, const char *name, size_t length)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (!n->machines[i].has_mac && strlen(n->machines[i].name) == length &&
		    strncasecmp(n->machines[i].name, name, length) == 0)
			return true;
	return false;
}

/* A guest's name is one label, so of longer names only those in the own domain matter. */
static void refuse(const struct netd_segment *s, const struct netd_addr *a,
		   const char *name, void *data)
{
	size_t length = strcspn(name, ".");
	struct refused *r = data;
	bool again = r->last && strcmp(name, r->last) == 0;

	(void)a;
	r->last = name;
	if (again ||
	    (name[length] && strcasecmp(name + length + 1, s->dns->domain) != 0) ||
	    is_claimable(s->network, name, length))
		return;
	netd_str_addf(r->out, "%.*s,set:" NETD_DHCP_REFUSED "\n", (int)length, name);
}

static void write_all_refused(const struct netd_segment *s, struct netd_str *out)
{
	struct refused r = {.out = out};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(well_known); i++)
		refuse(s, NULL, well_known[i], &r);
	if (s->dns->domain[0] && !strchr(s->dns->domain, '.'))
		refuse(s, NULL, s->dns->domain, &r);
	each_name(s, refuse, &r);
}

int netd_dhcp_write_reservations(const struct netd_segment *s, struct netd_str *out)
{
	int r;

	if (!s->dhcp->enabled)
		return 0;
	for (size_t i = 0; i < s->network->machine_count; i++)
		write_reservation(&s->network->machines[i],
				  netd_segment_has_family(s, AF_INET),
				  netd_segment_has_family(s, AF_INET6), out);
	r = write_taken(s, out);
	if (r)
		return r;
	if (s->dns->enabled)
		write_all_refused(s, out);
	return 0;
}
