// SPDX-License-Identifier: GPL-2.0-or-later
/* How dnsmasq is run: command line, user, a clean process. */
#include "dhcp/launch.h"

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
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "dhcp/guard.h"
#include "dhcp/holder.h"
#include "dhcp/process.h"
#include "dhcp/user.h"
#include "dhcp/write.h"
#include "model/topology.h"

/*
 * Theory of operation.  dnsmasq goes into the background by itself: its first process
 * ends when the last one serves, or has failed, and then with a message on standard error
 * and an exit code.  So its exit is the answer that we wait for, nothing is left for us
 * to reap, and the daemon is nobody's child.  It has a session of its own from the start,
 * an environment of our making, no descriptor of ours, and no signal blocked or ignored.
 */

#define PATIENCE                                                              \
	20000 /* ms; it resolves nothing and waits for nothing when it starts \
	       */
#define WORDS 1024

/*
 * The command line: all that is not the topology's but the host's
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

/* No guest takes the host's own name, which is not the topology's. */
static void add_own_name(struct command *c)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof(name) - 1) < 0)
		return;
	name[strcspn(name, ".")] = '\0';
	if (netd_machine_name_problem(name) == NULL)
		add_argument(c, "--dhcp-host=%s,set:%s", name, NETD_DHCP_REFUSED);
}

static int command_make(const struct netd_launch *l, struct command *c,
			struct netd_error *err)
{
	static const struct {
		const char *fmt, *file;
	} files[] = {
		{"--conf-file=%s/%s", NETD_DNSMASQ_CONFIG},
		{"--pid-file=%s/%s", NETD_DNSMASQ_PID},
		{"--dhcp-leasefile=%s/%s", NETD_DNSMASQ_LEASES},
		{"--dhcp-hostsfile=%s/%s", NETD_DNSMASQ_RESERVED},
		{"--dhcp-hostsdir=%s/%s", NETD_GUARD_USED},
		{"--addn-hosts=%s/%s", NETD_DNSMASQ_NAMES},
		{"--log-facility=%s/%s", NETD_DNSMASQ_LOG},
	};
	struct netd_dnsmasq_user user;
	int r = netd_dnsmasq_user(&user, err);

	if (r < 0)
		return r;
	add_argument(c, "%s%s", l->program, "");
	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++)
		add_argument(c, files[i].fmt, l->directory, files[i].file);
	add_own_name(c);
	if (l->uses_resolv && l->own_resolv)
		add_argument(c, "--resolv-file=%s/%s", l->directory, NETD_DNSMASQ_RESOLV);
	else if (l->uses_resolv && l->host_resolv)
		add_argument(c, "--resolv-file=%s%s", l->host_resolv, "");
	add_argument(c, "--user=%s%s", user.name, "");
	/* where nobody is mapped but root, groups cannot be set either: an empty one */
	if (user.gid == 0)
		add_argument(c, "--group=%s%s", "", "");
	else if (user.group[0])
		add_argument(c, "--group=%s%s", user.group, "");
	if (c->failed)
		return netd_error_add(err, -ENOMEM, "out of memory");
	return 0;
}

/*
 * The process
 */

static void become_clean(int space, int output)
{
	struct sigaction fresh = {.sa_handler = SIG_DFL};
	sigset_t none;

	/* Killed while it starts, we leave nothing half started behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
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

static pid_t spawn(const struct netd_launch *l, char *const *arguments, int output)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C";
	char *environment[] = {path, locale, NULL};
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	/* Before it is in the background, nobody else would know of it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	become_clean(l->space, output);
	execve(l->program, arguments, environment);
	_exit(127);
}

/* The exit status of the first process, or -ETIMEDOUT. */
static int wait_exit(pid_t pid)
{
	netd_auto_close int fd = pidfd_open(pid, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool late = false;
	int r, status = 0;

	do
		r = fd < 0 ? 1 : poll(&p, 1, PATIENCE);
	while (r < 0 && errno == EINTR);
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

/* What it said, as one line, without "dnsmasq: ". */
static void read_words(int fd, char out[WORDS])
{
	ssize_t n = read(fd, out, WORDS - 1);
	char *words = out;

	out[n > 0 ? n : 0] = '\0';
	while (*words == '\n' || *words == ' ')
		words++;
	if (strncmp(words, "dnsmasq: ", 9) == 0)
		words += 9;
	words[strcspn(words, "\n")] = '\0';
	memmove(out, words, strlen(words) + 1);
}

/*
 * What it says of a port (2.90 network.c, dhcp.c): "failed to create listening socket for
 * ADDRESS: Address already in use", "failed to bind DHCP server socket: …".
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

static int port_taken(const struct netd_launch *l, const struct netd_addr *a,
		      uint16_t port, struct netd_error *err)
{
	char address[NETD_ADDR_TEXT + 8] = "", name[32] = "";
	pid_t pid = l->space >= 0 ? 0
				  : netd_port_holder(a, port, NETD_PORT_OF_ANY, name,
						     sizeof(name));
	const char *what = port == 53 ? "DNS" : "DHCP";

	if (a->family) {
		char text[NETD_ADDR_TEXT];

		snprintf(address, sizeof(address), " of %s", netd_addr_format(a, text));
	}
	if (pid)
		netd_error_add(err, -EADDRINUSE,
			       "dhcp %s: port %u (%s)%s is taken by %s (process %d)",
			       l->name, port, what, address, name, pid);
	else
		netd_error_add(err, -EADDRINUSE, "dhcp %s: port %u (%s)%s is taken",
			       l->name, port, what, address);
	netd_error_hint(err, "%s",
			port == 53 ? NETD_DNSMASQ_PORT_HINT
				   : "two DHCP servers cannot share a host's port");
	return -EADDRINUSE;
}

static int judge(const struct netd_launch *l, int status, const char *words,
		 struct netd_error *err)
{
	struct netd_addr a;
	uint16_t port;

	if (status == 0)
		return 0;
	if (parse_taken(words, &a, &port))
		return port_taken(l, &a, port, err);
	if (status == -ETIMEDOUT)
		return netd_error_add(err, status,
				      "dhcp %s: dnsmasq did not start within %d s",
				      l->name, PATIENCE / 1000);
	if (*words)
		netd_error_add(err, -EIO, "dhcp %s: dnsmasq did not start: %s", l->name,
			       words);
	else
		netd_error_add(err, -EIO, "dhcp %s: dnsmasq did not start (status %d)",
			       l->name, status);
	netd_error_hint(err, "its files are in %s", l->directory);
	return -EIO;
}

static int begin(const struct netd_launch *l, char *const *arguments,
		 struct netd_launching *out, struct netd_error *err)
{
	int ends[2], r = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		r = -errno;
		return netd_error_add(err, r, "dhcp %s: no pipe: %s", l->name,
				      strerror(-r));
	}
	pid = spawn(l, arguments, ends[1]);
	if (pid < 0)
		r = -errno;
	close(ends[1]);
	if (r == 0) {
		*out = (struct netd_launching){.pid = pid, .words = ends[0]};
		return 0;
	}
	close(ends[0]);
	return netd_error_add(err, r, "dhcp %s: cannot start %s: %s", l->name, l->program,
			      strerror(-r));
}

int netd_launch_begin(const struct netd_launch *l, struct netd_launching *out,
		      struct netd_error *err)
{
	netd_auto(command_done) struct command c = {.count = 0};
	int r = command_make(l, &c, err);

	if (r)
		return r;
	return begin(l, c.arguments, out, err);
}

int netd_launch_finish(const struct netd_launch *l, struct netd_launching *launching,
		       struct netd_error *err)
{
	int status = wait_exit(launching->pid);
	char words[WORDS];

	read_words(launching->words, words);
	close(launching->words);
	return judge(l, status, words, err);
}

int netd_launch_test(const struct netd_launch *l, struct netd_error *err)
{
	static char name[] = "dnsmasq", test[] = "--test",
		    none[] = "--conf-file=/dev/null";
	char *arguments[] = {name, test, none, NULL};
	struct netd_launching launching = {.words = -1};
	char words[WORDS];
	int status, r = begin(l, arguments, &launching, err);

	if (r < 0)
		return r;
	status = wait_exit(launching.pid);
	read_words(launching.words, words);
	close(launching.words);
	if (status == 0)
		return 0;
	netd_error_add(err, -EIO, "dhcp %s: %s cannot be run%s%s", l->name, l->program,
		       *words ? ": " : "", words);
	netd_error_hint(err, "run `%s --test` to see why", l->program);
	return -EIO;
}
