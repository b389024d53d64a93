// SPDX-License-Identifier: GPL-2.0-or-later
/* Values that are addresses: MACs, single ones, lists, and one of each family. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config/reader.h"

int netd_read_mac(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a MAC address");
	struct netd_mac *mac = NETD_FIELD_OF(key, object);
	bool *has = NETD_BESIDE_OF(key, object);

	*has = false;
	if (!text)
		return -EINVAL;
	if (netd_mac_parse(text, mac))
		return netd_reader_problem(
			r, value, "\"%s\" is not a MAC address like 52:54:00:12:34:56",
			text);
	*has = true;
	return 0;
}

int netd_read_addr(struct netd_reader *r, const struct netd_yaml *node,
		   struct netd_addr *out)
{
	const char *text = netd_read_scalar(r, node, "an address");
	struct netd_prefix prefix;

	if (!text)
		return -EINVAL;
	if (netd_addr_parse(text, out) == 0)
		return 0;
	netd_reader_problem(r, node, "\"%s\" is not an address", text);
	if (netd_prefix_parse(text, &prefix) == 0)
		netd_error_hint(r->err, "without the prefix length: \"%.*s\"",
				(int)strcspn(text, "/"), text);
	return -EINVAL;
}

int netd_read_address(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	return netd_read_addr(r, value, NETD_FIELD_OF(key, object));
}

static int read_listed(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	struct netd_listed_addr listed = {.place = value->place}, *item;

	if (netd_read_addr(r, value, &listed.addr))
		return -EINVAL;
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = listed;
	return 0;
}

int netd_read_listed(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	return netd_read_list(r, value, key, object, read_listed);
}

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

static int read_prefix(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	const char *text =
		netd_read_scalar(r, value, "an address with its prefix length");
	const struct netd_prefixes *to = object;
	struct netd_prefix prefix, *p;
	struct netd_place *place;

	(void)key;
	if (!text)
		return -EINVAL;
	if (netd_prefix_parse(text, &prefix))
		return bad_prefix(r, value);
	p = netd_array_add(to->items, to->count, sizeof(*p));
	if (!p)
		return netd_reader_no_memory(r);
	*p = prefix;
	place = netd_array_add(to->places, to->place_count, sizeof(*place));
	if (!place)
		return netd_reader_no_memory(r);
	*place = value->place;
	return 0;
}

int netd_read_prefixes(struct netd_reader *r, const struct netd_yaml *node,
		       struct netd_prefixes to)
{
	free(*to.items);
	free(*to.places);
	*to.items = NULL;
	*to.places = NULL;
	*to.count = *to.place_count = 0;
	if (node->kind == NETD_YAML_SEQUENCE && !node->first)
		return 0;
	return netd_read_list(r, node, NULL, &to, read_prefix);
}

int netd_read_pair(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_pair *pair)
{
	const char *text = netd_read_scalar(r, node, pair->expected);
	struct netd_addr_range range;
	int which;

	if (!text)
		return -EINVAL;
	if (netd_addr_range_parse(text, &range) ||
	    (pair->single && netd_addr_compare(&range.first, &range.last) != 0))
		return netd_reader_problem(r, node, "\"%s\" is not %s", text,
					   pair->expected);
	which = range.first.family == AF_INET6;
	if (pair->out[which]->first.family)
		return netd_reader_problem(r, node, "a second %s address; one is enough",
					   which ? "IPv6" : "IPv4");
	*pair->out[which] = range;
	*pair->place[which] = node->place;
	return 0;
}
