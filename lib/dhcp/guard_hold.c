// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP replies of this host are held, and handed over instead of being sent. */
#include "dhcp/guard_hold.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  A table of nftables that has an owner (Linux 5.12) goes with the
 * socket that made it, however the process ends: then replies are sent as if nothing had
 * been.  Its one rule logs a reply, whole, to a group of its own, and drops it.  A queue
 * would do both in one, but not every kernel has it.
 */

#define TABLE_F_OWNER 0x2
#define CHAIN "replies"
#define BATCH_SIZE 8192
#define READ_SIZE 65536

static int nfnetlink_open(void)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)) < 0) {
		close(fd);
		return -errno;
	}
	if (fd < 0)
		return -errno;
	return fd;
}

/* The first error among the answers to @count requests. */
static int read_acks(int fd, unsigned count)
{
	char buffer[READ_SIZE];
	int r = 0;

	while (count) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		int left = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (struct nlmsghdr *h = (void *)buffer; mnl_nlmsg_ok(h, left);
		     h = mnl_nlmsg_next(h, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			count -= count > 0;
			r = r ? r : e->error;
		}
	}
	return r;
}

/*
 * The rule
 */

static struct nftnl_expr *add(struct nftnl_rule *rule, const char *kind)
{
	struct nftnl_expr *e = nftnl_expr_alloc(kind);

	if (e)
		nftnl_rule_add_expr(rule, e);
	return e;
}

static void add_compare(struct nftnl_rule *rule, const void *data, uint32_t length)
{
	struct nftnl_expr *e = add(rule, "cmp");

	if (!e)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
	nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, data, length);
}

static void match_meta(struct nftnl_rule *rule, uint32_t key, const void *data,
		       uint32_t length)
{
	struct nftnl_expr *e = add(rule, "meta");

	if (!e)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, NFT_REG_1);
	add_compare(rule, data, length);
}

/* UDP from port 67 to port 68, by that interface. */
static void match_replies(struct nftnl_rule *rule, const char *link)
{
	static const uint8_t udp = IPPROTO_UDP;
	const uint16_t ports[2] = {htons(67), htons(68)};
	char name[16] = "";
	struct nftnl_expr *e;

	memcpy(name, link, strnlen(link, sizeof(name) - 1));
	match_meta(rule, NFT_META_OIFNAME, name, sizeof(name));
	match_meta(rule, NFT_META_L4PROTO, &udp, sizeof(udp));
	e = add(rule, "payload");
	if (!e)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, 0);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, sizeof(ports));
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	add_compare(rule, ports, sizeof(ports));
}

static void hand_over(struct nftnl_rule *rule, uint16_t group)
{
	struct nftnl_expr *e = add(rule, "log");

	if (!e)
		return;
	nftnl_expr_set_u16(e, NFTNL_EXPR_LOG_GROUP, group);
	nftnl_expr_set_u32(e, NFTNL_EXPR_LOG_SNAPLEN, UINT16_MAX);
	nftnl_expr_set_u16(e, NFTNL_EXPR_LOG_QTHRESHOLD, 1);
	e = add(rule, "immediate");
	if (!e)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, NF_DROP);
}

struct objects {
	struct nftnl_table *table;
	struct nftnl_chain *chain;
	struct nftnl_rule *rule;
};

static void objects_done(struct objects *o)
{
	if (o->table)
		nftnl_table_free(o->table);
	if (o->chain)
		nftnl_chain_free(o->chain);
	if (o->rule)
		nftnl_rule_free(o->rule);
}

static int objects_make(struct objects *o, const char *link, uint16_t group)
{
	char table[64];

	o->table = nftnl_table_alloc();
	o->chain = nftnl_chain_alloc();
	o->rule = nftnl_rule_alloc();
	if (!o->table || !o->chain || !o->rule)
		return -ENOMEM;
	snprintf(table, sizeof(table), NETD_GUARD_TABLE "%s", link);
	nftnl_table_set_str(o->table, NFTNL_TABLE_NAME, table);
	nftnl_table_set_u32(o->table, NFTNL_TABLE_FLAGS, TABLE_F_OWNER);
	nftnl_chain_set_str(o->chain, NFTNL_CHAIN_TABLE, table);
	nftnl_chain_set_str(o->chain, NFTNL_CHAIN_NAME, CHAIN);
	nftnl_chain_set_str(o->chain, NFTNL_CHAIN_TYPE, "filter");
	nftnl_chain_set_u32(o->chain, NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_OUT);
	nftnl_chain_set_s32(o->chain, NFTNL_CHAIN_PRIO, 0);
	nftnl_rule_set_str(o->rule, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(o->rule, NFTNL_RULE_CHAIN, CHAIN);
	match_replies(o->rule, link);
	hand_over(o->rule, group);
	return 0;
}

static int install(int fd, const char *link, uint16_t group)
{
	const uint16_t make = NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
	netd_auto(objects_done) struct objects o = {0};
	char buffer[BATCH_SIZE];
	struct nlmsghdr *h;
	uint32_t sequence = 1;
	char *at = buffer;
	int r = objects_make(&o, link, group);

	if (r < 0)
		return r;
	h = nftnl_batch_begin(at, sequence++);
	at += h->nlmsg_len;
	h = nftnl_table_nlmsg_build_hdr(at, NFT_MSG_NEWTABLE, NFPROTO_IPV4, make,
					sequence++);
	nftnl_table_nlmsg_build_payload(h, o.table);
	at += h->nlmsg_len;
	h = nftnl_chain_nlmsg_build_hdr(at, NFT_MSG_NEWCHAIN, NFPROTO_IPV4, make,
					sequence++);
	nftnl_chain_nlmsg_build_payload(h, o.chain);
	at += h->nlmsg_len;
	h = nftnl_rule_nlmsg_build_hdr(at, NFT_MSG_NEWRULE, NFPROTO_IPV4,
				       NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK,
				       sequence++);
	nftnl_rule_nlmsg_build_payload(h, o.rule);
	at += h->nlmsg_len;
	h = nftnl_batch_end(at, sequence);
	at += h->nlmsg_len;
	if (send(fd, buffer, (size_t)(at - buffer), 0) < 0)
		return -errno;
	return read_acks(fd, 3);
}

/*
 * The group
 */

static int configure(int fd, uint16_t group, uint16_t type, const void *data, size_t size)
{
	char buffer[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;

	h->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	header = mnl_nlmsg_put_extra_header(h, sizeof(*header));
	header->nfgen_family = AF_UNSPEC;
	header->version = NFNETLINK_V0;
	header->res_id = htons(group);
	mnl_attr_put(h, type, size, data);
	if (send(fd, h, h->nlmsg_len, 0) < 0)
		return -errno;
	return read_acks(fd, 1);
}

static int listen_to(int fd, uint16_t group)
{
	const struct nfulnl_msg_config_cmd bind = {.command = NFULNL_CFG_CMD_BIND};
	const struct nfulnl_msg_config_mode mode = {.copy_range = htonl(UINT16_MAX),
						    .copy_mode = NFULNL_COPY_PACKET};
	const uint32_t at_once = htonl(1);
	int r = configure(fd, group, NFULA_CFG_CMD, &bind, sizeof(bind));

	if (r)
		return r;
	r = configure(fd, group, NFULA_CFG_MODE, &mode, sizeof(mode));
	if (r)
		return r;
	return configure(fd, group, NFULA_CFG_QTHRESH, &at_once, sizeof(at_once));
}

int netd_hold_open(struct netd_hold *h, const char *link, int index)
{
	uint16_t group = (uint16_t)(1 + index % UINT16_MAX); /* one for each interface */
	int r;

	*h = (struct netd_hold){-1, -1};
	h->packets = nfnetlink_open();
	if (h->packets < 0)
		return h->packets;
	/* the listener is there before anything is dropped */
	r = listen_to(h->packets, group);
	if (r == 0) {
		h->rules = nfnetlink_open();
		r = h->rules < 0 ? h->rules : install(h->rules, link, group);
	}
	if (r < 0)
		netd_hold_close(h);
	return r;
}

void netd_hold_close(struct netd_hold *h)
{
	if (h->rules >= 0)
		close(h->rules);
	if (h->packets >= 0)
		close(h->packets);
	*h = (struct netd_hold){-1, -1};
}

static int find_payload(const struct nlattr *a, void *data)
{
	const struct nlattr **out = data;

	if (mnl_attr_get_type(a) == NFULA_PAYLOAD)
		*out = a;
	return MNL_CB_OK;
}

int netd_hold_read(struct netd_hold *h,
		   void (*visit)(const uint8_t *packet, size_t length, void *data),
		   void *data)
{
	char buffer[READ_SIZE];
	ssize_t n = recv(h->packets, buffer, sizeof(buffer), MSG_DONTWAIT);
	int left = (int)n;

	/* some were lost: their clients ask again */
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
			return 0;
		return -errno;
	}
	for (struct nlmsghdr *m = (void *)buffer; mnl_nlmsg_ok(m, left);
	     m = mnl_nlmsg_next(m, &left)) {
		const struct nlattr *payload = NULL;

		if (m->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
			continue;
		mnl_attr_parse(m, sizeof(struct nfgenmsg), find_payload, &payload);
		if (payload)
			visit(mnl_attr_get_payload(payload),
			      mnl_attr_get_payload_len(payload), data);
	}
	return 0;
}
