// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether iptables-legacy or ip6tables-legacy, which nf_tables does not show, may drop
 * what comes in, passes or goes out. */
#include "foreign/legacy.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"

/*
 * Theory of operation.  The kernel makes such a table when it is first asked for, also by
 * the question below.  So it is asked only if the table is there already, which /proc
 * tells, and on most hosts one failing open is all.  `iptables-legacy -L` makes an empty
 * table that accepts all; that is nothing to speak of.
 *
 * A built-in chain is its rules and, at `underflow`, its policy: a rule, too, that says
 * ACCEPT or DROP (net/ipv4/netfilter/ip_tables.c; IPv6's is the same but for the size of
 * a rule's head).
 */
#define NAMES_MAX 4096

struct kind {
	uint8_t family;
	int level, get_info, get_entries;
	const char *names;
	size_t entry_size, target_offset; /* of a rule's head, and a field in it */
};

static const struct kind kinds[] = {
	{AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
	 "/proc/thread-self/net/ip_tables_names", sizeof(struct ipt_entry),
	 offsetof(struct ipt_entry, target_offset)},
	{AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES,
	 "/proc/thread-self/net/ip6_tables_names", sizeof(struct ip6t_entry),
	 offsetof(struct ip6t_entry, target_offset)},
};

static bool has_table(const struct kind *k)
{
	netd_auto_free char *names = NULL;

	return netd_file_read(AT_FDCWD, k->names, NAMES_MAX, &names, NULL, NULL) >= 0 &&
	       (!strncmp(names, "filter\n", 7) || strstr(names, "\nfilter\n"));
}

static bool accepts(const struct kind *k, const struct ipt_get_entries *table,
		    unsigned offset)
{
	const char *entry = (const char *)table->entrytable + offset;
	struct xt_standard_target target;
	uint16_t target_offset;

	if (offset > table->size || table->size - offset < k->entry_size)
		return false;
	memcpy(&target_offset, entry + k->target_offset, sizeof(target_offset));
	if (target_offset > table->size - offset ||
	    table->size - offset - target_offset < sizeof(target))
		return false;
	memcpy(&target, entry + target_offset, sizeof(target));
	return target.verdict == -NF_ACCEPT - 1;
}

/* The structs of both families have the same fields, but for the rules. */
static unsigned may_drop(const struct kind *k)
{
	static const unsigned hooks[] = {NF_INET_LOCAL_IN, NF_INET_FORWARD,
					 NF_INET_LOCAL_OUT};
	unsigned result = 0;

	struct ipt_getinfo info = {.name = "filter"};
	netd_auto_free struct ipt_get_entries *table = NULL;
	netd_auto_close int fd = -1;
	socklen_t size = sizeof(info);

	if (!has_table(k))
		return 0;
	fd = socket(k->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0 || getsockopt(fd, k->level, k->get_info, &info, &size) < 0)
		return 0;
	size = (socklen_t)(sizeof(*table) + info.size);
	table = calloc(1, size);
	if (!table)
		return 0;
	strcpy(table->name, info.name);
	table->size = info.size;
	if (getsockopt(fd, k->level, k->get_entries, table, &size) < 0)
		return 0;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(hooks); i++)
		if (info.hook_entry[hooks[i]] != info.underflow[hooks[i]] ||
		    !accepts(k, table, info.underflow[hooks[i]]))
			result |= 1U << hooks[i];
	return result;
}

unsigned netd_firewall_legacy_hooks(uint8_t family)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++)
		if (kinds[i].family == family)
			return may_drop(&kinds[i]);
	return 0;
}
