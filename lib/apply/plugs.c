// SPDX-License-Identifier: GPL-2.0-or-later
/* Ports that others plugged into our bridges, kept for the way back. */
#include "apply/plugs.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/link.h"

#define LINE "# port "
#define FORMAT LINE "%15s %d %15s" /* NETD_IFNAME - 1 */

/* True if @bridge is one of @t's. */
static bool has_bridge(const struct netd_topology *t, const char *bridge)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, bridge) == 0)
			return true;
	return false;
}

void netd_plugs_collect(const struct netd_state *observed, const struct netd_topology *t,
			struct netd_str *out)
{
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];

		/* the kernel allows no blanks in a name (dev_valid_name()) */
		if (link->master[0] && !netd_link_is_ours(link) &&
		    has_bridge(t, link->master))
			netd_str_addf(out, LINE "%s %d %s\n", link->name, link->index,
				      link->master);
	}
}

/* The next line of the comments at the beginning; NULL behind the last. */
static const char *next_comment(const char *line)
{
	line += strcspn(line, "\n");
	return line[0] == '\n' && line[1] == '#' ? line + 1 : NULL;
}

static const char *first_comment(const char *text)
{
	return text && text[0] == '#' ? text : NULL;
}

void netd_plugs_copy(const char *text, struct netd_str *out)
{
	for (const char *at = first_comment(text); at; at = next_comment(at))
		if (strncmp(at, LINE, strlen(LINE)) == 0) {
			netd_str_add_bytes(out, at, strcspn(at, "\n"));
			netd_str_add_char(out, '\n');
		}
}

static void restore(struct netd *netd, const struct netd_state *now, const char *name,
		    int index, const char *bridge)
{
	const struct netd_link *link = netd_state_link(now, name);
	const struct netd_link *master = netd_state_link(now, bridge);
	netd_auto_message struct nl_msg *m = NULL;

	if (!link || !master || link->index != index || link->master[0])
		return;
	m = netd_link_set_message(link, NETD_LINK_MASTER, master->index);
	if (m)
		netd_nl_request(&netd->nl, m, NULL);
}

void netd_plugs_restore(struct netd *netd, const char *text)
{
	netd_auto(netd_state_done) struct netd_state now = {0};
	char line[64], name[NETD_IFNAME], bridge[NETD_IFNAME];
	bool looked = false;
	int index;

	for (const char *at = first_comment(text); at; at = next_comment(at)) {
		/* sscanf() would measure the whole text each time */
		snprintf(line, sizeof(line), "%.*s", (int)sizeof(line) - 1, at);
		if (sscanf(line, FORMAT, name, &index, bridge) != 3)
			continue;
		if (!looked && netd_link_dump(&netd->nl, false, &now, NULL) < 0)
			return;
		looked = true;
		restore(netd, &now, name, index, bridge);
	}
}
