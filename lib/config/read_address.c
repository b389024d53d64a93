// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers of values that are addresses: MACs, single ones, subnets, ranges and lists. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "config/reader.h"

int netd_read_mac(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a MAC address");
	bool *has = netd_field_beside(field, object);

	*has = false;
	if (!text)
		return -EINVAL;
	if (netd_mac_parse(text, netd_field_at(field, object)))
		return netd_reader_problem(
			r, value, "\"%s\" is not a MAC address like 52:54:00:12:34:56",
			text);
	*has = true;
	return 0;
}

int netd_read_address(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_field *field, void *object)
{
	struct netd_addr *addr = netd_field_at(field, object);
	struct netd_prefix prefix;
	const char *text;

	if (field->none) {
		bool *none = (bool *)object + field->none;

		*addr = (struct netd_addr){0};
		*none = netd_read_says_none(value);
		if (*none)
			return 0;
	}
	text = netd_read_scalar(r, value, "an address");
	if (!text)
		return -EINVAL;
	if (netd_addr_parse(text, addr) == 0)
		return 0;
	netd_reader_problem(r, value, "\"%s\" is not an address", text);
	if (netd_prefix_parse(text, &prefix) == 0)
		netd_error_hint(r->err, "without the prefix length: \"%.*s\"",
				(int)strcspn(text, "/"), text);
	return -EINVAL;
}

int netd_read_range(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a range of addresses");

	if (!text)
		return -EINVAL;
	if (netd_addr_range_parse(text, netd_field_at(field, object)) == 0)
		return 0;
	netd_reader_problem(r, value, "\"%s\" is not a range of addresses \"first-last\"",
			    text);
	netd_error_hint(r->err, "e.g. \"range: 10.1.0.50-10.1.0.200\"");
	return -EINVAL;
}

/*
 * Subnets
 */

/* An address stands for itself alone. */
static int parse_destination(const char *text, struct netd_prefix *out)
{
	struct netd_addr addr;

	if (netd_prefix_parse(text, out) == 0)
		return 0;
	if (netd_addr_parse(text, &addr))
		return -EINVAL;
	*out = (struct netd_prefix){addr, (uint8_t)netd_addr_bits(&addr)};
	return 0;
}

/* The family of the first of the addresses beside that there is. */
static uint8_t default_family(const struct netd_field *field, const void *object)
{
	const struct netd_addr *beside = netd_field_beside(field, object);

	for (unsigned i = 0; i < field->max; i++)
		if (beside[i].family)
			return beside[i].family;
	return AF_INET;
}

int netd_read_subnet(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a subnet or \"default\"");
	struct netd_prefix *subnet = netd_field_at(field, object), network;
	char better[NETD_PREFIX_TEXT];

	if (!text)
		return -EINVAL;
	if (strcmp(text, "default") == 0) {
		*subnet = (struct netd_prefix){.addr.family =
						       default_family(field, object)};
		return 0;
	}
	if (parse_destination(text, subnet))
		return netd_reader_problem(r, value,
					   "\"%s\" is not a subnet like 10.2.0.0/16, or "
					   "\"default\"",
					   text);
	network = netd_prefix_network(subnet);
	if (netd_prefix_compare(&network, subnet) == 0)
		return 0;
	netd_reader_problem(r, value, "\"%s\" is an address within a subnet", text);
	netd_error_hint(r->err, "the subnet is %s", netd_prefix_format(&network, better));
	return -EINVAL;
}

/*
 * One of each family
 */

/* @expected: what one is; @each: how many addresses that are. */
static int read_pair(struct netd_reader *r, const struct netd_yaml *node,
		     const struct netd_field *field, void *object, const char *expected)
{
	struct netd_place *places = (void *)((char *)object + field->place);
	size_t each = field->size / 2 / sizeof(struct netd_addr);
	struct netd_addr *addrs = netd_field_at(field, object);
	const char *text = netd_read_scalar(r, node, expected);
	struct netd_addr_range range;
	int which;

	if (!text)
		return -EINVAL;
	if (netd_addr_range_parse(text, &range) ||
	    (each == 1 && netd_addr_compare(&range.first, &range.last) != 0))
		return netd_reader_problem(r, node, "\"%s\" is not %s", text, expected);
	which = range.first.family == AF_INET6;
	if (addrs[which * each].family)
		return netd_reader_problem(r, node, "a second %s address; one is enough",
					   which ? "IPv6" : "IPv4");
	memcpy(&addrs[which * each], &range, each * sizeof(*addrs));
	places[which] = node->place;
	return 0;
}

static int read_address_of_pair(struct netd_reader *r, const struct netd_yaml *value,
				const struct netd_field *field, void *object)
{
	return read_pair(r, value, field, object, "an address (without prefix length)");
}

static int read_range_of_pair(struct netd_reader *r, const struct netd_yaml *value,
			      const struct netd_field *field, void *object)
{
	return read_pair(r, value, field, object,
			 "an address or a range of addresses \"first-last\"");
}

static void clear_pair(const struct netd_field *field, void *object)
{
	memset(netd_field_at(field, object), 0, field->size);
	memset((char *)object + field->place, 0, 2 * sizeof(struct netd_place));
}

int netd_read_address_pair(struct netd_reader *r, const struct netd_yaml *value,
			   const struct netd_field *field, void *object)
{
	clear_pair(field, object);
	return netd_read_items(r, value, field, object, read_address_of_pair);
}

int netd_read_range_pair(struct netd_reader *r, const struct netd_yaml *value,
			 const struct netd_field *field, void *object)
{
	clear_pair(field, object);
	return netd_read_items(r, value, field, object, read_range_of_pair);
}

/*
 * Lists of addresses with their lengths
 */

static int bad_prefix(struct netd_reader *r, const struct netd_yaml *node)
{
	struct netd_addr addr;

	netd_reader_problem(r, node, "\"%s\" is not an address with its prefix length",
			    node->text);
	if (netd_addr_parse(node->text, &addr) == 0)
		netd_error_hint(r->err, "add the prefix length: \"%s/%d\"", node->text,
				netd_addr_bits(&addr) == 32 ? 24 : 64);
	return -EINVAL;
}

/* The row behind it has the places. */
static int read_prefix(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_field *field, void *object)
{
	const char *text =
		netd_read_scalar(r, value, "an address with its prefix length");
	struct netd_prefix prefix, *item;
	struct netd_place *place;

	if (!text)
		return -EINVAL;
	if (netd_prefix_parse(text, &prefix))
		return bad_prefix(r, value);
	item = netd_read_add(r, field, object);
	if (!item)
		return -ENOMEM;
	*item = prefix;
	place = netd_read_add(r, field + 1, object);
	if (!place)
		return -ENOMEM;
	*place = value->place;
	return 0;
}

int netd_read_prefixes(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_field *field, void *object)
{
	netd_field_clear(field, object);
	if (value->kind == NETD_YAML_SEQUENCE && !value->first)
		return 0;
	return netd_read_items(r, value, field, object, read_prefix);
}
