// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of iptables-legacy and ip6tables-legacy, which nf_tables does not show. */
#include "foreign/legacy.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "foreign/legacy_rule.h"
#include "model/ruleset.h"
#include "nft/batch.h"

/*
 * Theory of operation.  The kernel makes such a table when it is first asked for, also by
 * the question below.  So it is asked only if the table is there already, which /proc
 * tells, and on most hosts one failing open for each family is all.
 *
 * A table is one block of entries (net/ipv4/netfilter/ip_tables.c; IPv6's is the same but
 * for the size of a rule's head).  A built-in chain begins at its hook_entry and ends at
 * its underflow, a rule that says the policy; a chain of a user's begins behind an entry
 * whose target is ERROR, and bears its name.  A jump says where its chain's first rule
 * stands.  Rules become messages of nf_tables (legacy_rule.c), so that one interpreter
 * judges both.
 */
#define NAMES_MAX 4096
#define MOST (4U << 20) /* bytes of a table; more is somebody's list of bad addresses */

static const struct {
	const char *name;
	int32_t priority; /* linux/netfilter_ipv4.h enum nf_ip_hook_priorities */
} tables[] = {{"filter", 0}, {"mangle", -150}, {"raw", -300}, {"security", 50}};

static const char *const builtin[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = "PREROUTING",	[NF_INET_LOCAL_IN] = "INPUT",
	[NF_INET_FORWARD] = "FORWARD",		[NF_INET_LOCAL_OUT] = "OUTPUT",
	[NF_INET_POST_ROUTING] = "POSTROUTING",
};

/* A chain, and where its first rule stands. */
struct start {
	size_t at;
	const char *name;
};

struct reader {
	const struct netd_legacy_kind *kind;
	struct netd_ruleset *out;
	struct netd_batch kept;
	char table[NETD_FOREIGN_NAME];
	int32_t priority;
	struct ipt_getinfo info;
	const struct ipt_get_entries *entries;
	struct start *starts; /* by place */
	size_t start_count;
};

bool netd_iptables_priority(const char *table, int32_t *out)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(tables); i++)
		if (!strcmp(tables[i].name, table)) {
			*out = tables[i].priority;
			return true;
		}
	return false;
}

static bool next_entry(const struct reader *r, size_t offset, struct netd_legacy_entry *e)
{
	const char *block = (const char *)r->entries->entrytable;

	if (offset >= r->entries->size)
		return false;
	return netd_legacy_entry(r->kind, block + offset, r->entries->size - offset, e);
}

/* The built-in chain that begins there; NULL: none does. */
static const char *builtin_at(const struct reader *r, size_t offset)
{
	for (size_t i = 0; i < NF_INET_NUMHOOKS; i++)
		if (r->info.valid_hooks >> i & 1 && r->info.hook_entry[i] == offset)
			return builtin[i];
	return NULL;
}

static bool is_policy(const struct reader *r, size_t offset)
{
	for (size_t i = 0; i < NF_INET_NUMHOOKS; i++)
		if (r->info.valid_hooks >> i & 1 && r->info.underflow[i] == offset)
			return true;
	return false;
}

static int add_start(struct reader *r, size_t at, const char *name)
{
	struct start *s = netd_array_add(&r->starts, &r->start_count, sizeof(*s));

	if (!s)
		return -ENOMEM;
	*s = (struct start){at, name};
	return 0;
}

static int find_starts(struct reader *r)
{
	struct netd_legacy_entry e;

	r->start_count = 0;
	for (size_t at = 0; next_entry(r, at, &e); at += e.length) {
		const char *name = builtin_at(r, at);
		int status = 0;

		if (e.chain)
			status = add_start(r, at + e.length, e.chain);
		else if (name)
			status = add_start(r, at, name);
		if (status < 0)
			return status;
	}
	return 0;
}

static int compare_starts(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->at < y->at)
		return -1;
	return x->at > y->at;
}

static const char *chain_at(const void *data, size_t at)
{
	const struct reader *r = data;
	const struct start wanted = {at, NULL};
	const struct start *found = bsearch(&wanted, r->starts, r->start_count,
					    sizeof(wanted), compare_starts);

	if (!found)
		return NULL;
	return found->name;
}

static int keep_rules(struct reader *r)
{
	struct netd_legacy_place place = {
		.table = r->table, .chain_at = chain_at, .data = r};
	struct netd_legacy_entry e;

	for (size_t at = 0; next_entry(r, at, &e); at += e.length) {
		const char *chain = chain_at(r, at);

		if (chain) {
			place.chain = chain;
			place.number = 0;
		}
		if (e.chain || !place.chain || is_policy(r, at))
			continue;
		place.number++;
		place.next = at + e.length;
		netd_legacy_put(&r->kept, r->kind, &e, &place);
	}
	if (r->kept.failed)
		return -ENOMEM;
	return 0;
}

static bool drops(const struct reader *r, size_t underflow)
{
	struct netd_legacy_entry e;

	return next_entry(r, underflow, &e) && e.is_standard && e.verdict == -NF_DROP - 1;
}

static int keep_chains(struct reader *r, bool unread)
{
	for (unsigned i = 0; i < NF_INET_NUMHOOKS; i++) {
		bool empty = r->info.hook_entry[i] == r->info.underflow[i], dropped;
		struct netd_foreign_chain *c;

		if (!(r->info.valid_hooks >> i & 1))
			continue;
		dropped = !unread && drops(r, r->info.underflow[i]);
		if (empty && !dropped)
			continue;
		c = netd_array_add(&r->out->foreign, &r->out->foreign_count, sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->family = r->kind->nfproto;
		netd_copy(c->table, r->table);
		netd_copy(c->name, builtin[i]);
		c->hook = (uint8_t)i;
		c->priority = r->priority;
		c->policy_drops = dropped;
		c->unread = unread;
	}
	return 0;
}

/* The structs of both families have the same fields, but for the rules. */
static int read_entries(struct reader *r, int fd)
{
	socklen_t size = (socklen_t)(sizeof(*r->entries) + r->info.size);
	netd_auto_free struct ipt_get_entries *entries = calloc(1, size);
	int status;

	if (!entries)
		return -ENOMEM;
	netd_copy(entries->name, r->info.name);
	entries->size = r->info.size;
	if (getsockopt(fd, r->kind->level, r->kind->get_entries, entries, &size) < 0)
		return 0; /* changed meanwhile */
	r->entries = entries;
	status = keep_chains(r, false);
	if (status < 0)
		return status;
	status = find_starts(r);
	if (status < 0)
		return status;
	return keep_rules(r);
}

static int read_table(struct reader *r, int fd, const char *name)
{
	socklen_t size = sizeof(r->info);

	r->info = (struct ipt_getinfo){0};
	netd_copy(r->info.name, name);
	snprintf(r->table, sizeof(r->table), NETD_LEGACY_PREFIX "%s", name);
	if (!netd_iptables_priority(name, &r->priority) ||
	    getsockopt(fd, r->kind->level, r->kind->get_info, &r->info, &size) < 0)
		return 0;
	if (r->info.size > MOST)
		return keep_chains(r, true);
	return read_entries(r, fd);
}

/* A line for each table, to be freed; NULL: there is none. */
static char *read_names(const struct netd_legacy_kind *kind)
{
	char *names = NULL;

	if (netd_file_read(AT_FDCWD, kind->names, NAMES_MAX, &names, NULL, NULL) == 0 &&
	    *names)
		return names;
	free(names);
	return NULL;
}

bool netd_legacy_is_there(void)
{
	for (size_t i = 0; i < NETD_LEGACY_KINDS; i++) {
		netd_auto_free char *names = read_names(&netd_legacy_kinds[i]);

		if (names)
			return true;
	}
	return false;
}

static int read_family(struct reader *r)
{
	netd_auto_free char *names = read_names(r->kind);
	netd_auto_close int fd = -1;
	char *rest, *name;

	if (!names)
		return 0;
	fd = socket(r->kind->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return 0;
	for (rest = names; (name = strsep(&rest, "\n"));) {
		int status = read_table(r, fd, name);

		if (status < 0)
			return status;
	}
	return 0;
}

/* The messages go behind those that are there. */
static int append(struct reader *r)
{
	struct netd_ruleset *out = r->out;
	char *grown;

	if (!r->kept.length)
		return 0;
	grown = realloc(out->others, out->others_length + r->kept.length);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + out->others_length, r->kept.data, r->kept.length);
	out->others = grown;
	out->others_length += r->kept.length;
	return 0;
}

int netd_legacy_read(struct netd_ruleset *out, struct netd_error *err)
{
	for (size_t i = 0; i < NETD_LEGACY_KINDS; i++) {
		struct reader r = {.kind = &netd_legacy_kinds[i], .out = out};
		int status = read_family(&r);

		if (status == 0)
			status = append(&r);
		netd_batch_done(&r.kept);
		free(r.starts);
		if (status < 0)
			return netd_error_add(err, status,
					      "no memory for the rules of %s",
					      r.kind->program);
	}
	return 0;
}
