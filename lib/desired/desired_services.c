// SPDX-License-Identifier: GPL-2.0-or-later
/* Which dnsmasq a topology asks for: one for each link that it serves. */
#include "desired/desired_services.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "dhcp/compile.h"
#include "desired/desired.h"
#include "desired/desired_node.h"

/* One walk over all segments: each is made, checked or noted. */
struct walk {
	const struct netd_topology *t;
	const struct netd_facts *facts;
	int (*visit)(const struct walk *w, struct netd_desired *out,
		     const struct netd_segment *s);
	struct netd_desired *out; /* NULL unless they are made */
	struct netd_error *err;	  /* or the notes */
};

static bool is_skipped(const struct walk *w, const struct netd_segment *s)
{
	return w->facts->no_dnsmasq && s->dhcp->optional;
}

static int make(const struct walk *w, struct netd_desired *out,
		const struct netd_segment *s)
{
	struct netd_service *service;
	int r;

	if (is_skipped(w, s))
		return 0;
	service = netd_array_add(&out->services, &out->service_count, sizeof(*service));
	if (!service)
		return -ENOMEM;
	r = netd_dhcp_compile(s, service, w->err);
	if (r < 0)
		out->service_count--;
	return r;
}

static int check(const struct walk *w, struct netd_desired *out,
		 const struct netd_segment *s)
{
	(void)out;
	if (!w->facts->no_dnsmasq || is_skipped(w, s))
		return 0;
	netd_topology_error(w->t, w->err, netd_place_or(s->dhcp->place, s->place),
			    "dhcp %s: dnsmasq is not installed", s->name);
	netd_error_hint(w->err,
			"on Debian: apt-get install dnsmasq-base; with `required: "
			"false` under `dhcp:` the rest comes up without");
	return -EINVAL;
}

static int note(const struct walk *w, struct netd_desired *out,
		const struct netd_segment *s)
{
	(void)out;
	if (!is_skipped(w, s))
		return 0;
	netd_error_add(w->err, 0, "dhcp %s is skipped: dnsmasq is not installed",
		       s->name);
	netd_error_hint(w->err, "on Debian: apt-get install dnsmasq-base");
	return 0;
}

static int add_service(const struct walk *w, struct netd_desired *out,
		       const struct netd_segment *s)
{
	if (s->dhcp->enabled || s->dns->enabled)
		return w->visit(w, out, s);
	return 0;
}

/* An isolated network's host end leads nowhere; a router's always leads on. */
static int add_network(const struct walk *w, const struct netd_network *n)
{
	char owner[NETD_OWNER];

	snprintf(owner, sizeof(owner), "%s/%s", w->t->name, n->name);
	return add_service(w, w->out,
			   &(struct netd_segment){
				   .topology = w->t,
				   .network = n,
				   .name = n->name,
				   .owner = owner,
				   .link = n->bridge,
				   .space = "",
				   .addresses = n->addresses,
				   .address_count = n->address_count,
				   .dhcp = &n->dhcp,
				   .dns = &n->dns,
				   .mtu = netd_desired_mtu(n, w->facts),
				   .isolated = n->mode == NETD_MODE_ISOLATED,
				   .place = n->place,
			   });
}

static int add_interface(const struct walk *w, const struct netd_node *node,
			 const struct netd_node_interface *in)
{
	const struct netd_network *n = NULL;
	struct netd_desired *space = NULL;
	char owner[NETD_OWNER], name[NETD_SERVICE_NAME];
	uint32_t mtu;

	if (in->network[0])
		n = netd_topology_network(w->t, in->network);
	if (w->out)
		space = netd_desired_space(w->out, node->name);
	if (!n || (w->out && !space))
		return 0;
	mtu = in->mtu;
	if (!mtu)
		mtu = netd_desired_mtu(n, w->facts);
	if (!mtu)
		mtu = NETD_DESIRED_MTU;
	snprintf(owner, sizeof(owner), "%s/%s", w->t->name, node->name);
	snprintf(name, sizeof(name), "%s.%s", node->name, in->name);
	return add_service(w, space,
			   &(struct netd_segment){
				   .topology = w->t,
				   .network = n,
				   .name = name,
				   .owner = owner,
				   .link = in->name,
				   .space = node->name,
				   .addresses = in->addresses,
				   .address_count = in->address_count,
				   .dhcp = &in->dhcp,
				   .dns = &in->dns,
				   .mtu = mtu,
				   .place = in->place,
			   });
}

static int walk(const struct walk *w)
{
	const struct netd_topology *t = w->t;
	int r = 0;

	for (size_t i = 0; i < t->network_count; i++) {
		r = add_network(w, &t->networks[i]);
		if (r)
			return r;
	}
	for (size_t i = 0; i < t->node_count; i++) {
		for (size_t j = 0; j < t->nodes[i].interface_count; j++) {
			r = add_interface(w, &t->nodes[i], &t->nodes[i].interfaces[j]);
			if (r)
				return r;
		}
	}
	return 0;
}

int netd_desired_services(const struct netd_topology *t, const struct netd_facts *facts,
			  struct netd_desired *out, struct netd_error *err)
{
	return walk(&(struct walk){t, facts, make, out, err});
}

int netd_desired_services_check(const struct netd_topology *t,
				const struct netd_facts *facts, struct netd_error *err)
{
	return walk(&(struct walk){t, facts, check, NULL, err});
}

void netd_desired_services_note(const struct netd_topology *t,
				const struct netd_facts *facts, struct netd_error *notes)
{
	walk(&(struct walk){t, facts, note, NULL, notes});
}
