// SPDX-License-Identifier: GPL-2.0-or-later
/* Forwards: where they listen, whom they reach; machine names become addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/suggest.h"
#include "model/check.h"

/* The machines of one network, sorted by name. */
struct index {
	const struct netd_machine **items;
	size_t count;
};

static const char *family_name(const struct netd_addr *a)
{
	return a->family == AF_INET ? "IPv4" : "IPv6";
}

static int compare_machines(const void *a, const void *b)
{
	const struct netd_machine *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int compare_name(const void *name, const void *machine)
{
	const struct netd_machine *const *m = machine;

	return strcmp(name, (*m)->name);
}

static int index_machines(const struct netd_network *n, struct index *index)
{
	index->items = calloc(n->machine_count + 1, sizeof(struct netd_machine *));
	if (!index->items)
		return -ENOMEM;
	index->count = n->machine_count;
	for (size_t i = 0; i < n->machine_count; i++)
		index->items[i] = &n->machines[i];
	qsort(index->items, index->count, sizeof(*index->items), compare_machines);
	return 0;
}

static const struct netd_machine *find_machine(const struct index *index,
					       const char *name)
{
	const struct netd_machine **found = bsearch(name, index->items, index->count,
						    sizeof(*index->items), compare_name);

	return found ? *found : NULL;
}

/* Another network's machine of that name, or one of a name like it. */
static void unknown_machine(struct netd_topology *t, const struct netd_network *n,
			    const struct netd_forward *f, struct netd_error *err)
{
	struct netd_suggest suggest = {.word = f->machine};
	const char *best;

	if (netd_problems_enough(err))
		return;
	netd_topology_error(t, err, f->to_place, "network \"%s\" has no machine \"%s\"",
			    n->name, f->machine);
	for (size_t i = 0; i < n->machine_count; i++)
		netd_suggest_try(&suggest, n->machines[i].name);
	best = netd_suggest_best(&suggest);
	if (best) {
		netd_error_hint(err, "did you mean \"%s\"?", best);
		return;
	}
	netd_error_hint(err,
			"add it to the network's \"machines\", or write its address");
	for (size_t i = 0; i < t->network_count; i++)
		if (netd_network_machine(&t->networks[i], f->machine))
			netd_error_hint(err,
					"machine \"%s\" is one of network \"%s\": the "
					"forward belongs there",
					f->machine, t->networks[i].name);
}

/* Fills in the address of the machine that the forward names. */
static void resolve(struct netd_topology *t, const struct netd_network *n,
		    const struct index *index, struct netd_forward *f,
		    struct netd_error *err)
{
	const struct netd_machine *m = find_machine(index, f->machine);

	memset(&f->to, 0, sizeof(f->to));
	if (!m) {
		if (!n->partial)
			unknown_machine(t, n, f, err);
		return;
	}
	f->to = f->listen.family == AF_INET ? m->address4 : m->address6;
	if (f->to.family || m->partial)
		return;
	netd_topology_error(t, err, f->to_place, "machine \"%s\" has no %s address",
			    m->name, family_name(&f->listen));
	netd_error_hint(err, "give it one: %s: {address: …}", m->name);
}

static void check_listen(struct netd_topology *t, const struct netd_forward *f,
			 struct netd_error *err)
{
	const char *problem = netd_check_host_address(&f->listen);
	char text[NETD_ADDR_TEXT];

	if (problem)
		netd_topology_error(t, err, f->place, "listen address %s %s",
				    netd_addr_format(&f->listen, text), problem);
	if (problem && netd_addr_is_loopback(&f->listen))
		netd_error_hint(err,
				"listen on one of the host's own addresses; the host "
				"itself reaches it there too");
}

/* A port range that counts upwards, and fits behind the port it is shifted to. */
static void check_ports(struct netd_topology *t, const struct netd_forward *f,
			struct netd_error *err)
{
	if (f->port_first > f->port_last || (f->port_last && !f->port_first)) {
		netd_topology_error(t, err, f->place,
				    "ports %u-%u are not a range from 1 to 65535",
				    f->port_first, f->port_last);
		return;
	}
	if (!f->port_first && (f->protocols || f->to_port))
		netd_topology_error(t, err, f->place,
				    "a forward of a whole address has no %s",
				    f->protocols ? "protocol" : "port");
	if (f->port_first && !f->protocols)
		netd_topology_error(t, err, f->place,
				    "a forward of a port needs a protocol");
	if (f->port_first &&
	    (!f->to_port || f->to_port + f->port_last - f->port_first > 65535))
		netd_topology_error(t, err, f->to_place,
				    "the ports reached are not within 1 to 65535");
}

static void check_target(struct netd_topology *t, const struct netd_network *n,
			 const struct netd_forward *f, struct netd_error *err)
{
	const struct netd_prefix *subnet;
	const char *problem = NULL;
	char text[NETD_ADDR_TEXT];

	if (f->to.family != f->listen.family) {
		netd_topology_error(t, err, f->to_place,
				    "an %s address cannot be forwarded to an %s address",
				    family_name(&f->listen), family_name(&f->to));
		return;
	}
	subnet = netd_check_subnet(n, &f->to);
	if (subnet)
		problem = netd_check_subnet_address(subnet, &f->to);
	else if (!n->partial)
		problem = "is in no subnet of the network";
	if (!problem)
		return;
	netd_topology_error(t, err, f->to_place, "%s%s%saddress %s %s",
			    *f->machine ? "machine \"" : "", f->machine,
			    *f->machine ? "\": " : "", netd_addr_format(&f->to, text),
			    problem);
	if (!subnet)
		netd_error_hint(err,
				"a forward reaches machines of its own network, \"%s\"",
				n->name);
}

static void check_forward(struct netd_topology *t, const struct netd_network *n,
			  const struct index *index, struct netd_forward *f,
			  struct netd_error *err)
{
	check_listen(t, f, err);
	check_ports(t, f, err);
	if (*f->machine)
		resolve(t, n, index, f, err);
	else if (!f->to.family)
		netd_topology_error(t, err, f->to_place, "a forward to nowhere");
	if (f->to.family)
		check_target(t, n, f, err);
	if (*f->on && strcmp(f->on, n->bridge) == 0)
		netd_topology_error(t, err, f->on_place,
				    "\"on\" is the network's own bridge");
}

/* Forwards need a host that routes. */
static void check_mode(struct netd_topology *t, const struct netd_network *n,
		       struct netd_error *err)
{
	if (n->partial || (n->mode != NETD_MODE_ISOLATED && n->mode != NETD_MODE_BRIDGED))
		return;
	netd_topology_error(t, err, n->forwards[0].place,
			    "network \"%s\" has forwards, but its mode is %s", n->name,
			    netd_mode_name(n->mode));
	netd_error_hint(err, "say \"mode: nat\", \"routed\" or \"open\"");
}

int netd_check_forwards(struct netd_topology *t, struct netd_error *err)
{
	for (size_t i = 0; i < t->network_count; i++) {
		struct netd_network *n = &t->networks[i];
		struct index index;

		if (n->forward_count == 0)
			continue;
		if (index_machines(n, &index))
			return -ENOMEM;
		check_mode(t, n, err);
		for (size_t k = 0; k < n->forward_count; k++)
			check_forward(t, n, &index, &n->forwards[k], err);
		free(index.items);
	}
	return 0;
}
