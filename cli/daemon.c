// SPDX-License-Identifier: GPL-2.0-or-later
/* Verbs that the daemon runs for whoever is not root: the same words, by D-Bus. */
/*
 * Theory of operation.  Who is root needs no daemon.  Who is not asks on the system bus,
 * where polkit says what is allowed, or else by the daemon's socket; where neither
 * answers the verb is run in process, as far as that goes.  A file is read and checked
 * here, with the user's own rights, and its text goes to the daemon.  Plans, notes and
 * problems come back as they are to be printed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "dbus.h"

#define STATE_DIR "/run/netd"
#define SYSTEM_BUS "/run/dbus/system_bus_socket"
#define NAME "org.netd1"

/* What a call gives; texts are of the reply. */
struct answer {
	struct dbus_reply reply;
	int code; /* -errno, with @problems */
	enum netd_outcome outcome;
	uint32_t changes;
	const char *problems, *name, *plan, *notes, *forewarned, *left;
};

/*
 * The way to it
 */

static bool has_name(struct dbus *d)
{
	static const struct dbus_method method = {
		"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
		"NameHasOwner", "s"};
	struct dbus_body body = {0};
	struct dbus_reply reply;
	bool has;
	int r;

	dbus_put_text(&body, NAME);
	r = dbus_call(d, &method, &body, &reply);
	dbus_body_done(&body);
	has = r >= 0 && !reply.error && dbus_number(&reply);
	dbus_reply_done(&reply);
	return has;
}

static const char *bus_path(void)
{
	static const char prefix[] = "unix:path=";
	const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");

	if (address && strncmp(address, prefix, strlen(prefix)) == 0)
		return address + strlen(prefix);
	return SYSTEM_BUS;
}

static struct dbus *open_bus(void)
{
	struct dbus *d = NULL;

	if (dbus_open(bus_path(), true, &d) < 0)
		return NULL;
	if (has_name(d))
		return d;
	return dbus_close(d);
}

static struct dbus *open_socket(const char *state_dir)
{
	struct dbus *d = NULL;
	char path[128];

	snprintf(path, sizeof(path), "%s/bus", state_dir);
	if (dbus_open(path, false, &d) < 0)
		return NULL;
	return d;
}

/* $NETD_DAEMON: "never", "bus", "socket"; by default only for who is not root. */
int daemon_open(struct cli *cli, const char *state_dir)
{
	const char *way = secure_getenv("NETD_DAEMON");
	bool forced = way && *way, bus, socket;

	if (!state_dir)
		state_dir = STATE_DIR;
	bus = strcmp(state_dir, STATE_DIR) == 0;
	socket = true;
	if (forced) {
		bus = strcmp(way, "bus") == 0;
		socket = strcmp(way, "socket") == 0;
		forced = bus || socket;
	} else if (geteuid() == 0) {
		return EXIT_DONE;
	}
	if (bus)
		cli->daemon = open_bus();
	if (!cli->daemon && socket)
		cli->daemon = open_socket(state_dir);
	if (cli->daemon || !forced)
		return EXIT_DONE;
	complain("netdctl: NETD_DAEMON=%s: no daemon answers there", way);
	return EXIT_FAILED;
}

/*
 * A call
 */

static void put_options(const struct cli *cli, struct dbus_body *body)
{
	const struct options *o = &cli->options;
	size_t begin = dbus_begin_array(body);

	if (o->json)
		dbus_put_text_option(body, "format", "json");
	if (cli->color)
		dbus_put_flag_option(body, "color");
	if (cli->color_errors)
		dbus_put_flag_option(body, "color-errors");
	if (o->force)
		dbus_put_flag_option(body, "force");
	if (o->keep_processes)
		dbus_put_flag_option(body, "keep-processes");
	if (cli->trial)
		dbus_put_number_option(body, "confirm", cli->trial);
	if (o->probe)
		dbus_put_text_option(body, "probe", o->probe);
	dbus_put_number_option(body, "lock-wait", cli->patience);
	dbus_end_array(body, begin);
}

static enum netd_outcome read_outcome(const char *name)
{
	static const char *const names[] = {
		[NETD_UNTOUCHED] = "untouched",
		[NETD_DONE] = "done",
		[NETD_ROLLED_BACK] = "rolled back",
		[NETD_NOT_ROLLED_BACK] = "not rolled back",
		[NETD_KEPT] = "kept",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return (enum netd_outcome)i;
	return NETD_NOT_ROLLED_BACK; /* of a daemon that knows more than this netdctl */
}

static void read_recovered(struct cli *cli, struct dbus_reply *r)
{
	const uint8_t *end = dbus_array(r, 8);

	while (dbus_next(r, end)) {
		const char *name = dbus_text(r);
		const char *outcome = dbus_text(r);

		if (!cli->options.json)
			say_recovered(cli, name, read_outcome(outcome));
	}
}

/* A text of the result, by its key; the others are numbers, or for read_recovered(). */
static void read_text(struct answer *a, const char *key, const char *text)
{
	const struct {
		const char *key, **place;
	} texts[] = {
		{"name", &a->name},   {"plan", &a->plan},
		{"notes", &a->notes}, {"forewarned", &a->forewarned},
		{"left", &a->left},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].key, key) == 0)
			*texts[i].place = text;
	if (strcmp(key, "outcome") == 0)
		a->outcome = read_outcome(text);
}

static void read_entry(struct cli *cli, struct answer *a)
{
	struct dbus_reply *r = &a->reply;
	const char *key = dbus_text(r);
	const char *type = dbus_signature(r);

	if (strcmp(type, "s") == 0)
		read_text(a, key, dbus_text(r));
	else if (strcmp(type, "u") == 0 && strcmp(key, "changes") == 0)
		a->changes = dbus_number(r);
	else if (strcmp(type, "i") == 0 && strcmp(key, "code") == 0)
		a->code = (int)dbus_number(r);
	else if (strcmp(type, "a(ss)") == 0 && strcmp(key, "recovered") == 0)
		read_recovered(cli, r);
	else
		dbus_skip(r, type);
}

static void read_result(struct cli *cli, struct answer *a)
{
	const uint8_t *end = dbus_array(&a->reply, 8);

	while (dbus_next(&a->reply, end))
		read_entry(cli, a);
}

/* An error of the bus, or of sd-bus itself, has a text alone. */
static void read_answer(struct cli *cli, struct answer *a)
{
	const char *signature = a->reply.signature;

	if (a->reply.error) {
		a->code = -EIO;
		if (*signature == 's')
			a->problems = dbus_text(&a->reply);
		if (strcmp(signature, "sa{sv}") != 0) {
			netd_error_put(cli->err, -EIO, a->problems, NULL);
			a->problems = NULL;
			return;
		}
		signature++;
	}
	if (strcmp(signature, "a{sv}") == 0)
		read_result(cli, a);
	else if (strcmp(signature, "s") == 0)
		a->plan = dbus_text(&a->reply);
}

static void put_connection_problem(struct cli *cli, int code)
{
	netd_error_put(cli->err, code, "the daemon ended before it answered",
		       "`netdctl status` shows what is there");
}

/* Calls @member with texts @a, and @b unless that is NULL, and the options. */
static int ask(struct cli *cli, const char *member, const char *a, const char *b,
	       struct answer *out)
{
	struct dbus_method method = {NAME, "/org/netd1", NAME ".Manager", member,
				     "a{sv}"};
	struct dbus_body body = {0};
	int r;

	*out = (struct answer){.problems = ""};
	if (a) {
		method.in = "sa{sv}";
		dbus_put_text(&body, a);
	}
	if (b) {
		method.in = "ssa{sv}";
		dbus_put_text(&body, b);
	}
	put_options(cli, &body);
	r = dbus_call(cli->daemon, &method, &body, &out->reply);
	dbus_body_done(&body);
	if (r >= 0) {
		read_answer(cli, out);
		r = out->code;
	}
	if (out->reply.failed)
		r = -EPROTO;
	if (r < 0 && !out->reply.error)
		put_connection_problem(cli, r);
	return r;
}

static void answer_done(struct answer *a)
{
	dbus_reply_done(&a->reply);
}

static int report_answer(struct cli *cli, int r, const struct answer *a)
{
	if (a->problems && *a->problems)
		return report_text(cli, a->problems, r, a->outcome);
	return report(cli, r, a->outcome);
}

static void say_text(const struct cli *cli, const char *text)
{
	if (text && !cli->options.quiet)
		fputs(text, stderr);
}

/*
 * The verbs
 */

static int print_answer(struct cli *cli, const char *member, const char *a, const char *b)
{
	struct answer answer;
	int r = ask(cli, member, a, b, &answer);
	int code = EXIT_FAILED;

	if (r < 0)
		code = report_answer(cli, r, &answer);
	else if (answer.plan && fputs(answer.plan, stdout) >= 0 && fflush(stdout) == 0)
		code = EXIT_DONE;
	answer_done(&answer);
	return code;
}

int daemon_status(struct cli *cli)
{
	return print_answer(cli, "Status", NULL, NULL);
}

int daemon_show(struct cli *cli, const char *kind, const char *name)
{
	if (!name)
		name = "";
	return print_answer(cli, "Show", kind, name);
}

int daemon_plan(struct cli *cli, const char *name, const struct netd_topology *t)
{
	const char *file = NULL, *member = "PlanDestroy", *word = name;
	struct answer a;
	int code = EXIT_CHANGES, r;

	if (t) {
		member = "Plan";
		word = netd_topology_source(t, &file);
	}
	r = ask(cli, member, word, file, &a);
	if (r < 0) {
		code = report_answer(cli, r, &a);
	} else {
		fputs(a.plan, stdout);
		fflush(stdout);
		say_text(cli, a.notes);
		if (!a.changes) {
			note(cli, "%s: nothing to do", name);
			code = EXIT_DONE;
		}
	}
	answer_done(&a);
	return code;
}

/* What was done by it, in the words of a change that was made here. */
static int say_change(struct cli *cli, int r, const struct answer *a, const char *what,
		      const char *done)
{
	say_text(cli, a->forewarned);
	if (a->left)
		say_left(cli, what, a->left);
	if (r < 0)
		return report_answer(cli, r, a);
	if (!a->plan) {
		note(cli, "%s: %s", what, done);
		return EXIT_DONE;
	}
	say_text(cli, a->notes);
	say_changes(cli, what, a->plan, a->changes, done);
	if (cli->trial && a->changes)
		say_trial(cli, what);
	return EXIT_DONE;
}

int daemon_apply(struct cli *cli, const struct netd_topology *t, const char *what,
		 const char *done)
{
	const char *file = NULL, *text = netd_topology_source(t, &file);
	struct answer a;
	int r = ask(cli, "Apply", text, file, &a);
	int code = say_change(cli, r, &a, what, done);

	answer_done(&a);
	return code;
}

int daemon_change(struct cli *cli, const char *member, const char *name, const char *done)
{
	struct answer a;
	int r, code;

	if (!name)
		name = "";
	r = ask(cli, member, name, NULL, &a);
	if (a.name)
		name = a.name;
	code = say_change(cli, r, &a, name, done);
	answer_done(&a);
	return code;
}

void daemon_close(struct cli *cli)
{
	cli->daemon = dbus_close(cli->daemon);
}
