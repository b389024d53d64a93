// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses and settings: which to add, change, remove. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "rtnl/setting.h"
#include "plan/diff.h"
#include "desired/small_mtu.h"

static const struct netd_ifaddr *find_addr(const struct netd_objects *s,
					   const struct netd_ifaddr *a)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, a->link) == 0 &&
		    netd_prefix_compare(&s->addrs[i].prefix, &a->prefix) == 0)
			return &s->addrs[i];
	return NULL;
}

/* True if the address sits on a link of this topology, not on one outside. */
static bool is_inside(const struct netd_diff *d, const struct netd_ifaddr *a)
{
	const struct netd_desired_link *want = netd_desired_link(d->in->desired, a->link);
	const struct netd_link *have = netd_state_link(d->in->observed, a->link);

	return (want && !want->foreign) || netd_link_is_of(have, d->in->topology);
}

/* Whatever its prefix length: an address outside is to be answered for. */
static const struct netd_ifaddr *find_value(const struct netd_objects *s,
					    const struct netd_ifaddr *a)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, a->link) == 0 &&
		    netd_addr_equal(&s->addrs[i].prefix.addr, &a->prefix.addr))
			return &s->addrs[i];
	return NULL;
}

/* IPv6 has an address on a link once only, whatever its length and whoever made it. */
static int clear_addr(struct netd_diff *d, const struct netd_ifaddr *want)
{
	const struct netd_ifaddr *other = find_value(&d->in->observed->objects, want);

	if (!other || want->prefix.addr.family != AF_INET6)
		return 0;
	return netd_diff_add_addr(d, NETD_OP_CLEAR_ADDRESS, other);
}

static int want_addr(struct netd_diff *d, const struct netd_ifaddr *want)
{
	bool inside = is_inside(d, want);
	const struct netd_ifaddr *have = find_value(&d->in->observed->objects, want);
	char key[NETD_SYSCTL_PATH];
	int r = 0;

	if (inside)
		have = find_addr(&d->in->observed->objects, want);
	netd_claim_address_key(want, key);
	/* An address that the admin gave it is there, and will stay there. */
	if (!inside && (!have || netd_diff_is_claimed(d, NETD_CLAIM_ADDRESS, key)))
		r = netd_diff_claim(d, NETD_CLAIM_ADDRESS, key, 0, 1);
	if (r < 0 || have)
		return r;
	r = clear_addr(d, want);
	if (r < 0)
		return r;
	return netd_diff_add_addr(d, NETD_OP_ADD_ADDRESS, want);
}

static int drop_inside_addr(struct netd_diff *d, const struct netd_ifaddr *have)
{
	const struct netd_desired_link *link =
		netd_desired_link(d->in->desired, have->link);

	/* With its link gone, or going, the address goes by itself. */
	if (!link || link->foreign || have->protocol != NETD_PROTOCOL ||
	    find_addr(&d->in->desired->objects, have))
		return 0;
	/* So it does with IPv6; and another length of it has been cleared. */
	if (have->prefix.addr.family == AF_INET6 &&
	    (netd_mtu_is_small(link->mtu) || find_value(&d->in->desired->objects, have)))
		return 0;
	return netd_diff_add_addr(d, NETD_OP_DELETE_ADDRESS, have);
}

int netd_diff_addrs(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed;
	const struct netd_desired *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; i < desired->addr_count; i++) {
		r = want_addr(d, &desired->addrs[i]);
		if (r)
			return r;
	}
	for (size_t i = 0; i < observed->addr_count; i++) {
		r = drop_inside_addr(d, &observed->addrs[i]);
		if (r)
			return r;
	}
	return 0;
}

/* True if it comes with what the plan makes anyway: the namespace, or a link in it. */
static bool comes_along(const struct netd_diff *d, const struct netd_sysctl *want)
{
	return want->initial || (d->is_new && (want->wide || want->inherited));
}

/* What was read of a link that is made anew is not known of the new one. */
static bool is_of_new_link(const struct netd_diff *d, const struct netd_sysctl *want)
{
	char link[NETD_SYSCTL_PATH];

	netd_sysctl_link(want->path, link);
	return want->inherited && !netd_state_link(d->in->observed, link);
}

/* An interface that is there without it, as IPv6's is below an MTU of 1,280: it comes
 * with what conf/default has then. */
static bool comes_later(const struct netd_diff *d, const struct netd_sysctl *want)
{
	char link[NETD_SYSCTL_PATH];

	netd_sysctl_link(want->path, link);
	return want->foreign && !want->nic[0] && netd_state_link(d->in->observed, link);
}

/* conf/default will be set to that, and one day go back, and @want's with it. */
static bool is_overridden(const struct netd_diff *d, const struct netd_sysctl *want)
{
	char path[NETD_SYSCTL_PATH];
	int now, then;

	netd_sysctl_path_of(want->path, "default", path);
	return want->overridden || (netd_desired_sysctl(d->in->desired, path, &then) &&
				    netd_state_sysctl(d->in->observed, path, &now) &&
				    now != then && then == want->value);
}

/* What a bridge will have by its NIC, which may have it by us. */
static int value_of_nic(const struct netd_diff *d, const struct netd_sysctl *want)
{
	const struct netd_claim *claim;
	char path[NETD_SYSCTL_PATH];
	int value = 0;

	netd_sysctl_path_of(want->path, want->nic, path);
	claim = netd_diff_find_claim(d, NETD_CLAIM_SYSCTL, path);
	if (claim)
		return claim->previous;
	if (!netd_setting_find(d->in->observed, path, &value))
		netd_state_sysctl(d->in->observed, path, &value);
	return value;
}

static int keep_sysctl(struct netd_diff *d, const struct netd_sysctl *want, int have)
{
	const struct netd_claim *claim =
		netd_diff_find_claim(d, NETD_CLAIM_SYSCTL, want->path);

	if (claim && claim->previous != claim->ours)
		return 0; /* it was changed, and goes back */
	if (claim)
		have = claim->previous;
	else if (!want->overridden && (have != want->value || !is_overridden(d, want)))
		return 0;
	return netd_diff_claim(d, NETD_CLAIM_SYSCTL, want->path, have, have);
}

static int claim_sysctl(struct netd_diff *d, const struct netd_sysctl *want, bool known,
			int have)
{
	bool changes = want->nic[0];

	if (known)
		changes = have != want->value || is_overridden(d, want);
	if (!changes && !netd_diff_find_claim(d, NETD_CLAIM_SYSCTL, want->path))
		return 0;
	if (!known)
		have = value_of_nic(d, want);
	return netd_diff_claim(d, NETD_CLAIM_SYSCTL, want->path, have, want->value);
}

static int want_sysctl(struct netd_diff *d, const struct netd_sysctl *want)
{
	int have = 0;
	bool known = netd_state_sysctl(d->in->observed, want->path, &have) &&
		     !is_of_new_link(d, want);
	enum netd_op_kind kind = NETD_OP_SET_SYSCTL;
	int r = 0;

	if (!known && (comes_along(d, want) || want->kept || comes_later(d, want)))
		return 0;
	if (want->kept)
		return keep_sysctl(d, want, have);
	if (want->foreign) {
		kind = NETD_OP_CLAIM_SYSCTL;
		r = claim_sysctl(d, want, known, have);
	}
	if (r < 0 || (known && have == want->value))
		return r;
	return netd_diff_add_sysctl(d, kind, want->path, want->value);
}

int netd_diff_sysctls(struct netd_diff *d)
{
	const struct netd_desired *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; i < desired->sysctl_count; i++) {
		r = want_sysctl(d, &desired->sysctls[i]);
		if (r)
			return r;
	}
	return 0;
}
