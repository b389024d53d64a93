// SPDX-License-Identifier: GPL-2.0-or-later
/* Two TCP flows that never rest, and how long they once had to wait. */
/*
 * Theory of operation.  `ping` sends eight bytes, waits for their echo, rests for a
 * millisecond, and goes on; its worst is the longest wait for an echo.  `bulk` sends
 * numbered words as fast as PACE lets it; its worst is the longest time without the
 * kernel taking more or the peer acknowledging.  The server counts the words and tells at
 * the end how many came in order, so that no byte can be lost without notice.
 *
 * Both run in the background until SIGTERM, and leave one line in FILE.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE 8192 /* words of a bulk flow that are sent at once: 64 KiB */
#define PACE 2000  /* us between pieces: 32 MB/s */

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "stall: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void rest(int64_t us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

static void go_to_background(void)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		die("fork");
	if (pid > 0) {
		printf("%d\n", pid);
		fflush(stdout);
		_exit(0);
	}
	setsid();
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (int fd = 6; fd < 12; fd++) /* the test's own */
		close(fd);
}

static struct addrinfo *resolve(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *out;

	if (getaddrinfo(address, port, &hints, &out)) {
		fprintf(stderr, "stall: bad address %s\n", address);
		exit(2);
	}
	return out;
}

static bool read_all(int fd, void *to, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t n = read(fd, (char *)to + at, length - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* ---- the server ---- */

static void serve_bulk(int fd)
{
	static uint64_t words[PIECE];
	uint64_t next = 0;
	bool right = true;
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, (char *)words + have, sizeof(words) - have)) > 0) {
		size_t count;

		have += (size_t)n;
		count = have / sizeof(words[0]);
		for (size_t i = 0; i < count; i++)
			right &= words[i] == next++;
		have -= count * sizeof(words[0]);
		memmove(words, words + count, have);
	}
	next = right && n == 0 && have == 0 ? next : UINT64_MAX;
	n = write(fd, &next, sizeof(next));
}

static void serve_one(int fd)
{
	char kind, buffer[4096];
	ssize_t n;

	if (!read_all(fd, &kind, 1))
		return;
	if (kind == 'b') {
		serve_bulk(fd);
		return;
	}
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, (size_t)n) != n)
			break;
}

static int serve(char **argv)
{
	struct addrinfo *at = resolve(argv[0], argv[1]);
	int fd = socket(at->ai_family, SOCK_STREAM, 0), one = 1, peer;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) || listen(fd, 16))
		die("listen");
	signal(SIGCHLD, SIG_IGN);
	go_to_background();
	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (fork() == 0) {
			serve_one(peer);
			_exit(0);
		}
		close(peer);
	}
	return 1;
}

/* ---- the flows ---- */

struct flow {
	int fd;
	uint64_t sent, answered;
	int64_t worst; /* us */
	int error;
};

static void report(const struct flow *f, const char *path)
{
	char part[4096];
	FILE *out;

	snprintf(part, sizeof(part), "%s.part", path);
	out = fopen(part, "w");
	if (!out)
		return;
	fprintf(out, "sent %llu answered %llu worst %lld%s%s\n",
		(unsigned long long)f->sent, (unsigned long long)f->answered,
		(long long)f->worst, f->error ? " error " : "",
		f->error ? strerror(f->error) : "");
	fclose(out);
	rename(part, path);
}

static void waited(struct flow *f, int64_t since)
{
	int64_t us = now() - since;

	f->worst = us > f->worst ? us : f->worst;
}

static void ping(struct flow *f)
{
	while (!ended && !f->error) {
		int64_t start = now();
		uint64_t back = 0;

		f->sent++;
		if (send(f->fd, &f->sent, sizeof(f->sent), MSG_NOSIGNAL) < 0 ||
		    !read_all(f->fd, &back, sizeof(back)))
			f->error = errno ? errno : EPIPE;
		waited(f, start);
		f->answered += back == f->sent;
		rest(1000);
	}
}

static bool send_all(const struct flow *f, const void *data, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t n =
			send(f->fd, (const char *)data + at, length - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Sends a piece and waits until the peer's kernel has all of it. */
static void bulk(struct flow *f)
{
	static uint64_t words[PIECE];
	int queued;

	while (!ended && !f->error) {
		int64_t start = now();

		for (size_t i = 0; i < PIECE; i++)
			words[i] = f->sent++;
		if (!send_all(f, words, sizeof(words)))
			f->error = errno;
		while (!f->error && ioctl(f->fd, SIOCOUTQ, &queued) == 0 && queued &&
		       now() - start < 30000000)
			rest(100);
		waited(f, start);
		rest(PACE);
	}
	shutdown(f->fd, SHUT_WR);
	if (!read_all(f->fd, &f->answered, sizeof(f->answered)) && !f->error)
		f->error = errno ? errno : EPIPE;
}

static int flow(char **argv, char kind, void (*run)(struct flow *f))
{
	struct addrinfo *to = resolve(argv[0], argv[1]);
	struct flow f = {.fd = socket(to->ai_family, SOCK_STREAM, 0)};
	int one = 1;

	setsockopt(f.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (f.fd < 0 || connect(f.fd, to->ai_addr, to->ai_addrlen) ||
	    write(f.fd, &kind, 1) != 1)
		die("connect");
	signal(SIGTERM, end);
	go_to_background();
	run(&f);
	report(&f, argv[2]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "ping"))
		return flow(argv + 2, 'p', ping);
	if (argc == 5 && !strcmp(argv[1], "bulk"))
		return flow(argv + 2, 'b', bulk);
	fputs("usage: stall serve ADDRESS PORT | ping|bulk ADDRESS PORT FILE\n", stderr);
	return 2;
}
