// SPDX-License-Identifier: GPL-2.0-or-later
/* Verbs that the daemon runs for whoever is not root: the same words, by D-Bus. */
/*
 * Theory of operation.  Root needs no daemon.  For other users netdctl asks the daemon on
 * the system bus, where polkit says what is allowed, or else on its socket; where neither
 * answers, the verb runs in process, as far as it can.  A file is read and checked
 * here, with the user's own rights, and its text goes to the daemon.  Plans, notes and
 * problems come back as they are to be printed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"
#include "sd_bus.h"

#define STATE_DIR "/run/netd"
#define NAME "org.netd1"

static const struct sd_bus_calls *sd;

/* What a call gives; texts are of the reply. */
struct answer {
	sd_bus_message *reply;
	int code; /* -errno, with @problems */
	enum netd_outcome outcome;
	uint32_t changes;
	const char *problems, *name, *plan, *notes, *forewarned, *left;
};

/*
 * The way to it
 */

static bool has_name(sd_bus *bus)
{
	sd_bus_message *m = NULL;
	int has = false;

	if (sd->sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
				   "org.freedesktop.DBus", "NameHasOwner", NULL, &m, "s",
				   NAME) < 0)
		return false;
	sd->sd_bus_message_read(m, "b", &has);
	sd->sd_bus_message_unref(m);
	return has;
}

static sd_bus *open_bus(void)
{
	sd_bus *bus = NULL;

	if (sd->sd_bus_open_system(&bus) < 0)
		return NULL;
	if (has_name(bus))
		return bus;
	return sd->sd_bus_close_unref(bus);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -ECONNREFUSED;
}

static sd_bus *open_socket(const char *state_dir)
{
	sd_bus *bus = NULL;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/bus", state_dir);
	fd = connect_to(path);
	if (fd < 0)
		return NULL;
	if (sd->sd_bus_new(&bus) < 0 || sd->sd_bus_set_fd(bus, fd, fd) < 0) {
		close(fd);
		return sd->sd_bus_close_unref(bus);
	}
	if (sd->sd_bus_start(bus) >= 0)
		return bus;
	return sd->sd_bus_close_unref(bus);
}

/* $NETD_DAEMON: "never", "bus", "socket"; by default only for users who are not root. */
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
	if (bus || socket)
		sd = sd_bus_load();
	if (sd && bus)
		cli->daemon = open_bus();
	if (sd && !cli->daemon && socket)
		cli->daemon = open_socket(state_dir);
	if (cli->daemon || !forced)
		return EXIT_DONE;
	complain("netdctl: NETD_DAEMON=%s: no daemon answers there", way);
	return EXIT_FAILED;
}

/*
 * A call
 */

/* A message that cannot be put together fails when it is sent. */
static void append_options(const struct cli *cli, sd_bus_message *m)
{
	const struct options *o = &cli->options;

	sd->sd_bus_message_open_container(m, 'a', "{sv}");
	if (o->json)
		sd->sd_bus_message_append(m, "{sv}", "format", "s", "json");
	if (cli->color)
		sd->sd_bus_message_append(m, "{sv}", "color", "b", true);
	if (cli->color_errors)
		sd->sd_bus_message_append(m, "{sv}", "color-errors", "b", true);
	if (o->force)
		sd->sd_bus_message_append(m, "{sv}", "force", "b", true);
	if (o->keep_processes)
		sd->sd_bus_message_append(m, "{sv}", "keep-processes", "b", true);
	if (cli->trial)
		sd->sd_bus_message_append(m, "{sv}", "confirm", "u", cli->trial);
	if (o->probe)
		sd->sd_bus_message_append(m, "{sv}", "probe", "s", o->probe);
	sd->sd_bus_message_append(m, "{sv}", "lock-wait", "u", cli->patience);
	sd->sd_bus_message_close_container(m);
}

static enum netd_outcome read_outcome(const char *name)
{
	for (int i = NETD_UNTOUCHED; i <= NETD_KEPT; i++)
		if (strcmp(netd_outcome_name((enum netd_outcome)i), name) == 0)
			return (enum netd_outcome)i;
	return NETD_NOT_ROLLED_BACK; /* of a daemon that knows more than this netdctl */
}

static int read_recovered(struct cli *cli, sd_bus_message *m)
{
	const char *name, *outcome;
	int r = sd->sd_bus_message_enter_container(m, 'a', "(ss)");

	if (r < 0)
		return r;
	while ((r = sd->sd_bus_message_read(m, "(ss)", &name, &outcome)) > 0)
		if (!cli->options.json)
			say_recovered(cli, name, read_outcome(outcome));
	if (r < 0)
		return r;
	return sd->sd_bus_message_exit_container(m);
}

/* A text of the result, by its key. */
static int read_text(struct answer *a, const char *key)
{
	const struct {
		const char *key, **place;
	} texts[] = {
		{"name", &a->name},   {"plan", &a->plan},
		{"notes", &a->notes}, {"forewarned", &a->forewarned},
		{"left", &a->left},
	};
	const char *text;
	int r = sd->sd_bus_message_read(a->reply, "s", &text);

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].key, key) == 0)
			*texts[i].place = text;
	if (strcmp(key, "outcome") == 0)
		a->outcome = read_outcome(text);
	return 0;
}

static int read_value(struct cli *cli, struct answer *a, const char *key,
		      const char *type)
{
	if (strcmp(type, "s") == 0)
		return read_text(a, key);
	if (strcmp(type, "u") == 0 && strcmp(key, "changes") == 0)
		return sd->sd_bus_message_read(a->reply, "u", &a->changes);
	if (strcmp(type, "i") == 0 && strcmp(key, "code") == 0)
		return sd->sd_bus_message_read(a->reply, "i", &a->code);
	if (strcmp(type, "a(ss)") == 0 && strcmp(key, "recovered") == 0)
		return read_recovered(cli, a->reply);
	return sd->sd_bus_message_skip(a->reply, type);
}

/* A key and its variant. */
static int read_entry(struct cli *cli, struct answer *a)
{
	const char *key, *type;
	int r = sd->sd_bus_message_read(a->reply, "s", &key);

	if (r < 0)
		return r;
	r = sd->sd_bus_message_peek_type(a->reply, NULL, &type);
	if (r < 0)
		return r;
	r = sd->sd_bus_message_enter_container(a->reply, 'v', type);
	if (r < 0)
		return r;
	r = read_value(cli, a, key, type);
	if (r < 0)
		return r;
	return sd->sd_bus_message_exit_container(a->reply);
}

static int read_result(struct cli *cli, struct answer *a)
{
	int r = sd->sd_bus_message_enter_container(a->reply, 'a', "{sv}");

	if (r < 0)
		return r;
	while ((r = sd->sd_bus_message_enter_container(a->reply, 'e', "sv")) > 0) {
		r = read_entry(cli, a);
		if (r < 0)
			return r;
		r = sd->sd_bus_message_exit_container(a->reply);
		if (r < 0)
			return r;
	}
	return r;
}

static int put_connection_problem(struct cli *cli, int code)
{
	return netd_error_put(cli->err, code, "the daemon ended before it answered",
			      "`netdctl status` shows what is there");
}

/* An error of the bus, or of sd-bus itself, has a text alone. */
static int read_error(struct cli *cli, struct answer *a, const sd_bus_error *error)
{
	a->code = -EIO;
	if (strcmp(error->name, SD_BUS_ERROR_NO_REPLY) == 0)
		return put_connection_problem(cli, -EPIPE);
	if (strcmp(sd->sd_bus_message_get_signature(a->reply, true), "sa{sv}") != 0)
		return netd_error_put(cli->err, -EIO, error->message, NULL);
	if (sd->sd_bus_message_read(a->reply, "s", &a->problems) < 0 ||
	    read_result(cli, a) < 0)
		return put_connection_problem(cli, -EPROTO);
	return a->code;
}

static int read_answer(struct cli *cli, struct answer *a)
{
	const sd_bus_error *error = sd->sd_bus_message_get_error(a->reply);
	int r;

	if (error)
		return read_error(cli, a, error);
	if (strcmp(sd->sd_bus_message_get_signature(a->reply, true), "s") == 0)
		r = sd->sd_bus_message_read(a->reply, "s", &a->plan);
	else
		r = read_result(cli, a);
	if (r < 0)
		return put_connection_problem(cli, -EPROTO);
	return 0;
}

/* sd_bus_call() would keep an error's text alone, and not what else is known. */
static int on_answer(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct answer *a = data;

	(void)error;
	a->reply = sd->sd_bus_message_ref(m);
	return 1;
}

/* However long it takes. */
static int wait_for_answer(sd_bus *bus, const struct answer *a)
{
	int r;

	while (!a->reply) {
		r = sd->sd_bus_process(bus, NULL);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		r = sd->sd_bus_wait(bus, UINT64_MAX);
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

static int send_call(struct cli *cli, const char *member, const char *a, const char *b,
		     struct answer *out)
{
	sd_bus_message *m = NULL;
	int r = sd->sd_bus_message_new_method_call(cli->daemon, &m, NAME, "/org/netd1",
						   NAME ".Manager", member);

	if (r < 0)
		return r;
	if (a)
		sd->sd_bus_message_append(m, "s", a);
	if (b)
		sd->sd_bus_message_append(m, "s", b);
	append_options(cli, m);
	sd->sd_bus_message_set_allow_interactive_authorization(m, true);
	r = sd->sd_bus_call_async(cli->daemon, NULL, m, on_answer, out, UINT64_MAX);
	sd->sd_bus_message_unref(m);
	return r;
}

/* Calls @member with texts @a, and @b unless that is NULL, and the options. */
static int ask(struct cli *cli, const char *member, const char *a, const char *b,
	       struct answer *out)
{
	int r;

	*out = (struct answer){.problems = ""};
	r = send_call(cli, member, a, b, out);
	if (r >= 0)
		r = wait_for_answer(cli->daemon, out);
	if (r < 0)
		return put_connection_problem(cli, r);
	return read_answer(cli, out);
}

static void answer_done(struct answer *a)
{
	sd->sd_bus_message_unref(a->reply);
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
	if (cli->daemon)
		cli->daemon = sd->sd_bus_close_unref(cli->daemon);
}
