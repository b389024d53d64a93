// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that make somebody else's firewall let a network pass, in its own words. */
#include "firewall/remedy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "firewall/admit.h"

/*
 * Theory of operation.  Who made a chain is told by its table, its name and where it goes
 * to; a tool's own command is given only where it is certain to be the tool's, since a
 * rule that is put there by other means is gone when the tool writes its rules again.
 *
 * A tool is a row: how its chains are known, and a table of words, one for each need, in
 * which %b is the bridge, %o the other one; a line is a command.  What a need with a
 * wider one beside it would ask for is asked for already.
 */
static const struct {
	unsigned need, covered_by;
} needs[] = {
	{NETD_NEED_FROM, 0},
	{NETD_NEED_TO, 0},
	{NETD_NEED_ANSWERS_FROM, NETD_NEED_FROM},
	{NETD_NEED_ANSWERS_TO, NETD_NEED_TO},
	{NETD_NEED_WITHIN, NETD_NEED_FROM | NETD_NEED_TO},
	{NETD_NEED_BETWEEN, NETD_NEED_FROM},
	{NETD_NEED_BACK, NETD_NEED_TO},
};
#define NEEDS NETD_ARRAY_SIZE(needs)

#define STATE "-m conntrack --ctstate RELATED,ESTABLISHED "
static const char *const words_iptables[NEEDS] = {
	"-i %b -j ACCEPT",
	"-o %b -j ACCEPT",
	"-i %b " STATE "-j ACCEPT",
	"-o %b " STATE "-j ACCEPT",
	"-i %b -o %b -j ACCEPT",
	"-i %b -o %o -j ACCEPT",
	"-i %o -o %b " STATE "-j ACCEPT",
};

static const char *const words_ufw[NEEDS] = {
	"in on %b",	      "out on %b",	    "in on %b",		  "out on %b",
	"in on %b out on %b", "in on %b out on %o", "in on %o out on %b",
};

#define FLOW "ct state established,related "
static const char *const words_nft[NEEDS] = {
	"iifname \"%b\" accept",
	"oifname \"%b\" accept",
	"iifname \"%b\" " FLOW "accept",
	"oifname \"%b\" " FLOW "accept",
	"iifname \"%b\" oifname \"%b\" accept",
	"iifname \"%b\" oifname \"%o\" accept",
	"iifname \"%o\" oifname \"%b\" " FLOW "accept",
};

/* A bridge's chains see its ports, and whose they are. */
static const char *const words_bridge[NEEDS] = {
	[4] = "meta ibrname \"%b\" accept",
};

#define ZONE "firewall-cmd --permanent --zone=trusted --add-interface=%b"
#define POLICY "firewall-cmd --permanent --policy=to-%b "
static const char *const words_firewalld[NEEDS] = {
	ZONE,
	ZONE "\nfirewall-cmd --permanent --new-policy=to-%b\n" POLICY
	     "--add-ingress-zone=ANY\n" POLICY "--add-egress-zone=trusted\n" POLICY
	     "--set-target=ACCEPT",
	ZONE,
	ZONE,
	ZONE,
	ZONE,
	ZONE,
};

/* Whether a rule of the base chain goes to @target. */
struct hunt {
	const char *target;
	bool found;
};

static int compare_target(struct nftnl_expr *e, void *data)
{
	struct hunt *h = data;
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME), *chain;

	if (!name || strcmp(name, "immediate") != 0)
		return 0;
	chain = nftnl_expr_get_str(e, NFTNL_EXPR_IMM_CHAIN);
	h->found |= chain && !strcmp(chain, h->target);
	return 0;
}

static bool goes_to(const struct netd_remedy *r, const char *target)
{
	const struct netd_program_chain *c = netd_program_chain(
		r->program, r->chain->family, r->chain->table, r->chain->name);
	struct hunt h = {.target = target};

	for (size_t i = 0; c && i < c->count; i++)
		if (r->program->rules[c->first + i].rule)
			nftnl_expr_foreach(r->program->rules[c->first + i].rule,
					   compare_target, &h);
	return h.found;
}

/* A drop in front of what the base chain goes to is not helped by what is there. */
static bool is_by_own_rule(const struct netd_remedy *r)
{
	return r->verdict.rule && !strcmp(r->verdict.chain->name, r->chain->name);
}

static bool is_bridge(const struct netd_remedy *r)
{
	return r->chain->family == NFPROTO_BRIDGE;
}

static bool is_firewalld(const struct netd_remedy *r)
{
	return !strcmp(r->chain->table, "firewalld");
}

/* What iptables-nft makes: linux/netfilter_ipv4.h has the priorities. */
static bool is_iptables(const struct netd_remedy *r)
{
	static const struct {
		const char *table;
		int32_t priority;
	} tables[] = {{"filter", 0}, {"mangle", -150}, {"raw", -300}, {"security", 50}};
	static const char *const chains[] = {
		[NF_INET_PRE_ROUTING] = "PREROUTING",
		[NF_INET_FORWARD] = "FORWARD",
		[NF_INET_POST_ROUTING] = "POSTROUTING",
	};
	const struct netd_foreign_chain *c = r->chain;

	if ((c->family != NFPROTO_IPV4 && c->family != NFPROTO_IPV6) ||
	    c->hook >= NETD_ARRAY_SIZE(chains) || !chains[c->hook] ||
	    strcmp(c->name, chains[c->hook]) != 0)
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(tables); i++)
		if (!strcmp(tables[i].table, c->table))
			return tables[i].priority == c->priority;
	return false;
}

static bool is_ufw(const struct netd_remedy *r)
{
	return is_iptables(r) && !is_by_own_rule(r) &&
	       goes_to(r, r->chain->family == NFPROTO_IPV4 ? "ufw-before-forward"
							   : "ufw6-before-forward");
}

static bool is_docker(const struct netd_remedy *r)
{
	return is_iptables(r) && !is_by_own_rule(r) && goes_to(r, "DOCKER-USER");
}

static bool is_any(const struct netd_remedy *r)
{
	(void)r;
	return true;
}

/* What stands in front of the words: %t is the table, %c the chain, %f the family. */
static const struct tool {
	bool (*is)(const struct netd_remedy *r);
	const char *command;
	const char *const *words;
	const char *last; /* a command behind all others */
	const char *remark;
} tools[] = {
	{is_firewalld, "", words_firewalld, "firewall-cmd --reload", ""},
	{is_ufw, "ufw route allow ", words_ufw, NULL, ""},
	{is_docker, "%x -I DOCKER-USER ", words_iptables, NULL,
	 " (and again after a reboot)"},
	{is_iptables, "%x%T -I %c ", words_iptables, NULL, " (and again after a reboot)"},
	{is_bridge, "nft insert rule %f %t %c ", words_bridge, NULL,
	 ", or by iifname with its ports if the kernel knows no ibrname; keep that in "
	 "the "
	 "file that this table is loaded from"},
	{is_any, "nft insert rule %f %t %c ", words_nft, NULL,
	 "; keep that in the file that this table is loaded from"},
};

static void add_option(struct netd_str *s, const struct netd_remedy *r)
{
	if (strcmp(r->chain->table, "filter") != 0)
		netd_str_addf(s, " -t %s", r->chain->table);
}

static void expand_one(struct netd_str *s, char what, const struct netd_remedy *r)
{
	switch (what) {
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
		netd_str_add(s,
			     r->chain->family == NFPROTO_IPV4 ? "iptables" : "ip6tables");
		break;
	case 'T':
		add_option(s, r);
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

/* Names that need no quoting, neither by a shell nor by nft. */
static bool is_plain(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_.-")] == '\0' &&
	       name[0] != '-';
}

/* Adds one command in quotes, unless it is there already. */
static void add_command(struct netd_str *s, const char *command, size_t length)
{
	netd_auto(netd_str_done) struct netd_str quoted = {0};

	netd_str_add(&quoted, "`");
	netd_str_add_bytes(&quoted, command, length);
	netd_str_add(&quoted, "`");
	if (!strstr(netd_str_text(s), netd_str_text(&quoted)))
		netd_str_addf(s, "%s%s", strchr(netd_str_text(s), '`') ? ", " : " ",
			      netd_str_text(&quoted));
}

static void add_commands(struct netd_str *s, const char *lines)
{
	for (; *lines; lines += *lines == '\n') {
		size_t length = strcspn(lines, "\n");

		add_command(s, lines, length);
		lines += length;
	}
}

static void print_commands(struct netd_str *s, const struct netd_remedy *r,
			   const struct tool *tool)
{
	netd_str_add(s, "let it pass with");
	for (size_t i = 0; i < NEEDS; i++) {
		netd_auto(netd_str_done) struct netd_str text = {0};

		if (!(r->needs & needs[i].need) || r->needs & needs[i].covered_by ||
		    !tool->words[i])
			continue;
		expand(&text, tool->command, r);
		expand(&text, tool->words[i], r);
		add_commands(s, netd_str_text(&text));
	}
	if (tool->last)
		add_commands(s, tool->last);
	netd_str_add(s, tool->remark);
}

void netd_remedy_print(struct netd_str *s, const struct netd_remedy *r)
{
	const struct tool *tool = tools;

	if (r->chain->locked || !is_plain(r->chain->table) || !is_plain(r->chain->name)) {
		netd_str_addf(s,
			      "%slet whoever made it accept what comes from interface "
			      "%s and goes to it",
			      r->chain->locked
				      ? "its table can be changed by its owner only: "
				      : "",
			      r->bridge);
		return;
	}
	while (!tool->is(r))
		tool++;
	print_commands(s, r, tool);
}
