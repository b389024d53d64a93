// SPDX-License-Identifier: GPL-2.0-or-later
/* netd-bridge-helper: a tap in a bridge for a QEMU that is not root. */
/*
 * Theory of operation.  QEMU runs it with one end of a socket pair; it makes a tap that
 * dies with its last descriptor, puts it into the bridge, and sends the descriptor over.
 * What it may do is said by QEMU's own ACL file, read as the calling user.
 *
 * It runs with borrowed privileges: those come off first (privilege.c), then all system
 * calls that it does not need (cage.c); the environment is ignored.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attach/acl.h"
#include "attach/attach.h"
#include "attach/record.h"
#include "cage.h"
#include "patience.h"
#include "privilege.h"
#include "request.h"
#include "say.h"
#include "standard.h"

#define PROGRAM "netd-bridge-helper"
#define TUN_DEVICE "/dev/net/tun"

static const char help[] =
	"Usage: netd-bridge-helper [--use-vnet] --br=NETWORK|BRIDGE --fd=N\n"
	"Create a tap in a bridge and send its descriptor over the socket N, for QEMU:\n"
	"\n"
	"  qemu-system-x86_64 -netdev bridge,id=n0,br=mybr0,helper=" NETD_HELPER_PATH "\n"
	"\n"
	"Whom it serves is said by /etc/qemu/bridge.conf (QEMU's own file):\n"
	"  allow mybr0 | allow all | deny BRIDGE | deny all | include /PATH\n"
	"Nothing is allowed by default; deny beats allow.  Without root it needs\n"
	"  setcap cap_net_admin+ep " NETD_HELPER_PATH "\n"
	"\n"
	"  --help      this text\n"
	"  --version   the version\n"
	"\n"
	"Exit code: 0 done, 1 failed (one line on standard error says why), 2 usage.\n";

static int fail(const struct request *q, const struct netd_attach_failure *f)
{
	struct netd_attach_names names = {
		.port = q->name,
		.bridge = q->bridge,
		.network = q->name,
	};

	if (q->tap[0])
		names.port = q->tap;
	return say_failure(PROGRAM, f, &names);
}

static int fail_step(const struct request *q, enum netd_attach_step step, int code)
{
	const struct netd_attach_failure f = {step, code, "", ""};

	return fail(q, &f);
}

static const char *state_dir(void)
{
	return setting("NETD_STATE_DIR", NETD_STATE_DIR_DEFAULT);
}

/* A running network of that name, else a bridge. */
static int resolve(struct request *q)
{
	struct netd_record record;
	int r;

	if (!netd_record_name_ok(q->name))
		return fail_step(q, NETD_ATTACH_NAME_CHECK, -EINVAL);
	r = netd_record_read(state_dir(), q->name, &record);
	if (r == -ENOENT || r == -EACCES || r == -ENOTDIR) {
		memcpy(q->bridge, q->name, strlen(q->name) + 1);
		return 0;
	}
	if (r < 0)
		return fail_step(q, NETD_ATTACH_NETWORK, r);
	memcpy(q->bridge, record.bridge, sizeof(record.bridge));
	return 0;
}

/* "FILE, line N: " and what is wrong with it. */
static int say_acl(const struct netd_acl *acl, int code)
{
	char text[NETD_ACL_PATH + 256] = "the ACL file ";

	strcat(text, acl->file);
	if (acl->line) {
		strcat(text, ", line ");
		append_number(text, acl->line);
		strcat(text,
		       ": not one of `allow`, `deny`, `include`, each with one name");
		say(PROGRAM, text, "correct it; nobody is served until then");
		return EXIT_FAILED;
	}
	if (code == -EPERM) {
		strcat(text, " is not root's alone to write, or a directory above it is "
			     "not");
	} else {
		strcat(text, ": ");
		strncat(text, strerror(-code), 100);
	}
	say(PROGRAM, text,
	    "it needs lines like `allow mybr0`, and others must not be able to change "
	    "it");
	return EXIT_FAILED;
}

/* @link, @marked: see attach/acl.h. */
static int check_acl(const struct request *q, const char *link, const char *marked)
{
	struct netd_acl acl = {.network = q->name,
			       .bridge = q->bridge,
			       .link = link,
			       .marked = marked,
			       .state_dir = state_dir()};
	const char *verdict = " is not allowed by ",
		   *hint = "root can add a line: `allow` and that name";
	char text[256] = "access to ";
	int r = netd_acl_read(&acl, setting("NETD_ACL_FILE", NETD_ACL_FILE_DEFAULT));

	if (r < 0)
		return say_acl(&acl, r);
	if (netd_acl_permits(&acl))
		return EXIT_DONE;
	if (acl.denied) {
		verdict = " is denied by ";
		hint = "";
	}
	strcat(text, q->name);
	strcat(text, verdict);
	strcat(text, NETD_ACL_FILE_DEFAULT);
	say(PROGRAM, text, hint);
	return EXIT_FAILED;
}

static int make_tap(struct request *q)
{
	struct ifreq r = {.ifr_name = "tap%d"};
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
	int code;

	if (fd < 0)
		return -fail_step(q, NETD_ATTACH_TUN_OPEN, -errno);
	r.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (q->vnet_header)
		r.ifr_flags |= IFF_VNET_HDR;
	/* The caller may make it persistent; without an owner every user could open it.
	 */
	if (ioctl(fd, TUNSETIFF, &r) == 0 &&
	    ioctl(fd, TUNSETOWNER, (unsigned long)geteuid()) == 0) {
		memcpy(q->tap, r.ifr_name, sizeof(q->tap));
		return fd;
	}
	code = -errno;
	close(fd);
	return -fail_step(q, NETD_ATTACH_TUN_MAKE, code);
}

/* Checks, before a tap is made, that its descriptor could be sent over the socket. */
static int check_socket(const struct request *q)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	if (getsockopt(q->socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
		return fail_step(q, NETD_ATTACH_HAND_OVER, -errno);
	if (domain != AF_UNIX)
		return fail_step(q, NETD_ATTACH_HAND_OVER, -EAFNOSUPPORT);
	return EXIT_DONE;
}

/* One byte of nothing, with the descriptor beside it, as QEMU's recv_fd() expects. */
static int hand_over(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(fd))];
	} control = {0};
	char nothing = 0;
	struct iovec v = {&nothing, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	ssize_t r;

	m.msg_control = &control;
	m.msg_controllen = CMSG_LEN(sizeof(fd));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	do
		r = sendmsg(socket, &m, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return 0;
}

/*
 * The bridge may have been asked for by an alternative name, and a network that netd is
 * just making has no record yet: the ACL is asked again with what the kernel says.
 */
static int check_bridge(const struct netd_attach_guard *guard, const char *name,
			const char *network)
{
	const struct request *q = guard->data;

	if (!network[0])
		network = NULL;
	if (!strcmp(name, q->bridge) && (!network || !strcmp(network, q->name)))
		return EXIT_DONE;
	return check_acl(q, name, network);
}

/* By the next try the name may mean another bridge, so the ACL is asked again. */
static int attach(struct request *q)
{
	const struct netd_attach_guard guard = {check_bridge, q};
	struct patience patience = {.state_dir = state_dir()};
	struct netd_attach_failure f;
	int r;

	while ((r = netd_attach_port(q->bridge, q->tap, NETD_ATTACH_HIGH_MAC, &guard,
				     &f)) < 0) {
		if (!patience_again(&patience, &f))
			return fail(q, &f);
		r = resolve(q);
		if (r)
			return r;
		r = check_acl(q, NULL, NULL);
		if (r)
			return r;
	}
	return r;
}

static int serve(struct request *q)
{
	int fd = make_tap(q);
	int r;

	if (fd < 0)
		return EXIT_FAILED;
	r = attach(q);
	if (r)
		return r;
	r = hand_over(q->socket, fd);
	if (r < 0)
		return fail_step(q, NETD_ATTACH_HAND_OVER, r);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct request q = {.socket = -1};
	int r;

	if (open_standard() < 0)
		return EXIT_FAILED;
	r = privilege_keep_net_admin();
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return print(help);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return print("netd " NETD_VERSION "\n");
	if (request_parse(&q, argc, argv) < 0) {
		say(PROGRAM, "usage: netd-bridge-helper [--use-vnet] --br=BRIDGE --fd=N",
		    "try --help");
		return EXIT_USAGE;
	}
	if (r < 0)
		return fail_step(&q, NETD_ATTACH_PRIVILEGE, r);
	cage_enter();
	r = check_socket(&q);
	if (r)
		return r;
	r = resolve(&q);
	if (r)
		return r;
	r = check_acl(&q, NULL, NULL);
	if (r)
		return r;
	return serve(&q);
}
