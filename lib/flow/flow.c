// SPDX-License-Identifier: GPL-2.0-or-later
/* One connection tracking entry, as ctnetlink dumps it. */
#include "flow/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

static void parse_addr(const struct nlattr *attr, int family, struct netd_addr *out)
{
	out->family = (uint8_t)family;
	if (mnl_attr_get_payload_len(attr) == netd_addr_size(out))
		memcpy(out->bytes, mnl_attr_get_payload(attr), netd_addr_size(out));
	else
		out->family = 0;
}

static void parse_ip(const struct nlattr *nest, struct netd_tuple *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case CTA_IP_V4_SRC:
			parse_addr(attr, AF_INET, &out->source);
			break;
		case CTA_IP_V4_DST:
			parse_addr(attr, AF_INET, &out->target);
			break;
		case CTA_IP_V6_SRC:
			parse_addr(attr, AF_INET6, &out->source);
			break;
		case CTA_IP_V6_DST:
			parse_addr(attr, AF_INET6, &out->target);
			break;
		default:
			break;
		}
	}
}

static void parse_protocol(const struct nlattr *nest, struct netd_tuple *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, nest) {
		size_t length = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == CTA_PROTO_NUM && length == 1)
			out->protocol = mnl_attr_get_u8(attr);
		if (mnl_attr_get_type(attr) == CTA_PROTO_SRC_PORT && length == 2)
			out->source_port = ntohs(mnl_attr_get_u16(attr));
		if (mnl_attr_get_type(attr) == CTA_PROTO_DST_PORT && length == 2)
			out->target_port = ntohs(mnl_attr_get_u16(attr));
	}
}

static void parse_tuple(const struct nlattr *nest, struct netd_tuple *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, nest) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_IP)
			parse_ip(attr, out);
		if (mnl_attr_get_type(attr) == CTA_TUPLE_PROTO)
			parse_protocol(attr, out);
	}
}

static bool is_whole(const struct netd_tuple *t)
{
	return t->source.family && t->source.family == t->target.family;
}

int netd_flow_parse(const struct nlmsghdr *nlh, struct netd_flow *out)
{
	const struct nlattr *attr;

	*out = (struct netd_flow){0};
	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			parse_tuple(attr, &out->original);
		if (mnl_attr_get_type(attr) == CTA_TUPLE_REPLY)
			parse_tuple(attr, &out->reply);
		if (mnl_attr_get_type(attr) == CTA_STATUS &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			out->status = ntohl(mnl_attr_get_u32(attr));
	}
	if (!is_whole(&out->original) || !is_whole(&out->reply))
		return -EBADMSG;
	return 0;
}

/* The tuple finds the entry; the id makes sure that it is still the same one. */
struct nlmsghdr *netd_flow_delete_request(void *to, const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *theirs = mnl_nlmsg_get_payload(nlh);
	struct nlmsghdr *request = mnl_nlmsg_put_header(to);
	const struct nlattr *attr;
	struct nfgenmsg *nfg;
	unsigned found = 0;

	request->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	request->nlmsg_flags = NLM_F_REQUEST;
	nfg = mnl_nlmsg_put_extra_header(request, sizeof(*nfg));
	nfg->nfgen_family = theirs->nfgen_family;
	nfg->version = NFNETLINK_V0;
	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type != CTA_TUPLE_ORIG && type != CTA_ID && type != CTA_ZONE)
			continue;
		if (!mnl_attr_put_check(request, NETD_FLOW_DELETE_ROOM, attr->nla_type,
					mnl_attr_get_payload_len(attr),
					mnl_attr_get_payload(attr)))
			return NULL;
		found += type != CTA_ZONE;
	}
	if (found == 2)
		return request;
	return NULL;
}
