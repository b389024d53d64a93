// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for a re-apply with nothing to do: the dumps, by a bare C program. */
/*
 * Theory of operation.  To know that nothing is to be done is to have read links,
 * addresses, routes and netd's table with its chains, rules, sets and their elements.
 * The answers are received and looked at no further.
 */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "message_nft.h"

static void dump_routes_of(int fd, uint16_t type, size_t size)
{
	memset(begin(type, NLM_F_DUMP, size), 0, size);
	end();
	wanted++;
	talk(fd);
}

static void dump_nft(int fd, uint8_t type, uint16_t attribute, const char *set)
{
	struct nfgenmsg *g = begin_nft(type, NLM_F_DUMP);

	g->nfgen_family = NFPROTO_INET;
	put_text(attribute, "netd");
	if (set)
		put_text(NFTA_SET_ELEM_LIST_SET, set);
	end();
	wanted++;
	talk(fd);
}

int main(void)
{
	static const char *const sets[] = {"bridges",  "from",	   "to",       "egress",
					   "input",    "source",   "forward4", "forward6",
					   "address4", "address6", NULL};
	int route = open_netlink(NETLINK_ROUTE), nft = open_netlink(NETLINK_NETFILTER);

	dump_routes_of(route, RTM_GETLINK, sizeof(struct ifinfomsg));
	dump_routes_of(route, RTM_GETADDR, sizeof(struct ifaddrmsg));
	dump_routes_of(route, RTM_GETROUTE, sizeof(struct rtmsg));
	dump_nft(nft, NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, NULL);
	dump_nft(nft, NFT_MSG_GETRULE, NFTA_RULE_TABLE, NULL);
	dump_nft(nft, NFT_MSG_GETSET, NFTA_SET_TABLE, NULL);
	for (size_t i = 0; sets[i]; i++)
		dump_nft(nft, NFT_MSG_GETSETELEM, NFTA_SET_ELEM_LIST_TABLE, sets[i]);
	return 0;
}
