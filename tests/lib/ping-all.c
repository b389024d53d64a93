// SPDX-License-Identifier: GPL-2.0-or-later
/* Every namespace pings every address, all at once.  ping-all SECONDS NAMES ADDRESSES */
/*
 * NAMES and ADDRESSES are files with one namespace's name, or IPv4 address, per line.
 * Prints "ANSWERED of ALL"; on standard error, the first pairs without an answer.  Exits
 * with 0 if all answered within SECONDS, else 1; 2 if it could not ask.
 *
 * Theory of operation.  One raw socket per namespace, opened while this process is in it:
 * a socket stays where it was made.  A raw socket gets all ICMP of its namespace, so the
 * kernel hands it echo replies only, and those of others are told by identifier; the
 * sequence number is the address's line.  What has no answer is asked again each
 * half-second, as much as the sockets take without blocking.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINES_MAX 4096
#define AGAIN_MS 500
#define TOLD_MAX 20

struct list {
	char *line[LINES_MAX];
	size_t count;
};

static struct list names, texts;
static struct in_addr addresses[LINES_MAX];
static struct pollfd sockets[LINES_MAX]; /* beside names */
static bool *answered;			 /* [name][address] */
static size_t answers;
static uint16_t identifier;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "ping-all: %s %s: %s\n", what, which, strerror(errno));
	exit(2);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void read_lines(const char *path, struct list *out)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		die("cannot read", path);
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (out->count == LINES_MAX || !(out->line[out->count] = strdup(line)))
			die("too many lines in", path);
		out->count++;
	}
	free(line);
	fclose(f);
}

static int open_in(const char *name)
{
	const uint32_t others = ~(1U << ICMP_ECHOREPLY);
	char path[256];
	int ns, fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		die("cannot enter", path);
	close(ns);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
	if (fd < 0 || setsockopt(fd, SOL_RAW, ICMP_FILTER, &others, sizeof(others)) < 0)
		die("no socket in", path);
	return fd;
}

/* RFC 1071, of nothing but a header: its words are summed by name. */
static uint16_t checksum(const struct icmphdr *h)
{
	uint32_t sum = htons((uint16_t)(h->type << 8 | h->code));

	sum += h->un.echo.id;
	sum += h->un.echo.sequence;
	sum += sum >> 16;
	return ~sum & 0xffff;
}

static void ask(size_t name, size_t address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = addresses[address]};
	struct icmphdr echo = {.type = ICMP_ECHO};

	echo.un.echo.id = identifier;
	echo.un.echo.sequence = htons((uint16_t)address);
	echo.checksum = checksum(&echo);
	/* no route, no buffer: it counts as no answer, and is tried again */
	if (sendto(sockets[name].fd, &echo, sizeof(echo), 0, (void *)&to, sizeof(to)) < 0)
		return;
}

static void listen_to(size_t name)
{
	union {
		struct iphdr ip;
		char bytes[512];
	} packet;
	ssize_t n;

	while ((n = recv(sockets[name].fd, &packet, sizeof(packet), 0)) > 0) {
		const size_t at = packet.ip.ihl * 4U;
		struct icmphdr echo;
		size_t address;

		if ((size_t)n < at + sizeof(echo))
			continue;
		memcpy(&echo, packet.bytes + at, sizeof(echo));
		address = ntohs(echo.un.echo.sequence);
		if (echo.type != ICMP_ECHOREPLY || echo.un.echo.id != identifier ||
		    address >= texts.count ||
		    packet.ip.saddr != addresses[address].s_addr ||
		    answered[name * texts.count + address])
			continue;
		answered[name * texts.count + address] = true;
		answers++;
	}
}

static void listen_until(int64_t end)
{
	int64_t left;

	while (answers < names.count * texts.count && (left = end - now_ms()) > 0) {
		if (poll(sockets, names.count, (int)left) <= 0)
			continue;
		for (size_t i = 0; i < names.count; i++)
			if (sockets[i].revents)
				listen_to(i);
	}
}

/* One address after the other, so that no router is asked by all at once. */
static void ask_all(void)
{
	for (size_t step = 0; step < texts.count; step++) {
		for (size_t i = 0; i < names.count; i++) {
			size_t address = (i + step) % texts.count;

			if (!answered[i * texts.count + address])
				ask(i, address);
		}
		for (size_t i = 0; i < names.count; i++)
			listen_to(i);
	}
}

static void tell(void)
{
	size_t told = 0;

	printf("%zu of %zu\n", answers, names.count * texts.count);
	for (size_t i = 0; i < names.count * texts.count && told < TOLD_MAX; i++)
		if (!answered[i] && ++told)
			fprintf(stderr, "no answer: %s -> %s\n",
				names.line[i / texts.count], texts.line[i % texts.count]);
}

int main(int argc, char **argv)
{
	int64_t end;

	if (argc != 4) {
		fprintf(stderr, "usage: ping-all SECONDS NAMES ADDRESSES\n");
		return 2;
	}
	read_lines(argv[2], &names);
	read_lines(argv[3], &texts);
	identifier = (uint16_t)getpid();
	answered = calloc(names.count * texts.count + 1, sizeof(*answered));
	if (!answered)
		die("memory for", argv[3]);
	for (size_t i = 0; i < texts.count; i++)
		if (inet_pton(AF_INET, texts.line[i], &addresses[i]) != 1)
			die("not an address:", texts.line[i]);
	for (size_t i = 0; i < names.count; i++)
		sockets[i] = (struct pollfd){open_in(names.line[i]), POLLIN, 0};
	end = now_ms() + atoi(argv[1]) * 1000;
	while (answers < names.count * texts.count && now_ms() < end) {
		ask_all();
		listen_until(now_ms() + AGAIN_MS);
	}
	tell();
	return answers != names.count * texts.count || !answers;
}
