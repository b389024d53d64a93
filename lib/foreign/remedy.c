// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that make somebody else's firewall let a network pass, in its own words. */
#include "foreign/remedy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "foreign/tool.h"
#include "ruleset/admit.h"

/* What a wider need asks for is asked for already. */
static const struct {
	unsigned need, covered_by;
} needs[NETD_TOOL_NEEDS] = {
	{NETD_NEED_FROM, 0},
	{NETD_NEED_TO, 0},
	{NETD_NEED_ANSWERS_FROM, NETD_NEED_FROM},
	{NETD_NEED_ANSWERS_TO, NETD_NEED_TO},
	{NETD_NEED_WITHIN, NETD_NEED_FROM | NETD_NEED_TO},
	{NETD_NEED_BETWEEN, NETD_NEED_FROM},
	{NETD_NEED_BACK, NETD_NEED_TO},
};

static void add_option(struct netd_str *s, const char *table)
{
	if (strcmp(table, "filter") != 0)
		netd_str_addf(s, " -t %s", table);
}

/* firewalld's names have letters, digits, - and _; 17 of a zone, 18 of a policy. */
static void add_name(struct netd_str *s, const char *prefix, const struct netd_remedy *r)
{
	netd_str_add(s, prefix);
	for (const char *c = r->bridge; *c; c++)
		netd_str_add_bytes(s, *c == '.' ? "_" : c, 1);
}

static void expand_one(struct netd_str *s, char what, const struct netd_remedy *r)
{
	switch (what) {
	case 'p':
		add_name(s, "", r);
		break;
	case 'z':
		add_name(s, "n-", r);
		break;
	case 'b':
		netd_str_add(s, r->bridge);
		break;
	case 'o':
		netd_str_add(s, r->other);
		break;
	case 't':
		netd_str_add(s, r->chain->table);
		break;
	case 'c':
		netd_str_add(s, r->chain->name);
		break;
	case 'f':
		netd_str_add(s, netd_foreign_family(r->chain->family));
		break;
	case 'x':
		netd_str_addf(s, "%stables", netd_foreign_family(r->chain->family));
		if (netd_foreign_is_legacy(r->chain))
			netd_str_add(s, "-legacy");
		break;
	case 'T':
		add_option(s, netd_foreign_table(r->chain));
		break;
	default:
		break;
	}
}

static void expand(struct netd_str *s, const char *format, const struct netd_remedy *r)
{
	const char *next;

	for (; (next = strchr(format, '%')) && next[1]; format = next + 2) {
		netd_str_add_bytes(s, format, (size_t)(next - format));
		expand_one(s, next[1], r);
	}
	netd_str_add(s, format);
}

static void expand_service(struct netd_str *s, const char *format, const char *service,
			   const struct netd_remedy *r)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	const char *place;

	for (; (place = strstr(format, "%s")); format = place + 2) {
		netd_str_add_bytes(&text, format, (size_t)(place - format));
		netd_str_add(&text, service);
	}
	netd_str_add(&text, format);
	expand(s, netd_str_text(&text), r);
}

/* Names that need no quoting, neither by a shell nor by nft. */
static bool is_plain(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_.-")] == '\0' &&
	       name[0] != '-';
}

/* Adds one command in quotes, unless it is there already. */
static void add_command(struct netd_str *s, const char *router, const char *command,
			size_t length)
{
	netd_auto(netd_str_done) struct netd_str quoted = {0};

	netd_str_add(&quoted, "`");
	if (router[0])
		netd_str_addf(&quoted, "netdctl router exec %s -- ", router);
	netd_str_add_bytes(&quoted, command, length);
	netd_str_add(&quoted, "`");
	if (!strstr(netd_str_text(s), netd_str_text(&quoted)))
		netd_str_addf(s, "%s%s", strchr(netd_str_text(s), '`') ? ", " : " ",
			      netd_str_text(&quoted));
}

/* Whether firewalld has it already, as its chains say: then it cannot be made. */
static bool is_made(const struct netd_remedy *r, const char *line, size_t length)
{
	static const struct {
		const char *option, *chain;
	} kinds[] = {
		{NETD_FIREWALLD NETD_FIREWALLD_ZONE, "filter_IN_"},
		{NETD_FIREWALLD NETD_FIREWALLD_POLICY, "filter_FWD_policy_"},
		{NETD_FIREWALLD NETD_FIREWALLD_ZONE, "IN_"}, /* its iptables backend's */
		{NETD_FIREWALLD NETD_FIREWALLD_POLICY, "FWD_"},
	};
	char name[64];

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++) {
		size_t skip = strlen(kinds[i].option);

		if (length < skip || strncmp(line, kinds[i].option, skip) != 0)
			continue;
		snprintf(name, sizeof(name), "%s%.*s", kinds[i].chain,
			 (int)(length - skip), line + skip);
		if (netd_program_chain(r->program, r->chain->family, r->chain->table,
				       name))
			return true;
	}
	return false;
}

static void add_commands(struct netd_str *s, const struct netd_remedy *r,
			 const char *lines)
{
	for (; *lines; lines += *lines == '\n') {
		size_t length = strcspn(lines, "\n");

		if (!is_made(r, lines, length))
			add_command(s, r->router, lines, length);
		lines += length;
	}
}

static void print_needs(struct netd_str *s, const struct netd_remedy *r, unsigned asked,
			const struct netd_tool *tool)
{
	for (size_t i = 0; i < NETD_TOOL_NEEDS; i++) {
		netd_auto(netd_str_done) struct netd_str text = {0};

		if (!(asked & needs[i].need) || asked & needs[i].covered_by ||
		    !tool->words[i])
			continue;
		expand(&text, tool->command, r);
		expand(&text, tool->words[i], r);
		add_commands(s, r, netd_str_text(&text));
	}
}

/* Where all that comes from the bridge is let pass, services are, too. */
static void print_services(struct netd_str *s, const struct netd_remedy *r,
			   unsigned asked, const struct netd_tool *tool)
{
	netd_auto(netd_str_done) struct netd_str before = {0};

	if (!tool->service || asked < NETD_NEED_SERVICE ||
	    (asked & NETD_NEED_FROM && !tool->whole))
		return;
	if (tool->before)
		expand(&before, tool->before, r);
	add_commands(s, r, netd_str_text(&before));
	for (unsigned row = 0; row < netd_admit_row_count(); row++) {
		const char *word = netd_admit_row_word(row, tool->word);
		netd_auto(netd_str_done) struct netd_str text = {0};

		if (!(asked & NETD_NEED_SERVICE << row) || !word)
			continue;
		expand(&text, tool->command, r);
		expand_service(&text, tool->service, word, r);
		add_commands(s, r, netd_str_text(&text));
	}
}

/*
 * Before routing no way out is known, and before tracking no flow; behind routing a
 * packet has no way in.
 */
#define TRACKED (-200) /* linux/netfilter_ipv4.h NF_IP_PRI_CONNTRACK */
static const struct {
	uint8_t hook;
	int32_t up_to; /* priorities */
	unsigned need, instead;
} swaps[] = {
	{NF_INET_PRE_ROUTING, INT32_MAX, NETD_NEED_WITHIN, NETD_NEED_FROM},
	{NF_INET_PRE_ROUTING, INT32_MAX, NETD_NEED_BETWEEN, NETD_NEED_FROM},
	{NF_INET_PRE_ROUTING, TRACKED, NETD_NEED_ANSWERS_FROM, NETD_NEED_FROM},
	{NF_INET_POST_ROUTING, INT32_MAX, NETD_NEED_WITHIN, NETD_NEED_TO},
	{NF_INET_POST_ROUTING, INT32_MAX, NETD_NEED_BACK, NETD_NEED_ANSWERS_TO},
};

static unsigned needs_at_hook(const struct netd_remedy *r)
{
	const struct netd_foreign_chain *c = r->chain;
	unsigned asked = r->needs;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(swaps); i++)
		if (c->family != NFPROTO_BRIDGE && c->hook == swaps[i].hook &&
		    c->priority <= swaps[i].up_to && asked & swaps[i].need)
			asked = (asked & ~swaps[i].need) | swaps[i].instead;
	return asked;
}

static void print_commands(struct netd_str *s, const struct netd_remedy *r,
			   const struct netd_tool *tool)
{
	unsigned asked = tool->whole ? r->all_needs : needs_at_hook(r);

	print_needs(s, r, asked, tool);
	print_services(s, r, asked, tool);
	if (tool->last)
		add_commands(s, r, tool->last);
}

/* Without a command. */
static void print_wish(struct netd_str *s, const struct netd_remedy *r)
{
	const char *comma = "";

	netd_str_addf(s, "%slet whoever made it accept ",
		      r->chain->locked ? "its table can be changed by its owner only: "
				       : "");
	if (r->needs < NETD_NEED_SERVICE || r->needs & NETD_NEED_FROM) {
		netd_str_addf(s, "what comes from interface %s and goes to it",
			      r->bridge);
		return;
	}
	for (unsigned row = 0; row < netd_admit_row_count(); row++) {
		if (!(r->needs & NETD_NEED_SERVICE << row))
			continue;
		netd_str_addf(s, "%s%s", comma,
			      netd_admit_row_word(row, NETD_ADMIT_WORD_NFT));
		comma = ", ";
	}
	netd_str_addf(s, " from interface %s", r->bridge);
}

/* The tool has no words for it here, or may not be asked. */
static bool is_wish(const struct netd_remedy *r, const struct netd_tool *tool)
{
	return (r->chain->locked && !tool->whole) || (r->router[0] && tool->host) ||
	       !is_plain(netd_foreign_table(r->chain)) || !is_plain(r->chain->name);
}

void netd_remedy_print(struct netd_str *s, const struct netd_remedy *r)
{
	netd_auto(netd_str_done) struct netd_str commands = {0};
	const struct netd_tool *tool = netd_tool_of(r);

	if (!is_wish(r, tool))
		print_commands(&commands, r, tool);
	if (!commands.length) {
		print_wish(s, r);
		return;
	}
	netd_str_addf(s, "let it pass with%s", netd_str_text(&commands));
	if (r->router[0])
		netd_str_add(s, " (and again when that table is made anew)");
	else
		netd_str_add(s, tool->remark);
}
