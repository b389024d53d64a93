// SPDX-License-Identifier: GPL-2.0-or-later
/* What was changed of things that are not ours, and who still wants it so. */
#include "model/claims.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

static const char *const kind_names[] = {
	[NETD_CLAIM_SYSCTL] = "sysctl", [NETD_CLAIM_ADDRESS] = "address",
	[NETD_CLAIM_MTU] = "mtu",	[NETD_CLAIM_PORT] = "port",
	[NETD_CLAIM_UPLINK] = "uplink", [NETD_CLAIM_ROUTE] = "route",
	[NETD_CLAIM_BRIDGE] = "bridge",
};

static bool is_about(const struct netd_claim *c, enum netd_claim_kind kind,
		     const char *key)
{
	return c->kind == kind && strcmp(c->key, key) == 0;
}

const struct netd_claim *netd_claims_find(const struct netd_claims *claims,
					  const char *topology, enum netd_claim_kind kind,
					  const char *key)
{
	for (size_t i = 0; i < claims->count; i++)
		if (is_about(&claims->items[i], kind, key) &&
		    strcmp(claims->items[i].topology, topology) == 0)
			return &claims->items[i];
	return NULL;
}

const struct netd_claim *netd_claims_other(const struct netd_claims *claims,
					   const char *topology,
					   enum netd_claim_kind kind, const char *key)
{
	for (size_t i = 0; i < claims->count; i++)
		if (is_about(&claims->items[i], kind, key) &&
		    strcmp(claims->items[i].topology, topology) != 0)
			return &claims->items[i];
	return NULL;
}

int netd_claims_add(struct netd_claims *claims, const struct netd_claim *claim)
{
	struct netd_claim *c = netd_array_add(&claims->items, &claims->count, sizeof(*c));

	if (!c)
		return -ENOMEM;
	*c = *claim;
	return 0;
}

void netd_claim_address_key(const struct netd_ifaddr *a, char out[NETD_SYSCTL_PATH])
{
	char prefix[NETD_PREFIX_TEXT];

	snprintf(out, NETD_SYSCTL_PATH, "%s %s", a->link,
		 netd_prefix_format(&a->prefix, prefix));
}

void netd_claim_route_key(const struct netd_route *r, char out[NETD_SYSCTL_PATH])
{
	char prefix[NETD_PREFIX_TEXT];

	snprintf(out, NETD_SYSCTL_PATH, "%s %s %u", r->link,
		 netd_prefix_format(&r->to, prefix), r->metric);
}

void netd_claims_write(const struct netd_claim *claims, size_t count,
		       struct netd_str *out)
{
	for (size_t i = 0; i < count; i++)
		netd_str_addf(out, "%s\t%s\t%s\t%d\t%d\n", claims[i].topology,
			      kind_names[claims[i].kind], claims[i].key,
			      claims[i].previous, claims[i].ours);
}

/* Cuts the next tab-separated field off *@line; NULL if there is none. */
static char *next_field(char **line)
{
	return strsep(line, "\t");
}

static int parse_int(const char *text, int *out)
{
	char *end;
	long n;

	if (!text || !*text)
		return -EINVAL;
	n = strtol(text, &end, 10);
	*out = (int)n;
	if (*end || n != *out)
		return -EINVAL;
	return 0;
}

static int parse_line(char *line, struct netd_claim *out)
{
	const char *topology = next_field(&line), *kind = next_field(&line);
	const char *key = next_field(&line), *previous = next_field(&line);
	const char *ours = next_field(&line);

	*out = (struct netd_claim){0};
	if (line || !topology || !kind || !key || !netd_copy(out->topology, topology) ||
	    !netd_copy(out->key, key))
		return -EINVAL;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(kind_names); i++) {
		if (strcmp(kind_names[i], kind) != 0)
			continue;
		out->kind = (enum netd_claim_kind)i;
		return parse_int(previous, &out->previous) | parse_int(ours, &out->ours);
	}
	return -EINVAL;
}

static int parse_lines(char *rest, struct netd_claims *out, struct netd_error *err)
{
	struct netd_claim claim;
	char *line;

	for (unsigned number = 1; (line = strsep(&rest, "\n")); number++) {
		if (!*line)
			continue;
		if (parse_line(line, &claim) < 0)
			return netd_error_add(err, -EINVAL, "line %u: %s", number,
					      strerror(EINVAL));
		if (netd_claims_add(out, &claim) < 0)
			return netd_error_no_memory(err);
	}
	return 0;
}

int netd_claims_parse(const char *text, struct netd_claims *out, struct netd_error *err)
{
	netd_auto_free char *copy = strdup(text);
	struct netd_claims claims = {0};
	int r;

	if (!copy)
		return netd_error_no_memory(err);
	r = parse_lines(copy, &claims, err);
	if (r < 0) {
		free(claims.items);
		return r;
	}
	*out = claims;
	return 0;
}
