/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accept rules of ours in somebody else's chains: DHCP, DNS and what they need. */
#ifndef NETD_RULESET_ADMIT_H
#define NETD_RULESET_ADMIT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

struct netd_admit;
struct netd_admit_rule;
struct netd_batch;
struct netd_error;
struct netd_foreign_chain;
struct netd_node_interface;
struct netd_network;
struct netd_packet;
struct netd_ruleset;
struct netd_str;

/* What the network's bridge, or a node's interface, serves: enum netd_service_bit. */
unsigned netd_admit_services_network(const struct netd_network *n);
unsigned netd_admit_services_interface(const struct netd_node_interface *i);
/* "dhcp dns", a word for each, "nd" if there is nothing else; in the bridge's comment,
 * where a later netd sees that there may be rules of ours elsewhere. */
void netd_admit_print_services(struct netd_str *s, unsigned bits);

/* How many kinds of rules there are, and whether @services need that one in @family. */
unsigned netd_admit_row_count(void);
bool netd_admit_row_fits(unsigned row, unsigned services, uint8_t family);

/* What that kind is in people's words, and in those of tools; NULL: it has none. */
enum netd_admit_word {
	NETD_ADMIT_WORD_PEOPLE,
	NETD_ADMIT_WORD_IPTABLES,
	NETD_ADMIT_WORD_UFW,
	NETD_ADMIT_WORD_FIREWALLD,
	NETD_ADMIT_WORDS,
	NETD_ADMIT_WORD_NFT = NETD_ADMIT_WORDS,
};
const char *netd_admit_row_word(unsigned row, enum netd_admit_word word);
/* Sets protocol and ports of such a packet; of ICMPv6 its type.  ND is not tracked. */
void netd_admit_row_packet(unsigned row, struct netd_packet *out);

/* Adds the message that makes the rule in @chain, or deletes it by its handle. */
void netd_admit_put(struct netd_batch *b, const struct netd_foreign_chain *chain,
		    const struct netd_admit_rule *rule);
void netd_admit_delete(struct netd_batch *b, const struct netd_foreign_chain *chain,
		       const struct netd_admit_rule *rule);

/*
 * Parses a dumped rule of @chain: 1 and fills @out (but for its chain) if it has our
 * mark, 0 if not, -ENOMEM.
 */
int netd_admit_learn(const struct nlmsghdr *nlh, const struct netd_foreign_chain *chain,
		     struct netd_admit_rule *out);

/* "ip", of an NFPROTO_*. */
const char *netd_foreign_family(uint8_t family);
/* In a table of firewalld's own. */
bool netd_foreign_is_firewalld(const struct netd_foreign_chain *c);
/* True if @target is where firewalld's iptables backend goes to from that chain. */
bool netd_foreign_is_to_zones(const struct netd_foreign_chain *c, const char *target);
bool netd_foreign_is_legacy(const struct netd_foreign_chain *c);
/* Its table's name, as its tool says it. */
const char *netd_foreign_table(const struct netd_foreign_chain *c);
/* "ip filter INPUT", "iptables-legacy filter INPUT" */
void netd_foreign_chain_print(struct netd_str *s, const struct netd_foreign_chain *c);
/* "iifname "br0" udp dport 67 accept comment "netd:lab/lan dhcp"" */
void netd_admit_print(struct netd_str *s, const struct netd_admit_rule *rule);

#endif
