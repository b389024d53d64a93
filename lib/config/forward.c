// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a forward: "address[:port[-port]]" delivered to the like. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "config/reader.h"

/* Keys come in any order, and the end to reach is read in the light of the listen. */
struct written {
	const struct netd_yaml *listen, *to, *protocol;
	struct netd_place on_place;
	char on_name[NETD_IFNAME];
};

static const char *const protocols[] = {"tcp", "udp", "sctp", NULL};

static int bad_endpoint(struct netd_reader *r, const struct netd_yaml *node,
			const char *what)
{
	netd_reader_problem(r, node, "\"%s\" is not %s", node->text, what);
	netd_error_hint(r->err,
			"ports are from 1 to 65535; an IPv6 address with a port is "
			"written [fd00::1]:80");
	return -EINVAL;
}

static int read_listen(struct netd_reader *r, const struct netd_yaml *node,
		       struct netd_forward *f)
{
	struct netd_endpoint e;

	if (!netd_read_scalar(r, node, "an address, or address:port"))
		return -EINVAL;
	f->place = node->place;
	if (netd_endpoint_parse(node->text, &e) || netd_addr_parse(e.host, &f->listen))
		return bad_endpoint(r, node, "an address, or address:port");
	f->port_first = e.first;
	f->port_last = e.last;
	return 0;
}

static unsigned count_ports(unsigned first, unsigned last)
{
	return first ? last - first + 1 : 0;
}

/* The same number of ports as it listens on; none is the same ports. */
static int read_to_ports(struct netd_reader *r, const struct netd_yaml *node,
			 const struct netd_endpoint *e, struct netd_forward *f)
{
	unsigned listens = count_ports(f->port_first, f->port_last);
	unsigned reaches = count_ports(e->first, e->last);

	if (reaches && !listens) {
		netd_reader_problem(r, node,
				    "a whole address is forwarded to a whole "
				    "machine, not to a port");
		netd_error_hint(r->err,
				"give \"listen\" a port too, or take it out here");
		return -EINVAL;
	}
	if (reaches && reaches != listens)
		return netd_reader_problem(r, node, "%u port%s cannot be forwarded to %u",
					   listens, listens == 1 ? "" : "s", reaches);
	f->to_port = reaches ? e->first : f->port_first;
	return 0;
}

static int read_to(struct netd_reader *r, const struct netd_yaml *node,
		   struct netd_forward *f)
{
	static const char what[] = "a machine or an address, or either with :port";
	struct netd_endpoint e;

	if (!netd_read_scalar(r, node, "a machine or an address"))
		return -EINVAL;
	f->to_place = node->place;
	if (netd_endpoint_parse(node->text, &e))
		return bad_endpoint(r, node, what);
	if (netd_addr_parse(e.host, &f->to)) {
		const char *problem = netd_machine_name_problem(e.host);

		if (problem)
			return netd_reader_problem(r, node, "machine name \"%s\" %s",
						   e.host, problem);
		netd_copy(f->machine, e.host);
	}
	return read_to_ports(r, node, &e, f);
}

static int read_protocol(struct netd_reader *r, const struct netd_yaml *value,
			 const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a protocol");
	struct netd_forward *f = object;

	(void)key;
	if (!text)
		return -EINVAL;
	for (unsigned i = 0; protocols[i]; i++) {
		unsigned bit = NETD_TCP << i;

		if (strcmp(protocols[i], text) != 0)
			continue;
		if (f->protocols & bit)
			return netd_reader_problem(r, value, "\"%s\" is there twice",
						   text);
		f->protocols |= bit;
		return 0;
	}
	netd_reader_problem(r, value, "unknown protocol \"%s\"", text);
	netd_reader_suggest(r, text, protocols);
	return -EINVAL;
}

static int read_protocols(struct netd_reader *r, const struct netd_yaml *node,
			  struct netd_forward *f)
{
	if (!node) {
		f->protocols = f->port_first ? NETD_TCP : 0;
		return 0;
	}
	if (!f->port_first) {
		netd_reader_problem(r, node,
				    "a whole address is forwarded with every "
				    "protocol");
		netd_error_hint(r->err,
				"take \"protocol\" out, or give \"listen\" a port");
		return -EINVAL;
	}
	return netd_read_list(r, node, NULL, f, read_protocol);
}

static const struct netd_key forward_keys[] = {
	{"listen", netd_read_node, NETD_FIELD(struct written, listen)},
	{"to", netd_read_node, NETD_FIELD(struct written, to)},
	{"protocol", netd_read_node, NETD_FIELD(struct written, protocol)},
	{"on", netd_read_text, NETD_FIELD(struct written, on_name),
	 .place = offsetof(struct written, on_place)},
};

static int interpret(struct netd_reader *r, const struct netd_yaml *node,
		     const struct written *w, struct netd_forward *f)
{
	int result;

	if (!w->listen || !w->to)
		return netd_reader_problem(r, node, "a forward needs \"%s\"",
					   w->listen ? "to" : "listen");
	f->on_place = w->on_place;
	netd_copy(f->on, w->on_name);
	result = read_listen(r, w->listen, f);
	if (result == 0)
		result = read_protocols(r, w->protocol, f);
	return read_to(r, w->to, f) < 0 ? -EINVAL : result;
}

/* What cannot be read is left out: the checks would only follow it up. */
static int read_forward(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	struct netd_forward forward = {0}, *f;
	struct written w = {0};

	if (value->kind != NETD_YAML_MAPPING)
		return netd_reader_problem(r, value,
					   "a forward is expected here: "
					   "{listen: …, to: …}");
	if (netd_read_mapping(r, value, forward_keys, NETD_ARRAY_SIZE(forward_keys),
			      "a forward", &w) ||
	    interpret(r, value, &w, &forward))
		return -EINVAL;
	f = netd_read_add_item(r, key, object, sizeof(*f));
	if (!f)
		return -ENOMEM;
	*f = forward;
	return 0;
}

int netd_read_forwards(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	if (netd_read_is_none(value))
		return 0;
	if (value->kind != NETD_YAML_SEQUENCE)
		return netd_reader_problem(r, value,
					   "\"forwards\" is expected to be a "
					   "list");
	netd_read_list(r, value, key, object, read_forward);
	/* A forward that is left out makes no other part of the network incomplete. */
	return r->no_memory ? -ENOMEM : 0;
}
