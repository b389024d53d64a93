// SPDX-License-Identifier: GPL-2.0-or-later
/* Plays QEMU to a bridge helper: take-tap CHECK COMMAND [ARG...] */
/*
 * Runs the command with "@" in its arguments replaced by a socket's number, takes the tap
 * that comes over it, prints the tap's name and flags as TUNGETIFF has them, and runs
 * CHECK (by sh, with the name in $TAP) while the tap is there.  Exits as the command did;
 * 9 if that said 0 but nothing came, or CHECK failed.
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "take-tap: %s: %s\n", what, strerror(errno));
	exit(9);
}

/* @text with its "@" replaced; never freed. */
static char *fill_in(const char *text, int number)
{
	const char *mark = strchr(text, '@');
	char *out;

	if (asprintf(&out, "%.*s%d%s", mark ? (int)(mark - text) : 0, text, number,
		     mark ? mark + 1 : "") < 0)
		die("memory");
	return mark ? out : strdup(text);
}

static int run(char **argv, int socket, int other)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		close(other);
		for (char **a = argv; *a; a++)
			*a = fill_in(*a, socket);
		if (!argv[0])
			die("memory");
		execvp(argv[0], argv);
		die(argv[0]);
	}
	close(socket);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 9;
}

/* As QEMU's recv_fd() does it: one byte, with the descriptor beside it. */
static int receive(int socket)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	int fd;

	m.msg_control = &control;
	m.msg_controllen = sizeof(control);
	if (recvmsg(socket, &m, 0) != 1 || m.msg_controllen < CMSG_LEN(sizeof(fd)) ||
	    control.header.cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static int check(int fd, const char *command)
{
	struct ifreq r = {0};

	if (ioctl(fd, TUNGETIFF, &r) < 0)
		die("TUNGETIFF");
	printf("%s tap=%d no_pi=%d vnet_hdr=%d persist=%d\n", r.ifr_name,
	       !!(r.ifr_flags & IFF_TAP), !!(r.ifr_flags & IFF_NO_PI),
	       !!(r.ifr_flags & IFF_VNET_HDR), !!(r.ifr_flags & IFF_PERSIST));
	fflush(stdout);
	setenv("TAP", r.ifr_name, 1);
	return system(command) == 0 ? 0 : 9;
}

int main(int argc, char **argv)
{
	int pair[2], status, fd;

	if (argc < 3) {
		fprintf(stderr, "usage: take-tap CHECK COMMAND [ARG...]\n");
		return 2;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		die("socketpair");
	status = run(argv + 2, pair[1], pair[0]);
	fd = receive(pair[0]);
	if (status)
		return fd < 0 ? status : 9;
	if (fd < 0)
		return 9;
	return check(fd, argv[1]);
}
