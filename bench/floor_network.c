// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for NAT networks: a bare C program.  floor_network up|down COUNT */
/*
 * Theory of operation.  Bridges mybr0, mybr1, … with 10.N.0.254/16, up; one nf_tables
 * batch of 14 rules (rows/network.nft is the same in nft's words) and forwarding.  The
 * links are numbered by the caller, so that all requests to rtnetlink are one send.  More
 * than one network costs a set of their names, not more rules.
 */
#include <fcntl.h>
#include <stdio.h>

#include "message_link.h"
#include "message_nft.h"

#define NETWORKS "networks"
#define SAME "same"

static unsigned count;

static void name_of(unsigned i, char out[IFNAMSIZ])
{
	memset(out, 0, IFNAMSIZ);
	snprintf(out, IFNAMSIZ, "mybr%u", i);
}

static void forwarding(const char *value)
{
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY);

	if (fd < 0 || write(fd, value, 1) != 1)
		exit(1);
	close(fd);
}

/*
 * Matches
 */
static void interface(struct rule *r, uint32_t key)
{
	char name[IFNAMSIZ];

	load(r, "meta", key, NFT_REG_1);
	if (count > 1) {
		lookup(r, NETWORKS, 1, 0);
		return;
	}
	name_of(0, name);
	compare(r, NFT_CMP_EQ, name, sizeof(name));
}

static void same_interface(struct rule *r)
{
	if (count > 1) {
		load(r, "meta", NFT_META_IIFNAME, NFT_REG_1);
		load(r, "meta", NFT_META_OIFNAME, NFT_REG_2);
		lookup(r, SAME, 2, 0);
		return;
	}
	interface(r, NFT_META_IIFNAME);
	interface(r, NFT_META_OIFNAME);
}

static void conntrack_bits(struct rule *r, uint32_t key, uint32_t bits)
{
	static const uint32_t zero;

	load(r, "ct", key, NFT_REG_1);
	mask(r, bits);
	compare(r, NFT_CMP_NEQ, &zero, sizeof(zero));
}

static void protocol(struct rule *r, uint8_t number)
{
	load(r, "meta", NFT_META_L4PROTO, NFT_REG_1);
	compare(r, NFT_CMP_EQ, &number, 1);
}

static void target(struct rule *r, const uint8_t address[4], const uint32_t *bits)
{
	payload(r, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG_1);
	if (bits)
		mask(r, *bits);
	compare(r, NFT_CMP_EQ, address, 4);
}

static void masquerade_ports(struct rule *r)
{
	const uint16_t first = htobe16(1024), last = htobe16(65535);

	immediate(r, NFT_REG_1, &first, sizeof(first));
	immediate(r, NFT_REG_2, &last, sizeof(last));
	expression(r, "masq");
	put_be32(NFTA_MASQ_REG_PROTO_MIN, NFT_REG_1);
	put_be32(NFTA_MASQ_REG_PROTO_MAX, NFT_REG_2);
	expression_end(r);
}

/*
 * Rules
 */
#define STATE(bit) (1U << (bit))
#define ESTABLISHED_RELATED (STATE(1) | STATE(2))
#define INVALID STATE(0)
#define DNAT STATE(5) /* IPS_DST_NAT_BIT */

static void forward_rules(void)
{
	struct rule r;

	add_base_chain("forward", "filter", NF_INET_FORWARD, 0);
	rule_begin(&r, "forward");
	same_interface(&r);
	verdict(&r, NF_ACCEPT);
	rule_end(&r);
	rule_begin(&r, "forward");
	interface(&r, NFT_META_IIFNAME);
	conntrack_bits(&r, NFT_CT_STATE, INVALID);
	verdict(&r, NF_DROP);
	rule_end(&r);
	rule_begin(&r, "forward");
	interface(&r, NFT_META_IIFNAME);
	verdict(&r, NF_ACCEPT);
	rule_end(&r);
	rule_begin(&r, "forward");
	interface(&r, NFT_META_OIFNAME);
	conntrack_bits(&r, NFT_CT_STATE, ESTABLISHED_RELATED);
	verdict(&r, NF_ACCEPT);
	rule_end(&r);
	rule_begin(&r, "forward");
	interface(&r, NFT_META_OIFNAME);
	conntrack_bits(&r, NFT_CT_STATUS, DNAT);
	verdict(&r, NF_ACCEPT);
	rule_end(&r);
	rule_begin(&r, "forward");
	interface(&r, NFT_META_OIFNAME);
	verdict(&r, NF_DROP);
	rule_end(&r);
}

static void masquerade_rules(void)
{
	static const uint8_t numbers[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP};
	struct rule r;

	for (size_t i = 0; i < sizeof(numbers); i++) {
		rule_begin(&r, "postrouting");
		interface(&r, NFT_META_IIFNAME);
		protocol(&r, numbers[i]);
		masquerade_ports(&r);
		rule_end(&r);
	}
	rule_begin(&r, "postrouting");
	interface(&r, NFT_META_IIFNAME);
	expression(&r, "masq");
	expression_end(&r);
	rule_end(&r);
}

static void postrouting_rules(void)
{
	static const uint8_t multicast[4] = {224}, broadcast[4] = {255, 255, 255, 255};
	const uint32_t bits = htobe32(0xf0000000);
	struct rule r;

	add_base_chain("postrouting", "nat", NF_INET_POST_ROUTING, 100);
	rule_begin(&r, "postrouting");
	same_interface(&r);
	verdict(&r, NFT_RETURN);
	rule_end(&r);
	rule_begin(&r, "postrouting");
	target(&r, multicast, &bits);
	verdict(&r, NFT_RETURN);
	rule_end(&r);
	rule_begin(&r, "postrouting");
	target(&r, broadcast, NULL);
	verdict(&r, NFT_RETURN);
	rule_end(&r);
	masquerade_rules();
}

static void input_rule(void)
{
	struct rule r;

	add_base_chain("input", "filter", NF_INET_LOCAL_IN, 0);
	rule_begin(&r, "input");
	interface(&r, NFT_META_IIFNAME);
	conntrack_bits(&r, NFT_CT_STATE, INVALID);
	verdict(&r, NF_DROP);
	rule_end(&r);
}

static void names(const char *set, unsigned times)
{
	void *list = begin_elements(NFT_MSG_NEWSETELEM, set);
	char key[2 * IFNAMSIZ];

	for (unsigned i = 0; i < count; i++) {
		name_of(i, key);
		memcpy(key + IFNAMSIZ, key, IFNAMSIZ);
		add_element(key, times * IFNAMSIZ, NULL, 0);
	}
	end_elements(list);
}

#define TYPE_IFNAME 41 /* nftables' numbers, for its listing */

static void rules(void)
{
	batch_begin();
	table(NFT_MSG_NEWTABLE);
	if (count > 1) {
		add_set(NETWORKS, 1, TYPE_IFNAME, IFNAMSIZ, 0, 0, count);
		add_set(SAME, 2, TYPE_IFNAME << 6 | TYPE_IFNAME, 2 * IFNAMSIZ, 0, 0,
			count);
		names(NETWORKS, 1);
		names(SAME, 2);
	}
	forward_rules();
	postrouting_rules();
	input_rule();
	batch_end();
}

static void links(void)
{
	uint8_t address[4] = {10, 0, 0, 254};
	char name[IFNAMSIZ];

	for (unsigned i = 0; i < count; i++) {
		name_of(i, name);
		address[1] = (uint8_t)(i + 1);
		add_bridge(name, FIRST_INDEX + (int)i, 1);
		add_address4(FIRST_INDEX + (int)i, address, 16);
	}
}

static void up(int route, int nft)
{
	rules();
	talk(nft);
	forwarding("1");
	links();
	talk(route);
}

static void down(int route, int nft)
{
	char name[IFNAMSIZ];

	for (unsigned i = 0; i < count; i++) {
		name_of(i, name);
		delete_link(name);
	}
	talk(route);
	batch_begin();
	table(NFT_MSG_DELTABLE);
	batch_end();
	talk(nft);
	forwarding("0");
}

int main(int argc, char **argv)
{
	int route, nft;

	if (argc != 3)
		return 2;
	count = (unsigned)atoi(argv[2]);
	route = open_netlink(NETLINK_ROUTE);
	nft = open_netlink(NETLINK_NETFILTER);
	(strcmp(argv[1], "up") ? down : up)(route, nft);
	return 0;
}
