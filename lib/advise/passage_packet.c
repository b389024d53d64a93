// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the packet of a passage that a chain sees. */
#include "advise/passage.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "advise/area.h"
#include "base/array.h"
#include "base/str.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  NAT changes addresses between the hooks, and connection tracking
 * begins at a priority: what depends on these is left undecided before or behind them.
 *
 * In prerouting only the incoming interface is known, in postrouting only the outgoing
 * one is of use: so these hooks are evaluated only if that interface is the area's.
 */
#define DNS_PORT 53
#define DHCP_PORT 67
#define TFTP_PORT 69
#define ND_ANSWER 0x100 /* added to type and code: an answer has the next type, … */
#define ND_LAST 0x8800	/* … up to neighbor advertisements */
#define TRACKED (-200)	/* linux/netfilter_ipv4.h NF_IP_PRI_CONNTRACK */

static const struct {
	uint8_t hook;
	bool in, out;		 /* which interface must be the area's */
	bool services, forwards; /* what goes there */
} hooks[] = {
	{NF_INET_PRE_ROUTING, true, false, true, true},
	{NF_INET_LOCAL_IN, true, false, true, false},
	{NF_INET_FORWARD, false, false, false, true},
	{NF_INET_LOCAL_OUT, false, true, true, false},
	{NF_INET_POST_ROUTING, false, true, true, true},
};

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
	out->tracked = out->untracked = false;
	out->bridged = true;
	if (c->hook == NF_INET_LOCAL_IN)
		return p->kind == NETD_PASSAGE_SERVICE;
	return p->kind == NETD_PASSAGE_WITHIN;
}

/*
 * Makes it an answer of the host.  The answer to a broadcast begins a flow of its own;
 * one of ND is untracked and has another type (RFC 4861 4); one of TFTP may be of either
 * flow. The DHCP guard takes answers at output, priority 0, and sends them past all later
 * chains (lib/dhcp/guard_hold.c).
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
	const char *link = p->area->link;
	bool service = p->kind == NETD_PASSAGE_SERVICE;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(hooks); i++) {
		if (hooks[i].hook != c->hook)
			continue;
		if ((service && !hooks[i].services) || (!service && !hooks[i].forwards))
			return false;
		if ((hooks[i].in && strcmp(out->in, link) != 0) ||
		    (hooks[i].out && strcmp(out->out, link) != 0))
			return false;
		if (c->priority <= TRACKED &&
		    (c->hook == NF_INET_PRE_ROUTING || c->hook == NF_INET_LOCAL_OUT))
			out->tracked = out->untracked = false;
		if (c->hook == NF_INET_PRE_ROUTING) { /* before DNAT */
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
		return !reply && p->area->network && as_frame(p, c, out);
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
