/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kind of link has of its own: one file and one row for each. */
#ifndef NETD_KIND_KIND_H
#define NETD_KIND_KIND_H

#include "base/str.h"
#include "model/state.h"

struct nl_msg;
struct nlattr;

/* A number in a link's IFLA_INFO_DATA: put, read, compared and named by its row. */
struct netd_kind_value {
	const char *name;
	int attribute;
	uint8_t bytes;	 /* in the message: 1, 2 or 4 */
	bool is_boolean; /* the field is a bool, else a uint32_t */
	bool in_plan;	 /* a plan names it whenever the data change */
	size_t offset;	 /* in struct netd_link_attrs */
};

struct netd_kind {
	const char *word;   /* for people: "bridge" */
	const char *kernel; /* IFLA_INFO_KIND; NULL: netd makes none of them */
	bool is_network;    /* ports join it; it is deleted after them, one by one */
	bool is_port;	    /* made to join a network */
	bool is_pair;	    /* has another end; either end deletes both */
	bool is_device;	    /* made by opening a device (kind/tap.h), not by a message */
	/* Follows the MTU of its ports until its own is changed, once it is there. */
	bool follows_mtu;
	unsigned late; /* enum netd_link_field: what making it cannot set */
	const struct netd_kind_value *values;
	size_t value_count;
	/* Each may be NULL. */
	/* Adds to RTM_NEWLINK what only making a link takes: outside of its data … */
	void (*put_birth)(struct nl_msg *m);
	/* … and its IFLA_INFO_DATA, where values are not enough. */
	void (*put_data)(struct nl_msg *m, const struct netd_desired_link *link,
			 int peer_ns);
	/* Reads IFLA_INFO_DATA (may be NULL); false: it is not of this kind after all. */
	bool (*read_data)(struct netd_link *out, struct nlattr *data);
	/* True if *@first is a step without which the kernel refuses @want's data. */
	bool (*data_first)(const struct netd_link_attrs *want,
			   const struct netd_link_attrs *have,
			   struct netd_link_attrs *first);
	/* True if @have cannot become @want: it is made anew. */
	bool (*is_fixed)(const struct netd_link_attrs *want,
			 const struct netd_link_attrs *have);
};

extern const struct netd_kind netd_kind_foreign, netd_kind_bridge, netd_kind_tap,
	netd_kind_veth;

/* The one look-up; never NULL. */
const struct netd_kind *netd_kind(enum netd_link_kind kind);
/* @link: a desired or an observed one, or the attributes of either. */
#define netd_kind_of(link) netd_kind((link)->kind)

/* "tap", "vlan" …; @otherwise if neither netd nor the kernel has a word for it. */
const char *netd_kind_name(const struct netd_link *link, const char *otherwise);

/* True if netd makes no such links: a NIC, a loopback, a VLAN … */
bool netd_kind_is_foreign(const struct netd_link *link);
/* A tap, or an end of a pair, in a bridge that it does not join as an uplink: a guest's.
 */
bool netd_link_is_guest_port(const struct netd_link *link);
/* A bridge that is there already, and stays as it is. */
bool netd_link_is_existing_network(const struct netd_desired_link *want);

/* IFLA_LINKINFO: its kind and values; those that it is made with, @peer_ns as in
 * kind/link.h. */
void netd_kind_put(struct nl_msg *m, const struct netd_link_attrs *link);
void netd_kind_put_birth(struct nl_msg *m, const struct netd_desired_link *link,
			 int peer_ns);
void netd_kind_read(struct netd_link *out, struct nlattr *info);
bool netd_kind_data_differs(const struct netd_link_attrs *want,
			    const struct netd_link_attrs *have);

/* What people are told of a link: in a plan, what it will be … */
struct netd_link_words {
	const struct netd_link_attrs *link;
	/* … else what it is instead of this; may be NULL */
	const struct netd_link_attrs *want;
	struct netd_str *out;
};
/* Begins another word, behind " " in a plan and ", " in what is; returns w->out. */
struct netd_str *netd_link_next_word(const struct netd_link_words *w);
/* Says the values: "stp on"; only those that differ, if there is w->want: "stp 1". */
void netd_kind_say(const struct netd_link_words *w);

#endif
