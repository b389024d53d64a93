// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of "dhcp". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config/reader.h"

#define LEASE_MIN 120 /* dnsmasq takes no less (src/option.c) */

static int read_range(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a range of addresses");
	struct netd_dhcp_range range = {.place = value->place}, *item;

	if (!text)
		return -EINVAL;
	if (netd_addr_range_parse(text, &range.range)) {
		netd_reader_problem(r, value,
				    "\"%s\" is not a range of addresses \"first-last\"",
				    text);
		netd_error_hint(r->err, "e.g. \"range: 10.1.0.50-10.1.0.200\"");
		return -EINVAL;
	}
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = range;
	return 0;
}

static int read_ranges(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	return netd_read_list(r, value, key, object, read_range);
}

/* "90", "30m", "1h", "2d"; -EINVAL. */
static int parse_duration(const char *text, unsigned long *seconds)
{
	static const struct {
		char letter;
		unsigned factor;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	size_t length = strlen(text);
	unsigned factor = 1;
	char number[16];

	for (size_t i = 0; i < NETD_ARRAY_SIZE(units) && length; i++)
		if (text[length - 1] == units[i].letter)
			factor = units[i].factor;
	if (length && strchr("smhd", text[length - 1]))
		length--;
	if (length == 0 || length >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, length);
	number[length] = '\0';
	if (netd_parse_number(number, (UINT32_MAX - 1) / factor, seconds))
		return -EINVAL;
	*seconds *= factor;
	return 0;
}

static int read_lease(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a duration");
	uint32_t *lease = NETD_FIELD_OF(key, object);
	unsigned long seconds;

	if (!text)
		return -EINVAL;
	if (strcmp(text, "infinite") == 0) {
		*lease = UINT32_MAX;
		return 0;
	}
	if (parse_duration(text, &seconds)) {
		netd_reader_problem(r, value, "\"%s\" is not a duration", text);
		netd_error_hint(r->err, "write seconds, or e.g. 30m, 1h, 2d, infinite");
		return -EINVAL;
	}
	if (seconds < LEASE_MIN)
		return netd_reader_problem(
			r, value, "a lease of %lu s is too short: at least 2m", seconds);
	*lease = (uint32_t)seconds;
	return 0;
}

static int read_gateway(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	struct netd_dhcp *d = object;

	(void)key;
	d->gateway = (struct netd_addr){0};
	d->no_gateway = value->kind == NETD_YAML_SCALAR && !netd_yaml_is_null(value) &&
			strcmp(value->text, "none") == 0;
	return d->no_gateway ? 0 : netd_read_addr(r, value, &d->gateway);
}

static const struct netd_key boot_keys[] = {
	{"file", netd_read_text, NETD_FIELD(struct netd_dhcp, boot.file)},
	{"server", netd_read_address, NETD_FIELD(struct netd_dhcp, boot.server)},
};

static int read_boot(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	struct netd_dhcp *d = object;

	(void)key;
	d->boot.file[0] = '\0';
	d->boot.server = (struct netd_addr){0};
	if (netd_read_mapping(r, value, boot_keys, NETD_ARRAY_SIZE(boot_keys), "\"boot\"",
			      d))
		return -EINVAL;
	if (*d->boot.file)
		return 0;
	netd_reader_problem(r, value, "\"boot\" needs a \"file\"");
	netd_error_hint(r->err, "e.g. \"boot: {file: pxelinux.0}\"");
	return -EINVAL;
}

struct told_route {
	const struct netd_yaml *to;
	struct netd_addr via;
};

static const struct netd_key route_keys[] = {
	{"to", netd_read_node, NETD_FIELD(struct told_route, to)},
	{"via", netd_read_address, NETD_FIELD(struct told_route, via)},
};

static int read_route(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	struct netd_dhcp_route route = {.place = value->place}, *item;
	struct told_route w = {0};

	if (netd_read_mapping(r, value, route_keys, NETD_ARRAY_SIZE(route_keys),
			      "a route", &w))
		return -EINVAL;
	if (!w.to || !w.via.family)
		return netd_reader_problem(r, value, "a route for guests needs \"%s\"",
					   w.to ? "via" : "to");
	route.via = w.via;
	if (netd_read_destination(r, w.to, w.via.family, &route.to))
		return -EINVAL;
	route.place = w.to->place;
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = route;
	return 0;
}

static int read_told_routes(struct netd_reader *r, const struct netd_yaml *value,
			    const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	if (netd_read_is_none(value))
		return 0;
	return netd_read_list(r, value, key, object, read_route);
}

#define DHCP(field) NETD_FIELD(struct netd_dhcp, field)
#define LIST(items, count) NETD_FIELD_WITH(struct netd_dhcp, items, count)
#define PLACE(field) .place = offsetof(struct netd_dhcp, field)

static const struct netd_key dhcp_keys[] = {
	{"range", read_ranges, LIST(ranges, range_count)},
	{"lease", read_lease, DHCP(lease)},
	{"gateway", read_gateway, PLACE(gateway_place)},
	{"dns", netd_read_listed, LIST(servers, server_count)},
	{"mtu", netd_read_number, DHCP(mtu), .min = 68, .max = 65535},
	{"routes", read_told_routes, LIST(routes, route_count)},
	{"boot", read_boot, PLACE(boot.place)},
	{"tftp", netd_read_text, DHCP(tftp_root), PLACE(tftp_place)},
	{"ra", netd_read_not, DHCP(no_ra)},
	{"slaac", netd_read_not, DHCP(no_slaac)},
	{"required", netd_read_not, DHCP(optional)},
};

static void clear(struct netd_dhcp *d)
{
	free(d->ranges);
	free(d->servers);
	free(d->routes);
	*d = (struct netd_dhcp){.place = d->place};
}

/* true, false, or a mapping, which means true; what it does not name stays. */
int netd_read_dhcp(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_key *key, void *object)
{
	static const struct netd_key enabled = {"dhcp", netd_read_bool, DHCP(enabled)};
	struct netd_dhcp *d = NETD_FIELD_OF(key, object);

	d->place = value->place;
	if (value->kind == NETD_YAML_SCALAR && !netd_yaml_is_null(value)) {
		int result = netd_read_bool(r, value, &enabled, d);

		if (result == 0 && !d->enabled)
			clear(d);
		return result;
	}
	d->enabled = true;
	return netd_read_mapping(r, value, dhcp_keys, NETD_ARRAY_SIZE(dhcp_keys),
				 "\"dhcp\"", d);
}
