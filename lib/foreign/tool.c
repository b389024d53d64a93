// SPDX-License-Identifier: GPL-2.0-or-later
/* Who made somebody else's chain, and what its commands look like. */
#include "foreign/tool.h"

#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "base/array.h"
#include "foreign/legacy.h"

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
#define STATE "-m conntrack --ctstate RELATED,ESTABLISHED "
static const char *const words_iptables[NETD_TOOL_NEEDS] = {
	"-i %b -j ACCEPT",
	"-o %b -j ACCEPT",
	"-i %b " STATE "-j ACCEPT",
	"-o %b " STATE "-j ACCEPT",
	"-i %b -o %b -j ACCEPT",
	"-i %b -o %o -j ACCEPT",
	"-i %o -o %b " STATE "-j ACCEPT",
};

static const char *const words_ufw[NETD_TOOL_NEEDS] = {
	"in on %b",	      "out on %b",	    "in on %b",		  "out on %b",
	"in on %b out on %b", "in on %b out on %o", "in on %o out on %b",
};

#define FLOW "ct state established,related "
static const char *const words_nft[NETD_TOOL_NEEDS] = {
	"iifname \"%b\" accept",
	"oifname \"%b\" accept",
	"iifname \"%b\" " FLOW "accept",
	"oifname \"%b\" " FLOW "accept",
	"iifname \"%b\" oifname \"%b\" accept",
	"iifname \"%b\" oifname \"%o\" accept",
	"iifname \"%o\" oifname \"%b\" " FLOW "accept",
};

/* What the host itself sends. */
static const char *const words_ufw_host[NETD_TOOL_NEEDS] = {
	[1] = "ufw prepend allow out on %b",
};

/* A bridge's chains see its ports, and whose they are. */
static const char *const words_bridge[NETD_TOOL_NEEDS] = {
	[4] = "meta ibrname \"%b\" accept",
};

#define FIREWALLD NETD_FIREWALLD
#define NEW_ZONE NETD_FIREWALLD_ZONE
#define NEW_POLICY NETD_FIREWALLD_POLICY
#define ZONE FIREWALLD NEW_ZONE "%z\n" FIREWALLD "--zone=%z --change-interface=%b"
#define POLICY(name, from, to)                                         \
	"\n" FIREWALLD NEW_POLICY name "\n" FIREWALLD "--policy=" name \
	" --add-ingress-zone=" from "\n" FIREWALLD "--policy=" name    \
	" --add-egress-zone=" to "\n" FIREWALLD "--policy=" name " --set-target=ACCEPT"
#define BY ZONE POLICY("by-%p", "%z", "ANY")
#define TO ZONE POLICY("to-%p", "ANY", "%z")
static const char *const words_firewalld[NETD_TOOL_NEEDS] = {BY, TO, BY, TO, BY, BY, BY};

static const char *const words_none[NETD_TOOL_NEEDS];

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

bool netd_tool_is_firewalld(const struct netd_remedy *r)
{
	char zones[NETD_FOREIGN_NAME + sizeof("_ZONES")];

	snprintf(zones, sizeof(zones), "%s_ZONES", r->chain->name);
	return netd_foreign_is_firewalld(r->chain) || goes_to(r, zones);
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

static const struct netd_tool tools[] = {
	{.is = netd_tool_is_firewalld,
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

const struct netd_tool *netd_tool_of(const struct netd_remedy *r)
{
	const struct netd_tool *tool = tools;

	while (!tool->is(r))
		tool++;
	return tool;
}
