// SPDX-License-Identifier: GPL-2.0-or-later
/* One element of a set or map, to and from netlink attributes. */
#include "nft/element.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "base/str.h"
#include "nft/layout.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  Elements are the one thing that comes in tens of thousands, so
 * they are packed and taken apart straight in the message; the rest of the table goes
 * through libnftnl.  Userdata is nft's: a list of type, length, value, one byte each for
 * the first two; the comment is a NUL-terminated string (include/libnftnl/udata.h).
 */
static void put_value(struct nlmsghdr *nlh, uint16_t type, const void *data,
		      size_t length)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put(nlh, NFTA_DATA_VALUE, length, data);
	mnl_attr_nest_end(nlh, nest);
}

static void put_verdict(struct nlmsghdr *nlh, const char *chain)
{
	struct nlattr *data = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_DATA);
	struct nlattr *verdict = mnl_attr_nest_start(nlh, NFTA_DATA_VERDICT);

	mnl_attr_put_u32(nlh, NFTA_VERDICT_CODE, htonl((uint32_t)NFT_JUMP));
	mnl_attr_put_strz(nlh, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(nlh, verdict);
	mnl_attr_nest_end(nlh, data);
}

static void put_comment(struct nlmsghdr *nlh, const char *comment)
{
	uint8_t udata[2 + NETD_COMMENT];
	size_t length = strlen(comment) + 1;

	if (length == 1)
		return;
	udata[0] = NFTNL_UDATA_SET_ELEM_COMMENT;
	udata[1] = (uint8_t)length;
	memcpy(udata + 2, comment, length);
	mnl_attr_put(nlh, NFTA_SET_ELEM_USERDATA, 2 + length, udata);
}

void netd_element_put(struct nlmsghdr *nlh, const struct netd_element *e, bool whole)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	const char *target = netd_element_target(e);

	put_value(nlh, NFTA_SET_ELEM_KEY, e->key, e->key_length);
	if (whole && *target)
		put_verdict(nlh, target);
	else if (whole && e->data_length)
		put_value(nlh, NFTA_SET_ELEM_DATA, e->data, e->data_length);
	if (whole)
		put_comment(nlh, e->comment);
	mnl_attr_nest_end(nlh, nest);
}

void netd_comment_get(const struct nlattr *attr, unsigned type, char *out, size_t size)
{
	const uint8_t *p = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr);

	*out = '\0';
	while (left >= 2 && (size_t)p[1] + 2 <= left) {
		if (p[0] == type && p[1] && !p[1 + p[1]]) {
			netd_str_copy(out, size, (const char *)p + 2);
			return;
		}
		left -= 2U + p[1];
		p += 2 + p[1];
	}
}

/* The bytes of an NFTA_DATA_VALUE nested in @attr, at most @room of them. */
static int get_value(const struct nlattr *attr, uint8_t *out, size_t room,
		     uint8_t *length)
{
	const struct nlattr *value;

	mnl_attr_for_each_nested (value, attr) {
		if (mnl_attr_get_type(value) != NFTA_DATA_VALUE)
			continue;
		if (mnl_attr_get_payload_len(value) > room)
			return -EBADMSG;
		*length = (uint8_t)mnl_attr_get_payload_len(value);
		memcpy(out, mnl_attr_get_payload(value), *length);
		return 0;
	}
	return -EBADMSG;
}

static int get_jump(const struct nlattr *verdict, struct netd_element *out)
{
	const struct nlattr *attr;
	bool jump = false;
	const char *chain = "";

	mnl_attr_for_each_nested (attr, verdict) {
		if (mnl_attr_get_type(attr) == NFTA_VERDICT_CODE &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			jump = ntohl(mnl_attr_get_u32(attr)) == (uint32_t)NFT_JUMP;
		if (mnl_attr_get_type(attr) == NFTA_VERDICT_CHAIN &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			chain = mnl_attr_get_str(attr);
	}
	if (!jump)
		return -EBADMSG;
	out->chain = (uint8_t)netd_chain_by_name(chain);
	if (!out->chain && !netd_copy(out->source_chain, chain))
		return -EBADMSG;
	return 0;
}

static int get_data(const struct nlattr *attr, struct netd_element *out)
{
	const struct nlattr *part;

	mnl_attr_for_each_nested (part, attr) {
		if (mnl_attr_get_type(part) == NFTA_DATA_VERDICT)
			return get_jump(part, out);
	}
	return get_value(attr, out->data, sizeof(out->data), &out->data_length);
}

int netd_element_get(const struct nlattr *elem, struct netd_element *out)
{
	const struct nlattr *attr;
	int r = 0;

	mnl_attr_for_each_nested (attr, elem) {
		switch (mnl_attr_get_type(attr)) {
		case NFTA_SET_ELEM_KEY:
			r = get_value(attr, out->key, sizeof(out->key), &out->key_length);
			break;
		case NFTA_SET_ELEM_DATA:
			r = get_data(attr, out);
			break;
		case NFTA_SET_ELEM_USERDATA:
			netd_comment_get(attr, NFTNL_UDATA_SET_ELEM_COMMENT, out->comment,
					 sizeof(out->comment));
			break;
		case NFTA_SET_ELEM_FLAGS:
		case NFTA_SET_ELEM_KEY_END:
			r = -EBADMSG;
			break;
		default:
			break;
		}
		if (r < 0)
			return r;
	}
	if (out->key_length != netd_parts_room(netd_map_layout(out->map)->key))
		return -EBADMSG;
	return 0;
}
