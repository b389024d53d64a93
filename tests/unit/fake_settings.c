// SPDX-License-Identifier: GPL-2.0-or-later
/* A host in memory: the files below /proc/sys/net. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "fake_kernel.h"
#include "rtnl/setting.h"

/* The row of "ipv4/conf/LINK/NAME" in a link's; COUNT if it is none of them. */
static size_t setting_row(const char *path)
{
	const char *name = strrchr(path, '/');
	bool ipv4 = strncmp(path, "ipv4/", 5) == 0;
	size_t i = ipv4 ? NETD_SETTING_FORWARDING4 : NETD_SETTING_FORWARDING6;
	size_t end = ipv4 ? NETD_SETTING_FORWARDING6 : NETD_SETTING_COUNT;

	for (; name && i < end; i++)
		if (strcmp(netd_setting_name(i), name + 1) == 0)
			return i;
	return NETD_SETTING_COUNT;
}

static struct netd_link *setting_link(const struct netd_state *s, const char *path)
{
	char name[NETD_SYSCTL_PATH];

	netd_sysctl_link(path, name);
	return *name ? netd_state_link(s, name) : NULL;
}

int fake_kernel_setting(const struct netd_state *s, const char *path)
{
	const struct netd_link *link = setting_link(s, path);
	size_t row = setting_row(path);

	if (link && row < NETD_SETTING_COUNT)
		return link->settings[row];
	for (size_t i = 0; i < s->sysctl_count; i++)
		if (strcmp(s->sysctls[i].path, path) == 0)
			return s->sysctls[i].value;
	return 0;
}

static int store(struct netd_state *s, const char *path, int value)
{
	struct netd_sysctl *slot;

	for (size_t i = 0; i < s->sysctl_count; i++)
		if (strcmp(s->sysctls[i].path, path) == 0) {
			s->sysctls[i].value = value;
			return 0;
		}
	slot = FAKE_ADD(s, sysctls, sysctl_count);
	if (!slot)
		return -ENOMEM;
	netd_copy(slot->path, path);
	slot->value = value;
	return 0;
}

/* That of all is copied to each link, and to those to come (inet_forward_change()). */
static int forward_all(struct netd_state *s, const char *path, int value)
{
	char other[NETD_SYSCTL_PATH];
	size_t row = setting_row(path);

	for (size_t i = 0; i < s->link_count; i++)
		s->links[i].settings[row] = value;
	netd_sysctl_path_of(path, "default", other);
	store(s, other, value);
	return store(s, path, value);
}

int fake_kernel_set(struct netd_state *s, const char *path, int value)
{
	struct netd_link *link = setting_link(s, path);
	size_t row = setting_row(path);

	if (netd_setting_is_missing(s, path))
		return -ENOENT;
	if (strstr(path, "/conf/all/forwarding"))
		return forward_all(s, path, value);
	if (!link || row == NETD_SETTING_COUNT)
		return store(s, path, value);
	link->settings[row] = value;
	return 0;
}
