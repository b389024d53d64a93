// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that make somebody else's firewall let a network pass, in its own words. */
#include "foreign/remedy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "foreign/legacy.h"
#include "ruleset/admit.h"

/*
 * Theory of operation.  Who made a chain is told by its table, its name and where it goes
 * to; a tool's own command is given only where it is certain to be the tool's, since a
 * rule that is put there by other means is gone when the tool writes its rules again.
 *
 * A tool is a row: how its chains are known, and a table of words, one for each need, in
 * which %b is the bridge, %o the other one; a line is a command.  What a need with a
 * wider one beside it would ask for is asked for already.
 *
 * firewalld has zones and policies.  A network has a zone of its own: what is in zone
 * "trusted" may reach all of the host.  That is one whole for all of its chains.
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

/* What the host itself sends. */
static const char *const words_ufw_host[NEEDS] = {
	[1] = "ufw prepend allow out on %b",
};

/* A bridge's chains see its ports, and whose they are. */
static const char *const words_bridge[NEEDS] = {
	[4] = "meta ibrname \"%b\" accept",
};

#define FIREWALLD "firewall-cmd --permanent "
#define NEW_ZONE "--new-zone="
#define NEW_POLICY "--new-policy="
#define ZONE FIREWALLD NEW_ZONE "%z\n" FIREWALLD "--zone=%z --change-interface=%b"
#define POLICY(name, from, to)                                         \
	"\n" FIREWALLD NEW_POLICY name "\n" FIREWALLD "--policy=" name \
	" --add-ingress-zone=" from "\n" FIREWALLD "--policy=" name    \
	" --add-egress-zone=" to "\n" FIREWALLD "--policy=" name " --set-target=ACCEPT"
#define BY ZONE POLICY("by-%p", "%z", "ANY")
#define TO ZONE POLICY("to-%p", "ANY", "%z")
static const char *const words_firewalld[NEEDS] = {BY, TO, BY, TO, BY, BY, BY};

static const char *const words_none[NEEDS];

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
	return netd_foreign_is_firewalld(r->chain);
}

/* In this table of its own firewalld drops all. */
static bool is_panic(const struct netd_remedy *r)
{
	return !strcmp(r->chain->table, "firewalld_policy_drop");
}

/* What iptables makes, either of the two. */
static bool is_iptables(const struct netd_remedy *r)
{
	static const char *const chains[] = {
		[NF_INET_PRE_ROUTING] = "PREROUTING",	[NF_INET_LOCAL_IN] = "INPUT",
		[NF_INET_FORWARD] = "FORWARD",		[NF_INET_LOCAL_OUT] = "OUTPUT",
		[NF_INET_POST_ROUTING] = "POSTROUTING",
	};
	const struct netd_foreign_chain *c = r->chain;
	int32_t priority;

	if ((c->family != NFPROTO_IPV4 && c->family != NFPROTO_IPV6) ||
	    c->hook >= NETD_ARRAY_SIZE(chains) || !chains[c->hook] ||
	    strcmp(c->name, chains[c->hook]) != 0)
		return false;
	return netd_iptables_priority(netd_foreign_table(c), &priority) &&
	       c->priority == priority;
}

static bool goes_to_ufw(const struct netd_remedy *r, const char *hook)
{
	char name[NETD_IFNAME + sizeof("ufw6-before-")];

	snprintf(name, sizeof(name), "ufw%s-before-%s",
		 r->chain->family == NFPROTO_IPV4 ? "" : "6", hook);
	return is_iptables(r) && goes_to(r, name);
}

static bool is_ufw(const struct netd_remedy *r)
{
	return goes_to_ufw(r, "forward") && !is_by_own_rule(r);
}

static bool is_ufw_host(const struct netd_remedy *r)
{
	return goes_to_ufw(r, "input") || goes_to_ufw(r, "output");
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
	const char *before;	   /* in front of all services … */
	const char *service;	   /* … of which each is %s … */
	enum netd_admit_word word; /* … in these words */
	const char *last;	   /* a command behind all others */
	const char *remark;
	bool whole; /* it is the owner's, about all chains of the table */
	bool host;  /* it asks a daemon, or writes files, of the host's only */
} tools[] = {
	{.is = is_firewalld,
	 .command = "",
	 .words = words_firewalld,
	 .before = ZONE, /* which lets ICMPv6 pass */
	 .service = FIREWALLD "--zone=%z --add-service=%s",
	 .word = NETD_ADMIT_WORD_FIREWALLD,
	 .last = "firewall-cmd --reload",
	 .remark = "",
	 .whole = true,
	 .host = true},
	{.is = is_panic,
	 .command = "",
	 .words = words_none,
	 .last = "firewall-cmd --panic-off",
	 .remark = "",
	 .whole = true,
	 .host = true},
	{.is = is_ufw,
	 .command = "ufw route allow ",
	 .words = words_ufw,
	 .remark = "",
	 .host = true},
	{.is = is_ufw_host,
	 .command = "",
	 .words = words_ufw_host,
	 /* the first does not touch the same with "deny", which the second one turns */
	 .service = "ufw prepend allow in on %b %s\nufw allow in on %b %s",
	 .word = NETD_ADMIT_WORD_UFW,
	 .remark = "",
	 .host = true},
	{.is = is_docker,
	 .command = "%x -I DOCKER-USER ",
	 .words = words_iptables,
	 .remark = " (and again after a reboot)"},
	{.is = is_iptables,
	 .command = "%x%T -I %c ",
	 .words = words_iptables,
	 .service = "-i %b %s -j ACCEPT",
	 .word = NETD_ADMIT_WORD_IPTABLES,
	 .remark = " (and again after a reboot)"},
	{.is = is_bridge,
	 .command = "nft insert rule %f %t %c ",
	 .words = words_bridge,
	 .service = "meta ibrname \"%b\" %s accept",
	 .word = NETD_ADMIT_WORD_NFT,
	 .remark = ", or by iifname with its ports if the kernel knows no ibrname; keep "
		   "that in the file that this table is loaded from"},
	{.is = is_any,
	 .command = "nft insert rule %f %t %c ",
	 .words = words_nft,
	 .service = "iifname \"%b\" %s accept",
	 .word = NETD_ADMIT_WORD_NFT,
	 .remark = "; keep that in the file that this table is loaded from"},
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
		{FIREWALLD NEW_ZONE, "filter_IN_"},
		{FIREWALLD NEW_POLICY, "filter_FWD_policy_"},
	};
	char name[64];

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++) {
		size_t skip = strlen(kinds[i].option);

		if (length < skip || strncmp(line, kinds[i].option, skip) != 0)
			continue;
		snprintf(name, sizeof(name), "%s%.*s", kinds[i].chain,
			 (int)(length - skip), line + skip);
		return netd_program_chain(r->program, r->chain->family, r->chain->table,
					  name);
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
			const struct tool *tool)
{
	for (size_t i = 0; i < NEEDS; i++) {
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
			   unsigned asked, const struct tool *tool)
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

static void print_commands(struct netd_str *s, const struct netd_remedy *r,
			   const struct tool *tool)
{
	unsigned asked = tool->whole ? r->all_needs : r->needs;

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
static bool is_wish(const struct netd_remedy *r, const struct tool *tool)
{
	return (r->chain->locked && !tool->whole) || (r->router[0] && tool->host) ||
	       !is_plain(netd_foreign_table(r->chain)) || !is_plain(r->chain->name);
}

void netd_remedy_print(struct netd_str *s, const struct netd_remedy *r)
{
	netd_auto(netd_str_done) struct netd_str commands = {0};
	const struct tool *tool = tools;

	while (!tool->is(r))
		tool++;
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
