// SPDX-License-Identifier: GPL-2.0-or-later
/* Borrowed privileges, cut down to the one that is needed. */
/*
 * Theory of operation.  With a file capability the process is the caller's all along and
 * this confirms that and drops what else came along; setuid root must first give up being
 * root, with the permitted capabilities kept over the change, and then all of them but
 * one.  Files are opened after that, so their permissions are checked against the caller.
 *
 * The raw system calls change this thread only; there is no other.
 */
#include "privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Ends at the first number that the kernel does not know, or does not let it drop. */
static void drop_bounds(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
}

static int become_caller(void)
{
	uid_t user = getuid();
	gid_t group = getgid();

	if (user == geteuid() && group == getegid())
		return 0;
	/* Before CAP_SETPCAP is given up, which emptying the bounding set needs. */
	drop_bounds();
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return -errno;
	if (syscall(SYS_setresgid, group, group, group) < 0 ||
	    syscall(SYS_setresuid, user, user, user) < 0)
		return -errno;
	return 0;
}

int privilege_keep_net_admin(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{.effective = 1u << CAP_NET_ADMIN, .permitted = 1u << CAP_NET_ADMIN},
	};
	int r = become_caller();

	if (r < 0)
		return r;
	/* No program that is run from here gains privileges; nobody traces this process.
	 */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	if (syscall(SYS_capset, &header, data) < 0)
		return -errno;
	return 0;
}
