// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings below /proc/sys/net that netlink tells, too, and for less. */
#include "rtnl/setting.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* IPv4's are counted from 1 (include/linux/inetdevice.h ipv4_devconf_get()). */
static const struct {
	uint8_t family;
	const char *name;
	unsigned index; /* in the kernel's array */
} settings[NETD_SETTING_COUNT] = {
	[NETD_SETTING_FORWARDING4] = {AF_INET, "forwarding", IPV4_DEVCONF_FORWARDING - 1},
	[NETD_SETTING_RP_FILTER] = {AF_INET, "rp_filter", IPV4_DEVCONF_RP_FILTER - 1},
	[NETD_SETTING_PROMOTE] = {AF_INET, "promote_secondaries",
				  IPV4_DEVCONF_PROMOTE_SECONDARIES - 1},
	[NETD_SETTING_FORWARDING6] = {AF_INET6, "forwarding", DEVCONF_FORWARDING},
	[NETD_SETTING_ACCEPT_RA] = {AF_INET6, "accept_ra", DEVCONF_ACCEPT_RA},
	[NETD_SETTING_ACCEPT_DAD] = {AF_INET6, "accept_dad", DEVCONF_ACCEPT_DAD},
	[NETD_SETTING_AUTOCONF] = {AF_INET6, "autoconf", DEVCONF_AUTOCONF},
	[NETD_SETTING_DISABLE_IPV6] = {AF_INET6, "disable_ipv6", DEVCONF_DISABLE_IPV6},
};

static void read_family(struct netd_link *link, uint8_t family, struct nlattr *conf)
{
	size_t count;

	if (!conf)
		return;
	count = (size_t)nla_len(conf) / sizeof(int32_t);
	for (size_t i = 0; i < NETD_SETTING_COUNT; i++) {
		int32_t value;

		if (settings[i].family != family || settings[i].index >= count)
			continue;
		memcpy(&value, (char *)nla_data(conf) + settings[i].index * sizeof(value),
		       sizeof(value));
		link->settings[i] = value;
		link->settings_known |= 1U << i;
	}
}

void netd_setting_read_link(struct netd_link *link, struct nlattr *spec)
{
	struct nlattr *family;

	if (!spec)
		return;
	family = nla_find(nla_data(spec), nla_len(spec), AF_INET);
	if (family)
		read_family(link, AF_INET,
			    nla_find(nla_data(family), nla_len(family), IFLA_INET_CONF));
	family = nla_find(nla_data(spec), nla_len(spec), AF_INET6);
	if (family)
		read_family(link, AF_INET6,
			    nla_find(nla_data(family), nla_len(family), IFLA_INET6_CONF));
}

void netd_setting_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	struct nlattr *family = nla_nest_start(m, AF_INET);
	struct nlattr *conf = nla_nest_start(m, IFLA_INET_CONF);

	for (size_t i = 0; i < NETD_SETTING_COUNT; i++)
		if (settings[i].family == AF_INET && link->settings_known & 1U << i)
			nla_put_u32(m, (int)settings[i].index + 1,
				    (uint32_t)link->settings[i]);
	nla_nest_end(m, conf);
	nla_nest_end(m, family);
}

const char *netd_setting_name(enum netd_setting setting)
{
	return settings[setting].name;
}

/* Takes "FAMILY/conf/LINK/NAME" apart; 0 if it is none of these. */
static uint8_t parse_path(const char *path, char link[NETD_IFNAME], const char **name)
{
	uint8_t family = 0;

	if (strncmp(path, "ipv4/conf/", 10) == 0)
		family = AF_INET;
	if (strncmp(path, "ipv6/conf/", 10) == 0)
		family = AF_INET6;
	*name = strrchr(path, '/');
	if (!family || *name - path <= 10 || *name - path - 10 >= NETD_IFNAME)
		return 0;
	snprintf(link, NETD_IFNAME, "%.*s", (int)(*name - path) - 10, path + 10);
	return family;
}

bool netd_setting_is_missing(const struct netd_state *s, const char *path)
{
	char link[NETD_IFNAME];
	const char *name;

	return parse_path(path, link, &name) && strcmp(link, "all") != 0 &&
	       strcmp(link, "default") != 0 && !netd_state_link(s, link);
}

/* The row of "FAMILY/conf/LINK/NAME", and LINK; COUNT if there is none. */
static size_t setting_of(const char *path, char link[NETD_IFNAME])
{
	const char *name;
	uint8_t family = parse_path(path, link, &name);
	size_t i = 0;

	if (!family)
		return NETD_SETTING_COUNT;
	while (i < NETD_SETTING_COUNT &&
	       (settings[i].family != family || strcmp(settings[i].name, name + 1) != 0))
		i++;
	return i;
}

bool netd_setting_find(const struct netd_state *s, const char *path, int *value)
{
	char name[NETD_IFNAME];
	size_t i = setting_of(path, name);
	const struct netd_link *link;

	if (i == NETD_SETTING_COUNT)
		return false;
	link = netd_state_link(s, name);
	if (!link || !(link->settings_known & 1U << i))
		return false;
	*value = link->settings[i];
	return true;
}

static int visit_netconf(const struct nlmsghdr *m, void *data)
{
	struct nlattr *a[NETCONFA_MAX + 1];
	int *value = data;

	if (m->nlmsg_type == RTM_NEWNETCONF &&
	    nlmsg_parse((struct nlmsghdr *)(uintptr_t)m, sizeof(struct netconfmsg), a,
			NETCONFA_MAX, NULL) == 0 &&
	    a[NETCONFA_FORWARDING] && nla_len(a[NETCONFA_FORWARDING]) >= 4)
		*value = (int)nla_get_u32(a[NETCONFA_FORWARDING]);
	return 0;
}

int netd_setting_forwarding(struct netd_nl *nl, uint8_t family, int *value)
{
	struct netconfmsg header = {.ncm_family = family};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETNETCONF, 0, &header, sizeof(header));
	int found = -1, r;

	if (!m)
		return -ENOMEM;
	nla_put_u32(m, NETCONFA_IFINDEX, (uint32_t)NETCONFA_IFINDEX_ALL);
	r = netd_nl_ask(nl, m, visit_netconf, &found);
	if (r < 0)
		return r;
	*value = found;
	if (found < 0)
		return -ENODATA;
	return 0;
}
