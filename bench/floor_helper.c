// SPDX-License-Identifier: GPL-2.0-or-later
/* The floor for the bridge helper: a bare C program.  floor_helper BRIDGE SOCKET-FD */
/* A new tap, its MAC high, its master and up in one message, the descriptor sent over. */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
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

static int attach(const char *tap, const char *bridge)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		char rest[96];
	} m = {.h = {.nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
	       .i = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char rest[512];
	} answer;
	struct ifreq r = {0}, mac = {0};
	char *at = m.rest;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	strcpy(r.ifr_name, bridge);
	strcpy(mac.ifr_name, tap);
	if (ioctl(fd, SIOCGIFINDEX, &r) < 0 || ioctl(fd, SIOCGIFHWADDR, &mac) < 0)
		return 1;
	mac.ifr_hwaddr.sa_data[0] = (char)0xfe;
	at = put(at, IFLA_IFNAME, tap, strlen(tap) + 1);
	at = put(at, IFLA_ADDRESS, mac.ifr_hwaddr.sa_data, 6);
	at = put(at, IFLA_MASTER, &r.ifr_ifindex, sizeof(r.ifr_ifindex));
	m.h.nlmsg_len = at - (char *)&m;
	if (sendto(fd, &m, m.h.nlmsg_len, 0, (void *)&kernel, sizeof(kernel)) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) <
		    (ssize_t)NLMSG_LENGTH(sizeof(answer.e)))
		return 1;
	return answer.e.error != 0;
}

static int hand_over(int socket, int fd)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(sizeof(fd))];
	} control = {0};
	char nothing = 0;
	struct iovec v = {&nothing, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = CMSG_LEN(sizeof(fd))};

	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = SCM_RIGHTS;
	control.h.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.h), &fd, sizeof(fd));
	return sendmsg(socket, &m, 0) < 0;
}

int main(int argc, char **argv)
{
	struct ifreq r = {.ifr_name = "tap%d", .ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd;

	if (argc != 3 || strlen(argv[1]) >= IFNAMSIZ)
		return 2;
	fd = open("/dev/net/tun", O_RDWR);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0)
		return 1;
	return attach(r.ifr_name, argv[1]) || hand_over(atoi(argv[2]), fd);
}
