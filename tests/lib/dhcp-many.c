// SPDX-License-Identifier: GPL-2.0-or-later
/* dhcp-many IF 4|6 COUNT: COUNT clients take an address each; prints how many different
 * ones were given.
 *
 * All of them say rapid commit, so each is one question and one answer.  One that gets no
 * answer asks again, as clients do, and after TRIES seconds has no address.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define TRIES 3

struct answer {
	uint8_t bytes[16];
};

static int open_socket(int family, const char *dev, uint16_t port)
{
	struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct timeval second = {.tv_sec = 1};
	int fd = socket(family, SOCK_DGRAM, 0), on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev, (socklen_t)strlen(dev)) <
		    0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second)) < 0 ||
	    bind(fd, family == AF_INET ? (void *)&a4 : (void *)&a6,
		 family == AF_INET ? sizeof(a4) : sizeof(a6)) < 0)
		err(1, "socket");
	return fd;
}

static void put_mac(uint8_t *at, uint32_t number)
{
	const uint8_t mac[6] = {0x52,
				0x54,
				0x77,
				(uint8_t)(number >> 16),
				(uint8_t)(number >> 8),
				(uint8_t)number};

	memcpy(at, mac, 6);
}

/* RFC 2131: a DISCOVER that wants its answer by broadcast; a reply's yiaddr. */
static size_t discover(uint8_t m[548], uint32_t number)
{
	static const uint8_t options[] = {99, 130, 83, 99, 53, 1, 1, 80, 0, 255};

	memset(m, 0, 548);
	m[0] = 1;
	m[1] = 1;
	m[2] = 6;
	memcpy(m + 4, &number, 4);
	m[10] = 0x80;
	put_mac(m + 28, number);
	memcpy(m + 236, options, sizeof(options));
	return 548;
}

static int acked(const uint8_t *m, size_t length, uint32_t number, struct answer *out)
{
	if (length < 244 || memcmp(m + 4, &number, 4) != 0 || m[242] != 5)
		return 0;
	memcpy(out->bytes, m + 16, 4);
	return 1;
}

/* RFC 8415: a SOLICIT with a DUID-LL, an IA_NA; a reply's first IAADDR. */
static size_t solicit(uint8_t m[548], uint32_t number)
{
	static const uint8_t head[] = {0, 1, 0, 10, 0, 3, 0, 1};
	static const uint8_t tail[] = {0,  14, 0, 0, 0, 8, 0, 2, 0, 0, 0, 3, 0,
				       12, 0,  0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

	m[0] = 1;
	m[1] = (uint8_t)(number >> 16);
	m[2] = (uint8_t)(number >> 8);
	m[3] = (uint8_t)number;
	memcpy(m + 4, head, sizeof(head));
	put_mac(m + 12, number);
	memcpy(m + 18, tail, sizeof(tail));
	return 18 + sizeof(tail);
}

static int replied(const uint8_t *m, size_t length, uint32_t number, struct answer *out)
{
	if (length < 4 || m[0] != 7 ||
	    (uint32_t)(m[1] << 16 | m[2] << 8 | m[3]) != number)
		return 0;
	for (size_t at = 4; at + 4 <= length;) {
		unsigned code = m[at] << 8 | m[at + 1], size = m[at + 2] << 8 | m[at + 3];

		at += 4;
		if (code == 5 && size >= 16 && at + 16 <= length) {
			memcpy(out->bytes, m + at, 16);
			return 1;
		}
		at += code == 3 ? 12 : size; /* into the IA_NA */
	}
	return -1; /* no address */
}

/* 1 if client @number has an address. */
static int take(int fd, const struct sockaddr *to, socklen_t to_size, int six,
		uint32_t number, struct answer *out)
{
	uint8_t m[2048];
	size_t length = six ? solicit(m, number) : discover(m, number);
	int got = 0;

	if (sendto(fd, m, length, 0, to, to_size) < 0)
		err(1, "send");
	while (got == 0) {
		ssize_t n = recv(fd, m, sizeof(m), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0)
			err(1, "receive");
		got = six ? replied(m, (size_t)n, number, out)
			  : acked(m, (size_t)n, number, out);
	}
	return got > 0;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct answer));
}

int main(int argc, char **argv)
{
	int six = argc == 4 && strcmp(argv[2], "6") == 0;
	size_t wanted = argc == 4 ? strtoul(argv[3], NULL, 10) : 0, got = 0,
	       different = 0;
	struct answer *answers = calloc(wanted + 1, sizeof(*answers));
	struct sockaddr_in to4 = {.sin_family = AF_INET,
				  .sin_port = htons(67),
				  .sin_addr.s_addr = htonl(INADDR_BROADCAST)};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(547)};
	int fd;

	if (argc != 4 || !answers)
		errx(2, "usage: dhcp-many IF 4|6 COUNT");
	inet_pton(AF_INET6, "ff02::1:2", &to6.sin6_addr);
	to6.sin6_scope_id = if_nametoindex(argv[1]);
	fd = open_socket(six ? AF_INET6 : AF_INET, argv[1], six ? 546 : 68);
	for (size_t i = 0; i < wanted; i++) {
		int given = 0;

		for (int tries = 0; !given && tries < TRIES; tries++)
			given = take(fd, six ? (void *)&to6 : (void *)&to4,
				     six ? sizeof(to6) : sizeof(to4), six,
				     (uint32_t)i + 1, &answers[got]);
		got += (size_t)given;
	}
	qsort(answers, got, sizeof(*answers), compare);
	for (size_t i = 0; i < got; i++)
		different += i == 0 || compare(&answers[i], &answers[i - 1]) != 0;
	printf("%zu\n", different);
	return 0;
}
