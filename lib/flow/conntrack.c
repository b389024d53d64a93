// SPDX-License-Identifier: GPL-2.0-or-later
/* Deletes connections that an old forward or source NAT still translates. */
#include "flow/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/error.h"
#include "base/str.h"
#include "flow/flow.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "flow/outdated.h"

/*
 * Theory of operation.  One dump collects a delete request for every outdated entry; all
 * of them are sent afterwards, because changes would disturb the dump.  An entry that no
 * longer exists then (ENOENT) is no error.
 *
 * A dump walks all buckets of the host's one hash table, locking each, however few of the
 * entries are this namespace's: some 10 ms at 262,144 buckets.  So the count is asked for
 * first.
 */
#define ATTEMPTS 10
#define REQUESTS_AT_ONCE (256U * 1024)

struct collector {
	const struct netd_outdated *outdated;
	struct netd_nft *nft;
	struct netd_str requests;
	size_t count;
};

static int collect(const struct nlmsghdr *nlh, void *data)
{
	struct collector *c = data;
	char room[NETD_FLOW_DELETE_ROOM];
	struct nlmsghdr *request;
	struct netd_flow flow;

	if (netd_flow_parse(nlh, &flow) < 0 || !netd_flow_is_outdated(c->outdated, &flow))
		return 0;
	request = netd_flow_delete_request(room, nlh);
	if (!request)
		return 0;
	request->nlmsg_seq = ++c->nft->seq;
	netd_str_add_bytes(&c->requests, room, MNL_ALIGN(request->nlmsg_len));
	c->count++;
	return netd_str_error(&c->requests);
}

static int read_count(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	uint32_t *count = data;

	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS))
		return 0;
	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == CTA_STATS_GLOBAL_ENTRIES &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			*count = ntohl(mnl_attr_get_u32(attr));
	return 0;
}

/* True if there is no connection at all; false also if the kernel does not tell. */
static bool is_empty(struct netd_nft *nft)
{
	uint32_t count = UINT32_MAX;
	char buffer[64] = {0};
	struct nlmsghdr *nlh = netd_nft_request(
		nft, buffer, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS,
		NLM_F_ACK, AF_UNSPEC);

	return netd_nft_ask(nft, nlh, read_count, &count, NULL) == 0 && count == 0;
}

static int dump(struct collector *c)
{
	char buffer[64] = {0}; /* padding is sent too */
	int r = -EINTR;

	for (unsigned i = 0; r == -EINTR && i < ATTEMPTS; i++) {
		struct nlmsghdr *nlh = netd_nft_request(
			c->nft, buffer, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			NLM_F_DUMP, AF_UNSPEC);

		netd_str_done(&c->requests);
		c->count = 0;
		r = netd_nft_ask(c->nft, nlh, collect, c, NULL);
	}
	return r;
}

/* The first answer that is an error; counts entries that no longer exist. */
static int read_refusals(struct netd_nft *nft, size_t *gone)
{
	struct netd_nft_refusal refusal;
	int result = 0;
	ssize_t n;

	while ((n = netd_nft_receive(nft)) > 0) {
		const struct nlmsghdr *nlh = (const void *)nft->buffer;
		int left = (int)n;

		for (; netd_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			netd_nft_refusal_parse(nlh, &refusal);
			if (refusal.code == -ENOENT)
				++*gone;
			else if (refusal.code && !result)
				result = refusal.code;
		}
	}
	if (result)
		return result;
	return (int)n;
}

/* Sends whole requests, some at a time so that the answers fit the receive buffer. */
static int delete_all(struct collector *c, size_t *gone)
{
	char *at = c->requests.text, *end = at + c->requests.length;
	int r = 0;

	while (r >= 0 && at < end) {
		char *to = at;

		while (to < end && to - at < (ptrdiff_t)REQUESTS_AT_ONCE)
			to += MNL_ALIGN(((const struct nlmsghdr *)(void *)to)->nlmsg_len);
		r = netd_nft_send(c->nft, &(struct iovec){at, (size_t)(to - at)}, 1,
				  NULL);
		if (r >= 0)
			r = read_refusals(c->nft, gone);
		at = to;
	}
	return r;
}

static int refuse(int code, struct netd_error *err)
{
	/* nfnetlink knows no subsystem of that number. */
	if (code == -EINVAL)
		code = -EOPNOTSUPP;
	netd_error_add(err, code, "cannot forget connections of changed forwards: %s",
		       strerror(-code));
	if (code == -EOPNOTSUPP)
		netd_error_hint(err, "the kernel lacks nf_conntrack_netlink "
				     "(CONFIG_NF_CT_NETLINK): flows that exist keep "
				     "their old translation until they expire");
	return code;
}

static int forget(struct netd_nft *nft, const struct netd_outdated *outdated,
		  size_t *forgotten, struct netd_error *err)
{
	struct collector c = {.outdated = outdated, .nft = nft};
	size_t gone = 0;
	int r = 0;

	if (!is_empty(nft))
		r = dump(&c);
	if (r >= 0 && c.count)
		r = delete_all(&c, &gone);
	netd_str_done(&c.requests);
	if (r < 0)
		return refuse(r, err);
	if (forgotten)
		*forgotten = c.count - gone;
	return 0;
}

int netd_conntrack_forget(struct netd_nft *nft, const struct netd_ruleset_delta *d,
			  const struct netd_bridge_subnets *subnets, size_t n,
			  size_t *forgotten, struct netd_error *err)
{
	struct netd_outdated outdated;
	int r = netd_outdated_init(&outdated, d, subnets, n);

	if (forgotten)
		*forgotten = 0;
	if (r < 0)
		return netd_error_no_memory(err);
	if (netd_outdated_matters(&outdated))
		r = forget(nft, &outdated, forgotten, err);
	netd_outdated_done(&outdated);
	return r;
}
