// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether iptables-legacy, which nf_tables does not show, may drop what passes. */
#include "firewall/legacy.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "base/cleanup.h"
#include "base/file.h"

/*
 * Theory of operation.  The kernel makes such a table when it is first asked for, also by
 * the question below.  So it is asked only if the table is there already, which /proc
 * tells, and on most hosts one failing open is all.  `iptables-legacy -L` makes an empty
 * table that accepts all; that is nothing to speak of.
 *
 * A built-in chain is its rules and, at `underflow`, its policy: a rule, too, that says
 * ACCEPT or DROP (net/ipv4/netfilter/ip_tables.c).
 */
#define NAMES "/proc/thread-self/net/ip_tables_names"
#define NAMES_MAX 4096

static bool has_table(void)
{
	netd_auto_free char *names = NULL;

	return netd_file_read(AT_FDCWD, NAMES, NAMES_MAX, &names, NULL, NULL) >= 0 &&
	       (!strncmp(names, "filter\n", 7) || strstr(names, "\nfilter\n"));
}

static bool accepts(const struct ipt_get_entries *table, unsigned offset)
{
	const char *entries = (const char *)table->entrytable;
	struct xt_standard_target target;
	struct ipt_entry entry;

	if (offset > table->size || table->size - offset < sizeof(entry))
		return false;
	memcpy(&entry, entries + offset, sizeof(entry));
	if (entry.target_offset > table->size - offset ||
	    table->size - offset - entry.target_offset < sizeof(target))
		return false;
	memcpy(&target, entries + offset + entry.target_offset, sizeof(target));
	return target.verdict == -NF_ACCEPT - 1;
}

bool netd_firewall_has_legacy(void)
{
	struct ipt_getinfo info = {.name = "filter"};
	netd_auto_free struct ipt_get_entries *table = NULL;
	netd_auto_close int fd = -1;
	socklen_t size = sizeof(info);

	if (!has_table())
		return false;
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0 || getsockopt(fd, IPPROTO_IP, IPT_SO_GET_INFO, &info, &size) < 0)
		return false;
	if (info.hook_entry[NF_INET_FORWARD] != info.underflow[NF_INET_FORWARD])
		return true;
	size = (socklen_t)(sizeof(*table) + info.size);
	table = calloc(1, size);
	if (!table)
		return false;
	strcpy(table->name, info.name);
	table->size = info.size;
	return getsockopt(fd, IPPROTO_IP, IPT_SO_GET_ENTRIES, table, &size) >= 0 &&
	       !accepts(table, info.underflow[NF_INET_FORWARD]);
}
