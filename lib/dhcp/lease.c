// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has which address until when: dnsmasq's lease file.  Pure. */
#include "dhcp/lease.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"

/*
 * Theory of operation.  A line is "EXPIRES MAC ADDRESS NAME CLIENT-ID" for IPv4, and
 * "EXPIRES IAID ADDRESS NAME DUID" for IPv6 (2.90 lease.c lease_update_file()); a name
 * that is not known is "*".  A line "duid …" in between has the server's own DUID.
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
	out->has_mac = out->address.family == AF_INET
			       ? netd_mac_parse(f.text[1], &out->mac) == 0
			       : mac_of_duid(f.text[4], &out->mac);
	if (strcmp(f.text[3], "*") != 0)
		netd_copy(out->host, f.text[3]);
	return true;
}

int netd_leases_parse(const char *text, struct netd_lease **leases, size_t *count)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		struct netd_lease lease = {.expires = 0}, *slot;

		/* a line without its end is one that is being written */
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
