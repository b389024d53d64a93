// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody else's chains where packets come in or pass, and our rules in them. */
#include "foreign/foreign.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "foreign/fate.h"
#include "nft/layout.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  At the input hook, a chain drops what it does not accept if its
 * policy is drop, or if a rule without any condition drops or rejects.  Rules behind the
 * first such rule have no effect, so ours are inserted before it; if one of ours is
 * behind it, somebody has moved it.  A rule without condition that jumps to a chain which
 * only drops ("-A INPUT -j LOGDROP") counts, too; these chains are read when the rules of
 * the first one are known.
 *
 * At the other hooks netd changes nothing: lib/advise compares rules and sets with a
 * topology and tells the user, so they are kept as they come (foreign_rules.c).
 *
 * First all chains are dumped (the kernel cannot filter them), then the rules of those
 * few that are at these hooks, then their tables, which may have an owner.
 */
#define ATTEMPTS 10

/* An unconditional jump in a chain, and how many rules of ours stand before it. */
#define JUMPS 32
struct jump {
	char target[NETD_FOREIGN_NAME];
	uint64_t handle;
	size_t behind;
};

struct reader {
	struct netd_nft *nft;
	struct netd_ruleset *out;
	bool inputs, passes;		  /* what is of interest */
	struct netd_foreign_chain *chain; /* whose rules are being read */
	struct jump jumps[JUMPS];
	size_t jump_count;
};

/* A number of NFTA_HOOK_*; @fallback if it is not there. */
static uint32_t hook_number(const struct nlattr *hook, uint16_t type, uint32_t fallback)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, hook) {
		if (mnl_attr_get_type(attr) == type &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			return ntohl(mnl_attr_get_u32(attr));
	}
	return fallback;
}

/* Which families of tables, as bits, are read at which hook; bridges have the same hooks.
 */
#define ROUTED (1U << NFPROTO_IPV4 | 1U << NFPROTO_IPV6 | 1U << NFPROTO_INET)
#define BRIDGED (1U << NFPROTO_BRIDGE)
static const struct {
	uint32_t hook;
	unsigned families;
	bool input;
} hooks[] = {
	{NF_INET_LOCAL_IN, ROUTED | BRIDGED, true},
	{NF_INET_LOCAL_OUT, ROUTED, true},
	{NF_INET_PRE_ROUTING, ROUTED | BRIDGED, false},
	{NF_INET_FORWARD, ROUTED | BRIDGED, false},
	{NF_INET_POST_ROUTING, ROUTED, false},
};

static bool is_wanted_hook(const struct reader *r, uint8_t family, uint32_t hook)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(hooks); i++)
		if (hooks[i].hook == hook && family < NFPROTO_NUMPROTO &&
		    hooks[i].families >> family & 1) {
			if (hooks[i].input)
				return r->inputs;
			return r->passes;
		}
	return false;
}

static bool is_ours(uint8_t family, const char *table)
{
	if (family == NFPROTO_INET)
		return !strcmp(table, NETD_TABLE);
	return family == NFPROTO_IPV4 &&
	       !strncmp(table, NETD_GUARD_TABLE, sizeof(NETD_GUARD_TABLE) - 1);
}

/* Base chains that filter what comes in or passes, but not ours. */
static bool matters(const struct reader *r, const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *hook = netd_message_attr(nlh, NFTA_CHAIN_HOOK);

	if (is_ours(nfg->nfgen_family, netd_message_text(nlh, NFTA_CHAIN_TABLE)))
		return false;
	return hook &&
	       is_wanted_hook(r, nfg->nfgen_family,
			      hook_number(hook, NFTA_HOOK_HOOKNUM, NF_INET_NUMHOOKS)) &&
	       !strcmp(netd_message_text(nlh, NFTA_CHAIN_TYPE), "filter");
}

static bool is_empty(const struct nlmsghdr *nlh)
{
	const struct nlattr *use = netd_message_attr(nlh, NFTA_CHAIN_USE);

	return use && mnl_attr_validate(use, MNL_TYPE_U32) >= 0 && !mnl_attr_get_u32(use);
}

static int answer_chain(const struct nlmsghdr *nlh, void *data)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *policy = netd_message_attr(nlh, NFTA_CHAIN_POLICY);
	const struct nlattr *hook = netd_message_attr(nlh, NFTA_CHAIN_HOOK);
	struct reader *r = data;
	bool policy_drops = policy && mnl_attr_validate(policy, MNL_TYPE_U32) >= 0 &&
			    ntohl(mnl_attr_get_u32(policy)) == NF_DROP;
	struct netd_foreign_chain *c;

	if (!matters(r, nlh) || (is_empty(nlh) && !policy_drops))
		return 0;
	c = netd_array_add(&r->out->foreign, &r->out->foreign_count, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->family = nfg->nfgen_family;
	netd_copy(c->table, netd_message_text(nlh, NFTA_CHAIN_TABLE));
	netd_copy(c->name, netd_message_text(nlh, NFTA_CHAIN_NAME));
	c->hook = (uint8_t)hook_number(hook, NFTA_HOOK_HOOKNUM, 0);
	c->priority = (int32_t)hook_number(hook, NFTA_HOOK_PRIORITY, 0);
	c->policy_drops = policy_drops;
	c->drops = policy_drops && c->hook == NF_INET_LOCAL_IN;
	c->firewalld = netd_foreign_is_firewalld(c);
	return 0;
}

/*
 * Where ours may stand.  firewalld writes its rules anew at each reload, so it is asked
 * by its own commands (remedy.c); frames have no rows in admit.c.
 */
static bool takes_ours(const struct netd_foreign_chain *c)
{
	return c->family != NFPROTO_BRIDGE && !c->firewalld;
}

/*
 * ufw's own rules behind those of its user: among others they drop DHCP, and they go to
 * the policy of the chain.
 */
static bool is_last_of_ufw(const struct netd_foreign_chain *c, const char *target)
{
	return c->policy_drops && (!strcmp(target, "ufw-after-input") ||
				   !strcmp(target, "ufw6-after-input"));
}

/* A rule of somebody else's, in front of which nothing drops all. */
static void judge(struct reader *r, const struct nlmsghdr *nlh)
{
	struct jump *jump = &r->jumps[r->jump_count];
	struct netd_fate fate;

	netd_fate_of(nlh, &fate);
	r->chain->firewalld |= netd_foreign_is_to_zones(r->chain, fate.jumps_to);
	if (fate.drops_all || is_last_of_ufw(r->chain, fate.jumps_to))
		r->chain->before = fate.handle;
	if (!*fate.jumps_to || r->jump_count == JUMPS)
		return;
	netd_copy(jump->target, fate.jumps_to);
	jump->handle = fate.handle;
	jump->behind = r->out->admitted_count;
	r->jump_count++;
}

static int answer_rule(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;
	struct netd_admit_rule rule, *slot;
	int ours;

	ours = netd_admit_learn(nlh, r->chain, &rule);
	if (ours < 0)
		return ours;
	if (!ours) {
		if (!r->chain->before)
			judge(r, nlh);
		return 0;
	}
	if (r->chain->before)
		rule.row = NETD_ADMIT_SPOILED;
	rule.chain = (size_t)(r->chain - r->out->foreign);
	slot = netd_array_add(&r->out->admitted, &r->out->admitted_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = rule;
	return 0;
}

static int answer_table(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *flags = netd_message_attr(nlh, NFTA_TABLE_FLAGS);
	struct netd_foreign_chain *c = data;

	c->locked = flags && mnl_attr_validate(flags, MNL_TYPE_U32) >= 0 &&
		    ntohl(mnl_attr_get_u32(flags)) & NFT_TABLE_F_OWNER;
	return 0;
}

struct target {
	bool closed, mixed;
};

static int answer_target(const struct nlmsghdr *nlh, void *data)
{
	struct target *t = data;
	struct netd_fate fate;

	if (t->closed)
		return 0;
	netd_fate_of(nlh, &fate);
	t->closed = fate.drops_all;
	t->mixed |= fate.may_pass;
	return 0;
}

static int ask_rules(struct reader *r, const char *chain, netd_nft_answer answer,
		     void *data)
{
	return netd_nft_get(r->nft, NFT_MSG_GETRULE, NLM_F_DUMP, r->chain->family,
			    r->chain->table, chain, answer, data);
}

/* The first jump to a chain that only drops is as good as a drop. */
static int judge_jumps(struct reader *r)
{
	int status = 0;

	for (size_t i = 0; status >= 0 && i < r->jump_count; i++) {
		struct target target = {false, false};

		status = ask_rules(r, r->jumps[i].target, answer_target, &target);
		if (status < 0 || !target.closed || target.mixed)
			continue;
		r->chain->before = r->jumps[i].handle;
		for (size_t k = r->jumps[i].behind; k < r->out->admitted_count; k++)
			r->out->admitted[k].row = NETD_ADMIT_SPOILED;
		break;
	}
	return status;
}

static int ask_table(struct reader *r)
{
	return netd_nft_get(r->nft, NFT_MSG_GETTABLE, NLM_F_ACK, r->chain->family,
			    r->chain->table, NULL, answer_table, r->chain);
}

static void forget(struct netd_ruleset *out)
{
	free(out->foreign);
	free(out->admitted);
	free(out->others);
	out->foreign = NULL;
	out->admitted = NULL;
	out->others = NULL;
	out->foreign_count = 0;
	out->admitted_count = 0;
	out->others_length = 0;
}

static int read_input(struct reader *r)
{
	int status;

	r->jump_count = 0;
	status = ask_rules(r, r->chain->name, answer_rule, r);
	if (status < 0)
		return status;
	status = judge_jumps(r);
	r->chain->drops |= r->chain->before != 0;
	r->chain->drops &= takes_ours(r->chain);
	if (status < 0)
		return status;
	return ask_table(r);
}

/* One pass.  -EINTR: changed meanwhile. */
static int read_once(struct reader *r)
{
	int status;

	forget(r->out);
	status = netd_nft_get(r->nft, NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_UNSPEC, NULL,
			      NULL, answer_chain, r);
	for (size_t i = 0; status >= 0 && i < r->out->foreign_count; i++) {
		r->chain = &r->out->foreign[i];
		if (r->chain->hook == NF_INET_LOCAL_IN)
			status = read_input(r);
		else
			status = ask_table(r);
	}
	if (status >= 0)
		status = netd_foreign_rules_read(r->nft, r->out);
	if (status == -ENOENT)
		return -EINTR;
	return status;
}

/* The network's entry in map `bridges` says that it serves something: compile.c. */
static bool serves(const struct netd_ruleset *have)
{
	for (size_t i = 0; i < have->element_count; i++)
		if (have->elements[i].map == NETD_MAP_BRIDGES &&
		    strchr(have->elements[i].comment, ' '))
			return true;
	return false;
}

int netd_firewall_read_foreign(struct netd_nft *nft, const struct netd_ruleset *want,
			       struct netd_ruleset *have, struct netd_error *err)
{
	struct reader r = {
		.nft = nft,
		.out = have,
		.inputs = want->admit_count || have->serves || serves(have),
		.passes = want->passes,
	};
	int status = -EINTR;

	if (!r.inputs && !r.passes)
		return 0;
	for (unsigned i = 0; status == -EINTR && i < ATTEMPTS; i++)
		status = read_once(&r);
	if (status >= 0)
		return 0;
	forget(have);
	if (status == -EINTR)
		status = -EAGAIN;
	return netd_error_add(err, status,
			      "cannot read other programs' firewall chains: %s",
			      strerror(-status));
}

static int answer_passing(const struct nlmsghdr *nlh, void *data)
{
	struct netd_ruleset out = {0};
	struct reader r = {.out = &out, .passes = true};
	int status = answer_chain(nlh, &r);

	*(bool *)data |= out.foreign_count != 0;
	forget(&out);
	return status;
}

int netd_firewall_is_passed(struct netd_nft *nft, bool *out)
{
	*out = false;
	return netd_nft_get(nft, NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_UNSPEC, NULL, NULL,
			    answer_passing, out);
}
