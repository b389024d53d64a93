/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface holds: addresses, neighbours, routes, rules, as the kernel has them.
 */
#ifndef NETD_RTNL_UPLINK_H
#define NETD_RTNL_UPLINK_H

#include "base/str.h"
#include "rtnl/nl.h"
#include "model/state.h"

/*
 * Theory of operation.  Another's addresses and routes have attributes that we need not
 * know of.  So each is kept as the kernel's own message, header and attributes, without
 * what cannot be set or moves by itself.  To put it onto another interface, the index or
 * name of the one is replaced by that of the other; all else stays as it is.
 *
 * What the kernel makes by itself together with an address (its local and broadcast
 * routes) is left out.  A route of several ways counts if one of them leads by the
 * interface.  Of IPv6's the other ways are left out: each is a route of its own there.
 */
enum netd_held_kind {
	NETD_HELD_ADDRESS,
	NETD_HELD_NEIGHBOUR, /* with a MAC address that is known */
	NETD_HELD_ROUTE,
	NETD_HELD_RULE, /* with iif or oif */
	NETD_HELD_COUNT,
};

struct netd_held {
	enum netd_held_kind kind;
	struct netd_str bytes; /* the family's header, then attributes */
	size_t stable;	       /* what stands behind is a lifetime, which moves */
	bool behind;  /* a route: another of its kind, by another way, is first */
	bool expired; /* a route: past its time, so not used, but not collected yet */
};

struct netd_held_list {
	struct netd_held *items;
	size_t count;
};

/* An interface that holds something. */
struct netd_holder {
	int index;
	char name[NETD_IFNAME];
};

void netd_held_done(struct netd_held_list *list);
/* Appends a copy, or the bytes themselves.  -ENOMEM. */
int netd_held_add(struct netd_held_list *list, const struct netd_held *held);

/* All that @holder holds, into the zeroed @out; rules only if its index is not positive.
 */
int netd_held_dump(struct netd_nl *nl, const struct netd_holder *holder,
		   struct netd_held_list *out, struct netd_error *err);

/* The same object, but on @to; into the zeroed @out.  -ENOMEM. */
int netd_held_rewrite(const struct netd_held *held, const struct netd_holder *from,
		      const struct netd_holder *to, struct netd_held *out);

/* True if the two are the same, lifetimes apart. */
bool netd_held_equal(const struct netd_held *a, const struct netd_held *b);
const struct netd_held *netd_held_find(const struct netd_held_list *list,
				       const struct netd_held *held);

/*
 * Messages; NULL on lack of memory.  `prepare` makes an address that answers, but that no
 * route prefers yet and that is not probed for duplicates; `finish` makes it what it is.
 */
struct nl_msg *netd_held_add_message(const struct netd_held *held);
struct nl_msg *netd_held_prepare_message(const struct netd_held *held);
struct nl_msg *netd_held_finish_message(const struct netd_held *held);
struct nl_msg *netd_held_delete_message(const struct netd_held *held);

/* An address: itself, its prefix length and IFA_PROTO. */
struct netd_ifaddr netd_held_address(const struct netd_held *held);
/* True if the kernel made it by router advertisement, and it is not a temporary one. */
bool netd_held_is_autoconfigured(const struct netd_held *held);
/* Of a route: */
struct netd_held_route {
	struct netd_prefix to;
	struct netd_addr source;  /* family 0: none */
	struct netd_addr gateway; /* of a single way; family 0: none */
	bool direct;		  /* no gateway at all */
	bool kernels;		  /* made by the kernel itself, for an address */
	bool object;		  /* by a nexthop object */
	uint8_t protocol;
};
struct netd_held_route netd_held_route(const struct netd_held *held);
/* True if it is a neighbour that somebody wrote down. */
bool netd_held_is_permanent(const struct netd_held *held);

/*
 * True if `prepare` made it, or it is the route that came with such an address; @other is
 * what the other link holds.
 */
bool netd_held_is_prepared(const struct netd_held *held,
			   const struct netd_held_list *other);
/* Makes a route by one gateway independent of subnets; false if it is no such route. */
bool netd_held_set_onlink(struct netd_held *held);

/*
 * Routes by router advertisement (rtnl/uplink_learned.c); @own_metric is that of the
 * kernel's default routes (conf/LINK/ra_defrtr_metric).
 */
/* True if that is one of the kernel's own, as far as can be seen. */
bool netd_held_is_learned(const struct netd_held *held, uint32_t own_metric);
/* Makes one of those stand in for the kernel's own until that comes, on another link. */
void netd_held_stand_in(struct netd_held *held);
/* True if it stands in for what the kernel has meanwhile: its own is in @list. */
bool netd_held_is_replaced(const struct netd_held *held,
			   const struct netd_held_list *list, uint32_t own_metric);

/* "10.0.0.5/24", "default", "rule 100". */
void netd_held_describe(const struct netd_held *held, struct netd_str *out);

/* One line each: "route HEX[+HEX] # default"; back from one. -EINVAL if it is none. */
void netd_held_write(const struct netd_held *held, struct netd_str *out);
int netd_held_parse(const char *line, struct netd_held *out);

#endif
