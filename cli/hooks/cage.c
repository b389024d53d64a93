// SPDX-License-Identifier: GPL-2.0-or-later
/* The system calls that are left to the bridge helper. */
/*
 * Theory of operation.  A filter of seccomp(2), in classic BPF by hand, since a library
 * for it would be larger than the helper.  The program walks a table: a call that is in
 * it is allowed, if need be only with a certain argument.  Both musl and glibc are in
 * mind: they use different calls for the same function.
 *
 * A call that is not in the table fails with EPERM rather than kills: a libc that uses
 * another call than those of today then gives an error that can be read.  An attacker who
 * took the helper over gains nothing by that.
 *
 * When a filter is installed, the kernel tries it out on every system call there is, to
 * remember those that it always allows (kernel/seccomp.c, seccomp_cache_prepare()).  That
 * pays for a process that lives long; here it would cost more than all the rest.  It
 * gives up at the first instruction that it does not know, and TAX is one.
 *
 * Sanitizers need calls of their own; with them there is no filter.
 */
#include "cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#endif

#if defined(__SANITIZE_ADDRESS__)
#undef ARCHITECTURE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef ARCHITECTURE
#endif
#endif

#ifdef ARCHITECTURE

enum condition {
	ALWAYS,
	EQUALS, /* the argument is @value; else the next row is tried */
	HAS_NO, /* the argument has none of the bits of @value */
};

static const struct {
	long number;
	enum condition condition;
	unsigned argument;
	uint32_t value;
} allowed[] = {
	/* files: the records of networks, the ACL, /dev/net/tun */
	{SYS_openat, HAS_NO, 2, O_CREAT | O_TRUNC | O_APPEND},
	{SYS_readlinkat, ALWAYS, 0, 0},
	{SYS_newfstatat, ALWAYS, 0, 0},
	{SYS_fstat, ALWAYS, 0, 0},
	{SYS_statx, ALWAYS, 0, 0},
#ifdef SYS_open
	{SYS_open, HAS_NO, 1, O_CREAT | O_TRUNC | O_APPEND},
	{SYS_readlink, ALWAYS, 0, 0},
	{SYS_stat, ALWAYS, 0, 0},
	{SYS_lstat, ALWAYS, 0, 0},
#endif
	{SYS_fcntl, ALWAYS, 0, 0}, /* musl sets O_CLOEXEC once more */
	{SYS_read, ALWAYS, 0, 0},
	{SYS_close, ALWAYS, 0, 0},
	{SYS_ioctl, EQUALS, 1, TUNSETIFF},
	{SYS_ioctl, EQUALS, 1, TUNSETOWNER},
	/* rtnetlink, and the socket to QEMU */
	{SYS_socket, EQUALS, 0, AF_NETLINK},
	{SYS_setsockopt, ALWAYS, 0, 0},
	{SYS_getsockopt, ALWAYS, 0, 0},
	{SYS_sendto, ALWAYS, 0, 0},
	{SYS_recvfrom, ALWAYS, 0, 0},
	{SYS_sendmsg, ALWAYS, 0, 0},
	/* messages, waiting, and the end */
	{SYS_clock_nanosleep, ALWAYS, 0, 0},
#ifdef SYS_nanosleep
	{SYS_nanosleep, ALWAYS, 0, 0},
#endif
	{SYS_write, ALWAYS, 0, 0},
	{SYS_writev, ALWAYS, 0, 0},
	{SYS_geteuid, ALWAYS, 0, 0},
	{SYS_getegid, ALWAYS, 0, 0},
	{SYS_restart_syscall, ALWAYS, 0, 0},
	{SYS_rt_sigreturn, ALWAYS, 0, 0},
	{SYS_exit, ALWAYS, 0, 0},
	{SYS_exit_group, ALWAYS, 0, 0},
};

#define COUNT (sizeof(allowed) / sizeof(allowed[0]))
#define LENGTH_MAX (4 + COUNT * 4 + 2)

/* The lower half of an argument; all of ours are 32 bits wide. */
static unsigned argument_offset(unsigned n)
{
	unsigned at = offsetof(struct seccomp_data, args) + n * sizeof(uint64_t);

	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		return at + 4;
	return at;
}

static void put(struct sock_fprog *p, struct sock_filter instruction)
{
	p->filter[p->len++] = instruction;
}

static void put_load(struct sock_fprog *p, unsigned offset)
{
	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void put_return(struct sock_fprog *p, uint32_t value)
{
	put(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

/* Jumps are counted from the next instruction; the last two are "no" and "yes". */
static void put_jump(struct sock_fprog *p, unsigned code, uint32_t value, size_t if_true,
		     size_t if_false)
{
	size_t next = p->len + 1;

	put(p, (struct sock_filter){BPF_JMP | BPF_K | code, (uint8_t)(if_true - next),
				    (uint8_t)(if_false - next), value});
}

static const unsigned lengths[] = {[ALWAYS] = 1, [EQUALS] = 4, [HAS_NO] = 3};

static size_t program_length(void)
{
	size_t n = 4 + 2;

	for (size_t i = 0; i < COUNT; i++)
		n += lengths[allowed[i].condition];
	return n;
}

/* The accumulator holds the call's number, before and behind each row. */
static void put_call(struct sock_fprog *p, size_t i, size_t no, size_t yes)
{
	uint32_t number = (uint32_t)allowed[i].number;
	size_t next = p->len + lengths[allowed[i].condition];

	if (allowed[i].condition == ALWAYS) {
		put_jump(p, BPF_JEQ, number, yes, next);
		return;
	}
	put_jump(p, BPF_JEQ, number, p->len + 1U, next);
	put_load(p, argument_offset(allowed[i].argument));
	if (allowed[i].condition == HAS_NO) {
		put_jump(p, BPF_JSET, allowed[i].value, no, yes);
		return;
	}
	put_jump(p, BPF_JEQ, allowed[i].value, yes, p->len + 1U);
	put_load(p, offsetof(struct seccomp_data, nr));
}

void cage_enter(void)
{
	struct sock_filter filter[LENGTH_MAX];
	struct sock_fprog program = {0, filter};
	size_t no = program_length() - 2, yes = no + 1;

	put_load(&program, offsetof(struct seccomp_data, arch));
	put_jump(&program, BPF_JEQ, ARCHITECTURE, 2, no);
	put_load(&program, offsetof(struct seccomp_data, nr));
	/* Does nothing here; see the top. */
	put(&program, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0));
	for (size_t i = 0; i < COUNT; i++)
		put_call(&program, i, no, yes);
	put_return(&program, SECCOMP_RET_ERRNO | EPERM);
	put_return(&program, SECCOMP_RET_ALLOW);
	/* A kernel that was built without seccomp refuses; there is no filter then. */
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#else

void cage_enter(void)
{
}

#endif
