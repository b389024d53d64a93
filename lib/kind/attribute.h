/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes that every link has, whatever its kind: one row each. */
#ifndef NETD_KIND_ATTRIBUTE_H
#define NETD_KIND_ATTRIBUTE_H

#include "base/str.h"
#include "model/state.h"

struct nl_msg;
struct nlattr;

/*
 * All @fields are sets of enum netd_link_field.
 *
 * Which of an existing link differ from what it should be; @observed: its namespace's
 * links, since who shall be no port leaves our bridges only.
 */
unsigned netd_link_changes(const struct netd_desired_link *want,
			   const struct netd_link *have,
			   const struct netd_state *observed);

/* What the message that makes @want sets, and what a link just made still lacks. */
unsigned netd_link_create_fields(const struct netd_link_attrs *want);
unsigned netd_link_late_fields(const struct netd_link_attrs *want);

/* Adds @fields of @link to RTM_NEWLINK, but for its master, which it has by name. */
void netd_link_put(struct nl_msg *m, const struct netd_link_attrs *link, unsigned fields);

/* Reads them out of RTM_NEWLINK; @a: IFLA_MAX + 1 of them, NULL where there is none. */
void netd_link_read(struct netd_link *out, struct nlattr *const *a);

/* What a plan says of @fields: " mtu 1500 joins br0 up". */
void netd_link_say(const struct netd_link_attrs *link, unsigned fields,
		   struct netd_str *out);

/* What is there instead of @want: "mtu 9000, in no bridge, down". */
void netd_link_say_now(const struct netd_link_attrs *have,
		       const struct netd_link_attrs *want, unsigned fields,
		       struct netd_str *out);

/* One of the fields, and its values as texts; "" of a bridge: none. */
typedef void netd_link_visit(const char *field, const char *wanted, const char *found,
			     void *data);
void netd_link_compare(const struct netd_link_attrs *want,
		       const struct netd_link_attrs *have, unsigned fields,
		       netd_link_visit *visit, void *data);

#endif
