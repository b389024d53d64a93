// SPDX-License-Identifier: GPL-2.0-or-later
/* One nf_tables transaction: its messages, and what became of it. */
#include "nft/batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "nft/element.h"
#include "nft/layout.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "nft/print.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  A batch is BEGIN, the messages, END; nf_tables applies all of it
 * or nothing.  Every message that fails gets an answer with its own sequence number; an
 * error of the whole batch (a stale generation, a failed commit) has that of BEGIN.  The
 * last message asks for an ack, because kernels before 6.10 send none for BEGIN and END:
 * so success is that ack and no error.  (In a failed batch the ack may come, too.)
 *
 * The text of an error is made from the batch itself, by the sequence number and the
 * attribute's offset that the kernel gives; so it costs nothing unless there is an error.
 */
#define FRAME_ROOM 64
/* An attribute's length has 16 bits. */
#define LIST_ROOM (UINT16_MAX - 2U * NETD_ELEMENT_ROOM)

void netd_batch_done(struct netd_batch *b)
{
	free(b->data);
	*b = (struct netd_batch){0};
}

static char *reserve(struct netd_batch *b, size_t room)
{
	size_t capacity = b->capacity;
	char *data;

	if (!capacity)
		capacity = 16384;
	if (b->failed)
		return NULL;
	while (capacity - b->length < room)
		capacity *= 2;
	if (capacity == b->capacity)
		return b->data + b->length;
	data = realloc(b->data, capacity);
	if (!data) {
		b->failed = true;
		return NULL;
	}
	/* libmnl leaves what pads an attribute as it was, and all of it is sent */
	memset(data + b->capacity, 0, capacity - b->capacity);
	b->data = data;
	b->capacity = capacity;
	return b->data + b->length;
}

static struct nlmsghdr *put_header_at(void *at, uint16_t type, uint16_t flags,
				      uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->version = NFNETLINK_V0;
	return nlh;
}

struct nlmsghdr *netd_batch_message(struct netd_batch *b, uint16_t type, uint16_t flags,
				    size_t room)
{
	struct nlmsghdr *nlh;
	struct nfgenmsg *nfg;
	char *at = reserve(b, room + FRAME_ROOM);

	if (!at)
		return NULL;
	nlh = put_header_at(at, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags,
			    b->seq + 1);
	nfg = mnl_nlmsg_get_payload(nlh);
	nfg->nfgen_family = NFPROTO_INET;
	return nlh;
}

void netd_batch_set_family(struct nlmsghdr *nlh, uint8_t family)
{
	struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	nfg->nfgen_family = family;
}

void netd_batch_commit_message(struct netd_batch *b, const struct nlmsghdr *nlh)
{
	b->last = b->length;
	b->length += MNL_ALIGN(nlh->nlmsg_len);
	b->seq++;
}

/* One message of elements of one map; returns how many it took. */
static size_t put_elements(struct netd_batch *b, uint16_t type, uint16_t flags,
			   const struct netd_element *e, size_t n)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	size_t i, room = n * NETD_ELEMENT_ROOM;

	if (room > LIST_ROOM)
		room = LIST_ROOM + NETD_ELEMENT_ROOM;
	nlh = netd_batch_message(b, type, flags, room + 64);
	if (!nlh)
		return n;
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, NETD_TABLE);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, netd_map_layout(e->map)->name);
	nest = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (i = 0; i < n && e[i].map == e->map && nlh->nlmsg_len < LIST_ROOM; i++)
		netd_element_put(nlh, &e[i], type == NFT_MSG_NEWSETELEM);
	mnl_attr_nest_end(nlh, nest);
	netd_batch_commit_message(b, nlh);
	return i;
}

void netd_batch_elements(struct netd_batch *b, uint16_t type, uint16_t flags,
			 const struct netd_element *e, size_t n)
{
	if (type == NFT_MSG_NEWSETELEM)
		flags |= NLM_F_CREATE;
	while (n) {
		size_t taken = put_elements(b, type, flags, e, n);

		e += taken;
		n -= taken;
	}
}

/* What each kind of message does, and the attribute with the name of its object. */
static const struct message_kind {
	uint8_t type;
	const char *what;
	uint16_t name;
} kinds[] = {
	{NFT_MSG_NEWTABLE, "create table inet netd", 0},
	{NFT_MSG_DELTABLE, "delete table inet netd", 0},
	{NFT_MSG_NEWCHAIN, "create chain", NFTA_CHAIN_NAME},
	{NFT_MSG_DELCHAIN, "delete chain", NFTA_CHAIN_NAME},
	{NFT_MSG_NEWRULE, "add a rule to chain", NFTA_RULE_CHAIN},
	{NFT_MSG_DELRULE, "delete rules of chain", NFTA_RULE_CHAIN},
	{NFT_MSG_NEWSET, "create set", NFTA_SET_NAME},
	{NFT_MSG_NEWSETELEM, "add to set", NFTA_SET_ELEM_LIST_SET},
	{NFT_MSG_DELSETELEM, "delete from set", NFTA_SET_ELEM_LIST_SET},
};

/* Appends the element at @offset of the message, and its comment. */
static void describe_element(struct netd_str *s, const struct nlmsghdr *nlh,
			     uint32_t offset)
{
	const struct nlattr *set = netd_message_attr(nlh, NFTA_SET_ELEM_LIST_SET);
	const struct nlattr *list = netd_message_attr(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct netd_element e = {0};
	const struct nlattr *attr;
	const char *at = (const char *)nlh + offset;

	if (!set || !list)
		return;
	e.map = (uint8_t)netd_map_by_name(mnl_attr_get_str(set));
	mnl_attr_for_each_nested (attr, list) {
		const char *end = (const char *)attr + mnl_attr_get_len(attr);

		if (at < (const char *)attr || at >= end ||
		    netd_element_get(attr, &e) < 0)
			continue;
		netd_str_add(s, ": ");
		netd_element_print(s, &e);
	}
}

static void describe(struct netd_str *s, const struct nlmsghdr *nlh, uint32_t offset)
{
	uint8_t type = (uint8_t)nlh->nlmsg_type;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++) {
		const struct nlattr *name = netd_message_attr(nlh, kinds[i].name);

		if (kinds[i].type != type)
			continue;
		netd_str_add(s, kinds[i].what);
		if (kinds[i].name && name)
			netd_str_addf(s, " %s", mnl_attr_get_str(name));
	}
	if ((type == NFT_MSG_NEWRULE || type == NFT_MSG_DELRULE) &&
	    strcmp(netd_message_text(nlh, NFTA_RULE_TABLE), NETD_TABLE) != 0)
		netd_str_addf(s, " of table %s", netd_message_text(nlh, NFTA_RULE_TABLE));
	if (type == NFT_MSG_NEWSETELEM || type == NFT_MSG_DELSETELEM)
		describe_element(s, nlh, offset);
}

/* The message of that number; NULL for that of BEGIN, which means the whole batch. */
static const struct nlmsghdr *find_message(const struct netd_batch *b, uint32_t seq)
{
	const struct nlmsghdr *nlh = (const void *)b->data;
	int left = (int)b->length;

	for (; seq && netd_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_seq == seq)
			return nlh;
	return NULL;
}

static const struct {
	int code;
	const char *hint;
} hints[] = {
	{-EPERM, "changing the firewall needs root (CAP_NET_ADMIN); and a table with an "
		 "owner flag can be changed by its owner only"},
	{-EOPNOTSUPP, "the kernel lacks a part of nf_tables that netd needs: nft_nat, "
		      "nft_masq, nft_fib_inet, nft_reject_inet, nft_ct"},
	{-ENOENT, "either the table was removed meanwhile, or the kernel lacks a part of "
		  "nf_tables: nft_nat, nft_masq, nft_fib_inet, nft_reject_inet, nft_ct"},
	{-E2BIG, "too many base chains at one hook (1,024 at most)"},
};

static int refuse(const struct netd_batch *b, const struct netd_nft_refusal *refusal,
		  struct netd_error *err)
{
	const struct nlmsghdr *nlh = find_message(b, refusal->seq);
	struct netd_str what = {0};

	if (nlh)
		describe(&what, nlh, refusal->offset);
	else
		netd_str_add(&what, "commit the change as a whole");
	netd_error_add(err, refusal->code, "the kernel's firewall refused to %s: %s",
		       netd_str_text(&what), strerror(-refusal->code));
	netd_str_done(&what);
	if (*refusal->text)
		netd_error_kernel(err, refusal->text);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(hints); i++)
		if (hints[i].code == refusal->code)
			netd_error_hint(err, "%s", hints[i].hint);
	return refusal->code;
}

/* Reads all answers; *@first is the first error.  0, or -errno if one was lost. */
static int read_answers(struct netd_nft *nft, uint32_t last,
			struct netd_nft_refusal *first)
{
	struct netd_nft_refusal one;
	bool acked = false;
	ssize_t n;

	while ((n = netd_nft_receive(nft)) > 0) {
		const struct nlmsghdr *nlh = (const void *)nft->buffer;
		int left = (int)n;

		for (; netd_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			netd_nft_refusal_parse(nlh, &one);
			acked |= one.code == 0 && one.seq == last;
			if (one.code && !first->code)
				*first = one;
		}
	}
	if (first->code)
		return 0;
	if (n < 0)
		return (int)n;
	if (!acked)
		return -EIO;
	return 0;
}

/* Writes BEGIN or END at @to; its res_id names the subsystem. */
static struct nlmsghdr *put_frame(void *to, uint16_t type, uint32_t seq)
{
	struct nlmsghdr *nlh = put_header_at(to, type, 0, seq);
	struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	nfg->res_id = htons(NFNL_SUBSYS_NFTABLES);
	return nlh;
}

static int send_framed(struct netd_batch *b, struct netd_nft *nft, uint32_t generation,
		       struct netd_error *err)
{
	char begin_room[FRAME_ROOM], end_room[FRAME_ROOM];
	struct nlmsghdr *begin = put_frame(begin_room, NFNL_MSG_BATCH_BEGIN, 0);
	struct nlmsghdr *end = put_frame(end_room, NFNL_MSG_BATCH_END, b->seq + 1);
	struct nlmsghdr *last = (void *)(b->data + b->last);

	if (generation)
		mnl_attr_put_u32(begin, NFNL_BATCH_GENID, htonl(generation));
	last->nlmsg_flags |= NLM_F_ACK;
	return netd_nft_send(nft,
			     (const struct iovec[]){
				     {begin, begin->nlmsg_len},
				     {b->data, b->length},
				     {end, end->nlmsg_len},
			     },
			     3, err);
}

int netd_batch_send(struct netd_batch *b, struct netd_nft *nft, uint32_t generation,
		    struct netd_error *err)
{
	struct netd_nft_refusal first = {0};
	int r;

	if (!b->failed && !b->seq)
		return 0;
	if (b->failed)
		return netd_error_no_memory(err);
	r = send_framed(b, nft, generation, err);
	if (r < 0)
		return r;
	r = read_answers(nft, b->seq, &first);
	if (r < 0)
		return netd_error_add(err, r,
				      "the kernel's answer to a firewall change "
				      "was lost: %s",
				      strerror(-r));
	if (first.code == -ERESTART && !first.seq)
		return -ERESTART;
	if (first.code)
		return refuse(b, &first, err);
	return 0;
}
