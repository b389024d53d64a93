// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the plain types, as a file has them. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/range.h"
#include "config/emit.h"

typedef void emit(const struct netd_emitter *e, const struct netd_field *field,
		  const void *object);

static void emit_text(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	e->string(e->to, netd_field_at(field, object));
}

static void emit_bool(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	bool value = *(bool *)netd_field_at(field, object);

	e->truth(e->to, value != (field->type == NETD_TYPE_NOT));
}

static void emit_number(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	e->number(e->to, *(uint32_t *)netd_field_at(field, object));
}

static void emit_mask(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	char text[16];

	snprintf(text, sizeof(text), "%#x", *(uint32_t *)netd_field_at(field, object));
	e->string(e->to, text);
}

static void emit_choice(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	e->string(e->to, field->choices[*(unsigned *)netd_field_at(field, object)]);
}

static char *put_number(char *at, unsigned number)
{
	unsigned unit = 1;

	while (number / unit >= 10)
		unit *= 10;
	for (; unit; unit /= 10)
		*at++ = (char)('0' + number / unit % 10);
	*at = '\0';
	return at;
}

/* In the largest unit that does it justice. */
static void emit_duration(const struct netd_emitter *e, const struct netd_field *field,
			  const void *object)
{
	static const struct {
		const char *letter;
		uint32_t factor;
	} units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
	uint32_t seconds = *(uint32_t *)netd_field_at(field, object);
	char text[16];
	size_t i = 0;

	if (seconds == UINT32_MAX) {
		e->string(e->to, "infinite");
		return;
	}
	while (seconds % units[i].factor)
		i++;
	strcpy(put_number(text, seconds / units[i].factor), units[i].letter);
	e->string(e->to, text);
}

#define PORTS_TEXT 16
/* "80", "80-90"; returns its end.  Without printf: there may be 10,000 forwards. */
static char *put_ports(char *at, unsigned first, unsigned last)
{
	at = put_number(at, first);
	if (first == last)
		return at;
	*at++ = '-';
	return put_number(at, last);
}

static void emit_ports(const struct netd_emitter *e, const struct netd_field *field,
		       const void *object)
{
	const uint16_t *ports = netd_field_at(field, object);
	char text[PORTS_TEXT];

	put_ports(text, ports[0], ports[1]);
	e->string(e->to, text);
}

static void emit_protocols(const struct netd_emitter *e, const struct netd_field *field,
			   const void *object)
{
	unsigned protocols = *(unsigned *)netd_field_at(field, object);
	bool several = protocols & (protocols - 1);

	if (several)
		e->begin_list(e->to, true);
	netd_protocol_for_each(p, protocols) e->string(e->to, netd_protocol_name(p));
	if (several)
		e->end_list(e->to);
}

static void emit_mac(const struct netd_emitter *e, const struct netd_field *field,
		     const void *object)
{
	char text[NETD_MAC_TEXT];

	e->string(e->to, netd_mac_format(netd_field_at(field, object), text));
}

static void emit_address(const struct netd_emitter *e, const struct netd_field *field,
			 const void *object)
{
	const struct netd_addr *addr = netd_field_at(field, object);
	char text[NETD_ADDR_TEXT];

	if (!addr->family)
		e->string(e->to, "none");
	else
		e->string(e->to, netd_addr_format(addr, text));
}

/* "default" is IPv4's unless an address beside it says otherwise. */
static void emit_subnet(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	const struct netd_addr *beside = netd_field_beside(field, object);
	const struct netd_prefix *subnet = netd_field_at(field, object);
	bool clear = subnet->addr.family == AF_INET;
	char text[NETD_PREFIX_TEXT];

	for (unsigned i = 0; i < field->max; i++)
		clear = clear || beside[i].family;
	if (subnet->length == 0 && clear)
		e->string(e->to, "default");
	else
		e->string(e->to, netd_prefix_format(subnet, text));
}

static void emit_range(const struct netd_emitter *e, const struct netd_field *field,
		       const void *object)
{
	char text[NETD_RANGE_TEXT];

	e->string(e->to, netd_range_format(netd_field_at(field, object), text));
}

/* One text as it is, two as a list. */
static void emit_two(const struct netd_emitter *e, const char *one, const char *two)
{
	bool both = *one && *two;

	if (both)
		e->begin_list(e->to, true);
	if (*one)
		e->string(e->to, one);
	if (*two)
		e->string(e->to, two);
	if (both)
		e->end_list(e->to);
}

static void emit_address_pair(const struct netd_emitter *e,
			      const struct netd_field *field, const void *object)
{
	const struct netd_addr *addrs = netd_field_at(field, object);
	const bool *chosen = netd_field_beside(field, object);
	char texts[2][NETD_ADDR_TEXT] = {"", ""};

	for (unsigned i = 0; i < 2; i++)
		if (!chosen[i])
			netd_addr_format(&addrs[i], texts[i]);
	emit_two(e, texts[0], texts[1]);
}

static void emit_range_pair(const struct netd_emitter *e, const struct netd_field *field,
			    const void *object)
{
	const struct netd_addr_range *ranges = netd_field_at(field, object);
	char one[NETD_RANGE_TEXT], two[NETD_RANGE_TEXT];

	emit_two(e, netd_range_format(&ranges[0], one),
		 netd_range_format(&ranges[1], two));
}

/* "host", "host:80", "[address]:80-90". */
static void emit_endpoint(const struct netd_emitter *e, const char *host, unsigned first,
			  unsigned last)
{
	char text[NETD_MACHINE_NAME + sizeof("[]:") + PORTS_TEXT], *at = text;
	bool brackets = first && strchr(host, ':');

	if (brackets)
		*at++ = '[';
	at = stpcpy(at, host);
	if (brackets)
		*at++ = ']';
	if (first) {
		*at++ = ':';
		put_ports(at, first, last);
	}
	e->string(e->to, text);
}

static void emit_server(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	uint16_t port = *(uint16_t *)netd_field_beside(field, object);
	char text[NETD_ADDR_TEXT];

	netd_addr_format(netd_field_at(field, object), text);
	emit_endpoint(e, text, port, port);
}

static void emit_listen(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	const struct netd_forward *f = object;
	char text[NETD_ADDR_TEXT];

	(void)field;
	netd_addr_format(&f->listen, text);
	emit_endpoint(e, text, f->port_first, f->port_last);
}

static void emit_target(const struct netd_emitter *e, const struct netd_field *field,
			const void *object)
{
	const struct netd_forward *f = object;
	unsigned more = (unsigned)f->port_last - f->port_first;
	const char *host = f->machine;
	char text[NETD_ADDR_TEXT];

	(void)field;
	if (!*host)
		host = netd_addr_format(&f->to, text);
	emit_endpoint(e, host, f->to_port, f->to_port + more);
}

/* What is in no row holds others: emit.c. */
static emit *const emitters[] = {
	[NETD_TYPE_TEXT] = emit_text,
	[NETD_TYPE_BOOL] = emit_bool,
	[NETD_TYPE_NOT] = emit_bool,
	[NETD_TYPE_NUMBER] = emit_number,
	[NETD_TYPE_MASK] = emit_mask,
	[NETD_TYPE_CHOICE] = emit_choice,
	[NETD_TYPE_USER] = emit_number,
	[NETD_TYPE_GROUP] = emit_number,
	[NETD_TYPE_DURATION] = emit_duration,
	[NETD_TYPE_PORTS] = emit_ports,
	[NETD_TYPE_PROTOCOLS] = emit_protocols,
	[NETD_TYPE_MAC] = emit_mac,
	[NETD_TYPE_ADDRESS] = emit_address,
	[NETD_TYPE_SUBNET] = emit_subnet,
	[NETD_TYPE_RANGE] = emit_range,
	[NETD_TYPE_ADDRESS_PAIR] = emit_address_pair,
	[NETD_TYPE_RANGE_PAIR] = emit_range_pair,
	[NETD_TYPE_SERVER] = emit_server,
	[NETD_TYPE_LISTEN] = emit_listen,
	[NETD_TYPE_TARGET] = emit_target,
};

void netd_emit_value(const struct netd_emitter *e, const struct netd_field *field,
		     const void *object)
{
	emitters[field->type](e, field, object);
}
