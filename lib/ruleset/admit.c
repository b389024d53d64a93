// SPDX-License-Identifier: GPL-2.0-or-later
/* Accept rules of ours in somebody else's chains: DHCP, DNS and what they need. */
#include "ruleset/admit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>

#include "base/array.h"
#include "base/str.h"
#include "nft/batch.h"
#include "nft/element.h"
#include "nft/message.h"
#include "ruleset/packet.h"
#include "nft/step.h"
#include "model/ruleset.h"
#include "model/state.h"

/*
 * Theory of operation.  A rule with the comment "netd:OWNER KIND" is ours to delete; to
 * find out if somebody changed it, netd makes it again and compares the messages.  The
 * expressions are those that nft itself uses for such rules, and that iptables 1.8.9
 * prints as "-i br0 -p udp -m udp --dport 67 -m comment …": in a table of iptables-nft,
 * others would make `iptables -S` fail for the whole table.
 */
#define IP4 (1U << NFPROTO_IPV4 | 1U << NFPROTO_INET)
#define IP6 (1U << NFPROTO_IPV6 | 1U << NFPROTO_INET)
#define ANY (1U << NFPROTO_IPV4 | 1U << NFPROTO_IPV6 | 1U << NFPROTO_INET)

static const struct row {
	const char *kind; /* in the comment */
	unsigned service;
	unsigned families;	     /* of tables: bits by NFPROTO_* */
	const char *protocol, *port; /* as in the packet; of ICMPv6 the type */
	const char *text;
	const char *words[NETD_ADMIT_WORDS];
} rows[] = {
	/* clang-format off */
	{"dhcp", NETD_ADMIT_DHCP, IP4, "\x11", "\0\x43", "udp dport 67",
	 {"DHCP", "-p udp --dport 67", "to any port 67 proto udp", "dhcp"}},
	{"dns", NETD_ADMIT_DNS, ANY, "\x11", "\0\x35", "udp dport 53",
	 {"DNS", "-p udp --dport 53", "to any port 53 proto udp", "dns"}},
	{"dns-tcp", NETD_ADMIT_DNS, ANY, "\x06", "\0\x35", "tcp dport 53",
	 {"DNS by TCP", "-p tcp --dport 53", "to any port 53 proto tcp", "dns"}},
	{"tftp", NETD_ADMIT_TFTP, ANY, "\x11", "\0\x45", "udp dport 69",
	 {"TFTP", "-p udp --dport 69", "to any port 69 proto udp", "tftp"}},
	{"dhcpv6", NETD_ADMIT_DHCP6, IP6, "\x11", "\x02\x23", "udp dport 547",
	 {"DHCPv6", "-p udp --dport 547", "to any port 547 proto udp", "dhcpv6"}},
	/* RFC 4861 4: solicitations of routers and neighbours, and answers to ours */
	{"rs", NETD_ADMIT_RS, IP6, "\x3a", "\x85", "icmpv6 type nd-router-solicit",
	 {"router solicitations", "-p icmpv6 --icmpv6-type 133"}},
	{"ns", NETD_ADMIT_ND, IP6, "\x3a", "\x87", "icmpv6 type nd-neighbor-solicit",
	 {"neighbor solicitations", "-p icmpv6 --icmpv6-type 135"}},
	{"na", NETD_ADMIT_ND, IP6, "\x3a", "\x88", "icmpv6 type nd-neighbor-advert",
	 {"neighbor advertisements", "-p icmpv6 --icmpv6-type 136"}},
	/* clang-format on */
};

static const struct {
	unsigned service;
	const char *word;
} words[] = {
	{NETD_ADMIT_DHCP | NETD_ADMIT_DHCP6, "dhcp"},
	{NETD_ADMIT_DNS, "dns"},
	{NETD_ADMIT_TFTP, "tftp"},
};

static unsigned services(const struct netd_dhcp *dhcp, const struct netd_dns *dns,
			 const struct netd_prefix *addresses, size_t n)
{
	bool ip4 = false, ip6 = false;
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++) {
		ip4 |= netd_addr_size(&addresses[i].addr) == 4;
		ip6 |= netd_addr_size(&addresses[i].addr) == 16;
	}
	if (dhcp->enabled && ip4)
		bits |= NETD_ADMIT_DHCP;
	if (dhcp->enabled && ip6)
		bits |= NETD_ADMIT_DHCP6;
	if (dhcp->enabled && *dhcp->tftp_root)
		bits |= NETD_ADMIT_TFTP;
	if (dns->enabled)
		bits |= NETD_ADMIT_DNS;
	if (ip6)
		bits |= NETD_ADMIT_ND;
	if (dhcp->enabled && !dhcp->no_ra && ip6)
		bits |= NETD_ADMIT_RS;
	return bits;
}

unsigned netd_admit_services_network(const struct netd_network *n)
{
	unsigned bits = services(&n->dhcp, &n->dns, n->addresses, n->address_count);

	/* the bridge of a LAN: the host is on it as it would be by a NIC */
	if (n->mode == NETD_MODE_BRIDGED && bits == NETD_ADMIT_ND)
		return 0;
	return bits;
}

unsigned netd_admit_services_interface(const struct netd_node_interface *i)
{
	return services(&i->dhcp, &i->dns, i->addresses, i->address_count);
}

void netd_admit_print_services(struct netd_str *s, unsigned bits)
{
	const char *blank = "";

	for (size_t i = 0; i < NETD_ARRAY_SIZE(words); i++) {
		if (!(bits & words[i].service))
			continue;
		netd_str_addf(s, "%s%s", blank, words[i].word);
		blank = " ";
	}
	if (!*blank && bits)
		netd_str_add(s, "nd");
}

unsigned netd_admit_row_count(void)
{
	return NETD_ARRAY_SIZE(rows);
}

bool netd_admit_row_fits(unsigned row, unsigned bits, uint8_t family)
{
	return rows[row].service & bits && rows[row].families >> family & 1;
}

const char *netd_admit_row_word(unsigned row, enum netd_admit_word word)
{
	if (word == NETD_ADMIT_WORD_NFT)
		return rows[row].text;
	return rows[row].words[word];
}

void netd_admit_row_packet(unsigned row, struct netd_packet *out)
{
	uint8_t type = (uint8_t)rows[row].port[0];

	out->protocol = (uint8_t)rows[row].protocol[0];
	out->untracked = out->protocol == IPPROTO_ICMPV6;
	out->tracked = !out->untracked;
	if (out->tracked)
		out->destination_port =
			(uint16_t)(type << 8 | (uint8_t)rows[row].port[1]);
	else
		out->source_port = (uint16_t)(type << 8); /* and code 0 */
}

static void format_comment(const struct netd_admit_rule *rule, char out[NETD_COMMENT])
{
	snprintf(out, NETD_COMMENT, NETD_ALIAS_PREFIX "%s %s", rule->owner,
		 rows[rule->row].kind);
}

void netd_admit_put(struct netd_batch *b, const struct netd_foreign_chain *chain,
		    const struct netd_admit_rule *rule)
{
	const struct row *row = &rows[rule->row];
	char comment[NETD_COMMENT];
	struct netd_rule r = {
		.chain = chain->name,
		.comment = comment,
		.steps = {STEP_META(IIFNAME, NFT_REG_1), STEP_IS(NETD_IFNAME, rule->link),
			  STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, row->protocol)},
		.table = chain->table,
		.family = chain->family,
		.before = chain->before,
	};

	format_comment(rule, comment);
	if (*row->protocol == IPPROTO_ICMPV6) {
		r.steps[4] = (struct netd_step)STEP_ICMP_TYPE;
		r.steps[5] = (struct netd_step)STEP_IS(1, row->port);
	} else {
		r.steps[4] = (struct netd_step)STEP_DPORT(NFT_REG_1);
		r.steps[5] = (struct netd_step)STEP_IS(2, row->port);
	}
	r.steps[6] = (struct netd_step)STEP_ACCEPT;
	netd_batch_rule(b, &r);
}

void netd_admit_delete(struct netd_batch *b, const struct netd_foreign_chain *chain,
		       const struct netd_admit_rule *rule)
{
	struct nlmsghdr *nlh =
		netd_batch_message(b, NFT_MSG_DELRULE, 0, 2 * NETD_FOREIGN_NAME + 64);

	if (!nlh)
		return;
	netd_batch_set_family(nlh, chain->family);
	mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, chain->table);
	mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, chain->name);
	mnl_attr_put_u64(nlh, NFTA_RULE_HANDLE, htobe64(rule->handle));
	netd_batch_commit_message(b, nlh);
}

/* Fills owner and row from "netd:OWNER KIND"; false if the comment is not ours. */
static bool parse_comment(const char *comment, struct netd_admit_rule *out)
{
	size_t prefix = sizeof(NETD_ALIAS_PREFIX) - 1;
	const char *kind;

	if (strncmp(comment, NETD_ALIAS_PREFIX, prefix) != 0)
		return false;
	comment += prefix;
	kind = comment + strcspn(comment, " ");
	if ((size_t)(kind - comment) >= sizeof(out->owner))
		return false;
	memcpy(out->owner, comment, (size_t)(kind - comment));
	out->row = NETD_ADMIT_SPOILED;
	for (unsigned i = 0; *kind && i < NETD_ARRAY_SIZE(rows); i++)
		if (!strcmp(kind + 1, rows[i].kind))
			out->row = (uint8_t)i;
	return true;
}

/* The name that a rule of ours compares first. */
static int learn_link(struct nftnl_expr *e, void *data)
{
	struct netd_admit_rule *out = data;
	uint32_t length = 0;
	const void *value;

	if (*out->link || strcmp(nftnl_expr_get_str(e, NFTNL_EXPR_NAME), "cmp") != 0)
		return 0;
	value = nftnl_expr_get(e, NFTNL_EXPR_CMP_DATA, &length);
	if (value && length == NETD_IFNAME)
		memcpy(out->link, value, NETD_IFNAME - 1);
	return 0;
}

static bool is_as_made(const struct nlmsghdr *nlh, const struct netd_foreign_chain *chain,
		       const struct netd_admit_rule *rule)
{
	struct netd_batch ours = {0};
	bool same;

	netd_admit_put(&ours, chain, rule);
	same = !ours.failed && netd_message_matches((const void *)ours.data, nlh,
						    1U << NFTA_RULE_POSITION);
	netd_batch_done(&ours);
	return same;
}

int netd_admit_learn(const struct nlmsghdr *nlh, const struct netd_foreign_chain *chain,
		     struct netd_admit_rule *out)
{
	const struct nlattr *udata = netd_message_attr(nlh, NFTA_RULE_USERDATA);
	const struct nlattr *handle = netd_message_attr(nlh, NFTA_RULE_HANDLE);
	char comment[NETD_COMMENT];
	struct nftnl_rule *r;

	*out = (struct netd_admit_rule){0};
	if (!udata || !handle || mnl_attr_validate(handle, MNL_TYPE_U64) < 0)
		return 0;
	netd_comment_get(udata, NFTNL_UDATA_RULE_COMMENT, comment, sizeof(comment));
	if (!parse_comment(comment, out))
		return 0;
	out->handle = be64toh(mnl_attr_get_u64(handle));
	r = nftnl_rule_alloc();
	if (!r)
		return -ENOMEM;
	if (netd_message_is_rule(nlh) && nftnl_rule_nlmsg_parse(nlh, r) >= 0)
		nftnl_expr_foreach(r, learn_link, out);
	nftnl_rule_free(r);
	if (out->row != NETD_ADMIT_SPOILED && !is_as_made(nlh, chain, out))
		out->row = NETD_ADMIT_SPOILED;
	return 1;
}

const char *netd_foreign_family(uint8_t family)
{
	static const char *const names[NFPROTO_NUMPROTO] = {
		[NFPROTO_INET] = "inet",
		[NFPROTO_IPV4] = "ip",
		[NFPROTO_IPV6] = "ip6",
		[NFPROTO_BRIDGE] = "bridge",
	};

	if (family < NETD_ARRAY_SIZE(names) && names[family])
		return names[family];
	return "?";
}

bool netd_foreign_is_firewalld(const struct netd_foreign_chain *c)
{
	return !strcmp(c->table, "firewalld");
}

bool netd_foreign_is_to_zones(const struct netd_foreign_chain *c, const char *target)
{
	size_t length = strlen(c->name);

	return strncmp(target, c->name, length) == 0 &&
	       strcmp(target + length, "_ZONES") == 0;
}

bool netd_foreign_is_legacy(const struct netd_foreign_chain *c)
{
	return !strncmp(c->table, NETD_LEGACY_PREFIX, sizeof(NETD_LEGACY_PREFIX) - 1);
}

const char *netd_foreign_table(const struct netd_foreign_chain *c)
{
	if (netd_foreign_is_legacy(c))
		return c->table + sizeof(NETD_LEGACY_PREFIX) - 1;
	return c->table;
}

void netd_foreign_chain_print(struct netd_str *s, const struct netd_foreign_chain *c)
{
	const char *family = netd_foreign_family(c->family);

	netd_str_addf(s, netd_foreign_is_legacy(c) ? "%stables-legacy %s %s" : "%s %s %s",
		      family, netd_foreign_table(c), c->name);
}

void netd_admit_print(struct netd_str *s, const struct netd_admit_rule *rule)
{
	char comment[NETD_COMMENT];

	format_comment(rule, comment);
	netd_str_addf(s, "iifname \"%s\" %s accept comment \"%s\"", rule->link,
		      rows[rule->row].text, comment);
}
