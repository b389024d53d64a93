// SPDX-License-Identifier: GPL-2.0-or-later
/* Which connections a change of the ruleset outdates, and which it must not touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "base/array.h"
#include "ruleset/compile.h"
#include "flow/conntrack.h"
#include "ruleset/delta.h"
#include "flow/flow.h"
#include "flow/outdated.h"

#define TCP 6
#define UDP 17

/* 203.0.113.9:4000 to TARGET:PORT; the reply comes from BY:BY_PORT. */
struct case_flow {
	uint8_t protocol;
	const char *target;
	uint16_t port;
	const char *by;
	uint16_t by_port;
	uint32_t status;
};

/* Where 1.1.1.1 udp/tcp 80 (or the whole address) went and goes; NULL: nowhere. */
struct change {
	uint8_t protocol; /* 0: the whole address */
	const char *was, *is;
	uint16_t port; /* of both */
};

static const struct {
	const char *name;
	struct change change;
	struct case_flow flow;
	bool outdated;
} forwards[] = {
	{"removed",
	 {TCP, "10.0.0.1", NULL, 80},
	 {TCP, "1.1.1.1", 80, "10.0.0.1", 80, IPS_DST_NAT},
	 true},
	{"another port",
	 {TCP, "10.0.0.1", NULL, 80},
	 {TCP, "1.1.1.1", 81, "10.0.0.1", 81, IPS_DST_NAT},
	 false},
	{"another protocol",
	 {TCP, "10.0.0.1", NULL, 80},
	 {UDP, "1.1.1.1", 80, "10.0.0.1", 80, IPS_DST_NAT},
	 false},
	{"another address",
	 {TCP, "10.0.0.1", NULL, 80},
	 {TCP, "1.1.1.2", 80, "10.0.0.1", 80, IPS_DST_NAT},
	 false},
	{"not translated",
	 {TCP, "10.0.0.1", NULL, 80},
	 {TCP, "1.1.1.1", 80, "1.1.1.1", 80, IPS_SEEN_REPLY},
	 false},
	{"somebody else's translation",
	 {TCP, "10.0.0.1", NULL, 80},
	 {TCP, "1.1.1.1", 80, "10.9.9.9", 80, IPS_DST_NAT},
	 false},
	{"changed",
	 {TCP, "10.0.0.1", "10.0.0.2", 80},
	 {TCP, "1.1.1.1", 80, "10.0.0.1", 80, IPS_DST_NAT},
	 true},
	{"made since the change",
	 {TCP, "10.0.0.1", "10.0.0.2", 80},
	 {TCP, "1.1.1.1", 80, "10.0.0.2", 80, IPS_DST_NAT},
	 false},
	{"the comment alone",
	 {UDP, "10.0.0.1", "10.0.0.1", 80},
	 {UDP, "1.1.1.1", 80, "10.0.0.1", 80, IPS_DST_NAT},
	 false},
	{"new, unanswered UDP",
	 {UDP, NULL, "10.0.0.1", 80},
	 {UDP, "1.1.1.1", 80, "1.1.1.1", 80, 0},
	 true},
	{"new, answered UDP",
	 {UDP, NULL, "10.0.0.1", 80},
	 {UDP, "1.1.1.1", 80, "1.1.1.1", 80, IPS_SEEN_REPLY},
	 false},
	{"new, went with the address",
	 {UDP, NULL, "10.0.0.1", 80},
	 {UDP, "1.1.1.1", 80, "10.0.0.5", 80, IPS_DST_NAT},
	 true},
	{"new, TCP",
	 {TCP, NULL, "10.0.0.1", 80},
	 {TCP, "1.1.1.1", 80, "1.1.1.1", 80, 0},
	 false},
	{"an address removed",
	 {0, "10.0.0.1", NULL, 0},
	 {TCP, "1.1.1.1", 22, "10.0.0.1", 22, IPS_DST_NAT},
	 true},
	{"an address removed, a port's stays",
	 {0, "10.0.0.1", NULL, 0},
	 {TCP, "1.1.1.1", 22, "10.0.0.2", 22, IPS_DST_NAT},
	 false},
	{"an address removed, a shifted port's stays",
	 {0, "10.0.0.1", NULL, 0},
	 {TCP, "1.1.1.1", 22, "10.0.0.1", 2222, IPS_DST_NAT},
	 false},
	{"an address new, unanswered UDP",
	 {0, NULL, "10.0.0.1", 0},
	 {UDP, "1.1.1.1", 53, "1.1.1.1", 53, 0},
	 true},
	{"an address new, a port's stays",
	 {0, NULL, "10.0.0.1", 0},
	 {UDP, "1.1.1.1", 53, "10.0.0.2", 53, IPS_DST_NAT},
	 false},
};

static struct netd_addr addr(const char *text)
{
	struct netd_addr a = {0};

	assert_int_equal(netd_addr_parse(text, &a), 0);
	return a;
}

static size_t make_element(struct netd_element *e, const struct change *c, const char *to)
{
	struct netd_addr listen = addr("1.1.1.1"), target;

	if (!to)
		return 0;
	*e = (struct netd_element){0};
	netd_element_forward_key(e, &listen, c->protocol, c->protocol ? 80 : 0);
	target = addr(to);
	memcpy(e->data, target.bytes, 4);
	e->data_length = c->protocol ? 8 : 4;
	e->data[5] = (uint8_t)c->port;
	return 1;
}

static void forward(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(forwards); i++) {
		const struct case_flow *f = &forwards[i].flow;
		struct netd_element old, new;
		struct netd_ruleset_delta d = {.removed = &old, .added = &new};
		struct netd_outdated o;
		struct netd_flow flow = {.status = f->status};

		d.removed_count =
			make_element(&old, &forwards[i].change, forwards[i].change.was);
		d.added_count =
			make_element(&new, &forwards[i].change, forwards[i].change.is);
		flow.original = (struct netd_tuple){addr("203.0.113.9"), addr(f->target),
						    f->protocol, 4000, f->port};
		flow.reply = (struct netd_tuple){addr(f->by), addr("203.0.113.9"),
						 f->protocol, f->by_port, 4000};
		assert_int_equal(netd_outdated_init(&o, &d, NULL, 0), 0);
		if (forwards[i].outdated)
			assert_true(netd_outdated_matters(&o));
		if (netd_flow_is_outdated(&o, &flow) != forwards[i].outdated)
			fail_msg("%s", forwards[i].name);
		netd_outdated_done(&o);
	}
}

/* Connections are looked at only for a change that may outdate one. */
static void matters(void **state)
{
	static const struct {
		struct change change;
		bool matters;
	} rows[] = {
		{{TCP, NULL, "10.0.0.1", 80}, false},
		{{UDP, NULL, "10.0.0.1", 80}, true},
		{{0, NULL, "10.0.0.1", 0}, true},
		{{TCP, "10.0.0.1", NULL, 80}, true},
		{{TCP, "10.0.0.1", "10.0.0.2", 80}, true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_element old, new;
		struct netd_ruleset_delta d = {.removed = &old, .added = &new};
		struct netd_outdated o;

		d.removed_count = make_element(&old, &rows[i].change, rows[i].change.was);
		d.added_count = make_element(&new, &rows[i].change, rows[i].change.is);
		assert_int_equal(netd_outdated_init(&o, &d, NULL, 0), 0);
		assert_int_equal(netd_outdated_matters(&o), rows[i].matters);
		netd_outdated_done(&o);
	}
}

/* The source NAT of bridge n: NULL none, "" the plain masquerade, else a range. */
static const struct {
	const char *name;
	const char *was, *is;
	/* From SOURCE:4000 to TARGET; outside saw SEEN:PORT. */
	const char *source, *target, *seen;
	uint16_t port;
	uint32_t status;
	bool outdated;
} sources[] = {
	{"masquerade to a source", "", "9.9.9.1", "10.1.0.5", "8.8.8.8", "9.9.9.9", 4000,
	 IPS_SRC_NAT, true},
	{"a source to masquerade", "9.9.9.1", "", "10.1.0.5", "8.8.8.8", "9.9.9.1", 4000,
	 IPS_SRC_NAT, true},
	{"removed", "", NULL, "10.1.0.5", "8.8.8.8", "9.9.9.9", 4000, IPS_SRC_NAT, true},
	{"inside the wider pool", "9.9.9.1", "9.9.9.1-9.9.9.3", "10.1.0.5", "8.8.8.8",
	 "9.9.9.1", 4000, IPS_SRC_NAT, false},
	{"not in the pool any more", "9.9.9.1-9.9.9.3", "9.9.9.3", "10.1.0.5", "8.8.8.8",
	 "9.9.9.1", 4000, IPS_SRC_NAT, true},
	{"another subnet", "", "9.9.9.1", "10.2.0.5", "8.8.8.8", "9.9.9.9", 4000,
	 IPS_SRC_NAT, false},
	{"never translated", "", "9.9.9.1", "10.1.0.5", "8.8.8.8", "10.1.0.5", 4000,
	 IPS_SEEN_REPLY, false},
	{"a hairpin", "", "9.9.9.1", "10.1.0.5", "1.1.1.1", "10.1.0.254", 4000,
	 IPS_SRC_NAT | IPS_DST_NAT, false},
	{"new, unanswered", NULL, "", "10.1.0.5", "8.8.8.8", "10.1.0.5", 4000, 0, true},
	{"new, answered", NULL, "", "10.1.0.5", "8.8.8.8", "10.1.0.5", 4000,
	 IPS_SEEN_REPLY, false},
	{"new, inside", NULL, "", "10.1.0.5", "10.1.0.6", "10.1.0.5", 4000, 0, false},
	{"port out of the new range", "", "9.9.9.9", "10.1.0.5", "8.8.8.8", "9.9.9.9",
	 999, IPS_SRC_NAT, true},
};

/* Fills one side in; the counts say which of the two there are. */
static void make_source(const char *text, struct netd_element *e, size_t *elements,
			struct netd_source_chain *c, size_t *chains)
{
	*e = (struct netd_element){
		.map = NETD_MAP_SOURCE, .key_length = NETD_IFNAME, .key = "n"};
	*c = (struct netd_source_chain){
		.name = "nat-n", .port_first = 1024, .port_last = UINT16_MAX};
	*elements = text != NULL;
	*chains = text && *text;
	if (*chains)
		assert_int_equal(netd_addr_range_parse(text, &c->source4), 0);
}

static void source(void **state)
{
	const struct netd_prefix subnet = {addr("10.1.0.254"), 24};
	const struct netd_bridge_subnets network = {"n", &subnet, 1};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(sources); i++) {
		struct netd_element old, new;
		struct netd_source_chain old_chain, new_chain;
		struct netd_ruleset_delta d = {.removed = &old,
					       .added = &new,
					       .chains_removed = &old_chain,
					       .chains_added = &new_chain};
		struct netd_outdated o;
		struct netd_flow flow = {.status = sources[i].status};

		make_source(sources[i].was, &old, &d.removed_count, &old_chain,
			    &d.chains_removed_count);
		make_source(sources[i].is, &new, &d.added_count, &new_chain,
			    &d.chains_added_count);
		flow.original = (struct netd_tuple){
			addr(sources[i].source), addr(sources[i].target), UDP, 4000, 53};
		flow.reply = (struct netd_tuple){addr(sources[i].target),
						 addr(sources[i].seen), UDP, 53,
						 sources[i].port};
		assert_int_equal(netd_outdated_init(&o, &d, &network, 1), 0);
		assert_true(netd_outdated_matters(&o));
		if (netd_flow_is_outdated(&o, &flow) != sources[i].outdated)
			fail_msg("%s", sources[i].name);
		netd_outdated_done(&o);
	}
}

/* Network n, 10.1.0.0/24, becomes isolated; the host is 10.1.0.254 and 9.9.9.9. */
static const struct {
	const char *name, *source, *target, *by;
	uint32_t status;
	bool outdated;
} shut_off[] = {
	{"out", "10.1.0.5", "8.8.8.8", "8.8.8.8", IPS_SEEN_REPLY, true},
	{"in", "8.8.8.8", "10.1.0.5", "10.1.0.5", IPS_SEEN_REPLY, true},
	{"in by a forward", "8.8.8.8", "9.9.9.9", "10.1.0.5", IPS_DST_NAT, true},
	{"to another network", "10.1.0.5", "10.2.0.5", "10.2.0.5", 0, true},
	{"within", "10.1.0.5", "10.1.0.6", "10.1.0.6", IPS_SEEN_REPLY, false},
	{"of the host", "10.1.0.254", "10.1.0.5", "10.1.0.5", IPS_SEEN_REPLY, false},
	{"of the host, another address", "9.9.9.9", "10.1.0.5", "10.1.0.5", 0, false},
	{"to the host", "10.1.0.5", "9.9.9.9", "9.9.9.9", IPS_SEEN_REPLY, false},
	{"of others", "10.2.0.5", "8.8.8.8", "8.8.8.8", IPS_SEEN_REPLY, false},
};

static void shut(void **state)
{
	const struct netd_prefix subnets[] = {{addr("10.1.0.254"), 24},
					      {addr("9.9.9.9"), 24}};
	const struct netd_bridge_subnets links[] = {{"n", &subnets[0], 1},
						    {"eth0", &subnets[1], 1}};
	struct netd_element added[] = {
		{.map = NETD_MAP_SHUT, .key_length = 24, .key = "n"},
		{.map = NETD_MAP_BRIDGES, .key_length = 32, .key = "n"},
	};
	struct netd_ruleset_delta d = {.added = added, .added_count = 1};
	struct netd_outdated o;

	(void)state;
	assert_int_equal(netd_outdated_init(&o, &d, links, 2), 0);
	assert_true(netd_outdated_matters(&o));
	for (size_t i = 0; i < NETD_ARRAY_SIZE(shut_off); i++) {
		struct netd_flow flow = {.status = shut_off[i].status};

		flow.original =
			(struct netd_tuple){addr(shut_off[i].source),
					    addr(shut_off[i].target), TCP, 4000, 80};
		flow.reply = (struct netd_tuple){addr(shut_off[i].by),
						 addr(shut_off[i].source), TCP, 80, 4000};
		if (netd_flow_is_outdated(&o, &flow) != shut_off[i].outdated)
			fail_msg("%s", shut_off[i].name);
	}
	netd_outdated_done(&o);
	/* another MAC: it was isolated before */
	d.removed = added;
	d.removed_count = 1;
	assert_int_equal(netd_outdated_init(&o, &d, links, 2), 0);
	assert_false(netd_outdated_matters(&o));
	netd_outdated_done(&o);
}

/* A new bridge has no connections. */
static void new_network(void **state)
{
	const struct netd_prefix subnet = {addr("10.1.0.254"), 24};
	const struct netd_bridge_subnets link = {"n", &subnet, 1};
	struct netd_element added[] = {
		{.map = NETD_MAP_BRIDGES, .key_length = 32, .key = "n"},
		{.map = NETD_MAP_SHUT, .key_length = 24, .key = "n"},
	};
	struct netd_ruleset_delta d = {.added = added, .added_count = 2};
	struct netd_outdated o;

	(void)state;
	added[0].key[NETD_IFNAME] = 'n';
	assert_int_equal(netd_outdated_init(&o, &d, &link, 1), 0);
	assert_false(netd_outdated_matters(&o));
	netd_outdated_done(&o);
}

/* A bridge that comes or goes without forwards or NAT concerns no connection. */
static void nothing(void **state)
{
	struct netd_element e = {.map = NETD_MAP_BRIDGES, .key_length = 32};
	struct netd_ruleset_delta d = {.removed = &e, .removed_count = 1};
	const struct netd_bridge_subnets network = {"n", NULL, 0};
	struct netd_outdated o;

	(void)state;
	assert_int_equal(netd_outdated_init(&o, &d, &network, 1), 0);
	assert_false(netd_outdated_matters(&o));
	netd_outdated_done(&o);
}

/*
 * A router with a (10.1.0.0/24), b (10.2.0.0/24) and the ways out u and w.  A side has up
 * to two entries "FROM OUT" of `leave`; with a source, they jump to chain leave-OUT.
 */
struct leave_side {
	const char *from[2], *out, *source; /* source NULL: no chain in the delta */
	bool gone;			    /* the interface is, too */
};

static const struct {
	const char *name;
	struct leave_side was, is;
	const char *source, *target, *seen; /* UDP 4000 to 53; seen with port 4000 */
	uint32_t status;
	bool outdated;
} leaves[] = {
	{"a new source, entries as they were",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8", false},
	 "10.1.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 true},
	{"the same, for who is behind another router",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8", false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 true},
	{"a pool with the old source in it",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8-9.9.9.9", false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 false},
	{"a hairpin of who is behind another router",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8", false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "10.1.0.254",
	 IPS_SRC_NAT | IPS_DST_NAT,
	 false},
	{"a forward's flow, from outside",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8", false},
	 "10.77.0.5",
	 "9.9.9.9",
	 "10.77.0.5",
	 IPS_DST_NAT | IPS_SEEN_REPLY,
	 false},
	{"what the way out itself has sent",
	 {{NULL}, "u", "9.9.9.9", false},
	 {{NULL}, "u", "9.9.9.8", false},
	 "9.9.9.77",
	 "8.8.8.8",
	 "9.9.9.77",
	 0,
	 false},
	{"another way out, masquerade",
	 {{"a", "b"}, "u", NULL, false},
	 {{"a", "b"}, "w", NULL, false},
	 "10.1.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 true},
	{"another way out, the same source",
	 {{"a", "b"}, "u", "9.9.9.9", false},
	 {{"a", "b"}, "w", "9.9.9.9", false},
	 "10.1.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 false},
	{"no NAT any more",
	 {{"a", "b"}, "u", NULL, false},
	 {{NULL}, NULL, NULL, false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 true},
	{"an interface less: its own",
	 {{"a"}, "u", NULL, true},
	 {{NULL}, NULL, NULL, false},
	 "10.1.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 true},
	{"an interface less: another's",
	 {{"a"}, "u", NULL, true},
	 {{NULL}, NULL, NULL, false},
	 "10.2.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 false},
	{"an interface less: from behind another router",
	 {{"a"}, "u", NULL, true},
	 {{NULL}, NULL, NULL, false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "9.9.9.9",
	 IPS_SRC_NAT,
	 false},
	{"NAT from now on, unanswered",
	 {{NULL}, NULL, NULL, false},
	 {{"a", "b"}, "u", NULL, false},
	 "10.1.0.5",
	 "8.8.8.8",
	 "10.1.0.5",
	 0,
	 true},
	{"NAT from now on, answered",
	 {{NULL}, NULL, NULL, false},
	 {{"a", "b"}, "u", NULL, false},
	 "10.77.0.5",
	 "8.8.8.8",
	 "10.77.0.5",
	 IPS_SEEN_REPLY,
	 false},
};

/* Sorted, as a delta is: `bridges` before `leave`. */
static size_t make_leave(const struct leave_side *side, struct netd_element out[3],
			 struct netd_source_chain *chain, size_t *chains)
{
	size_t n = 0;

	memset(out, 0, 3 * sizeof(*out));
	*chain = (struct netd_source_chain){.port_first = 1024, .port_last = UINT16_MAX};
	*chains = side->source != NULL;
	if (side->source) {
		snprintf(chain->name, sizeof(chain->name), "leave-%s", side->out);
		assert_int_equal(netd_addr_range_parse(side->source, &chain->source4), 0);
	}
	if (side->gone) {
		out[n].map = NETD_MAP_BRIDGES;
		out[n].key_length = 2 * NETD_IFNAME;
		strcpy((char *)out[n].key, side->from[0]);
		strcpy((char *)out[n++].key + NETD_IFNAME, side->from[0]);
	}
	for (size_t i = 0; i < 2 && side->from[i]; i++, n++) {
		out[n].map = NETD_MAP_LEAVE;
		out[n].key_length = 2 * NETD_IFNAME;
		strcpy((char *)out[n].key, side->from[i]);
		strcpy((char *)out[n].key + NETD_IFNAME, side->out);
		if (side->source)
			memcpy(out[n].source_chain, chain->name, sizeof(chain->name));
	}
	return n;
}

static void leave(void **state)
{
	const struct netd_prefix subnets[] = {{addr("10.1.0.254"), 24},
					      {addr("10.2.0.254"), 24},
					      {addr("9.9.9.1"), 24},
					      {addr("7.7.7.1"), 24}};
	const struct netd_bridge_subnets links[] = {{"a", &subnets[0], 1},
						    {"b", &subnets[1], 1},
						    {"u", &subnets[2], 1},
						    {"w", &subnets[3], 1}};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(leaves); i++) {
		struct netd_element old[3], new[3];
		struct netd_source_chain old_chain, new_chain;
		struct netd_ruleset_delta d = {.removed = old,
					       .added = new,
					       .chains_removed = &old_chain,
					       .chains_added = &new_chain};
		struct netd_outdated o;
		struct netd_flow flow = {.status = leaves[i].status};

		d.removed_count = make_leave(&leaves[i].was, old, &old_chain,
					     &d.chains_removed_count);
		d.added_count =
			make_leave(&leaves[i].is, new, &new_chain, &d.chains_added_count);
		flow.original = (struct netd_tuple){
			addr(leaves[i].source), addr(leaves[i].target), UDP, 4000, 53};
		flow.reply = (struct netd_tuple){addr(leaves[i].target),
						 addr(leaves[i].seen), UDP, 53, 4000};
		assert_int_equal(netd_outdated_init(&o, &d, links, 4), 0);
		assert_true(netd_outdated_matters(&o));
		if (netd_flow_is_outdated(&o, &flow) != leaves[i].outdated)
			fail_msg("%s", leaves[i].name);
		netd_outdated_done(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forward), cmocka_unit_test(matters),
		cmocka_unit_test(source),  cmocka_unit_test(leave),
		cmocka_unit_test(shut),	   cmocka_unit_test(new_network),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
