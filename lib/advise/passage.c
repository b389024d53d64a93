// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists the flows that guests need the chains of a host or a router to accept. */
#include "advise/passage.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "advise/area.h"
#include "base/array.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "foreign/remedy.h"
#include "model/state.h"

/*
 * Theory of operation.  Each kind of flow that guests need is a passage.  A chain sees
 * its first packet, or an answer (passage_packet.c).  The packet has only what is
 * certain: protocol TCP, since there must be one (a chain may accept ICMP and nothing
 * else), no ports but those of a forward, and one end in the area's subnet.
 *
 * Hosts and routers have the same passages, but only a bridge has WITHIN; the outside of
 * a router is one of its interfaces.
 */
#define DHCP_PORT 67
#define DHCP_CLIENT_PORT 68
#define DHCP6_PORT 547
#define DHCP6_CLIENT_PORT 546

static const int families[] = {AF_INET, AF_INET6};

static uint8_t nfproto_of(int family)
{
	if (family == AF_INET)
		return NFPROTO_IPV4;
	return NFPROTO_IPV6;
}

static void set_interface(char name[NETD_IFNAME], int *index, const struct netd_area *a,
			  const struct netd_scene *scene)
{
	const struct netd_link *link = netd_state_link(scene->observed, a->link);

	netd_str_copy(name, NETD_IFNAME, a->link);
	if (link)
		*index = link->index;
}

static struct netd_passage begin(const struct netd_area *a, enum netd_passage_kind kind,
				 int family)
{
	return (struct netd_passage){
		.kind = kind,
		.area = a,
		.family = family,
		.packet = {.family = nfproto_of(family),
			   .protocol = IPPROTO_TCP,
			   .tracked = true},
	};
}

static void find_outside(const struct netd_area *a, const struct netd_scene *scene,
			 int family, struct netd_outside *out)
{
	const struct netd_link *only = netd_state_link(scene->observed, a->nat->out);

	*out = (struct netd_outside){0};
	if (!a->nat->out[0])
		netd_outside_find(scene->observed, family, out);
	else if (only)
		*out = (struct netd_outside){{only}, 1};
}

/* True if the area is itself an outside interface, of a router. */
static bool is_outside(const struct netd_area *a, const struct netd_outside *outside)
{
	for (size_t i = 0; i < outside->count; i++)
		if (!strcmp(outside->links[i]->name, a->link))
			return true;
	return false;
}

/* True if our rules accept it for every outside interface; false if there is none. */
static bool passes_all(const struct netd_area *a, const struct netd_outside *outside,
		       bool (*passes)(const struct netd_area *a, const char *outside))
{
	for (size_t i = 0; i < outside->count; i++)
		if (!passes(a, outside->links[i]->name))
			return false;
	return outside->count;
}

static int visit_out(const struct netd_area *a, const struct netd_scene *scene,
		     int family, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(a, NETD_PASSAGE_OUT, family);

	find_outside(a, scene, family, &p.outside);
	if (is_outside(a, &p.outside) || !passes_all(a, &p.outside, netd_area_leaves))
		return 0;
	set_interface(p.packet.in, &p.packet.in_index, a, scene);
	p.packet.source = netd_area_subnet(a, family);
	return visit(&p, data);
}

static int visit_in(const struct netd_area *a, const struct netd_scene *scene, int family,
		    netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(a, NETD_PASSAGE_IN, family);

	find_outside(a, scene, family, &p.outside);
	if (is_outside(a, &p.outside) || !passes_all(a, &p.outside, netd_area_enters))
		return 0;
	set_interface(p.packet.out, &p.packet.out_index, a, scene);
	p.packet.destination = netd_area_subnet(a, family);
	return visit(&p, data);
}

/* The link that has the address; NULL: unknown. */
static const struct netd_link *listener(const struct netd_addr *a,
					const struct netd_scene *scene)
{
	const struct netd_objects *states[] = {&scene->desired->objects,
					       &scene->observed->objects};

	for (size_t s = 0; s < NETD_ARRAY_SIZE(states); s++)
		for (size_t i = 0; i < states[s]->addr_count; i++)
			if (netd_addr_equal(&states[s]->addrs[i].prefix.addr, a))
				return netd_state_link(scene->observed,
						       states[s]->addrs[i].link);
	return NULL;
}

/* On a host, guests behind links of ours may use the forward, too.  In a router, all
 * links are ours. */
static bool is_way_in(const struct netd_area *a, const struct netd_link *link)
{
	if (!link || link->loopback)
		return false;
	if (a->router)
		return strcmp(link->name, a->link) != 0;
	return !netd_link_is_ours(link);
}

static int visit_forward(struct netd_passage *p, const struct netd_scene *scene,
			 netd_passage_visit visit, void *data)
{
	const struct netd_forward *f = p->forward;
	const struct netd_link *in = listener(&f->listen, scene);

	p->packet.forwarded = true;
	p->packet.destination =
		(struct netd_prefix){f->to, (uint8_t)netd_addr_bits(&f->to)};
	if (f->port_first == f->port_last)
		p->packet.destination_port = f->to_port;
	if (is_way_in(p->area, in))
		p->outside = (struct netd_outside){{in}, 1};
	set_interface(p->packet.out, &p->packet.out_index, p->area, scene);
	return visit(p, data);
}

static int visit_protocols(struct netd_passage *p, const struct netd_scene *scene,
			   netd_passage_visit visit, void *data)
{
	if (!p->forward->protocols) /* a whole address */
		return visit_forward(p, scene, visit, data);
	netd_protocol_for_each(bit, p->forward->protocols)
	{
		int r;

		p->protocol = bit;
		p->packet.protocol = netd_protocol_number(bit);
		r = visit_forward(p, scene, visit, data);
		if (r < 0)
			return r;
	}
	return 0;
}

static int visit_forwards(const struct netd_area *a, const struct netd_scene *scene,
			  netd_passage_visit visit, void *data)
{
	for (size_t i = 0; i < a->forward_count; i++) {
		const struct netd_forward *f = &a->forwards[i];
		struct netd_passage p = begin(a, NETD_PASSAGE_FORWARD, f->to.family);
		int r;

		if (!netd_area_has_forward(a, f))
			continue;
		p.forward = f;
		r = visit_protocols(&p, scene, visit, data);
		if (r < 0)
			return r;
	}
	return 0;
}

static int visit_within(const struct netd_area *a, const struct netd_scene *scene,
			int family, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(a, NETD_PASSAGE_WITHIN, family);

	if (!a->network)
		return 0;
	p.framed = scene->bridge_nf_call && family == AF_INET;
	set_interface(p.packet.in, &p.packet.in_index, a, scene);
	set_interface(p.packet.out, &p.packet.out_index, a, scene);
	p.packet.source = p.packet.destination = netd_area_subnet(a, family);
	return visit(&p, data);
}

/* DHCP clients send from fixed ports: RFC 2131 4.1, RFC 8415 7. */
static void set_client(struct netd_packet *p, bool asks)
{
	static const struct netd_prefix nobody = {{.family = AF_INET}, 32};
	static const struct netd_prefix everybody = {
		{.family = AF_INET, .bytes = {255, 255, 255, 255}}, 32};

	if (p->destination_port == DHCP_PORT)
		p->source_port = DHCP_CLIENT_PORT;
	if (p->destination_port == DHCP6_PORT)
		p->source_port = DHCP6_CLIENT_PORT;
	if (!asks)
		return;
	p->source = nobody;
	p->destination = everybody;
}

/* DHCP clients first broadcast without an address, and later send from their own. */
static int visit_service(const struct netd_area *a, const struct netd_scene *scene,
			 int family, unsigned row, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(a, NETD_PASSAGE_SERVICE, family);
	int r;

	p.row = row;
	set_interface(p.packet.in, &p.packet.in_index, a, scene);
	netd_admit_row_packet(row, &p.packet);
	if (p.packet.destination_port == DHCP_PORT) {
		set_client(&p.packet, true);
		r = visit(&p, data);
		if (r < 0)
			return r;
	}
	p.packet.source = p.packet.destination = (struct netd_prefix){0};
	if (p.packet.destination_port && p.packet.destination_port != DHCP6_PORT)
		p.packet.source = netd_area_subnet(a, family); /* else link-local */
	set_client(&p.packet, false);
	return visit(&p, data);
}

static int visit_services(const struct netd_area *a, const struct netd_scene *scene,
			  int family, netd_passage_visit visit, void *data)
{
	for (unsigned row = 0; row < netd_admit_row_count(); row++) {
		int r;

		if (!netd_admit_row_fits(row, a->services, nfproto_of(family)))
			continue;
		r = visit_service(a, scene, family, row, visit, data);
		if (r < 0)
			return r;
	}
	return 0;
}

static int visit_family(const struct netd_area *a, const struct netd_scene *scene,
			int family, netd_passage_visit visit, void *data)
{
	static int (*const visits[])(const struct netd_area *, const struct netd_scene *,
				     int, netd_passage_visit,
				     void *) = {visit_out, visit_in, visit_services};
	bool has = netd_area_has(a, family);
	int r = 0;

	if (has || family == AF_INET)
		r = visit_within(a, scene, family, visit, data);
	if (r < 0 || !has)
		return r;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(visits); i++) {
		r = visits[i](a, scene, family, visit, data);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_passages_of(const struct netd_area *a, const struct netd_scene *scene,
		     netd_passage_visit visit, void *data)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(families); i++) {
		int r = visit_family(a, scene, families[i], visit, data);

		if (r < 0)
			return r;
	}
	return visit_forwards(a, scene, visit, data);
}

/* Flows by an outside interface of a router are OUT and IN. */
static bool is_between(const struct netd_area *from, const struct netd_area *to,
		       const struct netd_scene *scene, int family)
{
	struct netd_outside outside;

	if (!netd_area_has(from, family) || !netd_area_has(to, family))
		return false;
	find_outside(from, scene, family, &outside);
	return !is_outside(from, &outside) && !is_outside(to, &outside);
}

int netd_passages_between(const struct netd_area *from, const struct netd_area *to,
			  const struct netd_scene *scene, netd_passage_visit visit,
			  void *data)
{
	if (!netd_area_reaches(from, to))
		return 0;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(families); i++) {
		struct netd_passage p = begin(from, NETD_PASSAGE_BETWEEN, families[i]);
		int r;

		if (!is_between(from, to, scene, families[i]))
			continue;
		p.other = to;
		set_interface(p.packet.in, &p.packet.in_index, from, scene);
		set_interface(p.packet.out, &p.packet.out_index, to, scene);
		p.packet.source = netd_area_subnet(from, families[i]);
		p.packet.destination = netd_area_subnet(to, families[i]);
		r = visit(&p, data);
		if (r < 0)
			return r;
	}
	return 0;
}

static void print_end(struct netd_str *s, const struct netd_addr *a, bool has_port,
		      unsigned port)
{
	char text[NETD_ADDR_TEXT];

	netd_addr_format(a, text);
	if (!has_port)
		netd_str_add(s, text);
	else if (a->family == AF_INET6)
		netd_str_addf(s, "[%s]:%u", text, port);
	else
		netd_str_addf(s, "%s:%u", text, port);
}

static void print_forward(struct netd_str *s, const struct netd_passage *p)
{
	const struct netd_forward *f = p->forward;

	netd_str_add(s, "the forward ");
	if (p->protocol)
		netd_str_addf(s, "%s ", netd_protocol_name(p->protocol));
	print_end(s, &f->listen, p->protocol, f->port_first);
	if (f->port_last != f->port_first)
		netd_str_addf(s, "-%u", f->port_last);
	netd_str_add(s, " to ");
	print_end(s, &f->to, p->protocol, f->to_port);
}

/* What precedes a name: "network lan", "interface lan". */
static const char *word_of(const struct netd_area *a)
{
	if (a->router)
		return "interface";
	return "network";
}

void netd_passage_print(struct netd_str *s, const struct netd_passage *p, bool reply)
{
	/* before and behind "network lan"; of the first packet, of an answer */
	static const char *const words[][2][2] = {
		[NETD_PASSAGE_OUT] = {{"TCP from ", " to the outside"},
				      {"answers from the outside to ", ""}},
		[NETD_PASSAGE_IN] = {{"TCP from the outside to ", ""},
				     {"answers from ", " to the outside"}},
		[NETD_PASSAGE_FORWARD] = {{"", ""}, {"answers by ", ""}},
		[NETD_PASSAGE_WITHIN] = {{"TCP between machines of ", ""},
					 {"TCP between machines of ", ""}},
		[NETD_PASSAGE_SERVICE] = {{"", ""}, {"answers to ", ""}},
		[NETD_PASSAGE_BETWEEN] = {{"TCP from ", " to "},
					  {"answers to ", " from "}},
	};
	const char *const *word = words[p->kind][reply], *kind = word_of(p->area);

	netd_str_add(s, word[0]);
	if (p->kind == NETD_PASSAGE_FORWARD) {
		print_forward(s, p);
		return;
	}
	if (p->kind == NETD_PASSAGE_SERVICE)
		netd_str_addf(s, "%s from ",
			      netd_admit_row_word(p->row, NETD_ADMIT_WORD_PEOPLE));
	netd_str_addf(s, "%s %s%s", kind, p->area->name, word[1]);
	if (p->kind == NETD_PASSAGE_BETWEEN)
		netd_str_addf(s, "%s %s", kind, p->other->name);
}

unsigned netd_passage_need(const struct netd_passage *p, bool reply)
{
	static const unsigned needs[][2] = {
		[NETD_PASSAGE_OUT] = {NETD_NEED_FROM, NETD_NEED_ANSWERS_TO},
		[NETD_PASSAGE_IN] = {NETD_NEED_TO, NETD_NEED_ANSWERS_FROM},
		[NETD_PASSAGE_FORWARD] = {NETD_NEED_TO, NETD_NEED_ANSWERS_FROM},
		[NETD_PASSAGE_WITHIN] = {NETD_NEED_WITHIN, NETD_NEED_WITHIN},
		[NETD_PASSAGE_BETWEEN] = {NETD_NEED_BETWEEN, NETD_NEED_BACK},
		[NETD_PASSAGE_SERVICE] = {0, NETD_NEED_TO},
	};

	if (p->kind == NETD_PASSAGE_SERVICE && !reply)
		return NETD_NEED_SERVICE << p->row;

	return needs[p->kind][reply];
}
