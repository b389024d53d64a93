// SPDX-License-Identifier: GPL-2.0-or-later
/* What is left to the bridge helper: cli/hooks/cage.c, in children of our own. */
#include "../../cli/hooks/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int fd_of(int fd)
{
	return fd < 0 ? -errno : 0;
}

static int of(long r)
{
	return r < 0 ? -errno : 0;
}

static int read_file(void)
{
	char byte;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : of(read(fd, &byte, 1));
}

static int open_both_ways(void)
{
	return fd_of(open("/dev/null", O_RDWR));
}

static int create_file(void)
{
	return fd_of(open("/dev/null", O_RDWR | O_CREAT, 0600));
}

static int truncate_file(void)
{
	return fd_of(open("/dev/null", O_RDWR | O_TRUNC));
}

static int look(void)
{
	struct stat st;

	return of(lstat("/dev", &st));
}

static int rtnetlink(void)
{
	return fd_of(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

static int internet(void)
{
	return fd_of(socket(AF_INET, SOCK_DGRAM, 0));
}

static int make_tap(void)
{
	return of(ioctl(-1, TUNSETIFF, 0));
}

static int other_ioctl(void)
{
	return of(ioctl(-1, TUNSETPERSIST, 1));
}

static int own_tap(void)
{
	return of(ioctl(-1, TUNSETOWNER, 0));
}

static int group_of_tap(void)
{
	return of(ioctl(-1, TUNSETGROUP, 0));
}

static int run_program(void)
{
	char *const none[] = {NULL};

	return of(execve("/bin/true", none, none));
}

static int make_process(void)
{
	return of(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int map_memory(void)
{
	return of(syscall(SYS_mmap, 0, 4096, 0, 0, -1, 0));
}

static int enter_namespace(void)
{
	return of(syscall(SYS_setns, -1, 0));
}

static int mount_something(void)
{
	return of(syscall(SYS_mount, 0, 0, 0, 0, 0));
}

static int trace(void)
{
	return of(syscall(SYS_ptrace, 0, 0, 0, 0));
}

static int change_mode(void)
{
	return of(chmod("/dev/null", 0666));
}

static const struct {
	const char *name;
	int (*call)(void);
	int result; /* 0 or -errno */
} rows[] = {
	{"read a file", read_file, 0},
	{"open a device", open_both_ways, 0},
	{"make a file", create_file, -EPERM},
	{"empty a file", truncate_file, -EPERM},
	{"look at a path", look, 0},
	{"rtnetlink", rtnetlink, 0},
	{"another socket", internet, -EPERM},
	{"make a tap", make_tap, -EBADF},
	{"a tap's owner", own_tap, -EBADF},
	{"a tap's group", group_of_tap, -EPERM},
	{"another ioctl", other_ioctl, -EPERM},
	{"run a program", run_program, -EPERM},
	{"make a process", make_process, -EPERM},
	{"map memory", map_memory, -EPERM},
	{"enter a namespace", enter_namespace, -EPERM},
	{"mount", mount_something, -EPERM},
	{"trace", trace, -EPERM},
	{"change a mode", change_mode, -EPERM},
};

/* 100: it was as expected; else the errno that came. */
static int child(size_t i)
{
	int r;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	cage_enter();
	r = rows[i].call();
	return r == rows[i].result ? 100 : -r;
}

static void test_cage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(child(i));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		print_message("# %s\n", rows[i].name);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 100);
	}
}

/* There are none with a sanitizer, or where the kernel has none. */
static int probe(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		cage_enter();
		_exit(syscall(SYS_getppid) < 0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cage)};
	const char *preload = getenv("LD_PRELOAD");

	/* valgrind's own system calls would be refused, too */
	if ((preload && strstr(preload, "valgrind")) || !probe()) {
		puts("1..0 # SKIP a cage is not possible here");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
