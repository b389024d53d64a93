// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs commands against each other, interleaved, and prints medians and ratios. */
/*
 * Theory of operation.  A shared machine drifts, so only ratios within one run bind: each
 * round runs every competitor once, and the round after begins with the next one, so none
 * has a fixed place.  What is timed is the whole process, from before posix_spawn (vfork
 * inside) to behind wait4, which is what a caller such as QEMU waits for.  The commands
 * before and after it are for bringing about and clearing away, untimed; so is closing
 * descriptors that the competitor handed over.  The first round warms up and does not
 * count.
 *
 * With -N each competitor has a network namespace of its own, which lasts for the whole
 * run, so that what one leaves behind or has been prepared with is not in another's way.
 *
 * A competitor that fails ends the run: a number for work that was not done is worthless.
 * The check command, run after each competitor and before `after`, sees to the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMPETITORS 16
#define WORDS 64

extern char **environ;

struct competitor {
	const char *label;
	char *words[WORDS + 1];
	double *ms; /* one per round */
	int ns;	    /* its network namespace */
	double median, low, high;
};

static struct bench {
	const char *title;
	const char *prepare, *before, *after, *check;
	const char *markdown; /* file that the table is appended to */
	int rounds;
	bool separate; /* a network namespace for each */
	int socket; /* descriptor number that a competitor finds a socket at; -1: none */
	const char *budget_label;
	double budget; /* times the first competitor; 0: none */
	struct competitor competitors[COMPETITORS];
	size_t count;
} bench = {.title = "", .rounds = 100, .socket = -1};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Words are parted by blanks; '...' keeps them together.  @text is cut up. */
static void split(char *text, char **words)
{
	size_t n = 0;

	while (*text) {
		char end = ' ';

		text += strspn(text, " \t\n");
		if (!*text)
			break;
		if (*text == '\'') {
			end = '\'';
			text++;
		}
		if (n == WORDS) {
			fprintf(stderr, "bench: a command has more than %d words\n",
				WORDS);
			exit(2);
		}
		words[n++] = text;
		text += strcspn(text, end == ' ' ? " \t\n" : "'");
		if (*text)
			*text++ = 0;
	}
	words[n] = NULL;
	if (!n) {
		fprintf(stderr, "bench: an empty command\n");
		exit(2);
	}
}

static void shell(const char *command, const char *what, const char *label, int round)
{
	char *words[] = {(char[]){"sh"}, (char[]){"-c"}, NULL, NULL};
	int status, r;
	pid_t pid = -1;

	if (!command)
		return;
	setenv("BENCH_LABEL", label, 1);
	words[2] = strdup(command);
	r = words[2] ? posix_spawn(&pid, "/bin/sh", NULL, NULL, words, environ) : ENOMEM;
	if (r) {
		errno = r;
		die("sh");
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	free(words[2]);
	if (status) {
		fprintf(stderr, "bench: %s: %s failed in round %d of '%s': %s\n",
			bench.title, what, round, label, command);
		exit(1);
	}
}

/* Closes what the competitor sent over, so that a tap in it goes away. */
static void drain(int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	int passed;

	m.msg_control = &control;
	m.msg_controllen = sizeof(control);
	if (recvmsg(fd, &m, MSG_DONTWAIT) == 1 &&
	    m.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    control.header.cmsg_type == SCM_RIGHTS) {
		memcpy(&passed, CMSG_DATA(&control.header), sizeof(passed));
		shell(bench.check, "check", "", 0);
		close(passed);
	} else {
		fprintf(stderr, "bench: %s: no descriptor came\n", bench.title);
		exit(1);
	}
	close(fd);
}

static void prepare_socket(posix_spawn_file_actions_t *actions, int pair[2])
{
	if (bench.socket < 0)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	if (posix_spawn_file_actions_adddup2(actions, pair[1], bench.socket))
		die("dup2");
}

static double measure(struct competitor *c)
{
	posix_spawn_file_actions_t actions;
	int pair[2] = {-1, -1}, status, r;
	struct rusage usage;
	double start, end;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	prepare_socket(&actions, pair);
	start = now_ms();
	r = posix_spawnp(&pid, c->words[0], &actions, NULL, c->words, environ);
	if (r) {
		errno = r;
		die(c->words[0]);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		die("wait4");
	end = now_ms();
	posix_spawn_file_actions_destroy(&actions);
	if (pair[1] >= 0)
		close(pair[1]);
	if (status) {
		fprintf(stderr, "bench: %s: '%s' failed (wait status 0x%x)\n",
			bench.title, c->label, status);
		exit(1);
	}
	if (pair[0] >= 0)
		drain(pair[0]);
	else
		shell(bench.check, "check", c->label, 0);
	return end - start;
}

static void prepare(void)
{
	for (size_t i = 0; i < bench.count; i++) {
		struct competitor *c = &bench.competitors[i];

		if (bench.separate) {
			if (unshare(CLONE_NEWNET) < 0)
				die("unshare");
			c->ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
			if (c->ns < 0)
				die("/proc/self/ns/net");
		}
		shell(bench.prepare, "prepare", c->label, 0);
	}
}

static void run_round(int round)
{
	for (size_t i = 0; i < bench.count; i++) {
		struct competitor *c =
			&bench.competitors[(i + (size_t)round) % bench.count];
		double ms;

		if (bench.separate && setns(c->ns, CLONE_NEWNET) < 0)
			die("setns");
		shell(bench.before, "before", c->label, round);
		ms = measure(c);
		shell(bench.after, "after", c->label, round);
		if (round)
			c->ms[round - 1] = ms;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void evaluate(struct competitor *c)
{
	int n = bench.rounds;

	qsort(c->ms, n, sizeof(*c->ms), compare);
	c->median = n % 2 ? c->ms[n / 2] : (c->ms[n / 2 - 1] + c->ms[n / 2]) / 2;
	c->low = c->ms[n / 10];
	c->high = c->ms[n - 1 - n / 10];
}

static const char *verdict(const struct competitor *c, char out[64])
{
	double ratio = c->median / bench.competitors[0].median;

	out[0] = 0;
	if (bench.budget > 0 && !strcmp(c->label, bench.budget_label))
		snprintf(out, 64, "budget %.2f: %s", bench.budget,
			 ratio <= bench.budget ? "met" : "MISSED");
	return out;
}

static void print_text(void)
{
	char text[64];

	printf("%s (%d rounds)\n  %-36s %10s %8s %8s %8s\n", bench.title, bench.rounds,
	       "what", "median ms", "p10", "p90", "ratio");
	for (size_t i = 0; i < bench.count; i++) {
		const struct competitor *c = &bench.competitors[i];

		printf("  %-36s %10.3f %8.3f %8.3f %8.2f  %s\n", c->label, c->median,
		       c->low, c->high, c->median / bench.competitors[0].median,
		       verdict(c, text));
	}
	printf("\n");
}

static void print_markdown(const char *file)
{
	FILE *f = fopen(file, "a");
	char text[64];

	if (!f)
		die(file);
	fprintf(f, "### %s\n\n%d rounds\n\n", bench.title, bench.rounds);
	fprintf(f, "| what | median ms | p10 | p90 | ratio | "
		   "|\n|---|---:|---:|---:|---:|---|\n");
	for (size_t i = 0; i < bench.count; i++) {
		const struct competitor *c = &bench.competitors[i];

		fprintf(f, "| %s | %.3f | %.3f | %.3f | %.2f | %s |\n", c->label,
			c->median, c->low, c->high,
			c->median / bench.competitors[0].median, verdict(c, text));
	}
	fprintf(f, "\n");
	if (fclose(f))
		die(file);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: run [-t TITLE] [-n ROUNDS] [-p PREPARE] [-b BEFORE] [-c CHECK]\n"
		"           [-a AFTER] [-N] [-s FD] [-B LABEL=BUDGET] [-m FILE]\n"
		"           LABEL COMMAND...\n"
		"LABEL COMMAND are pairs; the first is what the others are measured by.\n"
		"BEFORE, CHECK and AFTER are for sh, untimed, once per competitor and\n"
		"round ($BENCH_LABEL says which), PREPARE is, too, but once before\n"
		"all rounds; a COMMAND is run without a shell.  -N gives each\n"
		"competitor a network namespace of its own.\n"
		"-s FD gives it one end of a socket pair, of which a descriptor must\n"
		"come.  -m appends the table as markdown.\n");
	exit(2);
}

static void parse_budget(char *text)
{
	char *equals = strrchr(text, '=');

	if (!equals)
		usage();
	*equals = 0;
	bench.budget_label = text;
	bench.budget = atof(equals + 1);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "t:n:p:b:c:a:Ns:B:m:")) >= 0) {
		switch (option) {
		case 't':
			bench.title = optarg;
			break;
		case 'n':
			bench.rounds = atoi(optarg);
			break;
		case 'p':
			bench.prepare = optarg;
			break;
		case 'N':
			bench.separate = true;
			break;
		case 'b':
			bench.before = optarg;
			break;
		case 'c':
			bench.check = optarg;
			break;
		case 'a':
			bench.after = optarg;
			break;
		case 's':
			bench.socket = atoi(optarg);
			break;
		case 'B':
			parse_budget(optarg);
			break;
		case 'm':
			bench.markdown = optarg;
			break;
		default:
			usage();
		}
	}
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	if (bench.rounds < 1 || optind >= argc || (argc - optind) % 2 ||
	    (argc - optind) / 2 > COMPETITORS)
		usage();
	for (int i = optind; i < argc; i += 2) {
		struct competitor *c = &bench.competitors[bench.count++];

		c->label = argv[i];
		split(argv[i + 1], c->words);
		c->ms = calloc(bench.rounds, sizeof(*c->ms));
		if (!c->ms)
			die("memory");
	}
	prepare();
	for (int round = 0; round <= bench.rounds; round++)
		run_round(round);
	for (size_t i = 0; i < bench.count; i++)
		evaluate(&bench.competitors[i]);
	print_text();
	if (bench.markdown)
		print_markdown(bench.markdown);
	return 0;
}
