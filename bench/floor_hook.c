// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for qemu-ifup: a bare C program with the least netlink.  floor_hook TAP
 * BRIDGE */
/* One ioctl for the bridge's index, one message: this tap, that master, up.  No check. */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static char *put(char *at, unsigned short type, const void *data, unsigned short size)
{
	struct rtattr a = {RTA_LENGTH(size), type};

	memcpy(at, &a, sizeof(a));
	memcpy(at + sizeof(a), data, size);
	return at + RTA_SPACE(size);
}

int main(int argc, char **argv)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		char rest[64];
	} m = {.h = {.nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
	       .i = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char rest[512];
	} answer;
	struct ifreq r = {0};
	char *at = m.rest;
	int fd;

	if (argc != 3 || strlen(argv[1]) >= IFNAMSIZ || strlen(argv[2]) >= IFNAMSIZ)
		return 2;
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	strcpy(r.ifr_name, argv[2]);
	if (ioctl(fd, SIOCGIFINDEX, &r) < 0)
		return 1;
	at = put(at, IFLA_IFNAME, argv[1], strlen(argv[1]) + 1);
	at = put(at, IFLA_MASTER, &r.ifr_ifindex, sizeof(r.ifr_ifindex));
	m.h.nlmsg_len = at - (char *)&m;
	if (sendto(fd, &m, m.h.nlmsg_len, 0, (void *)&kernel, sizeof(kernel)) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) <
		    (ssize_t)NLMSG_LENGTH(sizeof(answer.e)))
		return 1;
	return answer.e.error != 0;
}
