// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of "dns". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "config/reader.h"

/* As written; the address may have a port. */
struct forwarder {
	struct netd_dns_forwarder f;
	const struct netd_yaml *to;
};

static int read_server(struct netd_reader *r, const struct netd_yaml *node,
		       struct netd_dns_forwarder *f)
{
	const char *text = netd_read_scalar(r, node, "the address of a name server");
	struct netd_endpoint e;

	if (!text)
		return -EINVAL;
	if (netd_endpoint_parse(text, &e) || netd_addr_parse(e.host, &f->addr) ||
	    e.first != e.last) {
		netd_reader_problem(r, node,
				    "\"%s\" is not the address of a name server, or "
				    "address:port",
				    text);
		netd_error_hint(r->err,
				"an IPv6 address with a port is written [fd00::1]:53");
		return -EINVAL;
	}
	f->port = e.first;
	return 0;
}

static const struct netd_key forwarder_keys[] = {
	{"domain", netd_read_text, NETD_FIELD(struct forwarder, f.domain)},
	{"to", netd_read_node, NETD_FIELD(struct forwarder, to)},
};

static int read_conditional(struct netd_reader *r, const struct netd_yaml *value,
			    struct forwarder *w)
{
	if (netd_read_mapping(r, value, forwarder_keys, NETD_ARRAY_SIZE(forwarder_keys),
			      "a forwarder", w))
		return -EINVAL;
	if (!w->to)
		return netd_reader_problem(r, value, "a forwarder needs \"to\"");
	return read_server(r, w->to, &w->f);
}

static int read_forwarder(struct netd_reader *r, const struct netd_yaml *value,
			  const struct netd_key *key, void *object)
{
	struct forwarder w = {.f.place = value->place};
	struct netd_dns_forwarder *item;

	if (value->kind == NETD_YAML_MAPPING ? read_conditional(r, value, &w)
					     : read_server(r, value, &w.f))
		return -EINVAL;
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = w.f;
	return 0;
}

/* `none`, or no forwarder in the list. */
static bool is_none(const struct netd_yaml *value)
{
	if (value->kind == NETD_YAML_SEQUENCE)
		return !value->first;
	return value->kind == NETD_YAML_SCALAR && !netd_yaml_is_null(value) &&
	       strcmp(value->text, "none") == 0;
}

static int read_forwarders(struct netd_reader *r, const struct netd_yaml *value,
			   const struct netd_key *key, void *object)
{
	struct netd_dns *d = object;

	netd_read_replace_list(key, object);
	d->no_forward = is_none(value);
	if (d->no_forward)
		return 0;
	return netd_read_list(r, value, key, object, read_forwarder);
}

struct record {
	struct netd_dns *dns;
	const struct netd_yaml *name;
};

static int read_record_address(struct netd_reader *r, const struct netd_yaml *value,
			       const struct netd_key *key, void *object)
{
	struct netd_dns_record record = {0}, *item;
	struct record *w = object;

	(void)key;
	record.place = w->name->place;
	if (netd_read_name(r, w->name, "name", record.name, sizeof(record.name)) ||
	    netd_read_addr(r, value, &record.addr))
		return -EINVAL;
	item = netd_array_add(&w->dns->records, &w->dns->record_count, sizeof(*item));
	if (!item)
		return netd_reader_no_memory(r);
	*item = record;
	return 0;
}

static int read_record(struct netd_reader *r, const struct netd_yaml *name,
		       const struct netd_yaml *value, void *object)
{
	struct record w = {object, name};

	return netd_read_list(r, value, NULL, &w, read_record_address);
}

static int read_records(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	return netd_read_entries(r, value, key, object, read_record);
}

static const struct netd_key dns_keys[] = {
	{"domain", netd_read_text, NETD_FIELD(struct netd_dns, domain),
	 .place = offsetof(struct netd_dns, domain_place)},
	{"forwarders", read_forwarders,
	 NETD_FIELD_WITH(struct netd_dns, forwarders, forwarder_count)},
	{"records", read_records,
	 NETD_FIELD_WITH(struct netd_dns, records, record_count)},
};

static void clear(struct netd_dns *d)
{
	free(d->forwarders);
	free(d->records);
	*d = (struct netd_dns){.said = true, .place = d->place};
}

/* true, false, or a mapping, which means true; what it does not name stays. */
int netd_read_dns(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_key *key, void *object)
{
	static const struct netd_key enabled = {"dns", netd_read_bool,
						NETD_FIELD(struct netd_dns, enabled)};
	struct netd_dns *d = NETD_FIELD_OF(key, object);

	d->place = value->place;
	d->said = true;
	if (value->kind == NETD_YAML_SCALAR && !netd_yaml_is_null(value)) {
		int result = netd_read_bool(r, value, &enabled, d);

		if (result == 0 && !d->enabled)
			clear(d);
		return result;
	}
	d->enabled = true;
	return netd_read_mapping(r, value, dns_keys, NETD_ARRAY_SIZE(dns_keys), "\"dns\"",
				 d);
}
