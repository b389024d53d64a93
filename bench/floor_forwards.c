// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for forwards: a bare C program.  floor_forwards fill|add|delete COUNT */
/*
 * Theory of operation.  `fill` makes the table, a map of COUNT forwards and the one rule
 * that uses it, in one batch; `add` and `delete` send one element, number COUNT.  Number
 * N listens on 203.0.113.1, TCP port 10000 + N, and leads to 10.1.0.50, the same port.
 */
#include "message_nft.h"

#define MAP "forward4"
#define AT_ONCE 500

/* nftables' numbers, for its listing */
#define TYPE_ADDRESS 7
#define TYPE_PROTOCOL 12
#define TYPE_SERVICE 13

struct key {
	uint8_t listen[4], protocol[4];
	uint16_t port[2];
};

struct data {
	uint8_t to[4];
	uint16_t port[2];
};

static void forward(unsigned number)
{
	uint16_t port = htobe16((uint16_t)(10000 + number));
	struct key key = {{203, 0, 113, 1}, {IPPROTO_TCP}, {port}};
	struct data data = {{10, 1, 0, 50}, {port}};

	add_element(&key, sizeof(key), &data, sizeof(data));
}

static void use_map(void)
{
	struct rule r;

	rule_begin(&r, "prerouting");
	payload(&r, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG32_00);
	load(&r, "meta", NFT_META_L4PROTO, NFT_REG32_01);
	payload(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02);
	lookup(&r, MAP, 1, NFT_REG_1);
	expression(&r, "nat");
	put_be32(NFTA_NAT_TYPE, NFT_NAT_DNAT);
	put_be32(NFTA_NAT_FAMILY, NFPROTO_IPV4);
	put_be32(NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
	put_be32(NFTA_NAT_REG_PROTO_MIN, NFT_REG32_01);
	expression_end(&r);
	rule_end(&r);
}

static void fill(unsigned count)
{
	void *list = NULL;

	table(NFT_MSG_NEWTABLE);
	add_base_chain("prerouting", "nat", NF_INET_PRE_ROUTING, -100);
	add_set(MAP, 1, TYPE_ADDRESS << 12 | TYPE_PROTOCOL << 6 | TYPE_SERVICE,
		sizeof(struct key), TYPE_ADDRESS << 6 | TYPE_SERVICE, sizeof(struct data),
		0);
	use_map();
	for (unsigned i = 0; i < count; i++) {
		if (i % AT_ONCE == 0)
			list = begin_elements(NFT_MSG_NEWSETELEM, MAP);
		forward(i);
		if (i % AT_ONCE == AT_ONCE - 1 || i + 1 == count)
			end_elements(list);
	}
}

static void change(uint8_t type, unsigned number)
{
	void *list = begin_elements(type, MAP);

	forward(number);
	end_elements(list);
}

int main(int argc, char **argv)
{
	unsigned count;
	int nft;

	if (argc != 3)
		return 2;
	count = (unsigned)atoi(argv[2]);
	nft = open_netlink(NETLINK_NETFILTER);
	batch_begin();
	if (!strcmp(argv[1], "fill"))
		fill(count);
	else if (!strcmp(argv[1], "add"))
		change(NFT_MSG_NEWSETELEM, count);
	else
		change(NFT_MSG_DELSETELEM, count);
	batch_end();
	talk(nft);
	return 0;
}
