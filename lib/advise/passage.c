// SPDX-License-Identifier: GPL-2.0-or-later
/* What must pass the host's own chains for a network to be of use. */
#include "advise/passage.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "base/array.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "foreign/remedy.h"
#include "model/facts.h"

/*
 * Theory of operation.  A passage is seen by chains as its packets are: a flow's first
 * one, and an answer.  What is certain of these is all that is said of them: TCP, since
 * some protocol must be taken (a chain may let ICMP pass and nothing else), no port but a
 * forward's, one end in the network's subnet.  NAT changes addresses between the hooks,
 * and tracking begins at a priority: what depends on that is left open there.
 *
 * Before routing only the incoming interface is known, behind it only the outgoing one is
 * of use: so these hooks are looked at where that is the network's bridge.
 */
#define DNS_PORT 53
#define DHCP_PORT 67
#define TFTP_PORT 69
#define DHCP_CLIENT_PORT 68
#define DHCP6_PORT 547
#define DHCP6_CLIENT_PORT 546
#define ND_ANSWER 0x100 /* type and code: the type of an answer is the next one, … */
#define ND_LAST 0x8800	/* … up to neighbor advertisements */
#define TRACKED (-200)	/* linux/netfilter_ipv4.h NF_IP_PRI_CONNTRACK */

static const struct {
	uint8_t hook;
	bool in, out;		 /* which interface must be the network's */
	bool services, forwards; /* what goes there */
} hooks[] = {
	{NF_INET_PRE_ROUTING, true, false, true, true},
	{NF_INET_LOCAL_IN, true, false, true, false},
	{NF_INET_FORWARD, false, false, false, true},
	{NF_INET_LOCAL_OUT, false, true, true, false},
	{NF_INET_POST_ROUTING, false, true, true, true},
};

static uint8_t nfproto_of(int family)
{
	if (family == AF_INET)
		return NFPROTO_IPV4;
	return NFPROTO_IPV6;
}

static void set_interface(char name[NETD_IFNAME], int *index, const char *bridge,
			  const struct netd_facts *facts)
{
	const struct netd_link *link = netd_state_link(facts->observed, bridge);

	netd_str_copy(name, NETD_IFNAME, bridge);
	*index = link ? link->index : 0;
}

/* The network's subnet of that family, if it is the only one. */
static struct netd_prefix subnet(const struct netd_network *n, int family)
{
	struct netd_prefix found = {0};

	for (size_t i = 0; i < n->address_count; i++) {
		const struct netd_prefix *a = &n->addresses[i];

		if (a->addr.family != family || netd_addr_is_link_local(&a->addr))
			continue;
		if (found.addr.family)
			return (struct netd_prefix){0};
		found = netd_prefix_network(a);
	}
	return found;
}

static bool has_subnet(const struct netd_network *n, int family)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == family &&
		    !netd_addr_is_link_local(&n->addresses[i].addr))
			return true;
	return false;
}

static struct netd_passage begin(const struct netd_network *n,
				 enum netd_passage_kind kind, int family)
{
	return (struct netd_passage){
		.kind = kind,
		.network = n,
		.family = family,
		.packet = {.family = nfproto_of(family),
			   .protocol = IPPROTO_TCP,
			   .tracked = true},
	};
}

static int visit_out(const struct netd_network *n, const struct netd_facts *facts,
		     int family, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(n, NETD_PASSAGE_OUT, family);
	const struct netd_link *out = netd_state_link(facts->observed, n->nat.out);

	set_interface(p.packet.in, &p.packet.in_index, n->bridge, facts);
	p.packet.source = subnet(n, family);
	if (n->nat.out[0] && out)
		p.outside = (struct netd_outside){{out}, 1};
	else if (!n->nat.out[0])
		netd_outside_find(facts->observed, family, &p.outside);
	if (p.outside.count)
		return visit(&p, data);
	return 0;
}

static int visit_in(const struct netd_network *n, const struct netd_facts *facts,
		    int family, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(n, NETD_PASSAGE_IN, family);

	set_interface(p.packet.out, &p.packet.out_index, n->bridge, facts);
	p.packet.destination = subnet(n, family);
	netd_outside_find(facts->observed, family, &p.outside);
	if (p.outside.count)
		return visit(&p, data);
	return 0;
}

/* Where packets to that address of the host's come in; NULL: not known. */
static const struct netd_link *listener(const struct netd_addr *a,
					const struct netd_facts *facts,
					const struct netd_state *desired)
{
	const struct netd_state *states[] = {desired, facts->observed};

	for (size_t s = 0; s < NETD_ARRAY_SIZE(states); s++)
		for (size_t i = 0; i < states[s]->addr_count; i++)
			if (netd_addr_equal(&states[s]->addrs[i].prefix.addr, a))
				return netd_state_link(facts->observed,
						       states[s]->addrs[i].link);
	return NULL;
}

static int visit_forward(struct netd_passage *p, const struct netd_facts *facts,
			 const struct netd_state *desired, netd_passage_visit visit,
			 void *data)
{
	const struct netd_forward *f = p->forward;
	const struct netd_link *in = listener(&f->listen, facts, desired);

	p->packet.forwarded = true;
	p->packet.destination =
		(struct netd_prefix){f->to, (uint8_t)netd_addr_bits(&f->to)};
	if (f->port_first == f->port_last)
		p->packet.destination_port = f->to_port;
	if (in && !in->loopback && !netd_link_is_ours(in))
		p->outside = (struct netd_outside){{in}, 1};
	set_interface(p->packet.out, &p->packet.out_index, p->network->bridge, facts);
	return visit(p, data);
}

static int visit_forwards(const struct netd_network *n, const struct netd_facts *facts,
			  const struct netd_state *desired, netd_passage_visit visit,
			  void *data)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n->forward_count; i++) {
		const struct netd_forward *f = &n->forwards[i];
		struct netd_passage p = begin(n, NETD_PASSAGE_FORWARD, f->to.family);

		p.forward = f;
		if (!f->protocols) /* a whole address */
			r = visit_forward(&p, facts, desired, visit, data);
		netd_protocol_for_each(bit, f->protocols)
		{
			p.protocol = bit;
			p.packet.protocol = netd_protocol_number(bit);
			if (r >= 0)
				r = visit_forward(&p, facts, desired, visit, data);
		}
	}
	return r;
}

/* Whether chains of IP see bridged frames, too: br_netfilter. */
static int visit_within(const struct netd_network *n, const struct netd_facts *facts,
			int family, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(n, NETD_PASSAGE_WITHIN, family);

	p.framed = facts->bridge_nf_call && family == AF_INET;
	set_interface(p.packet.in, &p.packet.in_index, n->bridge, facts);
	set_interface(p.packet.out, &p.packet.out_index, n->bridge, facts);
	p.packet.source = p.packet.destination = subnet(n, family);
	return visit(&p, data);
}

/* RFC 2131 4.1, RFC 8415 7: clients of DHCP have ports of their own. */
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

/* A client of DHCP asks everybody from no address, and later the host from its own. */
static int visit_service(const struct netd_network *n, const struct netd_facts *facts,
			 int family, unsigned row, netd_passage_visit visit, void *data)
{
	struct netd_passage p = begin(n, NETD_PASSAGE_SERVICE, family);
	int r = 0;

	p.row = row;
	set_interface(p.packet.in, &p.packet.in_index, n->bridge, facts);
	netd_admit_row_packet(row, &p.packet);
	if (p.packet.destination_port == DHCP_PORT) {
		set_client(&p.packet, true);
		r = visit(&p, data);
	}
	p.packet.source = p.packet.destination = (struct netd_prefix){0};
	if (p.packet.destination_port && p.packet.destination_port != DHCP6_PORT)
		p.packet.source = subnet(n, family); /* else of the link alone */
	set_client(&p.packet, false);
	if (r < 0)
		return r;
	return visit(&p, data);
}

static int visit_services(const struct netd_network *n, const struct netd_facts *facts,
			  int family, netd_passage_visit visit, void *data)
{
	unsigned bits = netd_admit_services_network(n);
	int r = 0;

	for (unsigned row = 0; r >= 0 && row < netd_admit_row_count(); row++)
		if (netd_admit_row_fits(row, bits, nfproto_of(family)))
			r = visit_service(n, facts, family, row, visit, data);
	return r;
}

int netd_passages_of(const struct netd_network *n, const struct netd_facts *facts,
		     const struct netd_state *desired, netd_passage_visit visit,
		     void *data)
{
	static const int families[] = {AF_INET, AF_INET6};
	bool leaves = n->mode == NETD_MODE_NAT || n->mode == NETD_MODE_ROUTED ||
		      n->mode == NETD_MODE_OPEN;
	bool enters = n->mode == NETD_MODE_ROUTED || n->mode == NETD_MODE_OPEN;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < NETD_ARRAY_SIZE(families); i++) {
		int family = families[i];
		bool has = has_subnet(n, family);

		if (has || family == AF_INET)
			r = visit_within(n, facts, family, visit, data);
		if (r >= 0 && has && leaves)
			r = visit_out(n, facts, family, visit, data);
		if (r >= 0 && has && enters)
			r = visit_in(n, facts, family, visit, data);
		if (r >= 0 && has)
			r = visit_services(n, facts, family, visit, data);
	}
	if (r < 0)
		return r;
	return visit_forwards(n, facts, desired, visit, data);
}

int netd_passages_between(const struct netd_network *from, const struct netd_network *to,
			  const struct netd_facts *facts, netd_passage_visit visit,
			  void *data)
{
	static const int families[] = {AF_INET, AF_INET6};
	bool leaves = from->mode == NETD_MODE_NAT || from->mode == NETD_MODE_ROUTED ||
		      from->mode == NETD_MODE_OPEN;
	int r = 0;

	if (!leaves || from->nat.out[0] ||
	    (to->mode != NETD_MODE_ROUTED && to->mode != NETD_MODE_OPEN))
		return 0;
	for (size_t i = 0; r >= 0 && i < NETD_ARRAY_SIZE(families); i++) {
		struct netd_passage p = begin(from, NETD_PASSAGE_BETWEEN, families[i]);

		if (!has_subnet(from, families[i]) || !has_subnet(to, families[i]))
			continue;
		p.other = to;
		set_interface(p.packet.in, &p.packet.in_index, from->bridge, facts);
		set_interface(p.packet.out, &p.packet.out_index, to->bridge, facts);
		p.packet.source = subnet(from, families[i]);
		p.packet.destination = subnet(to, families[i]);
		r = visit(&p, data);
	}
	return r;
}

/*
 * Packets
 */

static void turn_round(struct netd_packet *p)
{
	struct netd_packet old = *p;

	p->reply = true;
	netd_copy(p->in, old.out);
	netd_copy(p->out, old.in);
	p->in_index = old.out_index;
	p->out_index = old.in_index;
	p->source = old.destination;
	p->destination = old.source;
	p->source_port = old.destination_port;
	p->destination_port = old.source_port;
}

static void set_outside(struct netd_packet *p, const struct netd_link *outside)
{
	if (!outside)
		return;
	if (!p->in[0]) {
		netd_copy(p->in, outside->name);
		p->in_index = outside->index;
	} else if (!p->out[0]) {
		netd_copy(p->out, outside->name);
		p->out_index = outside->index;
	}
}

/* A chain of family bridge: it sees frames between ports, and nothing is tracked. */
static bool as_frame(const struct netd_passage *p, const struct netd_foreign_chain *c,
		     struct netd_packet *out)
{
	netd_copy(out->in_bridge, out->in);
	netd_copy(out->out_bridge, c->hook == NF_INET_FORWARD ? out->out : "");
	out->in[0] = out->out[0] = '\0';
	out->in_index = out->out_index = 0;
	out->tracked = false;
	out->bridged = true;
	return p->kind ==
	       (c->hook == NF_INET_LOCAL_IN ? NETD_PASSAGE_SERVICE : NETD_PASSAGE_WITHIN);
}

/*
 * What the host sends back.  To who asked everybody it begins a flow of its own; of ND it
 * is a packet of another type (RFC 4861 4), which is not tracked; of TFTP it may be
 * either.  The guard of DHCP takes its answers at output, priority 0, and sends them past
 * all that is behind (lib/dhcp/guard_hold.c).
 */
static bool as_served(const struct netd_passage *p, const struct netd_foreign_chain *c,
		      struct netd_packet *out)
{
	uint16_t port = p->packet.destination_port;
	bool nd = out->protocol == IPPROTO_ICMPV6;

	if (port == DHCP_PORT && (c->hook != NF_INET_LOCAL_OUT || c->priority >= 0))
		return false;
	out->source = out->destination = (struct netd_prefix){0};
	out->tracked = !nd && port != TFTP_PORT;
	out->reply = port == DNS_PORT ||
		     (port == DHCP_PORT && !p->packet.destination.addr.family);
	if (!nd)
		return true;
	out->source_port = (uint16_t)(p->packet.source_port + ND_ANSWER);
	out->destination_port = 0;
	return out->source_port <= ND_LAST;
}

static bool at_hook(const struct netd_passage *p, const struct netd_foreign_chain *c,
		    struct netd_packet *out)
{
	const char *bridge = p->network->bridge;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(hooks); i++) {
		if (hooks[i].hook != c->hook)
			continue;
		if (!(p->kind == NETD_PASSAGE_SERVICE ? hooks[i].services
						      : hooks[i].forwards))
			return false;
		if ((hooks[i].in && strcmp(out->in, bridge) != 0) ||
		    (hooks[i].out && strcmp(out->out, bridge) != 0))
			return false;
		if (c->hook == NF_INET_PRE_ROUTING) { /* before DNAT */
			out->tracked &= c->priority > TRACKED;
			out->out[0] = '\0';
			out->out_index = 0;
			out->destination = (struct netd_prefix){0};
			out->destination_port = 0;
		} else if (c->hook == NF_INET_POST_ROUTING) { /* behind SNAT */
			out->source = (struct netd_prefix){0};
			out->source_port = 0;
		}
		return true;
	}
	return false;
}

bool netd_passage_packet(const struct netd_passage *p, const struct netd_foreign_chain *c,
			 bool reply, const struct netd_link *outside,
			 struct netd_packet *out)
{
	*out = p->packet;
	if (c->family == NFPROTO_BRIDGE)
		return !reply && as_frame(p, c, out);
	if ((c->family != NFPROTO_INET && c->family != out->family) ||
	    (p->kind == NETD_PASSAGE_WITHIN && !p->framed))
		return false;
	set_outside(out, outside);
	if (reply)
		turn_round(out);
	if (reply && p->kind == NETD_PASSAGE_SERVICE && !as_served(p, c, out))
		return false;
	return at_hook(p, c, out);
}

/*
 * Words
 */

static void print_forward(struct netd_str *s, const struct netd_passage *p)
{
	char listen[NETD_ADDR_TEXT], to[NETD_ADDR_TEXT];
	const struct netd_forward *f = p->forward;
	const char *open = p->family == AF_INET6 && p->protocol ? "[" : "";
	const char *close = *open ? "]" : "";

	netd_str_add(s, "the forward ");
	if (p->protocol)
		netd_str_addf(s, "%s ", netd_protocol_name(p->protocol));
	netd_str_addf(s, "%s%s%s", open, netd_addr_format(&f->listen, listen), close);
	if (p->protocol)
		netd_str_addf(s, ":%u", f->port_first);
	if (f->port_last != f->port_first)
		netd_str_addf(s, "-%u", f->port_last);
	netd_str_addf(s, " to %s%s%s", open, netd_addr_format(&f->to, to), close);
	if (p->protocol)
		netd_str_addf(s, ":%u", f->to_port);
}

void netd_passage_print(struct netd_str *s, const struct netd_passage *p, bool reply)
{
	const char *name = p->network->name;

	switch (p->kind) {
	case NETD_PASSAGE_OUT:
		netd_str_addf(s,
			      reply ? "answers from the outside to network %s"
				    : "TCP from network %s to the outside",
			      name);
		break;
	case NETD_PASSAGE_IN:
		netd_str_addf(s,
			      reply ? "answers from network %s to the outside"
				    : "TCP from the outside to network %s",
			      name);
		break;
	case NETD_PASSAGE_FORWARD:
		if (reply)
			netd_str_add(s, "answers by ");
		print_forward(s, p);
		break;
	case NETD_PASSAGE_WITHIN:
		netd_str_addf(s, "TCP between machines of network %s", name);
		break;
	case NETD_PASSAGE_SERVICE:
		netd_str_addf(s, "%s%s from network %s", reply ? "answers to " : "",
			      netd_admit_row_word(p->row, NETD_ADMIT_WORD_PEOPLE), name);
		break;
	case NETD_PASSAGE_BETWEEN:
		netd_str_addf(s,
			      reply ? "answers to network %s from network %s"
				    : "TCP from network %s to network %s",
			      name, p->other->name);
		break;
	}
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
