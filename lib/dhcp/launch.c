// SPDX-License-Identifier: GPL-2.0-or-later
/* How dnsmasq is run: command line, user, a clean process. */
#include "dhcp/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "dhcp/guard.h"
#include "dhcp/holder.h"
#include "dhcp/user.h"

/*
 * Theory of operation.  dnsmasq goes into the background by itself: its first process
 * ends when the last one serves, or has failed, and then with a message on standard error
 * and an exit code.  So netd waits for that exit, has nothing else to reap, and the
 * daemon is a child of init.  dnsmasq has a session of its own from the start, an
 * environment that netd sets, no descriptor of netd's, and no signal blocked or ignored.
 */

#define PATIENCE 20000 /* ms; dnsmasq waits for nothing when it starts */
#define WORDS 1024

/*
 * The command line: what belongs to the host, not to the topology
 */

#define ARGUMENTS 16
struct command {
	char *arguments[ARGUMENTS];
	size_t count;
	bool failed;
};

static void command_done(struct command *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->arguments[i]);
}

static void add_argument(struct command *c, const char *fmt, const char *a, const char *b)
{
	char *text = NULL;

	/* the last one stays NULL */
	if (c->count + 1 >= ARGUMENTS) {
		c->failed = true;
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (asprintf(&text, fmt, a, b) < 0)
		text = NULL;
#pragma GCC diagnostic pop
	c->failed = c->failed || !text;
	if (text)
		c->arguments[c->count++] = text;
}

static int command_make(const struct netd_dnsmasq *d, const char *program,
			bool uses_resolv, struct command *c, struct netd_error *err)
{
	static const struct {
		const char *fmt, *file;
	} files[] = {
		{"--conf-file=%s/%s", NETD_DNSMASQ_CONFIG},
		{"--pid-file=%s/%s", NETD_DNSMASQ_PID},
		{"--dhcp-leasefile=%s/%s", NETD_DNSMASQ_LEASES},
		{"--dhcp-hostsfile=%s/%s", NETD_DNSMASQ_RESERVED},
		{"--dhcp-hostsfile=%s/%s", NETD_DNSMASQ_HOST},
		{"--dhcp-hostsdir=%s/%s", NETD_GUARD_USED},
		{"--addn-hosts=%s/%s", NETD_DNSMASQ_NAMES},
		{"--log-facility=%s/%s", NETD_DNSMASQ_LOG},
	};
	struct netd_dnsmasq_user user;
	int r = netd_dnsmasq_user(&user, err);

	if (r < 0)
		return r;
	add_argument(c, "%s%s", program, "");
	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++)
		add_argument(c, files[i].fmt, d->directory, files[i].file);
	if (uses_resolv && d->resolv)
		add_argument(c, "--resolv-file=%s/%s", d->directory, NETD_DNSMASQ_RESOLV);
	else if (uses_resolv && d->host_resolv)
		add_argument(c, "--resolv-file=%s%s", d->host_resolv, "");
	add_argument(c, "--user=%s%s", user.name, "");
	/* in a user namespace that maps only root, no group can be set: an empty one */
	if (user.gid == 0)
		add_argument(c, "--group=%s%s", "", "");
	else if (user.group[0])
		add_argument(c, "--group=%s%s", user.group, "");
	if (c->failed)
		return netd_error_no_memory(err);
	return 0;
}

/*
 * The process
 */

static void become_clean(int space, int output)
{
	struct sigaction fresh = {.sa_handler = SIG_DFL};
	sigset_t none;

	setsid();
	if (space >= 0 && setns(space, CLONE_NEWNET) < 0)
		_exit(126);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &fresh, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(output, STDERR_FILENO);
	dup2(output, STDOUT_FILENO);
	close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) < 0 || chdir("/") < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	umask(027);
}

static pid_t spawn(const char *program, int space, char *const *arguments, int output)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C";
	char *environment[] = {path, locale, NULL};
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	/* if netd is killed meanwhile, nothing half started is left */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	become_clean(space, output);
	execve(program, arguments, environment);
	_exit(127);
}

/* The exit status of the first process, or -ETIMEDOUT. */
static int wait_exit(pid_t pid)
{
	netd_auto_close int fd = pidfd_open(pid, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool late = false;
	int r = 1, status = 0;

	while (fd >= 0 && (r = poll(&p, 1, PATIENCE)) < 0 && errno == EINTR)
		;
	if (r == 0) {
		late = true;
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (late)
		return -ETIMEDOUT;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + WTERMSIG(status);
}

/* The first line that dnsmasq wrote, without "dnsmasq: "; closes @fd. */
static void read_words(int fd, char out[WORDS])
{
	ssize_t n = read(fd, out, WORDS - 1);
	char *words = out;

	close(fd);
	if (n < 0)
		n = 0;
	out[n] = '\0';
	while (*words == '\n' || *words == ' ')
		words++;
	if (strncmp(words, "dnsmasq: ", 9) == 0)
		words += 9;
	words[strcspn(words, "\n")] = '\0';
	memmove(out, words, strlen(words) + 1);
}

/*
 * dnsmasq's words about a port (2.90 network.c, dhcp.c): "failed to create listening
 * socket for ADDRESS: Address already in use", "failed to bind DHCP server socket: …".
 */
static bool parse_taken(const char *words, struct netd_addr *a, uint16_t *port)
{
	static const char listening[] = "failed to create listening socket for ";
	char text[NETD_ADDR_TEXT];
	size_t length;

	*a = (struct netd_addr){0};
	*port = 67;
	if (!strstr(words, strerror(EADDRINUSE)))
		return false;
	if (strncmp(words, listening, sizeof(listening) - 1) != 0)
		return true;
	*port = 53;
	words += sizeof(listening) - 1;
	length = strcspn(words, " ");
	if (length > 1 && length <= sizeof(text)) {
		memcpy(text, words, length - 1);
		text[length - 1] = '\0';
		netd_addr_parse(text, a);
	}
	return true;
}

static int port_taken(const struct netd_dnsmasq *d, const struct netd_addr *a,
		      uint16_t port, struct netd_error *err)
{
	char address[NETD_ADDR_TEXT + 8] = "", name[32] = "", text[NETD_ADDR_TEXT];
	const char *what = "DHCP", *hint = "two DHCP servers cannot share a host's port";
	pid_t pid = 0;

	if (port == 53) {
		what = "DNS";
		hint = NETD_DNSMASQ_PORT_HINT;
	}
	if (d->space < 0)
		pid = netd_port_holder(a, port, NETD_PORT_OF_ANY, name, sizeof(name));
	if (a->family)
		snprintf(address, sizeof(address), " of %s", netd_addr_format(a, text));
	if (pid)
		netd_error_add(err, -EADDRINUSE,
			       "dhcp %s: port %u (%s)%s is taken by %s (process %d)",
			       d->name, port, what, address, name, pid);
	else
		netd_error_add(err, -EADDRINUSE, "dhcp %s: port %u (%s)%s is taken",
			       d->name, port, what, address);
	netd_error_hint(err, "%s", hint);
	return -EADDRINUSE;
}

static int judge(const struct netd_dnsmasq *d, int status, const char *words,
		 struct netd_error *err)
{
	struct netd_addr a;
	uint16_t port;

	if (status == 0)
		return 0;
	if (parse_taken(words, &a, &port))
		return port_taken(d, &a, port, err);
	if (status == -ETIMEDOUT)
		return netd_error_add(err, status,
				      "dhcp %s: dnsmasq did not start within %d s",
				      d->name, PATIENCE / 1000);
	if (*words)
		netd_error_add(err, -EIO, "dhcp %s: dnsmasq did not start: %s", d->name,
			       words);
	else
		netd_error_add(err, -EIO, "dhcp %s: dnsmasq did not start (status %d)",
			       d->name, status);
	netd_error_hint(err, "its files are in %s", d->directory);
	return -EIO;
}

static int begin(const struct netd_dnsmasq *d, const char *program,
		 char *const *arguments, struct netd_launching *out,
		 struct netd_error *err)
{
	int ends[2], r = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		r = -errno;
		return netd_error_add(err, r, "dhcp %s: no pipe: %s", d->name,
				      strerror(-r));
	}
	pid = spawn(program, d->space, arguments, ends[1]);
	if (pid < 0)
		r = -errno;
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return netd_error_add(err, r, "dhcp %s: cannot start %s: %s", d->name,
				      program, strerror(-r));
	}
	*out = (struct netd_launching){.pid = pid, .words = ends[0]};
	return 0;
}

int netd_launch_begin(const struct netd_dnsmasq *d, const char *program, bool uses_resolv,
		      struct netd_launching *out, struct netd_error *err)
{
	netd_auto(command_done) struct command c = {.count = 0};
	int r = command_make(d, program, uses_resolv, &c, err);

	if (r < 0)
		return r;
	return begin(d, program, c.arguments, out, err);
}

int netd_launch_finish(const struct netd_dnsmasq *d, struct netd_launching *launching,
		       struct netd_error *err)
{
	int status = wait_exit(launching->pid);
	char words[WORDS];

	read_words(launching->words, words);
	return judge(d, status, words, err);
}

int netd_launch_test(const char *name, const char *program, struct netd_error *err)
{
	static char dnsmasq[] = "dnsmasq", test[] = "--test",
		    none[] = "--conf-file=/dev/null";
	char *arguments[] = {dnsmasq, test, none, NULL};
	const struct netd_dnsmasq d = {.name = name, .space = -1};
	struct netd_launching launching = {0};
	char words[WORDS];
	int status, r = begin(&d, program, arguments, &launching, err);

	if (r < 0)
		return r;
	status = wait_exit(launching.pid);
	read_words(launching.words, words);
	if (status == 0)
		return 0;
	netd_error_add(err, -EIO, "dhcp %s: %s cannot be run%s%s", name, program,
		       *words ? ": " : "", words);
	netd_error_hint(err, "run `%s --test` to see why", program);
	return -EIO;
}
