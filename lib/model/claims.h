/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was changed of things that are not ours, and who still wants it so. */
#ifndef NETD_MODEL_CLAIMS_H
#define NETD_MODEL_CLAIMS_H

#include "model/facts.h"

struct netd_str;

struct netd_claims {
	struct netd_claim *items;
	size_t count;
};

/* The claim of @topology on that thing, or NULL. */
const struct netd_claim *netd_claims_find(const struct netd_claims *claims,
					  const char *topology, enum netd_claim_kind kind,
					  const char *key);
/* A claim of any topology but @topology on that thing, or NULL. */
const struct netd_claim *netd_claims_other(const struct netd_claims *claims,
					   const char *topology,
					   enum netd_claim_kind kind, const char *key);
/* Appends a copy; -ENOMEM. */
int netd_claims_add(struct netd_claims *claims, const struct netd_claim *claim);

/* The key of an address claim: "LINK PREFIX". */
void netd_claim_address_key(const struct netd_ifaddr *a, char out[NETD_SYSCTL_PATH]);
/* The key of a route claim: "LINK PREFIX METRIC". */
void netd_claim_route_key(const struct netd_route *r, char out[NETD_SYSCTL_PATH]);

/* One line per claim, sorted as they are; and back.  -EINVAL with a problem in @err. */
void netd_claims_write(const struct netd_claim *claims, size_t count,
		       struct netd_str *out);
int netd_claims_parse(const char *text, struct netd_claims *out, struct netd_error *err);

#endif
