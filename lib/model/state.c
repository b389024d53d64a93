// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel has, or should have: lookups, and who owns what. */
#include "model/state.h"

#include <stdlib.h>
#include <string.h>

void netd_state_done(struct netd_state *s)
{
	free(s->links);
	free(s->addrs);
	free(s->routes);
	free(s->sysctls);
	netd_ruleset_done(&s->ruleset);
	*s = (struct netd_state){0};
}

struct netd_link *netd_state_link(const struct netd_state *s, const char *name)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (strcmp(s->links[i].name, name) == 0)
			return &s->links[i];
	return NULL;
}

struct netd_link *netd_state_link_by_index(const struct netd_state *s, int index)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (s->links[i].index == index)
			return &s->links[i];
	return NULL;
}

bool netd_state_sysctl(const struct netd_state *s, const char *path, int *value)
{
	for (size_t i = 0; i < s->sysctl_count; i++) {
		if (strcmp(s->sysctls[i].path, path) == 0) {
			*value = s->sysctls[i].value;
			return true;
		}
	}
	return false;
}

bool netd_link_is_ours(const struct netd_link *link)
{
	return link->group == NETD_LINK_GROUP || link->group == NETD_LINK_GROUP_DOOMED;
}

const char *netd_link_owner(const struct netd_link *link)
{
	size_t prefix = sizeof(NETD_ALIAS_PREFIX) - 1;

	return strncmp(link->alias, NETD_ALIAS_PREFIX, prefix) == 0 ? link->alias + prefix
								    : NULL;
}

bool netd_owner_is(const char *owner, const char *topology)
{
	size_t length = strlen(topology);

	return strncmp(owner, topology, length) == 0 && owner[length] == '/';
}
