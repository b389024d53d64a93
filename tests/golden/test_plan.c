// SPDX-License-Identifier: GPL-2.0-or-later
/* Topology files against the plans that are expected of them. */
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "model/claims.h"
#include "plan/conflict.h"
#include "desired/desired.h"
#include "plan/plan.h"
#include "show/error.h"
#include "show/plan.h"

/*
 * Each plan/NAME.yaml is planned on a host with eth0 (172.16.5.40/24, fd05::40/64, a
 * default route) and eth1 (no address).  NAME.before.yaml, if there is one, was applied
 * there before.  NAME.txt holds the plan, then the one that takes it all away again; in
 * between the plan must be empty.  With NETD_GOLDEN_WRITE=1 it is written anew: read the
 * difference before you commit it.
 */
#ifndef GOLDEN_DIR
#error "GOLDEN_DIR is not set"
#endif

/* The host, with whatever of ours is on it. */
struct host {
	struct netd_state state;
	struct netd_claims claims;
	struct netd_facts facts;
};

static struct netd_link *add_link(struct netd_state *s, const char *name, bool loopback)
{
	struct netd_link *link = netd_array_add(&s->links, &s->link_count, sizeof(*link));

	assert_non_null(link);
	assert_true(netd_copy(link->name, name));
	link->index = (int)s->link_count;
	link->up = true;
	link->loopback = loopback;
	link->mtu = 1500;
	return link;
}

static void add_addr(struct netd_state *s, const char *link, const char *prefix)
{
	struct netd_ifaddr *a = netd_array_add(&s->addrs, &s->addr_count, sizeof(*a));

	assert_non_null(a);
	assert_true(netd_copy(a->link, link));
	assert_int_equal(netd_prefix_parse(prefix, &a->prefix), 0);
}

static void add_route(struct netd_state *s, const char *link, const char *to)
{
	struct netd_route *r = netd_array_add(&s->routes, &s->route_count, sizeof(*r));

	assert_non_null(r);
	assert_true(netd_copy(r->link, link));
	assert_int_equal(netd_prefix_parse(to, &r->to), 0);
}

static void host_init(struct host *h)
{
	*h = (struct host){0};
	add_link(&h->state, "lo", true);
	add_link(&h->state, "eth0", false);
	add_link(&h->state, "eth1", false)->up = false;
	add_addr(&h->state, "lo", "127.0.0.1/8");
	add_addr(&h->state, "eth0", "172.16.5.40/24");
	add_addr(&h->state, "eth0", "fd05::40/64");
	add_route(&h->state, "eth0", "0.0.0.0/0");
	add_route(&h->state, "eth0", "172.16.5.0/24");
	h->facts = (struct netd_facts){
		.observed = &h->state,
		.host_id = "golden",
		.ipv6 = true,
		.force_forwarding = true,
	};
}

static void host_done(struct host *h)
{
	netd_state_done(&h->state);
	free(h->claims.items);
}

static void set_sysctl(struct netd_state *s, const char *path, int value)
{
	int now;

	if (netd_state_sysctl(s, path, &now)) {
		for (size_t i = 0; i < s->sysctl_count; i++)
			if (strcmp(s->sysctls[i].path, path) == 0)
				s->sysctls[i].value = value;
		return;
	}
	assert_non_null(netd_objects_add_sysctl(&s->objects, path, value));
}

/* A foreign setting that nobody has looked at yet is 0. */
static void know_sysctls(struct netd_state *host, const struct netd_desired *desired)
{
	for (size_t i = 0; i < desired->sysctl_count; i++) {
		const struct netd_sysctl *s = &desired->sysctls[i];
		int value;

		char link[NETD_SYSCTL_PATH];

		netd_sysctl_link(s->path, link);
		if (s->foreign && !netd_state_sysctl(host, s->path, &value) &&
		    (!s->nic[0] || netd_state_link(host, link)))
			set_sysctl(host, s->path, 0);
	}
}

static bool is_wanted(const struct netd_desired *desired, const struct netd_ifaddr *a)
{
	for (size_t i = 0; i < desired->addr_count; i++)
		if (strcmp(desired->addrs[i].link, a->link) == 0 &&
		    netd_prefix_compare(&desired->addrs[i].prefix, &a->prefix) == 0)
			return true;
	return false;
}

/* The settings of a link go with it. */
static void forget_sysctls(struct netd_state *s, const char *link)
{
	char of[NETD_SYSCTL_PATH];
	size_t kept = 0;

	for (size_t i = 0; i < s->sysctl_count; i++) {
		netd_sysctl_link(s->sysctls[i].path, of);
		if (strcmp(of, link) != 0)
			s->sysctls[kept++] = s->sysctls[i];
	}
	s->sysctl_count = kept;
}

/* Takes out what bears our marks; it comes back if it is wanted. */
static void remove_ours(struct netd_state *s, const struct netd_desired *desired)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->link_count; i++)
		if (netd_link_is_ours(&s->links[i]) &&
		    !netd_desired_link(desired, s->links[i].name))
			forget_sysctls(s, s->links[i].name);

	for (size_t i = 0; i < s->addr_count; i++)
		if (s->addrs[i].protocol != NETD_PROTOCOL &&
		    !is_wanted(desired, &s->addrs[i]))
			s->addrs[kept++] = s->addrs[i];
	s->addr_count = kept;
	kept = 0;
	for (size_t i = 0; i < s->link_count; i++)
		if (!netd_link_is_ours(&s->links[i]))
			s->links[kept++] = s->links[i];
	s->link_count = kept;
}

/* A pair's ends name each other's index. */
static void join_pairs(struct netd_state *host, struct netd_state *s,
		       const struct netd_desired *desired)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		struct netd_link *link = netd_state_link(s, want->name), *peer = NULL;
		struct netd_state *far = host;

		if (want->peer_namespace[0])
			far = netd_state_space(host, want->peer_namespace);
		if (far && want->peer[0])
			peer = netd_state_link(far, want->peer);
		if (peer)
			link->peer_index = peer->index;
	}
}

/* @desired, made: its objects are taken over. */
static void settle_space(struct netd_state *out, struct netd_desired *desired)
{
	out->objects = desired->objects;
	memset(&desired->objects, 0, sizeof(desired->objects));
	out->alive = true;
	out->ruleset.intact = true;
	for (size_t i = 0; i < desired->link_count; i++) {
		struct netd_link *link = add_link(out, desired->links[i].name, false);

		link->attrs = desired->links[i].attrs;
		link->index = (int)i + 1;
	}
}

static void settle_spaces(struct netd_state *host, struct netd_desired *desired)
{
	for (size_t i = 0; i < host->space_count; i++)
		netd_state_done(&host->spaces[i]);
	free(host->spaces);
	host->space_count = desired->space_count;
	host->spaces = calloc(host->space_count + 1, sizeof(*host->spaces));
	assert_non_null(host->spaces);
	for (size_t i = 0; i < host->space_count; i++) {
		settle_space(&host->spaces[i], &desired->spaces[i]);
		host->spaces[i].inode = 100 + i;
	}
	join_pairs(host, host, desired);
	for (size_t i = 0; i < host->space_count; i++)
		join_pairs(host, &host->spaces[i], &desired->spaces[i]);
}

/* What the NICs held is on the bridges that want them, and on the NICs again else. */
static void settle_uplinks(struct netd_state *s, const struct netd_desired *desired)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *bridge = &desired->links[i];
		struct netd_link *nic = netd_state_link(s, bridge->uplink);

		if (!bridge->uplink[0])
			continue;
		assert_non_null(nic);
		nic->up = nic->captured_whole = true;
		nic->mtu = bridge->mtu;
		assert_true(netd_copy(nic->master, bridge->name));
		assert_true(netd_copy(nic->captured_for, bridge->name));
		for (size_t j = 0; j < s->addr_count; j++)
			if (strcmp(s->addrs[j].link, nic->name) == 0)
				assert_true(netd_copy(s->addrs[j].link, bridge->name));
	}
	for (size_t i = 0; i < s->link_count; i++) {
		struct netd_link *nic = &s->links[i];
		char bridge[NETD_IFNAME];

		if (!nic->captured_for[0] ||
		    netd_desired_link(desired, nic->captured_for))
			continue;
		assert_true(netd_copy(bridge, nic->captured_for));
		nic->master[0] = nic->captured_for[0] = '\0';
		for (size_t j = 0; j < s->addr_count; j++)
			if (strcmp(s->addrs[j].link, bridge) == 0)
				assert_true(netd_copy(s->addrs[j].link, nic->name));
	}
}

/* The host as it is once @desired was made on it. */
static void settle(struct host *h, struct netd_desired *desired,
		   const struct netd_plan *plan)
{
	struct netd_state *s = &h->state;

	remove_ours(s, desired);
	for (size_t i = 0; i < desired->link_count; i++) {
		struct netd_link *have = netd_state_link(s, desired->links[i].name);
		int index = have ? have->index : (int)s->link_count + 1;

		if (!have)
			have = add_link(s, desired->links[i].name, false);
		if (desired->links[i].foreign) {
			have->mtu = desired->links[i].mtu;
			assert_true(netd_copy(have->master, desired->links[i].master));
			have->up = true;
			continue;
		}
		*have = (struct netd_link){.index = index};
		have->attrs = desired->links[i].attrs;
	}
	settle_uplinks(s, desired);
	for (size_t i = 0; i < desired->addr_count; i++) {
		struct netd_ifaddr *a =
			netd_array_add(&s->addrs, &s->addr_count, sizeof(*a));

		assert_non_null(a);
		*a = desired->addrs[i];
	}
	for (size_t i = 0; i < desired->sysctl_count; i++)
		if (!desired->sysctls[i].kept)
			set_sysctl(s, desired->sysctls[i].path,
				   desired->sysctls[i].value);
	netd_ruleset_done(&s->ruleset);
	s->ruleset = desired->ruleset;
	s->ruleset.intact = true;
	memset(&desired->ruleset, 0, sizeof(desired->ruleset));
	free(h->claims.items);
	h->claims = (struct netd_claims){0};
	for (size_t i = 0; i < plan->claim_count; i++)
		assert_int_equal(netd_claims_add(&h->claims, &plan->claims[i]), 0);
	settle_spaces(s, desired);
}

/* Plans @t on @h; problems, if it is refused, go to @text. */
static int make_plan(struct host *h, const struct netd_topology *t,
		     struct netd_desired *desired, struct netd_plan *plan,
		     struct netd_str *text)
{
	struct netd_error err = {0};
	netd_auto(netd_error_done) struct netd_error notes = {0};
	struct netd_plan_input in = {.topology = t->name};
	int r;

	h->facts.claims = h->claims.items;
	h->facts.claim_count = h->claims.count;
	r = netd_desired_make(t, &h->facts, desired, &err);

	if (r == 0)
		r = netd_conflict_check(t, &h->facts, desired, &notes, &err);
	know_sysctls(&h->state, desired);
	in.observed = &h->state;
	in.desired = desired;
	in.claims = h->claims.items;
	in.claim_count = h->claims.count;
	if (r == 0)
		r = netd_plan_make(&in, plan, &err);
	if (r < 0)
		netd_render_error(&err, false, text);
	netd_error_done(&err);
	return r;
}

/* Plans @t, adds the plan to @text, and has it carried out. */
static int step(struct host *h, const struct netd_topology *t, struct netd_str *text)
{
	struct netd_desired desired = {0};
	struct netd_table table = {0};
	struct netd_plan plan = {0};
	int r = make_plan(h, t, &desired, &plan, text);

	if (r == 0) {
		netd_show_plan(&plan, &table);
		assert_int_equal(netd_render_plan(&table, false, text), 0);
		netd_table_done(&table);
		settle(h, &desired, &plan);
	}
	netd_plan_done(&plan);
	netd_desired_done(&desired);
	return r;
}

static struct netd_topology *load(const char *path)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};

	if (netd_config_load(path, &t, &err) < 0) {
		struct netd_str text = {0};

		netd_render_error(&err, false, &text);
		print_error("%s", netd_str_text(&text));
		fail();
	}
	/* messages must not depend on where the sources are */
	free(t->file);
	t->file = strdup("topology.yaml");
	return t;
}

static void plan_all(const char *path, struct netd_str *text)
{
	struct netd_topology *t = load(path), *empty = netd_topology_new(t->name);
	struct netd_str again = {0}, ignored = {0};
	char before[4096];
	struct host h;

	host_init(&h);
	snprintf(before, sizeof(before), "%.*s.before.yaml", (int)strlen(path) - 5, path);
	if (access(before, F_OK) == 0) {
		struct netd_topology *first = load(before);

		assert_int_equal(step(&h, first, &ignored), 0);
		netd_topology_free(first);
	}
	if (step(&h, t, text) == 0) {
		assert_int_equal(step(&h, t, &again), 0);
		assert_string_equal(netd_str_text(&again), "");
		netd_str_add(text, "\ndestroy:\n");
		assert_int_equal(step(&h, empty, text), 0);
	}
	host_done(&h);
	netd_str_done(&again);
	netd_str_done(&ignored);
	netd_topology_free(t);
	netd_topology_free(empty);
}

static void compare(void **state)
{
	const char *path = *state;
	struct netd_str text = {0};
	char expected_path[4096];
	char *expected = NULL;

	snprintf(expected_path, sizeof(expected_path), "%.*s.txt", (int)strlen(path) - 5,
		 path);
	plan_all(path, &text);
	if (getenv("NETD_GOLDEN_WRITE"))
		assert_int_equal(netd_file_write(AT_FDCWD, expected_path,
						 netd_str_text(&text), text.length, 0644,
						 NULL),
				 0);
	assert_int_equal(
		netd_file_read(AT_FDCWD, expected_path, 1 << 20, &expected, NULL, NULL),
		0);
	assert_string_equal(netd_str_text(&text), expected);
	netd_str_done(&text);
	free(expected);
}

int main(void)
{
	struct CMUnitTest *tests;
	size_t count = 0;
	glob_t files;
	int r;

	if (glob(GOLDEN_DIR "/plan/*.yaml", 0, NULL, &files) != 0)
		return 1;
	tests = calloc(files.gl_pathc, sizeof(*tests));
	for (size_t i = 0; tests && i < files.gl_pathc; i++) {
		const char *name = strrchr(files.gl_pathv[i], '/') + 1;

		if (strstr(name, ".before."))
			continue;
		tests[count++] = (struct CMUnitTest){
			.name = name,
			.test_func = compare,
			.initial_state = files.gl_pathv[i],
		};
	}
	r = _cmocka_run_group_tests("plan", tests, count, NULL, NULL);
	free(tests);
	globfree(&files);
	return r;
}
