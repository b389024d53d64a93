// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads dnsmasq's lease file: who has which address until when.  Pure. */
#include "dhcp/lease.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"

/*
 * Theory of operation.  A line is "EXPIRES MAC ADDRESS NAME CLIENT-ID" for IPv4, and
 * "EXPIRES IAID ADDRESS NAME DUID" for IPv6 (2.90 lease.c lease_update_file()); "*"
 * stands for an unknown name.  A line "duid …" in between has the server's own DUID.
 */

#define FIELDS 5
#define FIELD_MAX 512 /* a client-id has at most 255 bytes, "xx:" each, and is cut */

struct fields {
	char text[FIELDS][FIELD_MAX];
	size_t count;
};

static void split(const char *line, size_t length, struct fields *f)
{
	const char *end = line + length;

	f->count = 0;
	while (line < end && f->count < FIELDS) {
		size_t n = strcspn(line, " \n");

		if (n > (size_t)(end - line))
			n = (size_t)(end - line);
		snprintf(f->text[f->count++], FIELD_MAX, "%.*s", (int)n, line);
		line += n;
		line += line < end;
	}
}

static bool parse_time(const char *text, int64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && !*end;
}

/* DUID-LLT and DUID-LL of Ethernet end in the MAC (RFC 8415 11.2, 11.4). */
static bool mac_of_duid(const char *duid, struct netd_mac *out)
{
	static const struct {
		const char *head;
		size_t length; /* of the whole text */
	} kinds[] = {
		{"00:01:00:01:", 14 * 3 - 1},
		{"00:03:00:01:", 10 * 3 - 1},
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++)
		if (strncmp(duid, kinds[i].head, strlen(kinds[i].head)) == 0 &&
		    strlen(duid) == kinds[i].length)
			return netd_mac_parse(duid + kinds[i].length - 17, out) == 0;
	return false;
}

static bool parse_line(const char *line, size_t length, struct netd_lease *out)
{
	struct fields f;

	split(line, length, &f);
	if (f.count < FIELDS || !parse_time(f.text[0], &out->expires) ||
	    netd_addr_parse(f.text[2], &out->address) < 0)
		return false;
	if (out->address.family == AF_INET)
		out->has_mac = netd_mac_parse(f.text[1], &out->mac) == 0;
	else
		out->has_mac = mac_of_duid(f.text[4], &out->mac);
	if (strcmp(f.text[3], "*") != 0)
		netd_copy(out->host, f.text[3]);
	return true;
}

int netd_leases_parse(const char *text, struct netd_lease **leases, size_t *count)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		struct netd_lease lease = {.expires = 0}, *slot;

		/* a line without a line end is being written */
		if (text[length] == '\n' && parse_line(text, length, &lease)) {
			slot = netd_array_add(leases, count, sizeof(*slot));
			if (!slot)
				return -ENOMEM;
			*slot = lease;
		}
		text += length + (text[length] == '\n');
	}
	return 0;
}

size_t netd_leases_without(const char *text, netd_lease_is drop, void *data,
			   struct netd_str *out)
{
	size_t dropped = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");
		struct netd_lease lease = {.expires = 0};

		length += text[length] == '\n';
		if (parse_line(text, length, &lease) && drop(&lease, data))
			dropped++;
		else
			netd_str_add_bytes(out, text, length);
		text += length;
	}
	return dropped;
}

/*
 * Reservations
 */

/* "MAC,ADDRESS,[ADDRESS6],NAME", each but the name optional. */
static int add_reservation(const char *line, size_t length,
			   struct netd_reservation **taken, size_t *count)
{
	struct netd_reservation r = {.has_mac = false};
	struct netd_addr addresses[2];
	size_t address_count = 0;
	char text[NETD_DOMAIN];

	for (const char *at = line, *end = line + length; at < end;) {
		size_t n = strcspn(at, ",\n");
		bool brackets = *at == '[' && n > 2;

		snprintf(text, sizeof(text), "%.*s", (int)(n - 2 * brackets),
			 at + brackets);
		if (address_count < 2 &&
		    netd_addr_parse(text, &addresses[address_count]) == 0)
			address_count++;
		else if (netd_mac_parse(text, &r.mac) == 0)
			r.has_mac = true;
		else if (!netd_copy(r.name, text))
			return 0;
		at += n + (at + n < end);
	}
	for (size_t i = 0; r.name[0] && i < address_count; i++) {
		struct netd_reservation *slot =
			netd_array_add(taken, count, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = r;
		slot->address = addresses[i];
	}
	return 0;
}

static const char *next_line(const char *text)
{
	text += strcspn(text, "\n");
	return text + (*text == '\n');
}

static bool is_line(const char *text, const char *line, size_t length)
{
	return *text && strncmp(text, line, length) == 0 &&
	       (text[length] == '\n' || !text[length]);
}

/* That line of @text; NULL if there is none. */
static const char *find_line(const char *text, const char *line, size_t length)
{
	while (*text && !is_line(text, line, length))
		text = next_line(text);
	if (*text)
		return text;
	return NULL;
}

int netd_reservations_new(const char *before, const char *wanted,
			  struct netd_reservation **taken, size_t *count)
{
	const char *likely = before; /* most lines stay, in their order */

	for (; *wanted; wanted = next_line(wanted)) {
		size_t length = strcspn(wanted, "\n");
		const char *same = likely;

		if (!is_line(likely, wanted, length))
			same = find_line(before, wanted, length);
		if (same)
			likely = next_line(same);
		else if (add_reservation(wanted, length, taken, count) < 0)
			return -ENOMEM;
	}
	return 0;
}

bool netd_reservations_take(const struct netd_reservation *taken, size_t count,
			    const struct netd_lease *lease)
{
	for (size_t i = 0; i < count; i++) {
		const struct netd_reservation *r = &taken[i];

		if (!netd_addr_equal(&r->address, &lease->address))
			continue;
		if (!r->has_mac)
			return strcasecmp(r->name, lease->host) != 0;
		return !lease->has_mac ||
		       memcmp(&r->mac, &lease->mac, sizeof(r->mac)) != 0;
	}
	return false;
}
