// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the kernel's answers: sendmsg(2) and recvmsg(2) of the program under test.
 */
#include "fake_kernel.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <netlink/attr.h>

#include "nft/message.h"

/*
 * Theory of operation.  The linker's --wrap sends the calls of the library under test
 * here.  The rest of the receive buffer is poisoned for AddressSanitizer, so that reading
 * behind what was received is seen.  libnl and libmnl are not instrumented, so their
 * readers of numbers and strings are wrapped, too, and abort if the attribute is shorter
 * than what is read out of it.
 */
#if defined(__SANITIZE_ADDRESS__)
#define POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON 1
#endif
#endif

#ifdef POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

#define ACKS 64 /* more than a burst of the library's */

static struct {
	const uint8_t *data;
	size_t left;
	uint32_t first_seq, last_seq;
	bool acked;
	char *poisoned;
	size_t poisoned_size;
} fake;

ssize_t __real_sendmsg(int fd, const struct msghdr *h, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *h, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *h, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *h, int flags);

static void unpoison(void)
{
	if (fake.poisoned)
		ASAN_UNPOISON_MEMORY_REGION(fake.poisoned, fake.poisoned_size);
	fake.poisoned = NULL;
}

void netd_fake_kernel_begin(const uint8_t *data, size_t size)
{
	unpoison();
	fake.data = data;
	fake.left = size;
	fake.acked = false;
}

void netd_fake_kernel_end(void)
{
	unpoison();
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *h, int flags)
{
	ssize_t total = 0;

	if (getenv("NETD_FUZZ_RECORD"))
		return __real_sendmsg(fd, h, flags);
	for (size_t i = 0; i < h->msg_iovlen; i++) {
		const struct nlmsghdr *m = h->msg_iov[i].iov_base;

		if (!i)
			fake.first_seq = m->nlmsg_seq;
		fake.last_seq = m->nlmsg_seq;
		total += (ssize_t)h->msg_iov[i].iov_len;
	}
	fake.acked = false;
	return total;
}

static void record(const char *file, const struct msghdr *h, ssize_t n)
{
	FILE *f = fopen(file, "ab");

	if (!f || n > UINT16_MAX)
		abort();
	fputc((int)(n & 0xff), f);
	fputc((int)(n >> 8), f);
	fwrite(h->msg_iov[0].iov_base, 1, (size_t)n, f);
	fclose(f);
}

/* Each answer is one to the last question. */
static void set_sequence(char *at, size_t n)
{
	struct nlmsghdr *m = (struct nlmsghdr *)(void *)at;
	int left = (int)n;

	for (; netd_message_ok(m, left); m = mnl_nlmsg_next(m, &left))
		m->nlmsg_seq = fake.last_seq;
}

static size_t next_chunk(char *to, size_t room)
{
	size_t n;

	if (fake.left < 2)
		return 0;
	n = (size_t)fake.data[0] | (size_t)fake.data[1] << 8;
	fake.data += 2;
	fake.left -= 2;
	n = n < fake.left ? n : fake.left;
	n = n < room ? n : room;
	memcpy(to, fake.data, n);
	fake.data += n;
	fake.left -= n;
	set_sequence(to, n);
	return n;
}

static size_t ack_all(char *to, size_t room)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ACKS && fake.first_seq + i - 1 != fake.last_seq; i++) {
		struct {
			struct nlmsghdr head;
			struct nlmsgerr error;
		} ack = {.head = {sizeof(ack), NLMSG_ERROR, 0, fake.first_seq + i, 0}};

		if (n + sizeof(ack) > room)
			break;
		memcpy(to + n, &ack, sizeof(ack));
		n += sizeof(ack);
	}
	fake.acked = true;
	return n;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *h, int flags)
{
	const char *file = getenv("NETD_FUZZ_RECORD");
	char *to = h->msg_iov[0].iov_base;
	size_t room = h->msg_iov[0].iov_len, n;

	if (file) {
		ssize_t got = __real_recvmsg(fd, h, flags);

		if (got > 0)
			record(file, h, got);
		return got;
	}
	unpoison();
	memset(h->msg_name, 0, sizeof(struct sockaddr_nl));
	h->msg_flags = 0;
	n = next_chunk(to, room);
	if (!n && fake.acked) {
		errno = flags & MSG_DONTWAIT ? EAGAIN : EIO;
		return -1;
	}
	if (!n)
		n = ack_all(to, room);
	fake.poisoned = to + n;
	fake.poisoned_size = room - n;
	ASAN_POISON_MEMORY_REGION(fake.poisoned, fake.poisoned_size);
	return (ssize_t)n;
}

/* An interrupted dump is asked for anew after a while. */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	return 0;
}

/* The readers of numbers. */
#define WRAP_READER(type, name, length)              \
	type __real_##name(const struct nlattr *a);  \
	type __wrap_##name(const struct nlattr *a);  \
	type __wrap_##name(const struct nlattr *a)   \
	{                                            \
		if ((size_t)(length) < sizeof(type)) \
			netd_fake_kernel_misread();  \
		return __real_##name(a);             \
	}

WRAP_READER(uint8_t, nla_get_u8, nla_len(a))
WRAP_READER(uint16_t, nla_get_u16, nla_len(a))
WRAP_READER(uint32_t, nla_get_u32, nla_len(a))
WRAP_READER(uint8_t, mnl_attr_get_u8, mnl_attr_get_payload_len(a))
WRAP_READER(uint16_t, mnl_attr_get_u16, mnl_attr_get_payload_len(a))
WRAP_READER(uint32_t, mnl_attr_get_u32, mnl_attr_get_payload_len(a))
WRAP_READER(uint64_t, mnl_attr_get_u64, mnl_attr_get_payload_len(a))

/* And of strings, which must end within the attribute. */
char *__wrap_nla_get_string(const struct nlattr *a);
const char *__wrap_mnl_attr_get_str(const struct nlattr *a);

char *__wrap_nla_get_string(const struct nlattr *a)
{
	if (nla_len(a) < 1 || !memchr(nla_data(a), 0, (size_t)nla_len(a)))
		netd_fake_kernel_misread();
	return nla_data(a);
}

const char *__wrap_mnl_attr_get_str(const struct nlattr *a)
{
	const char *text = a ? mnl_attr_get_payload(a) : NULL;

	if (!text || !memchr(text, 0, mnl_attr_get_payload_len(a)))
		netd_fake_kernel_misread();
	return text;
}
