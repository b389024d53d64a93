/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a ruleset's delta that is about somebody else's chains. */
#ifndef NETD_RULESET_DELTA_ADMITS_H
#define NETD_RULESET_DELTA_ADMITS_H

struct netd_error;
struct netd_ruleset;
struct netd_ruleset_delta;
struct netd_str;

/* Fills the admits and the foreign chains of @out.  -ENOMEM. */
int netd_delta_admits(const struct netd_ruleset *have, const struct netd_ruleset *want,
		      const char *topology, struct netd_ruleset_delta *out,
		      struct netd_error *err);

void netd_delta_admits_print(struct netd_str *s, const struct netd_ruleset_delta *d);

#endif
