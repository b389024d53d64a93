// SPDX-License-Identifier: GPL-2.0-or-later
/* A host in memory: what it shows. */
#include "fake_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "fake_kernel.h"
#include "model/claims.h"
#include "observe/observe.h"
#include "rtnl/setting.h"

/*
 * Steps
 */

bool fake_host_fails(struct fake_host *f)
{
	unsigned step = ++f->steps;

	if (f->kill_step && step == f->kill_step)
		f->kill(f->data);
	return f->fail_step && step >= f->fail_step && step <= f->fail_until;
}

static int look(struct netd *netd, const char *what, struct netd_error *err)
{
	if (fake_host_fails(netd->host))
		return netd_error_add(err, -EIO, "cannot read %s", what);
	return 0;
}

/*
 * Copies
 */

static void *copy(const void *items, size_t count, size_t size)
{
	/* as netd_array_add() would have it, which adds to it */
	size_t room = 1;
	void *out;

	while (room < count)
		room *= 2;
	out = calloc(room, size);
	if (!out)
		abort();
	if (count)
		memcpy(out, items, count * size);
	return count ? out : (free(out), NULL);
}

#define COPY(out, in, list, number)                                         \
	((out)->list = copy((in)->list, (in)->number, sizeof(*(in)->list)), \
	 (out)->number = (in)->number)

static void copy_services(const struct netd_state *in, struct netd_state *out)
{
	COPY(out, in, services, service_count);
	for (size_t i = 0; i < out->service_count; i++) {
		struct netd_service *s = &out->services[i];

		s->config = strdup(s->config);
		s->reserved = strdup(s->reserved);
		s->names = strdup(s->names);
	}
}

static void copy_state(const struct netd_state *in, bool firewall, struct netd_state *out)
{
	COPY(out, in, links, link_count);
	COPY(out, in, addrs, addr_count);
	COPY(out, in, routes, route_count);
	copy_services(in, out);
	out->ruleset_skipped = !firewall;
	out->ruleset.generation = in->ruleset.generation;
	if (firewall) {
		out->ruleset.present = in->ruleset.present;
		out->ruleset.intact = in->ruleset.present;
		COPY(&out->ruleset, &in->ruleset, elements, element_count);
		COPY(&out->ruleset, &in->ruleset, chains, chain_count);
	}
	memcpy(out->space, in->space, sizeof(out->space));
	memcpy(out->owner, in->owner, sizeof(out->owner));
	out->alive = in->alive;
	out->inode = in->inode;
	out->resolv = in->resolv ? strdup(in->resolv) : NULL;
	if (netd_state_sort_links(out) < 0)
		abort();
}

/*
 * Looks
 */

static int connect_host(struct netd *netd, struct netd_error *err)
{
	(void)netd;
	(void)err;
	return 0;
}

static void disconnect_host(struct netd *netd)
{
	(void)netd;
}

static int check_home(struct netd *netd, bool write, struct netd_error *err)
{
	(void)netd;
	(void)write;
	(void)err;
	return 0;
}

/* NULL if that namespace is out of @scope. */
static const struct netd_scope_space *find_scope(const struct netd_scope *scope,
						 const char *name)
{
	static const struct netd_scope_space whole = {.firewall = true};

	if (scope->topology)
		return &whole;
	for (size_t i = 0; i < scope->count; i++)
		if (strcmp(scope->spaces[i].name, name) == 0)
			return &scope->spaces[i];
	return NULL;
}

static int observe(struct netd *netd, unsigned parts, struct netd_scope *scope,
		   struct netd_state *out, struct netd_error *err)
{
	const struct fake_host *f = netd->host;
	int r = look(netd, "the host", err);

	if (r < 0)
		return r;
	copy_state(&f->kernel, parts & NETD_PART_FIREWALL, out);
	for (size_t i = 0; i < f->kernel.space_count; i++) {
		const struct netd_state *space = &f->kernel.spaces[i];
		const struct netd_scope_space *want = find_scope(scope, space->space);
		struct netd_state *slot;

		if (!want)
			continue;
		slot = netd_array_add(&out->spaces, &out->space_count, sizeof(*slot));
		if (!slot)
			abort();
		copy_state(space, want->firewall, slot);
		slot->ruleset.serves = want->serves;
	}
	return 0;
}

static int observe_links(struct netd *netd, struct netd_state *out,
			 struct netd_error *err)
{
	const struct fake_host *f = netd->host;
	int r = look(netd, "the links", err);

	if (r < 0)
		return r;
	copy_state(&f->kernel, false, out);
	return 0;
}

static int observe_facts(struct netd_state *observed, struct netd_facts *facts,
			 struct netd_error *err)
{
	(void)err;
	*facts = (struct netd_facts){
		.observed = observed,
		.host_id = "fake",
		.ipv6 = true,
		.force_forwarding = true,
	};
	return 0;
}

static int observe_listeners(struct netd_state *observed, const struct netd_facts *facts,
			     struct netd_error *err)
{
	(void)observed;
	(void)facts;
	(void)err;
	return 0;
}

static void know(const struct netd_state *kernel, struct netd_state *out,
		 const char *path)
{
	if (netd_setting_is_missing(kernel, path))
		return;
	if (!netd_objects_add_sysctl(&out->objects, path,
				     fake_kernel_setting(kernel, path)))
		abort();
}

static int observe_sysctls(struct netd *netd, struct netd_state *observed,
			   const struct netd_desired *desired,
			   const struct netd_claims *claims, struct netd_error *err)
{
	const struct fake_host *f = netd->host;
	int r = look(netd, "the settings", err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < desired->sysctl_count; i++)
		know(&f->kernel, observed, desired->sysctls[i].path);
	for (size_t i = 0; i < claims->count; i++)
		if (claims->items[i].kind == NETD_CLAIM_SYSCTL)
			know(&f->kernel, observed, claims->items[i].key);
	netd_state_sort_sysctls(observed);
	for (size_t i = 0; i < desired->space_count; i++) {
		const struct netd_desired *want = &desired->spaces[i];
		struct netd_state *have = netd_state_space(observed, want->space);

		for (size_t k = 0; have && k < want->sysctl_count; k++)
			know(netd_state_space(&f->kernel, want->space), have,
			     want->sysctls[k].path);
		if (have)
			netd_state_sort_sysctls(have);
	}
	return 0;
}

static int observe_foreign(struct netd *netd, const struct netd_desired *desired,
			   struct netd_state *observed, struct netd_error *err)
{
	(void)desired;
	(void)observed;
	return look(netd, "others' chains", err);
}

static int observe_neighbours(struct netd *netd, const char *space, const char *link,
			      struct netd_neighbour **out, size_t *count)
{
	(void)netd;
	(void)space;
	(void)link;
	(void)out;
	*count = 0;
	return 0;
}

static int firewall_generation(struct netd *netd, const char *space, uint32_t *out)
{
	const struct netd_state *s = fake_kernel_space(netd->host, space);

	if (!s)
		return -ENOENT;
	*out = s->ruleset.generation;
	return 0;
}

static int check(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 struct netd_error *err)
{
	(void)t;
	(void)v;
	return look(netd, "what stands in the way", err);
}

static int capture(struct netd *netd, const char *topology,
		   const struct netd_claims *claims, const struct netd_plan *plan,
		   const struct netd_state *observed, struct netd_error *err)
{
	(void)topology;
	(void)claims;
	(void)plan;
	(void)observed;
	return look(netd, "the uplinks", err);
}

static int ifindex(struct netd *netd, const char *name)
{
	const struct fake_host *f = netd->host;
	const struct netd_link *link = netd_state_link(&f->kernel, name);

	return link ? link->index : -ENODEV;
}

static int plug(struct netd *netd, const struct netd_link *link, int master)
{
	struct fake_host *f = netd->host;
	struct netd_link *have = netd_state_link(&f->kernel, link->name);
	const struct netd_link *bridge = netd_state_link_by_index(&f->kernel, master);

	if (!have || !bridge)
		return -ENODEV;
	fake_kernel_enslave(have, bridge);
	return 0;
}

/*
 * Trials
 */

static int find_gateway(struct netd *netd, struct netd_addr *out, struct netd_error *err)
{
	const struct fake_host *f = netd->host;
	int r = look(netd, "the routes", err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < f->kernel.route_count; i++)
		if (!f->kernel.routes[i].to.length)
			*out = f->kernel.routes[i].via;
	return 0;
}

static int echo(struct netd *netd, const struct netd_addr *who, unsigned tries)
{
	(void)who;
	(void)tries;
	return fake_host_fails(netd->host) ? -ETIMEDOUT : 0;
}

static int find_source(struct netd *netd, const struct netd_addr *to,
		       struct netd_addr *out)
{
	const struct fake_host *f = netd->host;

	(void)to;
	*out = f->kernel.addrs[0].prefix.addr;
	return 0;
}

static int start_watchdog(struct netd *netd, int *leash, struct netd_error *err)
{
	struct fake_host *f = netd->host;

	if (fake_host_fails(f))
		return netd_error_add(err, -ECHILD, "no watchdog");
	f->watchdogs++;
	/* what is said on it goes nowhere */
	if (leash)
		*leash = open("/dev/null", O_RDWR | O_CLOEXEC);
	return 0;
}

static bool watchdog_lives(const struct netd *netd)
{
	const struct fake_host *f = netd->host;

	return f->watchdogs > 0;
}

/*
 * One forward more
 */

static bool forward_is_plain(struct netd *netd, const struct netd_forward *f)
{
	(void)f;
	return !fake_host_fails(netd->host);
}

/* Killed in front of it, or behind: the element is there then. */
static int add_elements(struct netd *netd, const struct netd_element *e, size_t n)
{
	struct fake_host *f = netd->host;

	if (fake_host_fails(f))
		return -EIO;
	fake_rules_add(&f->kernel.ruleset, e, n);
	f->kernel.ruleset.generation++;
	fake_host_fails(f);
	return 0;
}

static void delete_elements(struct netd *netd, const struct netd_element *e, size_t n)
{
	struct fake_host *f = netd->host;

	fake_host_fails(f);
	fake_rules_delete(&f->kernel.ruleset, e, n);
	f->kernel.ruleset.generation++;
}

static void forget_flows(struct netd *netd, const struct netd_ruleset_delta *d)
{
	(void)d;
	fake_host_fails(netd->host);
}

static void sweep(struct netd *netd)
{
	struct fake_host *f = netd->host;

	f->sweeps++;
}

static void tidy(const struct netd_state *host)
{
	(void)host;
}

const struct netd_host_ops fake_host_ops = {
	.connect = connect_host,
	.disconnect = disconnect_host,
	.check_home = check_home,
	.observe = observe,
	.observe_facts = observe_facts,
	.observe_listeners = observe_listeners,
	.observe_sysctls = observe_sysctls,
	.observe_foreign = observe_foreign,
	.observe_links = observe_links,
	.observe_neighbours = observe_neighbours,
	.firewall_generation = firewall_generation,
	.check = check,
	.run = fake_kernel_run,
	.capture = capture,
	.ifindex = ifindex,
	.plug = plug,
	.find_gateway = find_gateway,
	.echo = echo,
	.find_source = find_source,
	.start_watchdog = start_watchdog,
	.watchdog_lives = watchdog_lives,
	.forward_is_plain = forward_is_plain,
	.add_elements = add_elements,
	.delete_elements = delete_elements,
	.forget_flows = forget_flows,
	.sweep = sweep,
	.tidy = tidy,
};

/*
 * Making one
 */

void fake_host_init(struct fake_host *f)
{
	struct netd_ifaddr *a;
	struct netd_route *r;
	struct netd_link *link;

	*f = (struct fake_host){.last_index = 0};
	f->kernel.alive = true;
	link = fake_kernel_add_link(f, &f->kernel, "lo");
	link->loopback = true;
	link->up = true;
	link = fake_kernel_add_link(f, &f->kernel, "eth0");
	link->up = true;
	a = netd_array_add(&f->kernel.addrs, &f->kernel.addr_count, sizeof(*a));
	r = netd_array_add(&f->kernel.routes, &f->kernel.route_count, sizeof(*r));
	if (!a || !r)
		abort();
	netd_copy(a->link, "eth0");
	netd_prefix_parse("172.16.5.40/24", &a->prefix);
	netd_copy(r->link, "eth0");
	netd_prefix_parse("0.0.0.0/0", &r->to);
	netd_addr_parse("172.16.5.1", &r->via);
}

void fake_host_done(struct fake_host *f)
{
	netd_state_done(&f->kernel);
}

struct netd_link *fake_host_plug(struct fake_host *f, const char *name,
				 const char *master)
{
	struct netd_link *link = fake_kernel_add_link(f, &f->kernel, name);
	const struct netd_link *bridge =
		*master ? netd_state_link(&f->kernel, master) : NULL;

	link->kind = NETD_LINK_TAP;
	link->up = true;
	if (bridge) {
		link->mtu = bridge->mtu; /* as hooks do */
		fake_kernel_enslave(link, bridge);
	}
	return link;
}
