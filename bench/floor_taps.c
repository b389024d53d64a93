// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for many taps: a bare C program.  floor_taps up|down COUNT */
/*
 * Theory of operation.  Persistent taps t0, t1, …, plugged into a bridge that comes up
 * last: a port of a bridge that is down costs no timers.  They get a group on the way, so
 * that one message takes all of them away.
 */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "message_link.h"

#define BRIDGE "mybr0"

static void make_tap(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR);

	strcpy(r.ifr_name, name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0 || ioctl(fd, TUNSETPERSIST, 1) < 0)
		exit(1);
	close(fd);
}

static void plug(const char *name)
{
	struct ifinfomsg *i = begin_link(RTM_NEWLINK, 0, 0);

	i->ifi_flags = i->ifi_change = IFF_UP;
	put_text(IFLA_IFNAME, name);
	put32(IFLA_MASTER, FIRST_INDEX);
	put32(IFLA_GROUP, GROUP);
	end();
}

static void up(int route, unsigned count)
{
	add_bridge(BRIDGE, FIRST_INDEX, 0);
	for (unsigned i = 0; i < count; i++) {
		char name[IFNAMSIZ];

		snprintf(name, sizeof(name), "t%u", i);
		make_tap(name);
		plug(name);
	}
	set_up(BRIDGE);
	talk(route);
}

static void down(int route)
{
	begin_link(RTM_DELLINK, 0, 0);
	put32(IFLA_GROUP, GROUP);
	end();
	delete_link(BRIDGE);
	talk(route);
}

int main(int argc, char **argv)
{
	int route;

	if (argc != 3)
		return 2;
	route = open_netlink(NETLINK_ROUTE);
	if (strcmp(argv[1], "up"))
		down(route);
	else
		up(route, (unsigned)atoi(argv[2]));
	return 0;
}
