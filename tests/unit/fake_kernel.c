// SPDX-License-Identifier: GPL-2.0-or-later
/* A host in memory: what ops do to it. */
#include "fake_kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "plan/plan.h"
#include "rtnl/setting.h"

/* Takes item @i out; the capacity is read off the count, so the array is made anew. */
void fake_kernel_remove(void **items, size_t *count, size_t size, size_t i)
{
	char *old = *items;
	void *fresh = NULL;
	size_t n = 0;

	for (size_t k = 0; k < *count; k++) {
		void *slot;

		if (k == i)
			continue;
		slot = netd_array_add_(&fresh, &n, size);
		if (!slot)
			abort();
		memcpy(slot, old + k * size, size);
	}
	free(old);
	*items = fresh;
	*count = n;
}

struct netd_state *fake_kernel_space(struct fake_host *f, const char *name)
{
	return *name ? netd_state_space(&f->kernel, name) : &f->kernel;
}

/*
 * Links
 */

struct netd_link *fake_kernel_add_link(struct fake_host *f, struct netd_state *s,
				       const char *name)
{
	struct netd_link *link = FAKE_ADD(s, links, link_count);
	char path[NETD_SYSCTL_PATH];

	if (!link)
		abort();
	netd_copy(link->name, name);
	link->index = ++f->last_index;
	link->mtu = 1500;
	link->has_mac = true;
	link->mac = (struct netd_mac){{2, 0, 0, 0, 0, (uint8_t)link->index}};
	link->settings_known = (1U << NETD_SETTING_COUNT) - 1;
	for (size_t i = 0; i < NETD_SETTING_COUNT; i++) {
		snprintf(path, sizeof(path), "ipv%c/conf/default/%s",
			 i < NETD_SETTING_FORWARDING6 ? '4' : '6', netd_setting_name(i));
		link->settings[i] = fake_kernel_setting(s, path);
	}
	return link;
}

void fake_kernel_enslave(struct netd_link *link, const struct netd_link *bridge)
{
	netd_copy(link->master, bridge ? bridge->name : "");
	link->master_index = bridge ? bridge->index : 0;
}

static int create_link(struct fake_host *f, struct netd_state *s,
		       const struct netd_op *op)
{
	const struct netd_desired_link *want = &op->link;
	struct netd_link *link;
	int index;

	if (netd_state_link(s, want->name))
		return -EEXIST;
	link = fake_kernel_add_link(f, s, want->name);
	index = link->index;
	link->kind = want->kind;
	link->group = want->group;
	link->bridge = want->bridge;
	link->tap = want->tap;
	if (want->mtu && want->kind != NETD_LINK_TAP)
		link->mtu = want->mtu;
	if (want->has_mac && want->kind != NETD_LINK_TAP)
		link->mac = want->mac;
	netd_copy(link->peer, want->peer);
	if (want->kind != NETD_LINK_VETH)
		return 0;
	s = fake_kernel_space(f, want->peer_namespace);
	if (!s)
		return -ENOENT;
	link->peer_index = f->last_index + 1;
	link = fake_kernel_add_link(f, s, want->peer);
	link->kind = NETD_LINK_VETH;
	link->group = want->group;
	link->peer_index = index;
	if (want->mtu)
		link->mtu = want->peer_mtu ? want->peer_mtu : want->mtu;
	if (want->has_peer_mac)
		link->mac = want->peer_mac;
	netd_copy(link->peer, want->name);
	return 0;
}

static void forget_link(struct netd_state *s, size_t i)
{
	char name[NETD_IFNAME];

	memcpy(name, s->links[i].name, sizeof(name));
	FAKE_REMOVE(s, links, link_count, i);
	for (size_t k = 0; k < s->link_count; k++)
		if (strcmp(s->links[k].master, name) == 0)
			fake_kernel_enslave(&s->links[k], NULL);
	for (size_t k = s->addr_count; k-- > 0;)
		if (strcmp(s->addrs[k].link, name) == 0)
			FAKE_REMOVE(s, addrs, addr_count, k);
	for (size_t k = s->route_count; k-- > 0;)
		if (strcmp(s->routes[k].link, name) == 0)
			FAKE_REMOVE(s, routes, route_count, k);
	for (size_t k = s->sysctl_count; k-- > 0;) {
		char of[NETD_SYSCTL_PATH];

		netd_sysctl_link(s->sysctls[k].path, of);
		if (strcmp(of, name) == 0)
			FAKE_REMOVE(s, sysctls, sysctl_count, k);
	}
}

static void forget_index(struct netd_state *s, int index)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (s->links[i].index == index) {
			forget_link(s, i);
			break;
		}
}

/* Indexes are the host's, not one namespace's: so the other end is found. */
static void delete_link(struct fake_host *f, struct netd_state *s, struct netd_link *link)
{
	int peer = link->kind == NETD_LINK_VETH ? link->peer_index : 0;

	forget_link(s, (size_t)(link - s->links));
	if (!peer)
		return;
	forget_index(&f->kernel, peer);
	for (size_t i = 0; i < f->kernel.space_count; i++)
		forget_index(&f->kernel.spaces[i], peer);
}

static int delete_named(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	struct netd_link *link = netd_state_link(s, op->link.name);

	if (link)
		delete_link(f, s, link);
	return 0;
}

static int set_master(const struct netd_state *s, struct netd_link *link,
		      const char *master)
{
	const struct netd_link *bridge = *master ? netd_state_link(s, master) : NULL;

	if (*master && !bridge)
		return -ENODEV;
	fake_kernel_enslave(link, bridge);
	return 0;
}

static void set_settings(struct netd_link *link, const struct netd_desired_link *want)
{
	for (size_t i = 0; i < NETD_SETTING_FORWARDING6; i++)
		if (want->settings_known & 1U << i)
			link->settings[i] = want->settings[i];
}

static int set_link(struct fake_host *f, struct netd_state *s, const struct netd_op *op)
{
	const struct netd_desired_link *want = &op->link;
	struct netd_link *link = netd_state_link(s, want->name);

	if (!link)
		return -ENODEV;
	if (f->neglected && strcmp(f->neglected, want->name) == 0)
		return 0;
	if (op->fields & NETD_LINK_UP)
		link->up = want->up;
	if (op->fields & NETD_LINK_MAC)
		link->mac = want->mac;
	if (op->fields & NETD_LINK_MTU)
		link->mtu = want->mtu;
	if (op->fields & NETD_LINK_ALIAS_TEXT)
		memcpy(link->alias, want->alias, sizeof(link->alias));
	if (op->fields & NETD_LINK_GROUP_NUMBER)
		link->group = want->group;
	if (op->fields & NETD_LINK_KIND_DATA)
		link->bridge = want->bridge;
	if (op->fields & NETD_LINK_NO_IPV6)
		link->no_ipv6_address = want->no_ipv6_address;
	if (op->fields & NETD_LINK_TAP_OWNER)
		link->tap = want->tap;
	if (op->fields & NETD_LINK_SETTINGS)
		set_settings(link, want);
	if (op->fields & NETD_LINK_MASTER)
		return set_master(s, link, want->master);
	return 0;
}

static int stop_link(struct fake_host *f, struct netd_state *s, const struct netd_op *op)
{
	struct netd_link *link = netd_state_link(s, op->link.name);

	(void)f;
	if (link)
		link->up = false;
	return 0;
}

static int release_port(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	struct netd_link *link = netd_state_link(s, op->link.name);

	(void)f;
	if (link)
		fake_kernel_enslave(link, NULL);
	return 0;
}

/*
 * Addresses, routes, sysctls
 */

static bool same_address(const struct netd_ifaddr *a, const struct netd_ifaddr *b)
{
	return strcmp(a->link, b->link) == 0 &&
	       netd_prefix_compare(&a->prefix, &b->prefix) == 0;
}

static int add_address(struct fake_host *f, struct netd_state *s,
		       const struct netd_op *op)
{
	struct netd_ifaddr *slot;

	(void)f;
	if (!netd_state_link(s, op->addr.link))
		return -ENODEV;
	for (size_t i = 0; i < s->addr_count; i++)
		if (same_address(&s->addrs[i], &op->addr))
			return -EEXIST;
	slot = FAKE_ADD(s, addrs, addr_count);
	if (!slot)
		return -ENOMEM;
	netd_copy(slot->link, op->addr.link);
	slot->prefix = op->addr.prefix;
	slot->protocol = op->addr.protocol;
	return 0;
}

static int delete_address(struct fake_host *f, struct netd_state *s,
			  const struct netd_op *op)
{
	(void)f;
	for (size_t i = s->addr_count; i-- > 0;)
		if (same_address(&s->addrs[i], &op->addr))
			FAKE_REMOVE(s, addrs, addr_count, i);
	return 0;
}

static int delete_route(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	(void)f;
	for (size_t i = s->route_count; i-- > 0;)
		if (netd_route_same_slot(&s->routes[i], &op->route))
			FAKE_REMOVE(s, routes, route_count, i);
	return 0;
}

static int add_route(struct fake_host *f, struct netd_state *s, const struct netd_op *op)
{
	struct netd_route *slot;

	delete_route(f, s, op);
	slot = FAKE_ADD(s, routes, route_count);
	if (!slot)
		return -ENOMEM;
	*slot = op->route;
	return 0;
}

static int set_sysctl(struct fake_host *f, struct netd_state *s, const struct netd_op *op)
{
	int r = fake_kernel_set(s, op->sysctl.path, op->sysctl.value);

	(void)f;
	return r == -ENOENT && op->kind == NETD_OP_RESTORE_SYSCTL ? 0 : r;
}

/*
 * Namespaces and services
 */

static int compare_spaces(const void *a, const void *b)
{
	return strcmp(((const struct netd_state *)a)->space,
		      ((const struct netd_state *)b)->space);
}

static int create_space(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	const struct netd_desired *want = netd_run_desired(f->run, op);
	struct netd_link *lo;

	if (s)
		return -EEXIST;
	s = FAKE_ADD(&f->kernel, spaces, space_count);
	if (!s)
		return -ENOMEM;
	netd_copy(s->space, op->space);
	netd_copy(s->owner, want->owner);
	s->alive = true;
	s->inode = 1000 + (uint64_t)++f->last_index;
	for (size_t i = 0; i < want->sysctl_count; i++)
		if (want->sysctls[i].wide)
			fake_kernel_set(s, want->sysctls[i].path, want->sysctls[i].value);
	lo = fake_kernel_add_link(f, s, "lo");
	lo->loopback = true;
	lo->up = true;
	lo->group = NETD_LINK_GROUP;
	snprintf(lo->alias, sizeof(lo->alias), NETD_ALIAS_PREFIX "%s", want->owner);
	qsort(f->kernel.spaces, f->kernel.space_count, sizeof(*s), compare_spaces);
	return 0;
}

static int delete_space(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	(void)op;
	if (!s)
		return 0;
	while (s->link_count)
		delete_link(f, s, &s->links[0]);
	netd_state_done(s);
	FAKE_REMOVE(&f->kernel, spaces, space_count, (size_t)(s - f->kernel.spaces));
	return 0;
}

static int write_resolv(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	const struct netd_desired *want = netd_run_desired(f->run, op);

	free(s->resolv);
	s->resolv = NULL;
	if (netd_op_sign(op) != '-' && want && want->resolv)
		s->resolv = strdup(want->resolv);
	return 0;
}

static void forget_service(struct fake_host *f, const char *name)
{
	for (size_t i = f->kernel.service_count; i-- > 0;)
		if (strcmp(f->kernel.services[i].name, name) == 0) {
			netd_service_done(&f->kernel.services[i]);
			FAKE_REMOVE(&f->kernel, services, service_count, i);
		}
}

static int stop_service(struct fake_host *f, struct netd_state *s,
			const struct netd_op *op)
{
	(void)s;
	forget_service(f, op->service.name);
	return 0;
}

static int start_service(struct fake_host *f, struct netd_state *s,
			 const struct netd_op *op)
{
	const struct netd_desired *want = netd_run_desired(f->run, op);

	(void)s;
	forget_service(f, op->service.name);
	for (size_t i = 0; i < want->service_count; i++) {
		const struct netd_service *service = &want->services[i];
		struct netd_service *slot;

		if (strcmp(service->name, op->service.name) != 0)
			continue;
		slot = FAKE_ADD(&f->kernel, services, service_count);
		if (!slot)
			return -ENOMEM;
		*slot = *service;
		slot->config = strdup(service->config);
		slot->reserved = strdup(service->reserved);
		slot->names = strdup(service->names);
		slot->running = true;
	}
	return 0;
}

/*
 * One after the other
 */

static int (*const runners[NETD_OP_COUNT])(struct fake_host *f, struct netd_state *s,
					   const struct netd_op *op) = {
	[NETD_OP_STOP_SERVICE] = stop_service,
	[NETD_OP_DELETE_STALE] = delete_named,
	[NETD_OP_CREATE_NAMESPACE] = create_space,
	[NETD_OP_CREATE_LINK] = create_link,
	[NETD_OP_RAISE_MTU] = set_link,
	[NETD_OP_SET_SYSCTL] = set_sysctl,
	[NETD_OP_STOP_LINK] = stop_link,
	[NETD_OP_FIREWALL] = fake_kernel_commit,
	[NETD_OP_CLEAR_ADDRESS] = delete_address,
	[NETD_OP_ADD_ADDRESS] = add_address,
	[NETD_OP_SET_LINK] = set_link,
	[NETD_OP_PLUG_PORT] = set_link,
	[NETD_OP_CLAIM_SYSCTL] = set_sysctl,
	[NETD_OP_DELETE_ADDRESS] = delete_address,
	[NETD_OP_ADD_ROUTE] = add_route,
	[NETD_OP_DELETE_ROUTE] = delete_route,
	[NETD_OP_RELEASE_PORT] = release_port,
	[NETD_OP_DELETE_LINK] = delete_named,
	[NETD_OP_DELETE_NAMESPACE] = delete_space,
	[NETD_OP_RESTORE_SYSCTL] = set_sysctl,
	[NETD_OP_WRITE_RESOLV] = write_resolv,
	[NETD_OP_START_SERVICE] = start_service,
	[NETD_OP_RELOAD_SERVICE] = start_service,
};

static int run_op(struct fake_host *f, const struct netd_op *op)
{
	struct netd_state *s = fake_kernel_space(f, op->space);

	f->ops++;
	if (fake_host_fails(f))
		return -EIO;
	if (!runners[op->kind])
		return -EOPNOTSUPP;
	if (!s && op->kind != NETD_OP_CREATE_NAMESPACE)
		return -ENOENT;
	return runners[op->kind](f, s, op);
}

/* Like a burst of messages: what stands behind one that fails is done all the same. */
int fake_kernel_run(const struct netd_run *run)
{
	struct fake_host *f = run->netd->host;
	int first = 0;

	f->run = run;
	for (size_t i = 0; i < run->count; i++) {
		int r = run_op(f, &run->ops[i]);

		if (r < 0)
			netd_run_failed(run, &run->ops[i], r, NULL);
		if (!first)
			first = r;
	}
	f->run = NULL;
	return first;
}
