// SPDX-License-Identifier: GPL-2.0-or-later
/* One rule of iptables-legacy: as the kernel has it, and as nf_tables would. */
#include "foreign/legacy_rule.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "nft/batch.h"
#include "nft/step.h"

/*
 * Theory of operation.  An entry is a head (addresses, interfaces, protocol), matches and
 * a target; what is in the head becomes expressions of nf_tables, matches and targets are
 * handed on under their names, as iptables-nft does with those that it does not
 * translate.  What has no translation here becomes a match that nobody knows: the
 * interpreter takes it both ways.
 */
const struct netd_legacy_kind netd_legacy_kinds[NETD_LEGACY_KINDS] = {
	{"iptables-legacy", AF_INET, NFPROTO_IPV4, IPPROTO_IP, IPT_SO_GET_INFO,
	 IPT_SO_GET_ENTRIES, "/proc/thread-self/net/ip_tables_names",
	 sizeof(struct ipt_entry)},
	{"ip6tables-legacy", AF_INET6, NFPROTO_IPV6, IPPROTO_IPV6, IP6T_SO_GET_INFO,
	 IP6T_SO_GET_ENTRIES, "/proc/thread-self/net/ip6_tables_names",
	 sizeof(struct ip6t_entry)},
};

/* linux/netfilter/x_tables.h: the same bits for both families. */
struct head {
	const void *source, *source_mask, *destination, *destination_mask;
	uint32_t address_length, source_at, destination_at; /* at: in the packet */
	const char *in, *out;
	const unsigned char *in_mask, *out_mask;
	uint8_t protocol, inverted;
	bool goes_to; /* without coming back */
	bool strange; /* fragments, type of service */
};

/* The fields that struct ipt_ip and struct ip6t_ip6 both have. */
#define COMMON(ip)                                                                   \
	.source = &(ip)->src, .source_mask = &(ip)->smsk, .destination = &(ip)->dst, \
	.destination_mask = &(ip)->dmsk, .in = (ip)->iniface, .out = (ip)->outiface, \
	.in_mask = (ip)->iniface_mask, .out_mask = (ip)->outiface_mask,              \
	.protocol = (uint8_t)(ip)->proto, .inverted = (ip)->invflags

static void head4(const char *bytes, struct head *out)
{
	const struct ipt_ip *ip = &((const struct ipt_entry *)(const void *)bytes)->ip;

	*out = (struct head){
		COMMON(ip),
		.address_length = 4, /* RFC 791 3.1 */
		.source_at = 12,
		.destination_at = 16,
		.goes_to = ip->flags & IPT_F_GOTO,
		.strange = ip->flags & IPT_F_FRAG,
	};
}

static void head6(const char *bytes, struct head *out)
{
	const struct ip6t_ip6 *ip =
		&((const struct ip6t_entry *)(const void *)bytes)->ipv6;

	*out = (struct head){
		COMMON(ip),
		.address_length = 16, /* RFC 8200 3 */
		.source_at = 8,
		.destination_at = 24,
		.goes_to = ip->flags & IP6T_F_GOTO,
		.strange = ip->flags & IP6T_F_TOS,
	};
	if (!(ip->flags & IP6T_F_PROTO))
		out->protocol = 0;
}

static void offsets(const struct netd_legacy_kind *kind, const char *bytes,
		    size_t *target, size_t *next)
{
	const struct ipt_entry *four = (const void *)bytes;
	const struct ip6t_entry *six = (const void *)bytes;

	if (kind->family == AF_INET) {
		*target = four->target_offset;
		*next = four->next_offset;
	} else {
		*target = six->target_offset;
		*next = six->next_offset;
	}
}

bool netd_legacy_entry(const struct netd_legacy_kind *kind, const char *bytes,
		       size_t left, struct netd_legacy_entry *out)
{
	const struct xt_standard_target *standard;
	const struct xt_error_target *error;
	size_t room;

	*out = (struct netd_legacy_entry){.bytes = bytes};
	if (left < kind->head)
		return false;
	offsets(kind, bytes, &out->target, &out->length);
	if (out->length > left || out->target < kind->head || out->target > out->length)
		return false;
	room = out->length - out->target;
	standard = (const void *)(bytes + out->target);
	error = (const void *)standard;
	if (room < sizeof(struct xt_entry_target) ||
	    standard->target.u.user.target_size > room)
		return false;
	out->is_standard = !standard->target.u.user.name[0] && room >= sizeof(*standard);
	if (out->is_standard)
		out->verdict = standard->verdict;
	if (!strcmp(standard->target.u.user.name, XT_ERROR_TARGET) &&
	    room >= sizeof(*error) &&
	    memchr(error->errorname, '\0', sizeof(error->errorname)))
		out->chain = error->errorname;
	return true;
}

/*
 * Expressions
 */

struct writer {
	struct nftnl_rule *rule;
	bool failed;
};

static void put_expr(struct writer *w, struct nftnl_expr *e)
{
	if (e)
		nftnl_rule_add_expr(w->rule, e);
	w->failed |= !e;
}

static void put(struct writer *w, const struct netd_step *s)
{
	put_expr(w, s->build(s));
}

static void put_compare(struct writer *w, bool differs, uint32_t length, const void *data)
{
	put(w, &(struct netd_step){netd_expr_compare, differs ? NFT_CMP_NEQ : NFT_CMP_EQ,
				   length, 0, 0, data});
}

/* Extensions of xtables. */
static const struct extension {
	const char *expr;
	uint16_t name, revision, info;
} match = {"match", NFTNL_EXPR_MT_NAME, NFTNL_EXPR_MT_REV, NFTNL_EXPR_MT_INFO},
  target = {"target", NFTNL_EXPR_TG_NAME, NFTNL_EXPR_TG_REV, NFTNL_EXPR_TG_INFO};

static void put_extension(struct writer *w, const struct extension *x, const char *name,
			  uint8_t revision, const void *info, size_t length)
{
	struct nftnl_expr *e = nftnl_expr_alloc(x->expr);
	void *copy = calloc(1, length + 1); /* its own, then */

	if (!e || !copy) {
		w->failed = true;
		free(copy);
		nftnl_expr_free(e);
		return;
	}
	memcpy(copy, info, length);
	nftnl_expr_set_str(e, x->name, name);
	nftnl_expr_set_u32(e, x->revision, revision);
	nftnl_expr_set(e, x->info, copy, (uint32_t)length);
	put_expr(w, e);
}

/* With the NUL, or, for "eth+", without. */
static void put_name(struct writer *w, uint32_t key, const char *name,
		     const unsigned char *mask, bool differs)
{
	uint32_t length = 0;

	while (length < IFNAMSIZ && mask[length])
		length++;
	if (!length)
		return;
	put(w, &(struct netd_step){netd_expr_meta, key, NFT_REG_1});
	put_compare(w, differs, length, name);
}

static void put_address(struct writer *w, const struct head *h, uint32_t at,
			const void *address, const void *mask, bool differs)
{
	static const uint8_t any[16];
	uint32_t length = h->address_length;

	if (!memcmp(mask, any, length) && !differs)
		return;
	put(w, &(struct netd_step){netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, at,
				   length, NFT_REG_1});
	put(w, &(struct netd_step){netd_expr_mask, length, 0, 0, 0, mask});
	put_compare(w, differs, length, address);
}

static void put_head(struct writer *w, const struct head *h)
{
	put_name(w, NFT_META_IIFNAME, h->in, h->in_mask, h->inverted & IPT_INV_VIA_IN);
	put_name(w, NFT_META_OIFNAME, h->out, h->out_mask, h->inverted & IPT_INV_VIA_OUT);
	put_address(w, h, h->source_at, h->source, h->source_mask,
		    h->inverted & IPT_INV_SRCIP);
	put_address(w, h, h->destination_at, h->destination, h->destination_mask,
		    h->inverted & IPT_INV_DSTIP);
	if (h->protocol) {
		put(w, &(struct netd_step){netd_expr_meta, NFT_META_L4PROTO, NFT_REG_1});
		put_compare(w, h->inverted & IPT_INV_PROTO, 1, &h->protocol);
	}
	if (h->strange)
		put_extension(w, &match, "?", 0, "", 1);
}

static void put_matches(struct writer *w, const struct netd_legacy_kind *kind,
			const struct netd_legacy_entry *e)
{
	size_t at = kind->head;

	while (e->target - at >= sizeof(struct xt_entry_match)) {
		const struct xt_entry_match *m = (const void *)(e->bytes + at);
		size_t size = m->u.user.match_size;

		if (size < sizeof(*m) || size > e->target - at)
			return;
		put_extension(w, &match, m->u.user.name, m->u.user.revision, m->data,
			      size - sizeof(*m));
		at += size;
	}
}

/* A rule without a target goes to the next one (iptables' fall-through). */
static void put_verdict(struct writer *w, const struct head *h,
			const struct netd_legacy_entry *e,
			const struct netd_legacy_place *place)
{
	struct netd_step s = {netd_expr_verdict, 0, 0, 0, 0, NULL};

	if (e->verdict >= 0 && (size_t)e->verdict == place->next)
		return;
	if (e->verdict >= 0) {
		s.a = (uint32_t)NFT_JUMP;
		if (h->goes_to)
			s.a = (uint32_t)NFT_GOTO;
		s.data = place->chain_at(place->data, (size_t)e->verdict);
		if (!s.data)
			s.a = NF_QUEUE; /* where it goes nobody knows */
	} else if (e->verdict == XT_RETURN) {
		s.a = (uint32_t)NFT_RETURN;
	} else {
		s.a = (uint32_t)(-e->verdict - 1);
	}
	put(w, &s);
}

static void put_target(struct writer *w, const struct head *h,
		       const struct netd_legacy_entry *e,
		       const struct netd_legacy_place *place)
{
	const struct xt_entry_target *t = (const void *)(e->bytes + e->target);

	if (e->is_standard)
		put_verdict(w, h, e, place);
	else if (t->u.user.target_size >= sizeof(*t))
		put_extension(w, &target, t->u.user.name, t->u.user.revision, t->data,
			      t->u.user.target_size - sizeof(*t));
}

static void put_message(struct netd_batch *b, const struct netd_legacy_kind *kind,
			const struct nftnl_rule *rule, size_t room)
{
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWRULE, 0, room);

	if (!nlh)
		return;
	netd_batch_set_family(nlh, kind->nfproto);
	nftnl_rule_nlmsg_build_payload(nlh, (struct nftnl_rule *)(uintptr_t)rule);
	netd_batch_commit_message(b, nlh);
}

void netd_legacy_put(struct netd_batch *b, const struct netd_legacy_kind *kind,
		     const struct netd_legacy_entry *e,
		     const struct netd_legacy_place *place)
{
	struct writer w = {.rule = nftnl_rule_alloc()};
	struct head h;

	if (!w.rule) {
		b->failed = true;
		return;
	}
	if (kind->family == AF_INET)
		head4(e->bytes, &h);
	else
		head6(e->bytes, &h);
	nftnl_rule_set_str(w.rule, NFTNL_RULE_TABLE, place->table);
	nftnl_rule_set_str(w.rule, NFTNL_RULE_CHAIN, place->chain);
	nftnl_rule_set_u64(w.rule, NFTNL_RULE_HANDLE, place->number);
	put_head(&w, &h);
	put_matches(&w, kind, e);
	put_target(&w, &h, e, place);
	if (w.failed)
		b->failed = true;
	else /* an expression's head for each match, and names in front */
		put_message(b, kind, w.rule, 4 * e->length + 4096);
	nftnl_rule_free(w.rule);
}
