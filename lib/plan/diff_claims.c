// SPDX-License-Identifier: GPL-2.0-or-later
/* Claims: what is not ours and was changed, kept while wanted, given back after. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "plan/diff.h"
#include "kind/kind.h"

const struct netd_claim *netd_diff_find_claim(const struct netd_diff *d,
					      enum netd_claim_kind kind, const char *key)
{
	const struct netd_claim *mine =
		netd_claims_find(&d->old, d->in->topology, kind, key);

	if (mine)
		return mine;
	return netd_claims_other(&d->old, d->in->topology, kind, key);
}

int netd_diff_claim(struct netd_diff *d, enum netd_claim_kind kind, const char *key,
		    int previous, int ours)
{
	const struct netd_claim *mine =
		netd_claims_find(&d->old, d->in->topology, kind, key);
	const struct netd_claim *known = netd_diff_find_claim(d, kind, key);
	struct netd_claim c = {.kind = kind, .previous = previous, .ours = ours};

	if (known)
		c = *known;
	/* What was there before stays, but giving back looks for what was set last. */
	c.ours = ours;
	netd_copy(c.topology, d->in->topology);
	netd_copy(c.key, key);
	if (!mine || mine->ours != ours)
		d->plan->claims_changed = true;
	return netd_claims_add(&d->claims, &c);
}

bool netd_diff_is_claimed(const struct netd_diff *d, enum netd_claim_kind kind,
			  const char *key)
{
	return netd_diff_find_claim(d, kind, key);
}

static int release_address(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_state *observed = d->in->observed;
	char key[NETD_SYSCTL_PATH];

	for (size_t i = 0; i < observed->addr_count; i++) {
		netd_claim_address_key(&observed->addrs[i], key);
		if (strcmp(key, c->key) == 0)
			return netd_diff_add_addr(d, NETD_OP_DELETE_ADDRESS,
						  &observed->addrs[i]);
	}
	return 0;
}

/* True if @link is this topology's, and will be deleted. */
static bool is_going(const struct netd_diff *d, const struct netd_link *link)
{
	return netd_link_is_ours(link) && netd_diff_is_made(d, link) &&
	       !netd_desired_link(d->in->desired, link->name);
}

/* True if that link came by its settings by conf/default, and they are not made to order.
 */
static bool is_heir(const struct netd_diff *d, const struct netd_link *link)
{
	if (link->loopback || netd_link_is_guest_port(link))
		return false;
	return !netd_link_is_ours(link) ||
	       (netd_kind_of(link)->is_network && !netd_diff_is_made(d, link));
}

/* The interfaces that came while conf/default was ours have our value by it. */
static int release_inherited(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_state *observed = d->in->observed;
	int r, value;

	for (size_t i = 0; i < observed->link_count; i++) {
		char path[NETD_SYSCTL_PATH];

		netd_sysctl_path_of(c->key, observed->links[i].name, path);
		if (!is_heir(d, &observed->links[i]) ||
		    netd_diff_is_claimed(d, NETD_CLAIM_SYSCTL, path) ||
		    !netd_state_sysctl(observed, path, &value) || value != c->ours ||
		    netd_desired_sysctl(d->in->desired, path, &value))
			continue;
		r = netd_diff_add_sysctl(d, NETD_OP_RESTORE_SYSCTL, path, c->previous);
		if (r < 0)
			return r;
	}
	return 0;
}

static int release_sysctl(struct netd_diff *d, const struct netd_claim *c)
{
	char name[NETD_SYSCTL_PATH];
	const struct netd_link *link;
	int value, r = 0;

	netd_sysctl_link(c->key, name);
	link = netd_state_link(d->in->observed, name);
	/* Gone with its interface, or changed by somebody since: not ours to touch. */
	if (!netd_state_sysctl(d->in->observed, c->key, &value) || value != c->ours ||
	    (link && is_going(d, link)) || netd_diff_is_relied_on(d, c))
		return 0;
	if (value == c->previous && !netd_diff_gives_switch_back(d))
		return 0;
	if (value != c->previous && strcmp(name, "default") == 0)
		r = release_inherited(d, c);
	if (r)
		return r;
	return netd_diff_add_sysctl(d, NETD_OP_RESTORE_SYSCTL, c->key, c->previous);
}

static int release_mtu(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *have = netd_state_link(d->in->observed, c->key);
	struct netd_link link;

	if (!have || have->mtu != (uint32_t)c->ours || c->ours == c->previous ||
	    netd_diff_is_relied_on(d, c))
		return 0;
	link = *have;
	link.mtu = (uint32_t)c->previous;
	return netd_diff_add_seen(d, NETD_OP_RELEASE_PORT, &link, NETD_LINK_MTU);
}

/* True if that bridge is this topology's, or exists and a network of it is on it. */
static bool is_used(const struct netd_diff *d, const char *bridge)
{
	const struct netd_link *link = netd_state_link(d->in->observed, bridge);

	return (link && netd_diff_is_made(d, link)) ||
	       netd_claims_find(&d->old, d->in->topology, NETD_CLAIM_BRIDGE, bridge);
}

static int release_port(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *have = netd_state_link(d->in->observed, c->key);
	struct netd_link link;

	if (!have || !have->master[0] || !is_used(d, have->master))
		return 0;
	link = *have;
	link.master[0] = '\0';
	link.up = c->previous || netd_diff_is_relied_on(d, c);
	return netd_diff_add_seen(d, NETD_OP_RELEASE_PORT, &link,
				  NETD_LINK_MASTER | NETD_LINK_UP);
}

/* Nothing of it was changed. */
static int release_bridge(struct netd_diff *d, const struct netd_claim *c)
{
	(void)d;
	(void)c;
	return 0;
}

static int release(struct netd_diff *d, const struct netd_claim *c)
{
	static int (*const releases[])(struct netd_diff *, const struct netd_claim *) = {
		[NETD_CLAIM_SYSCTL] = release_sysctl,
		[NETD_CLAIM_ADDRESS] = release_address,
		[NETD_CLAIM_MTU] = release_mtu,
		[NETD_CLAIM_PORT] = release_port,
		[NETD_CLAIM_UPLINK] = netd_diff_release_uplink,
		[NETD_CLAIM_BRIDGE] = release_bridge,
		[NETD_CLAIM_ROUTE] = netd_diff_release_route,
	};

	d->plan->claims_changed = true;
	if (netd_claims_other(&d->old, c->topology, c->kind, c->key))
		return 0;
	return releases[c->kind](d, c);
}

/* Backwards: what was changed last (a global switch) goes back first. */
int netd_diff_release(struct netd_diff *d)
{
	int r;

	for (size_t i = d->old.count; i-- > 0;) {
		const struct netd_claim *c = &d->old.items[i];

		if (strcmp(c->topology, d->in->topology) != 0 ||
		    netd_claims_find(&d->claims, c->topology, c->kind, c->key))
			continue;
		if (d->in->kept &&
		    netd_claims_find(d->in->kept, c->topology, c->kind, c->key))
			r = netd_claims_add(&d->claims, c);
		else
			r = release(d, c);
		if (r < 0)
			return r;
	}
	return 0;
}
