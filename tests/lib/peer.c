// SPDX-License-Identifier: GPL-2.0-or-later
/* A server that tells its peers how it sees them, a client that asks, and a long flow. */
/*
 * Theory of operation.  The tests need to know which addresses and ports the far end of a
 * flow saw.  `serve` and `flow` go to the background once they listen or are connected,
 * so the caller never waits or guesses; the end of the test's PID namespace ends them.
 *
 * A server's first words (of each datagram, for UDP) are the line "LOCAL-ADDRESS
 * LOCAL-PORT PEER-ADDRESS PEER-PORT"; what follows is the echo.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORTS_MAX 1024
#define BEAT_MS 10
#define BEAT_BYTES 11 /* "%010u\n" */
#define DATAGRAM_MAX 2048

struct protocol {
	const char *name;
	int type, number;
};

static const struct protocol protocols[] = {
	{"tcp", SOCK_STREAM, IPPROTO_TCP},
	{"udp", SOCK_DGRAM, IPPROTO_UDP},
	{"sctp", SOCK_STREAM, IPPROTO_SCTP},
};

struct endpoint {
	struct sockaddr_storage addr;
	socklen_t length;
};

static void die(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fputs("usage: peer serve PROTOCOL ADDRESS PORT[-LAST]\n"
	      "       peer ask PROTOCOL ADDRESS PORT [--from ADDRESS] [--port PORT]"
	      " [--timeout MS]\n"
	      "       peer flow PROTOCOL ADDRESS PORT FILE\n",
	      stderr);
	exit(2);
}

static const struct protocol *protocol_find(const char *name)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (!strcmp(protocols[i].name, name))
			return &protocols[i];
	usage();
	return NULL;
}

static struct endpoint endpoint_parse(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	struct endpoint e = {0};
	struct addrinfo *found;

	if (getaddrinfo(address, port, &hints, &found)) {
		fprintf(stderr, "peer: bad address %s port %s\n", address, port);
		exit(2);
	}
	memcpy(&e.addr, found->ai_addr, found->ai_addrlen);
	e.length = found->ai_addrlen;
	freeaddrinfo(found);
	return e;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* The parent prints the child's pid and exits. */
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
	for (int fd = 3; fd < 10; fd++) /* the test's, inherited */
		if (fcntl(fd, F_GETFD) >= 0 && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
			close(fd);
}

static void endpoint_text(const struct sockaddr *addr, socklen_t length, char *out,
			  size_t size)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(addr, length, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		strcpy(host, "?"), strcpy(port, "?");
	snprintf(out, size, "%.80s %.8s", host, port);
}

/* ---- serve ---- */

static int listener_open(const struct protocol *p, const struct endpoint *at)
{
	int fd = socket(at->addr.ss_family, p->type | SOCK_CLOEXEC, p->number);
	int one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (at->addr.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (p->type == SOCK_DGRAM && at->addr.ss_family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	if (p->type == SOCK_DGRAM && at->addr.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&at->addr, at->length))
		die("bind");
	if (p->type == SOCK_STREAM && listen(fd, 64))
		die("listen");
	return fd;
}

static void connection_serve(int fd)
{
	struct endpoint self = {.length = sizeof(self.addr)};
	struct endpoint peer = {.length = sizeof(peer.addr)};
	char local[100], remote[100], buffer[4096];
	ssize_t n;

	getsockname(fd, (struct sockaddr *)&self.addr, &self.length);
	getpeername(fd, (struct sockaddr *)&peer.addr, &peer.length);
	endpoint_text((struct sockaddr *)&self.addr, self.length, local, sizeof(local));
	endpoint_text((struct sockaddr *)&peer.addr, peer.length, remote, sizeof(remote));
	dprintf(fd, "%s %s\n", local, remote);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, (size_t)n) != n)
			break;
	_exit(0);
}

/*
 * The address that a datagram came to, into @self; the control message is made fit to
 * send the answer from that address.
 */
static void datagram_local(struct msghdr *m, struct endpoint *self)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo *i = (struct in_pktinfo *)(void *)CMSG_DATA(c);

			((struct sockaddr_in *)&self->addr)->sin_addr = i->ipi_addr;
			i->ipi_ifindex = 0;
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo *i =
				(struct in6_pktinfo *)(void *)CMSG_DATA(c);

			((struct sockaddr_in6 *)&self->addr)->sin6_addr = i->ipi6_addr;
			if (!IN6_IS_ADDR_LINKLOCAL(&i->ipi6_addr))
				i->ipi6_ifindex = 0;
		}
	}
}

static void datagram_serve(int fd)
{
	struct endpoint self = {.length = sizeof(self.addr)}, peer = {0};
	char local[100], remote[100], payload[DATAGRAM_MAX], line[220];
	union {
		char bytes[256];
		struct cmsghdr align;
	} control;
	struct iovec in = {payload, sizeof(payload)}, out[2] = {{line, 0}, {payload, 0}};
	struct msghdr m = {.msg_name = &peer.addr,
			   .msg_namelen = sizeof(peer.addr),
			   .msg_iov = &in,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &m, 0);

	if (n < 0)
		return;
	getsockname(fd, (struct sockaddr *)&self.addr, &self.length);
	datagram_local(&m, &self);
	endpoint_text((struct sockaddr *)&self.addr, self.length, local, sizeof(local));
	endpoint_text((struct sockaddr *)&peer.addr, m.msg_namelen, remote,
		      sizeof(remote));
	out[0].iov_len = (size_t)snprintf(line, sizeof(line), "%s %s\n", local, remote);
	out[1].iov_len = (size_t)n;
	m.msg_iov = out;
	m.msg_iovlen = 2;
	sendmsg(fd, &m, 0);
}

static void listener_ready(const struct protocol *p, int fd)
{
	int peer;

	if (p->type == SOCK_DGRAM) {
		datagram_serve(fd);
		return;
	}
	peer = accept(fd, NULL, NULL);
	if (peer < 0)
		return;
	if (fork() == 0)
		connection_serve(peer);
	close(peer);
}

static int verb_serve(int argc, char **argv)
{
	static struct pollfd polls[PORTS_MAX];
	const struct protocol *p;
	unsigned first, last, count;

	if (argc != 3)
		usage();
	p = protocol_find(argv[0]);
	if (sscanf(argv[2], "%u-%u", &first, &last) != 2)
		first = last = (unsigned)atoi(argv[2]);
	count = last - first + 1;
	if (!first || last > 65535 || count > PORTS_MAX)
		usage();
	for (unsigned i = 0; i < count; i++) {
		char port[16];
		struct endpoint at;

		snprintf(port, sizeof(port), "%u", first + i);
		at = endpoint_parse(argv[1], port);
		polls[i] = (struct pollfd){listener_open(p, &at), POLLIN, 0};
	}
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	go_to_background();
	while (poll(polls, count, -1) >= 0 || errno == EINTR)
		for (unsigned i = 0; i < count; i++)
			if (polls[i].revents)
				listener_ready(p, polls[i].fd);
	return 1;
}

/* ---- ask ---- */

static bool wait_ready(int fd, short events, int64_t deadline)
{
	struct pollfd p = {fd, events, 0};
	int64_t left = deadline - now_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* A connected, non-blocking socket; dies with the reason if there is none in time. */
static int client_open(const struct protocol *p, const struct endpoint *from,
		       const struct endpoint *to, int64_t deadline)
{
	int fd = socket(to->addr.ss_family, p->type | SOCK_NONBLOCK | SOCK_CLOEXEC,
			p->number);
	int error = 0, one = 1;
	socklen_t size = sizeof(error);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	if (from->length && bind(fd, (const struct sockaddr *)&from->addr, from->length))
		die("bind");
	if (connect(fd, (const struct sockaddr *)&to->addr, to->length) &&
	    errno != EINPROGRESS)
		die("connect");
	if (!wait_ready(fd, POLLOUT, deadline)) {
		errno = ETIMEDOUT;
		die("connect");
	}
	if (!getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) && error) {
		errno = error;
		die("connect");
	}
	return fd;
}

static int verb_ask(int argc, char **argv)
{
	const char *from_address = NULL, *from_port = "0";
	struct endpoint from = {0}, to;
	char answer[DATAGRAM_MAX];
	int64_t deadline = now_ms() + 10000; /* a busy machine's guest */
	ssize_t n;
	int fd;

	if (argc < 3 || argc % 2 == 0)
		usage();
	for (int i = 3; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--from"))
			from_address = argv[i + 1];
		else if (!strcmp(argv[i], "--port"))
			from_port = argv[i + 1];
		else if (!strcmp(argv[i], "--timeout"))
			deadline = now_ms() + atoi(argv[i + 1]);
		else
			usage();
	}
	to = endpoint_parse(argv[1], argv[2]);
	if (!from_address)
		from_address = to.addr.ss_family == AF_INET6 ? "::" : "0.0.0.0";
	from = endpoint_parse(from_address, from_port);
	fd = client_open(protocol_find(argv[0]), &from, &to, deadline);
	if (send(fd, "?", 1, MSG_NOSIGNAL) != 1)
		die("send");
	if (!wait_ready(fd, POLLIN, deadline)) {
		fputs("peer: no answer\n", stderr);
		return 1;
	}
	n = recv(fd, answer, sizeof(answer), 0);
	if (n <= 0)
		die("receive");
	printf("%.*s\n", (int)strcspn(answer, "\n"), answer);
	return 0;
}

/* ---- flow ---- */

struct flow {
	int fd;
	bool datagrams;
	bool greeted; /* the server's first line has been seen */
	unsigned sent;
	uint64_t bytes;	   /* echoed, of a stream */
	unsigned answered; /* datagrams */
	int64_t last, gap; /* of answers, in ms */
	int error;
};

static volatile sig_atomic_t flow_ended;

static void flow_end(int signal)
{
	(void)signal;
	flow_ended = 1;
}

static unsigned flow_answers(const struct flow *f)
{
	return f->datagrams ? f->answered : (unsigned)(f->bytes / BEAT_BYTES);
}

static void flow_beat(struct flow *f)
{
	char beat[BEAT_BYTES + 1];
	ssize_t n;

	snprintf(beat, sizeof(beat), "%010u\n", f->sent);
	n = send(f->fd, beat, BEAT_BYTES, MSG_NOSIGNAL);
	if (n == BEAT_BYTES)
		f->sent++;
	else if (n < 0 && errno != EAGAIN && !f->datagrams)
		f->error = errno;
}

static void flow_heard(struct flow *f, const char *data, size_t n)
{
	const char *end;

	f->gap = now_ms() - f->last > f->gap ? now_ms() - f->last : f->gap;
	f->last = now_ms();
	f->answered++;
	if (!f->greeted) {
		end = memchr(data, '\n', n);
		if (!end)
			return;
		f->greeted = true;
		n -= (size_t)(end + 1 - data);
	}
	f->bytes += n;
}

static void flow_listen(struct flow *f, int ms)
{
	char buffer[65536];
	int64_t until = now_ms() + ms;

	while (!f->error && wait_ready(f->fd, POLLIN, until)) {
		ssize_t n = recv(f->fd, buffer, sizeof(buffer), 0);

		if (n > 0)
			flow_heard(f, buffer, (size_t)n);
		else if (!f->datagrams && errno != EAGAIN && errno != EINTR)
			f->error = n ? errno : EPIPE;
	}
}

static void flow_report(const struct flow *f, const char *path)
{
	char part[4096];
	FILE *out;

	snprintf(part, sizeof(part), "%s.part", path);
	out = fopen(part, "w");
	if (!out)
		return;
	fprintf(out, "sent %u answered %u gap %lld%s%s\n", f->sent, flow_answers(f),
		(long long)f->gap, f->error ? " error " : "",
		f->error ? strerror(f->error) : "");
	fclose(out);
	rename(part, path);
}

static int verb_flow(int argc, char **argv)
{
	struct endpoint none = {0}, to;
	const struct protocol *p;
	struct flow f = {0};
	int64_t end;

	if (argc != 4)
		usage();
	p = protocol_find(argv[0]);
	to = endpoint_parse(argv[1], argv[2]);
	f.datagrams = p->type == SOCK_DGRAM;
	f.fd = client_open(p, &none, &to, now_ms() + 1000);
	signal(SIGTERM, flow_end);
	go_to_background();
	f.last = now_ms();
	while (!flow_ended && !f.error) {
		flow_beat(&f);
		flow_listen(&f, BEAT_MS);
	}
	for (end = now_ms() + 1000; now_ms() < end && flow_answers(&f) < f.sent;)
		flow_listen(&f, BEAT_MS);
	while (!flow_ended)
		pause();
	flow_report(&f, argv[3]);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"serve", verb_serve},
	{"ask", verb_ask},
	{"flow", verb_flow},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, argv[1]))
			return verbs[i].run(argc - 2, argv + 2);
	usage();
	return 2;
}
