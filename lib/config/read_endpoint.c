// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers of endpoints, "host:port" in its forms: of forwards, and of name servers. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "config/reader.h"

static int take_host(const char *text, size_t length, struct netd_endpoint *out)
{
	if (length == 0 || length >= sizeof(out->host))
		return -EINVAL;
	memcpy(out->host, text, length);
	out->host[length] = '\0';
	return 0;
}

static int take_ports(const char *text, struct netd_endpoint *out)
{
	if (!*text)
		return 0;
	if (*text != ':')
		return -EINVAL;
	return netd_parse_ports(text + 1, &out->first, &out->last);
}

int netd_endpoint_parse(const char *text, struct netd_endpoint *out)
{
	const char *end = strchr(text, text[0] == '[' ? ']' : ':');
	struct netd_addr addr;

	*out = (struct netd_endpoint){0};
	if (text[0] == '[') {
		if (!end || take_host(text + 1, (size_t)(end - text) - 1, out) ||
		    netd_addr_parse(out->host, &addr))
			return -EINVAL;
		return take_ports(end + 1, out);
	}
	if (!end || netd_addr_parse(text, &addr) == 0)
		return take_host(text, strlen(text), out);
	if (take_host(text, (size_t)(end - text), out))
		return -EINVAL;
	return take_ports(end, out);
}

int netd_read_server(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "the address of a name server");
	struct netd_endpoint e;

	if (!text)
		return -EINVAL;
	if (netd_endpoint_parse(text, &e) ||
	    netd_addr_parse(e.host, netd_field_at(field, object)) || e.first != e.last) {
		netd_reader_problem(r, value,
				    "\"%s\" is not the address of a name server, or "
				    "address:port",
				    text);
		netd_error_hint(r->err,
				"an IPv6 address with a port is written [fd00::1]:53");
		return -EINVAL;
	}
	*(uint16_t *)netd_field_beside(field, object) = e.first;
	return 0;
}

/*
 * Forwards: what is listened on comes first, and what is reached is read in its light.
 */

static int bad_endpoint(struct netd_reader *r, const struct netd_yaml *node,
			const char *what)
{
	netd_reader_problem(r, node, "\"%s\" is not %s", node->text, what);
	netd_error_hint(r->err,
			"ports are from 1 to 65535; an IPv6 address with a port is "
			"written [fd00::1]:80");
	return -EINVAL;
}

int netd_read_listen(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	struct netd_forward *f = object;
	struct netd_endpoint e;

	(void)field;
	if (!netd_read_scalar(r, value, "an address, or address:port"))
		return -EINVAL;
	if (netd_endpoint_parse(value->text, &e) || netd_addr_parse(e.host, &f->listen))
		return bad_endpoint(r, value, "an address, or address:port");
	f->port_first = e.first;
	f->port_last = e.last;
	if (e.first)
		f->protocols = NETD_TCP;
	return 0;
}

static unsigned count_ports(unsigned first, unsigned last)
{
	if (first)
		return last - first + 1;
	return 0;
}

/* The same number of ports as it listens on; none is the same ports. */
static int read_to_ports(struct netd_reader *r, const struct netd_yaml *node,
			 const struct netd_endpoint *e, struct netd_forward *f)
{
	unsigned listens = count_ports(f->port_first, f->port_last);
	unsigned reaches = count_ports(e->first, e->last);

	if (!f->listen.family) /* which is said already */
		return 0;
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
	f->to_port = f->port_first;
	if (reaches)
		f->to_port = e->first;
	return 0;
}

int netd_read_to(struct netd_reader *r, const struct netd_yaml *value,
		 const struct netd_field *field, void *object)
{
	static const char what[] = "a machine or an address, or either with :port";
	struct netd_forward *f = object;
	struct netd_endpoint e;

	(void)field;
	if (!netd_read_scalar(r, value, "a machine or an address"))
		return -EINVAL;
	if (netd_endpoint_parse(value->text, &e))
		return bad_endpoint(r, value, what);
	if (netd_addr_parse(e.host, &f->to)) {
		const char *problem = netd_machine_name_problem(e.host);

		if (problem)
			return netd_reader_problem(r, value, "machine name \"%s\" %s",
						   e.host, problem);
		netd_copy(f->machine, e.host);
	}
	return read_to_ports(r, value, &e, f);
}

static int read_protocol(struct netd_reader *r, const struct netd_yaml *value,
			 const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a protocol");
	unsigned *protocols = netd_field_at(field, object);

	if (!text)
		return -EINVAL;
	for (unsigned i = 0; field->choices[i]; i++) {
		unsigned bit = NETD_TCP << i;

		if (strcmp(field->choices[i], text) != 0)
			continue;
		if (*protocols & bit)
			return netd_reader_problem(r, value, "\"%s\" is there twice",
						   text);
		*protocols |= bit;
		return 0;
	}
	netd_reader_problem(r, value, "unknown protocol \"%s\"", text);
	netd_reader_suggest(r, text, field->choices);
	return -EINVAL;
}

int netd_read_protocols(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_field *field, void *object)
{
	struct netd_forward *f = object;

	f->protocols = 0;
	if (!f->listen.family || f->port_first)
		return netd_read_items(r, value, field, object, read_protocol);
	netd_reader_problem(r, value, "a whole address is forwarded with every protocol");
	netd_error_hint(r->err, "take \"protocol\" out, or give \"listen\" a port");
	return -EINVAL;
}
