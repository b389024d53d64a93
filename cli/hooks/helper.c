// SPDX-License-Identifier: GPL-2.0-or-later
/* netd-bridge-helper: a tap in a bridge for a QEMU that is not root. */
/*
 * Theory of operation.  QEMU runs it with one end of a socket pair; it makes a tap that
 * dies with its last descriptor, puts it into the bridge, and sends the descriptor over.
 * What it may do is said by QEMU's own ACL file, read as the calling user.
 *
 * It runs with borrowed privileges: those come off first, the environment is not heard,
 * and the bridge is looked up before the tap is made, since closing a tap that was made
 * in vain costs some 20 ms of the kernel's time.
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
#include "privilege.h"
#include "say.h"

#define PROGRAM "netd-bridge-helper"
#define TUN_DEVICE "/dev/net/tun"

struct request {
	const char *name; /* --br: a network, or a bridge */
	int socket;	  /* --fd */
	int vnet_header;  /* --use-vnet */
	char network[NETD_RECORD_NAME];
	char bridge[NETD_RECORD_NAME];
	char tap[IFNAMSIZ];
};

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

/* Plain decimal; -1 if it is not, or above what a descriptor can be. */
static int parse_number(const char *text)
{
	long n = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + *text - '0';
		if (n > 0x7fffffff)
			return -1;
	}
	return n;
}

static int set_bridge(struct request *q, const char *value)
{
	q->name = value;
	return 0;
}

static int set_socket(struct request *q, const char *value)
{
	q->socket = parse_number(value);
	return q->socket < 0 ? -EINVAL : 0;
}

static int set_vnet(struct request *q, const char *value)
{
	(void)value;
	q->vnet_header = 1;
	return 0;
}

static const struct {
	const char *name;
	int has_value;
	int (*set)(struct request *q, const char *value);
} options[] = {
	{"--use-vnet", 0, set_vnet},
	{"--br", 1, set_bridge},
	{"--fd", 1, set_socket},
};

/* Takes the option at argv[*at] and moves on behind it.  -EINVAL: no such, or no value.
 */
static int parse_option(struct request *q, int argc, char **argv, int *at)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t n = strlen(options[i].name);
		const char *argument = argv[*at];

		if (strncmp(argument, options[i].name, n))
			continue;
		if (!options[i].has_value && !argument[n]) {
			++*at;
			return options[i].set(q, NULL);
		}
		if (options[i].has_value && argument[n] == '=') {
			++*at;
			return options[i].set(q, argument + n + 1);
		}
		if (options[i].has_value && !argument[n] && *at + 1 < argc) {
			*at += 2;
			return options[i].set(q, argv[*at - 1]);
		}
	}
	return -EINVAL;
}

static int parse_arguments(struct request *q, int argc, char **argv)
{
	int at = 1;

	while (at < argc)
		if (parse_option(q, argc, argv, &at) < 0)
			return -EINVAL;
	return q->name && q->socket >= 0 ? 0 : -EINVAL;
}

static int fail(const struct request *q, const struct netd_attach_failure *f)
{
	const struct netd_attach_names names = {
		.port = q->tap[0] ? q->tap : q->name,
		.bridge = q->bridge,
		.network = q->name,
	};

	return say_failure(PROGRAM, f, &names);
}

static int fail_step(const struct request *q, enum netd_attach_step step, int code)
{
	const struct netd_attach_failure f = {step, code, "", ""};

	return fail(q, &f);
}

/* A running network of that name, else a bridge. */
static int resolve(struct request *q)
{
	int r;

	if (!netd_record_name_ok(q->name))
		return fail_step(q, NETD_ATTACH_NAME_CHECK, -EINVAL);
	r = netd_record_read(setting("NETD_STATE_DIR", NETD_STATE_DIR_DEFAULT), q->name,
			     q->bridge);
	if (r == 0)
		return 0;
	if (r != -ENOENT && r != -EACCES && r != -ENOTDIR)
		return fail_step(q, NETD_ATTACH_NETWORK, r);
	memcpy(q->bridge, q->name, strlen(q->name) + 1);
	return 0;
}

/* "FILE, line N: " and what is wrong with it. */
static int say_acl(const struct netd_acl *acl, int code)
{
	char text[NETD_ACL_PATH + 256] = "the ACL file ";
	char digits[12];
	unsigned line = acl->line;
	size_t n = sizeof(digits) - 1;

	strcat(text, acl->file);
	if (!line) {
		strcat(text, code == -EPERM ? " is not root's, or everybody may write it"
					    : ": ");
		if (code != -EPERM)
			strncat(text, strerror(-code), 100);
		say(PROGRAM, text,
		    "it needs lines like `allow mybr0`, and must be root's alone to "
		    "write");
		return EXIT_FAILED;
	}
	digits[n] = 0;
	do
		digits[--n] = '0' + line % 10;
	while (line /= 10);
	strcat(text, ", line ");
	strcat(text, digits + n);
	strcat(text, ": not one of `allow`, `deny`, `include`, each with one name");
	say(PROGRAM, text, "correct it; nobody is served until then");
	return EXIT_FAILED;
}

static int check_acl(const struct request *q)
{
	struct netd_acl acl = {.network = q->name, .bridge = q->bridge};
	char text[256] = "access to ";
	int r = netd_acl_read(&acl, setting("NETD_ACL_FILE", NETD_ACL_FILE_DEFAULT));

	if (r < 0)
		return say_acl(&acl, r);
	if (netd_acl_permits(&acl))
		return EXIT_DONE;
	strcat(text, q->name);
	strcat(text, acl.denied ? " is denied by " : " is not allowed by ");
	strcat(text, NETD_ACL_FILE_DEFAULT);
	say(PROGRAM, text,
	    acl.denied ? "" : "root can add a line: `allow` and that name");
	return EXIT_FAILED;
}

static int make_tap(struct request *q)
{
	struct ifreq r = {.ifr_name = "tap%d"};
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);
	int code;

	if (fd < 0)
		return -fail_step(q, NETD_ATTACH_TUN_OPEN, -errno);
	r.ifr_flags = IFF_TAP | IFF_NO_PI | (q->vnet_header ? IFF_VNET_HDR : 0);
	if (ioctl(fd, TUNSETIFF, &r) == 0) {
		memcpy(q->tap, r.ifr_name, sizeof(q->tap));
		return fd;
	}
	code = -errno;
	close(fd);
	return -fail_step(q, NETD_ATTACH_TUN_MAKE, code);
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
	return r < 0 ? -errno : 0;
}

static int serve(struct request *q)
{
	struct netd_attach_failure f;
	int fd = make_tap(q);
	int r;

	if (fd < 0)
		return EXIT_FAILED;
	if (netd_attach_port(q->bridge, q->tap, NETD_ATTACH_HIGH_MAC, &f) < 0)
		return fail(q, &f);
	r = hand_over(q->socket, fd);
	return r < 0 ? fail_step(q, NETD_ATTACH_HAND_OVER, r) : EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct request q = {.socket = -1};
	int r;

	r = privilege_keep_net_admin();
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return print(help);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return print("netd " NETD_VERSION "\n");
	if (parse_arguments(&q, argc, argv) < 0) {
		say(PROGRAM, "usage: netd-bridge-helper [--use-vnet] --br=BRIDGE --fd=N",
		    "try --help");
		return EXIT_USAGE;
	}
	if (r < 0)
		return fail_step(&q, NETD_ATTACH_PRIVILEGE, r);
	r = resolve(&q);
	if (!r)
		r = check_acl(&q);
	return r ? r : serve(&q);
}
