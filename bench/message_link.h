/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests about links and addresses, for the floors. */
#ifndef BENCH_MESSAGE_LINK_H
#define BENCH_MESSAGE_LINK_H

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "message.h"

/* Any that is free; the caller numbers its links, so that no answer has to be awaited. */
#define FIRST_INDEX 1000000
#define GROUP 4711

static inline struct ifinfomsg *begin_link(uint16_t type, uint16_t flags, int index)
{
	struct ifinfomsg *i = begin(type, flags | NLM_F_ACK, sizeof(*i));

	*i = (struct ifinfomsg){.ifi_index = index};
	return i;
}

/* A bridge without multicast snooping. */
static inline void add_bridge(const char *name, int index, int up)
{
	struct ifinfomsg *i = begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, index);
	void *info, *data;

	i->ifi_flags = up ? IFF_UP : 0;
	i->ifi_change = i->ifi_flags;
	put_text(IFLA_IFNAME, name);
	info = nest(IFLA_LINKINFO);
	put(IFLA_INFO_KIND, "bridge", 6);
	data = nest(IFLA_INFO_DATA);
	put(IFLA_BR_MCAST_SNOOPING, "", 1);
	unnest(data);
	unnest(info);
	end();
}

static inline void add_address4(int index, const uint8_t address[4], uint8_t length)
{
	struct ifaddrmsg *a = begin(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE, sizeof(*a));

	*a = (struct ifaddrmsg){
		.ifa_family = AF_INET,
		.ifa_prefixlen = length,
		.ifa_index = (uint32_t)index,
	};
	put(IFA_LOCAL, address, 4);
	end();
}

static inline void set_up(const char *name)
{
	struct ifinfomsg *i = begin_link(RTM_NEWLINK, 0, 0);

	i->ifi_flags = i->ifi_change = IFF_UP;
	put_text(IFLA_IFNAME, name);
	end();
}

static inline void delete_link(const char *name)
{
	begin_link(RTM_DELLINK, 0, 0);
	put_text(IFLA_IFNAME, name);
	end();
}

#endif
