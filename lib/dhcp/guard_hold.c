// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP replies of this host are held, and handed over instead of being sent. */
#include "dhcp/guard_hold.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "model/ruleset.h"
#include "nft/batch.h"
#include "nft/message.h"
#include "nft/step.h"

/*
 * Theory of operation.  The kernel deletes a table of nftables that has an owner (Linux
 * 5.12) with the socket that made it, however the process ends: then replies are sent as
 * if there had been no guard.  The table's one rule logs a whole reply to a group of its
 * own, and drops it.  A queue would do both in one, but not every kernel has it.
 */

#define CHAIN "replies"

static void add_table(struct netd_batch *b, const char *name)
{
	struct nlmsghdr *nlh =
		netd_batch_message(b, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, 128);

	if (!nlh)
		return;
	netd_batch_set_family(nlh, NFPROTO_IPV4);
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, name);
	mnl_attr_put_u32(nlh, NFTA_TABLE_FLAGS, htonl(NFT_TABLE_F_OWNER));
	netd_batch_commit_message(b, nlh);
}

static void add_chain(struct netd_batch *b, const char *table)
{
	struct nlmsghdr *nlh =
		netd_batch_message(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, 256);
	struct nlattr *hook;

	if (!nlh)
		return;
	netd_batch_set_family(nlh, NFPROTO_IPV4);
	mnl_attr_put_strz(nlh, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(nlh, NFTA_CHAIN_NAME, CHAIN);
	mnl_attr_put_strz(nlh, NFTA_CHAIN_TYPE, "filter");
	hook = mnl_attr_nest_start(nlh, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(nlh, NFTA_HOOK_HOOKNUM, htonl(NF_INET_LOCAL_OUT));
	mnl_attr_put_u32(nlh, NFTA_HOOK_PRIORITY, 0);
	mnl_attr_nest_end(nlh, hook);
	netd_batch_commit_message(b, nlh);
}

/* The whole packet, at once, to the group in @s->a. */
static struct nftnl_expr *expr_log(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("log");

	if (!e)
		return NULL;
	nftnl_expr_set_u16(e, NFTNL_EXPR_LOG_GROUP, (uint16_t)s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_LOG_SNAPLEN, UINT16_MAX);
	nftnl_expr_set_u16(e, NFTNL_EXPR_LOG_QTHRESHOLD, 1);
	return e;
}

static int install(struct netd_nft *nft, const char *link, uint16_t group)
{
	netd_auto(netd_batch_done) struct netd_batch b = {0};
	char table[64], name[NETD_IFNAME] = "";

	memcpy(name, link, strnlen(link, sizeof(name) - 1));
	snprintf(table, sizeof(table), NETD_GUARD_TABLE "%s", link);
	add_table(&b, table);
	add_chain(&b, table);
	/* UDP from port 67 to port 68, by that interface */
	netd_batch_rule(&b, &(struct netd_rule){.chain = CHAIN,
						.table = table,
						.family = NFPROTO_IPV4,
						.steps = {STEP_META(OIFNAME, NFT_REG_1),
							  STEP_IS(NETD_IFNAME, name),
							  STEP_META(L4PROTO, NFT_REG_1),
							  STEP_IS(1, "\x11"),
							  {netd_expr_payload,
							   NFT_PAYLOAD_TRANSPORT_HEADER,
							   0, 4, NFT_REG_1},
							  STEP_IS(4, "\0\x43\0\x44"),
							  {expr_log, group},
							  STEP_DROP}});
	return netd_batch_send(&b, nft, 0, NULL);
}

/*
 * The group
 */

static int configure(struct netd_nft *nft, uint16_t group, uint16_t type,
		     const void *data, size_t size)
{
	char buffer[256] = {0}; /* padding is sent too */
	struct nlmsghdr *h =
		netd_nft_request(nft, buffer, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG,
				 NLM_F_ACK, AF_UNSPEC);
	struct nfgenmsg *header = mnl_nlmsg_get_payload(h);

	header->res_id = htons(group);
	mnl_attr_put(h, type, size, data);
	return netd_nft_ask(nft, h, NULL, NULL, NULL);
}

static int listen_to(struct netd_nft *nft, uint16_t group)
{
	const struct nfulnl_msg_config_cmd bind = {.command = NFULNL_CFG_CMD_BIND};
	const struct nfulnl_msg_config_mode mode = {.copy_range = htonl(UINT16_MAX),
						    .copy_mode = NFULNL_COPY_PACKET};
	const uint32_t at_once = htonl(1);
	int r = configure(nft, group, NFULA_CFG_CMD, &bind, sizeof(bind));

	if (r < 0)
		return r;
	r = configure(nft, group, NFULA_CFG_MODE, &mode, sizeof(mode));
	if (r < 0)
		return r;
	return configure(nft, group, NFULA_CFG_QTHRESH, &at_once, sizeof(at_once));
}

/* The listener is there before anything is dropped. */
static int open_both(struct netd_hold *h, const char *link, uint16_t group)
{
	int r = netd_nft_open(&h->packets, NULL);

	if (r < 0)
		return r;
	r = listen_to(&h->packets, group);
	if (r < 0)
		return r;
	r = netd_nft_open(&h->rules, NULL);
	if (r < 0)
		return r;
	return install(&h->rules, link, group);
}

int netd_hold_open(struct netd_hold *h, const char *link, int index)
{
	uint16_t group = (uint16_t)(1 + index % UINT16_MAX); /* one for each interface */
	int r;

	*h = (struct netd_hold){0};
	r = open_both(h, link, group);
	if (r < 0)
		netd_hold_close(h);
	return r;
}

void netd_hold_close(struct netd_hold *h)
{
	netd_nft_close(&h->rules);
	netd_nft_close(&h->packets);
}

int netd_hold_read(struct netd_hold *h,
		   void (*visit)(const uint8_t *packet, size_t length, void *data),
		   void *data)
{
	ssize_t n = netd_nft_receive(&h->packets);
	const struct nlmsghdr *m = (const void *)h->packets.buffer;
	int left = (int)n;

	if (n == -ENOBUFS)
		return 0; /* some were lost: their clients ask again */
	if (n < 0)
		return (int)n;
	for (; netd_message_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		const struct nlattr *payload;

		if (m->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
			continue;
		payload = netd_message_attr(m, NFULA_PAYLOAD);
		if (payload)
			visit(mnl_attr_get_payload(payload),
			      mnl_attr_get_payload_len(payload), data);
	}
	return 0;
}
