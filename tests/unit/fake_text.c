// SPDX-License-Identifier: GPL-2.0-or-later
/* A host in memory as text, to be compared. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "fake_host.h"
#include "rtnl/setting.h"

/* One that the kernel chose, by its index, differs each time. */
static void print_mac(const struct netd_link *l, struct netd_str *out)
{
	const struct netd_mac chosen = {{2, 0, 0, 0, 0, (uint8_t)l->index}};

	if (memcmp(&l->mac, &chosen, sizeof(chosen)) == 0)
		return;
	for (size_t i = 0; i < sizeof(l->mac.bytes); i++)
		netd_str_addf(out, "%s%02x", i ? ":" : " mac ", l->mac.bytes[i]);
}

static void print_link(const struct netd_state *s, const struct netd_link *l,
		       struct netd_str *out)
{
	netd_str_addf(
		out, "%s link %s kind %d up %d mtu %u group %x alias %s master %s stp %d",
		s->space, l->name, l->kind, l->up, l->mtu, l->group, l->alias, l->master,
		l->bridge.stp);
	for (size_t i = 0; i < NETD_SETTING_COUNT; i++)
		netd_str_addf(out, " %s %d", netd_setting_name(i), l->settings[i]);
	print_mac(l, out);
	netd_str_add_char(out, '\n');
}

static void print_ruleset(const struct netd_state *s, struct netd_str *out)
{
	if (s->ruleset.present)
		netd_str_addf(out, "%s table\n", s->space);
	for (size_t i = 0; i < s->ruleset.element_count; i++) {
		const struct netd_element *e = &s->ruleset.elements[i];

		netd_str_addf(out, "%s element %u chain %u %s", s->space, e->map,
			      e->chain, e->comment);
		for (size_t k = 0; k < e->key_length; k++)
			netd_str_addf(out, " %02x", e->key[k]);
		for (size_t k = 0; k < e->data_length; k++)
			netd_str_addf(out, " %02x", e->data[k]);
		netd_str_add_char(out, '\n');
	}
	for (size_t i = 0; i < s->ruleset.chain_count; i++)
		netd_str_addf(out, "%s chain %s\n", s->space, s->ruleset.chains[i].name);
}

/*
 * 0 is what all are that nobody has set.  Those of a bridge's port decide nothing, since
 * what arrives there is the bridge's; and what netd set for IPv6 stays on a bridge of its
 * own that is to have no IPv6 any more.
 */
static bool matters(const struct netd_state *s, const struct netd_sysctl *sysctl)
{
	char name[NETD_SYSCTL_PATH];
	const struct netd_link *link;

	netd_sysctl_link(sysctl->path, name);
	link = netd_state_link(s, name);
	if (link && (link->master[0] || link->settings[NETD_SETTING_DISABLE_IPV6]) &&
	    strncmp(sysctl->path, "ipv6/", 5) == 0)
		return false;
	return sysctl->value != 0;
}

static void print_state(const struct netd_state *s, struct netd_str *out)
{
	char prefix[NETD_PREFIX_TEXT];

	for (size_t i = 0; i < s->link_count; i++)
		print_link(s, &s->links[i], out);
	for (size_t i = 0; i < s->addr_count; i++)
		netd_str_addf(out, "%s address %s on %s protocol %u\n", s->space,
			      netd_prefix_format(&s->addrs[i].prefix, prefix),
			      s->addrs[i].link, s->addrs[i].protocol);
	for (size_t i = 0; i < s->route_count; i++)
		netd_str_addf(out, "%s route %s on %s metric %u\n", s->space,
			      netd_prefix_format(&s->routes[i].to, prefix),
			      s->routes[i].link, s->routes[i].metric);
	for (size_t i = 0; i < s->sysctl_count; i++)
		if (matters(s, &s->sysctls[i]))
			netd_str_addf(out, "%s sysctl %s %d\n", s->space,
				      s->sysctls[i].path, s->sysctls[i].value);
	for (size_t i = 0; i < s->service_count; i++)
		netd_str_addf(out, "%s service %s\n", s->space, s->services[i].name);
	if (s->space[0])
		netd_str_addf(out, "%s space of %s resolv %s\n", s->space, s->owner,
			      s->resolv ? s->resolv : "");
	print_ruleset(s, out);
	for (size_t i = 0; i < s->space_count; i++)
		print_state(&s->spaces[i], out);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *fake_host_text(const struct fake_host *f)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct netd_str sorted = {0};
	char **lines = NULL, *rest, *line;
	size_t count = 0;

	print_state(&f->kernel, &text);
	rest = text.text;
	while (rest && (line = strsep(&rest, "\n"))) {
		char **slot = netd_array_add(&lines, &count, sizeof(*slot));

		if (!slot)
			abort();
		*slot = line;
	}
	if (!lines) /* there is always something */
		abort();
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++)
		netd_str_addf(&sorted, "%s\n", lines[i]);
	free(lines);
	return netd_str_take(&sorted);
}
