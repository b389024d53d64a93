// SPDX-License-Identifier: GPL-2.0-or-later
/* netd: keeps what runs as it should be, and serves those who are not root. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "call.h"
#include "daemon.h"
#include "reconcile.h"
#include "monitor.h"
#include "log.h"
#include "netd.h"
#include "peer.h"
#include "system_bus.h"
#include "work.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const char help[] =
	"Usage: netd [OPTION…]\n"
	"Keeps networks of netdctl as they should be, and serves users who are not "
	"root.\n"
	"\n"
	"      --state-dir DIR    instead of /run/netd ($NETD_STATE_DIR)\n"
	"      --config-dir DIR   instead of /etc/netd ($NETD_CONFIG_DIR)\n"
	"  -h, --help             print this help\n"
	"      --version          print the version\n"
	"      --introspect       print the calls as D-Bus's XML\n"
	"\n"
	"It runs in the foreground, until SIGTERM.  See netd(8).\n";

/* The system bus is the host's: a daemon for something else keeps off. */
static int start_system_bus(struct daemon *d)
{
	if (strcmp(d->state_dir, USUAL_STATE_DIR) != 0)
		return 0;
	return system_bus_new(d, &d->system);
}

static int open_parts(struct daemon *d)
{
	int r = peers_new(d, &d->peers);

	if (r < 0)
		return r;
	r = work_new(d->event, &d->work);
	if (r < 0)
		return r;
	r = reconcile_new(d, &d->reconcile);
	if (r < 0)
		return r;
	r = monitor_new(d, reconcile_changed, d->reconcile, &d->monitor);
	if (r < 0)
		return r;
	return start_system_bus(d);
}

/* What is under way is finished, and answered, before the connections end. */
static void close_parts(struct daemon *d)
{
	if (d->reconcile)
		reconcile_stop(d->reconcile);
	d->work = work_free(d->work);
	d->system = system_bus_free(d->system);
	d->peers = peers_free(d->peers);
	d->monitor = monitor_free(d->monitor);
	d->reconcile = reconcile_free(d->reconcile);
}

/* sd-event takes signals only while they are blocked. */
static int open_loop(struct daemon *d)
{
	sigset_t set;
	int r = sd_event_default(&d->event);

	if (r < 0)
		return r;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r = sd_event_add_signal(d->event, NULL, SIGTERM, NULL, NULL);
	if (r < 0)
		return r;
	r = sd_event_add_signal(d->event, NULL, SIGINT, NULL, NULL);
	if (r < 0)
		return r;
	return sd_event_set_watchdog(d->event, 1);
}

static int loop(struct daemon *d)
{
	int r = open_loop(d);

	if (r < 0)
		return r;
	r = open_parts(d);
	if (r < 0)
		return r;
	reconcile_start(d->reconcile);
	log_line(LOG_INFO, NULL, "looks after %s", d->state_dir);
	sd_notify(0, "READY=1");
	return sd_event_loop(d->event);
}

static int run(struct daemon *d)
{
	int r;

	if (geteuid() != 0) {
		log_line(LOG_ERR, NULL, "run it as root");
		return EXIT_FAILED;
	}
	r = loop(d);
	sd_notify(0, "STOPPING=1");
	close_parts(d);
	sd_event_unref(d->event);
	if (r >= 0)
		return EXIT_DONE;
	log_line(LOG_ERR, NULL, "cannot run: %s", strerror(-r));
	return EXIT_FAILED;
}

/* The program of netd_set_watchdog(), as netdctl is: what is started so survives netd. */
static int watchdog(const struct daemon *d)
{
	struct netd_error *err = netd_error_new();
	struct netd *netd = NULL;
	char *text = NULL;
	int r = netd_new(d->state_dir, d->config_dir, &netd, err);

	if (r >= 0)
		r = netd_watch(netd, STDIN_FILENO, err);
	if (r < 0)
		text = netd_error_format(err, NETD_FORMAT_TEXT, false);
	openlog("netd-watchdog", LOG_PID, LOG_DAEMON);
	if (r < 0)
		syslog(LOG_ERR, "%s", text ? text : "failed");
	else if (r > 0)
		syslog(LOG_WARNING, "a change that was not confirmed was rolled back");
	free(text);
	netd_free(netd);
	netd_error_free(err);
	return r < 0;
}

static int guard(char **arguments)
{
	return netd_guard(arguments[0], arguments[1], atoi(arguments[2])) < 0;
}

static const struct option options[] = {
	{"state-dir", required_argument, NULL, 's'},
	{"config-dir", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'v'},
	{"introspect", no_argument, NULL, 'i'},
	{0},
};

/* EXIT_DONE also if there is nothing else to do: then *@done. */
static int parse(int argc, char **argv, struct daemon *d, bool *done)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0)
		switch (c) {
		case 's':
			d->state_dir = optarg;
			break;
		case 'c':
			d->config_dir = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			*done = true;
			return EXIT_DONE;
		case 'v':
			puts("netd " NETD_VERSION);
			*done = true;
			return EXIT_DONE;
		case 'i':
			*done = true;
			return call_introspect(stdout);
		default:
			return EXIT_USAGE;
		}
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct daemon d = {
		.state_dir = secure_getenv("NETD_STATE_DIR"),
		.config_dir = secure_getenv("NETD_CONFIG_DIR"),
	};
	bool done = false;
	int code = parse(argc, argv, &d, &done);

	if (code != EXIT_DONE || done)
		return code;
	if (!d.state_dir)
		d.state_dir = USUAL_STATE_DIR;
	if (optind == argc)
		return run(&d);
	if (strcmp(argv[optind], "watchdog") == 0)
		return watchdog(&d);
	if (strcmp(argv[optind], "guard") == 0 && argc - optind == 4)
		return guard(argv + optind + 1);
	fprintf(stderr, "netd: it takes no arguments; `netd --help`\n");
	return EXIT_USAGE;
}
