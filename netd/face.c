// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls as D-Bus has them, for the socket and the system bus alike. */
/*
 * Theory of operation.  sd-bus's table of methods is made of the table of calls; one
 * handler is behind all of them.  It reads the arguments, has whoever asks checked, which
 * may take polkit and a human, and hands the call to a lane; the answer goes out when it
 * comes back.  Meanwhile the message, whose texts the call points to, is kept.
 */
#include "face.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "announce.h"
#include "log.h"

#define CALLS_MAX 32
#define PENDING_MAX 16 /* calls of one client of the socket */
#define PENDING_SYSTEM_MAX 256
#define ERROR_PREFIX BUS_NAME ".Error."

struct origin *origin_new(struct daemon *daemon)
{
	struct origin *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->daemon = daemon;
	o->refs = 1;
	return o;
}

struct origin *origin_unref(struct origin *o)
{
	if (o && --o->refs == 0)
		free(o);
	return NULL;
}

/*
 * The answer
 */

static int append_text(sd_bus_message *m, const char *key, const char *text)
{
	if (!text)
		return 0;
	return sd_bus_message_append(m, "{sv}", key, "s", text);
}

static int append_recovered(sd_bus_message *m, const struct call *c)
{
	int r;

	if (!c->recovered_count)
		return 0;
	r = sd_bus_message_open_container(m, 'e', "sv");
	if (r < 0)
		return r;
	sd_bus_message_append(m, "s", "recovered");
	sd_bus_message_open_container(m, 'v', "a(ss)");
	sd_bus_message_open_container(m, 'a', "(ss)");
	for (size_t i = 0; i < c->recovered_count; i++)
		sd_bus_message_append(m, "(ss)", c->recovered[i].name,
				      netd_outcome_name(c->recovered[i].outcome));
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	return sd_bus_message_close_container(m);
}

/* All that is known of what became of a call; a message that failed stays failed. */
static int append_result(sd_bus_message *m, const struct call *c)
{
	int r = sd_bus_message_open_container(m, 'a', "{sv}");

	if (r < 0)
		return r;
	append_text(m, "outcome", netd_outcome_name(c->outcome));
	append_text(m, "name", c->name);
	append_text(m, "left", c->left);
	append_text(m, "forewarned", c->forewarned);
	append_recovered(m, c);
	if (c->plan)
		sd_bus_message_append(m, "{sv}", "changes", "u", (uint32_t)c->changes);
	append_text(m, "plan", c->plan);
	r = append_text(m, "notes", c->notes);
	if (r < 0)
		return r;
	if (c->result < 0)
		sd_bus_message_append(m, "{sv}", "code", "i", c->result);
	return sd_bus_message_close_container(m);
}

static int append_list(sd_bus_message *m, const char *key, const char *value,
		       const char *separators)
{
	char *words = strdup(value), *rest = words, *word;

	if (!words)
		return -ENOMEM;
	sd_bus_message_open_container(m, 'e', "sv");
	sd_bus_message_append(m, "s", key);
	sd_bus_message_open_container(m, 'v', "as");
	sd_bus_message_open_container(m, 'a', "s");
	while ((word = strsep(&rest, separators)))
		if (*word)
			sd_bus_message_append(m, "s", word);
	free(words);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	return sd_bus_message_close_container(m);
}

/* A number that there is none of has no entry. */
static int append_number(sd_bus_message *m, const struct netd_table *t, size_t row,
			 const char *key)
{
	int64_t number;

	if (!netd_table_number(t, row, key, &number))
		return 0;
	return sd_bus_message_append(m, "{sv}", key, "x", number);
}

static int append_value(sd_bus_message *m, const struct netd_table *t, size_t row,
			const char *key)
{
	const char *value = netd_table_value(t, row, key);

	switch (netd_table_kind(t, key)) {
	case NETD_VALUE_TEXT:
		return append_text(m, key, value);
	case NETD_VALUE_NUMBER:
		return append_number(m, t, row, key);
	case NETD_VALUE_FLAG:
		return sd_bus_message_append(m, "{sv}", key, "b", *value != '\0');
	case NETD_VALUE_WORDS:
		return append_list(m, key, value, " ");
	case NETD_VALUE_LINES:
		return append_list(m, key, value, "\n");
	}
	return -EINVAL;
}

static int append_rows(sd_bus_message *m, const struct netd_table *t)
{
	const char *key;
	int r = sd_bus_message_open_container(m, 'a', "a{sv}");

	for (size_t row = 0; r >= 0 && row < netd_table_rows(t); row++) {
		r = sd_bus_message_open_container(m, 'a', "{sv}");
		for (size_t i = 0; r >= 0 && (key = netd_table_key(t, i)); i++)
			r = append_value(m, t, row, key);
		if (r >= 0)
			r = sd_bus_message_close_container(m);
	}
	if (r < 0)
		return r;
	return sd_bus_message_close_container(m);
}

static int append_success(sd_bus_message *m, const struct call *c)
{
	if (strcmp(c->row->out, "aa{sv}") == 0)
		return append_rows(m, c->table);
	if (strcmp(c->row->out, "s") == 0)
		return sd_bus_message_append(m, "s", c->text);
	return append_result(m, c);
}

/* "org.netd1.Error.ENOENT", with all problems as its text, and what is known else. */
static int make_error(const struct question *q, sd_bus_message **out)
{
	const char *code = strerrorname_np(-q->call.result);
	char *text = call_problems(&q->call);
	char name[64] = ERROR_PREFIX "EIO";
	sd_bus_error error = {.name = name, .message = "out of memory"};
	int r;

	if (text)
		error.message = text;
	if (code)
		snprintf(name, sizeof(name), ERROR_PREFIX "%s", code);
	r = sd_bus_message_new_method_error(q->message, out, &error);
	free(text);
	if (r < 0)
		return r;
	return append_result(*out, &q->call);
}

static int make_answer(const struct question *q, sd_bus_message **out)
{
	int r;

	if (q->call.result < 0)
		return make_error(q, out);
	r = sd_bus_message_new_method_return(q->message, out);
	if (r < 0)
		return r;
	return append_success(*out, &q->call);
}

static void question_free(struct question *q)
{
	call_done(&q->call);
	sd_bus_slot_unref(q->slot);
	sd_bus_message_unref(q->message);
	if (q->origin)
		q->origin->pending--;
	origin_unref(q->origin);
	free(q);
}

/* Whoever asked may have gone; then nobody is told. */
static void answer(struct question *q)
{
	sd_bus_message *m = NULL;
	int r;

	if (q->call.result < 0 && netd_error_count(q->call.err) == 0)
		netd_error_put(q->call.err, q->call.result,
			       "netd ends, and did not begin", NULL);
	r = make_answer(q, &m);

	if (r >= 0)
		r = sd_bus_send(NULL, m, NULL);
	if (r < 0 && r != -ENOTCONN && r != -ECONNRESET)
		r = sd_bus_reply_method_errno(q->message, r, NULL);
	sd_bus_message_unref(m);
	question_free(q);
}

static void refuse(struct question *q, int code, const char *text, const char *hint)
{
	q->call.result = netd_error_put(q->call.err, code, text, hint);
	answer(q);
}

/*
 * The question
 */

static void *option_place(struct call_options *o, const struct call_option_row *row)
{
	return (char *)o + row->offset;
}

static const struct call_option_row *option_find(const char *name)
{
	for (const struct call_option_row *row = call_option_rows; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

static int read_option_value(sd_bus_message *m, struct call_options *o,
			     const struct call_option_row *row)
{
	const char type[] = {row->type, '\0'};
	void *place = option_place(o, row);
	int flag, r;

	if (row->type != 'b')
		return sd_bus_message_read(m, "v", type, place);
	r = sd_bus_message_read(m, "v", type, &flag);
	if (r >= 0)
		*(bool *)place = flag;
	return r;
}

static int read_option(sd_bus_message *m, struct question *q)
{
	const struct call_option_row *row;
	char text[128];
	const char *name;
	int r = sd_bus_message_read(m, "s", &name);

	if (r < 0)
		return r;
	row = option_find(name);
	if (!row) {
		snprintf(text, sizeof(text), "there is no option \"%.60s\"", name);
		return netd_error_put(q->call.err, -EINVAL, text, NULL);
	}
	r = read_option_value(m, &q->call.options, row);
	if (r == -ENXIO) {
		snprintf(text, sizeof(text), "option \"%s\" is of type %c", name,
			 row->type);
		return netd_error_put(q->call.err, -EINVAL, text, NULL);
	}
	return r;
}

static int read_options(sd_bus_message *m, struct question *q)
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		r = read_option(m, q);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	return r;
}

/* sd-bus has compared the signature with the row's. */
static int read_arguments(sd_bus_message *m, struct question *q)
{
	const char *in = q->call.row->in;
	int r = 0;

	for (size_t i = 0; i < CALL_WORDS; i++)
		q->call.words[i] = "";
	for (size_t i = 0; *in == 's'; i++, in++) {
		r = sd_bus_message_read(m, "s", &q->call.words[i]);
		if (r < 0)
			return r;
	}
	if (*in)
		return read_options(m, q);
	return r;
}

static void job_run(struct job *job)
{
	struct question *q = (struct question *)job;

	call_run(&q->call);
}

static void job_done(struct job *job)
{
	answer((struct question *)job);
}

/* What the log is to say of changes that are asked for. */
static void log_call(const struct question *q)
{
	const char *name = q->call.words[0];

	if (q->call.row->lane != LANE_CHANGE)
		return;
	if (strncmp(q->call.row->in, "ss", 2) == 0)
		name = q->call.words[1]; /* the file: the topology's name is in it */
	log_line(LOG_INFO, NULL, "user %u asked to %s %s", q->uid, q->call.row->action,
		 name);
}

static void on_verdict(struct question *q, enum verdict verdict)
{
	char text[128];

	if (verdict == VERDICT_YES) {
		log_call(q);
		q->call.result = -ECANCELED; /* until it is run */
		q->job = (struct job){.run = job_run, .done = job_done};
		work_add(q->origin->daemon->work, q->call.row->lane, &q->job);
		return;
	}
	log_line(LOG_NOTICE, NULL, "user %u is refused to %s: %s", q->uid,
		 q->call.row->action, access_words(verdict));
	snprintf(text, sizeof(text), "%s: %s", q->call.row->action,
		 access_words(verdict));
	refuse(q, -EACCES, text, access_hint(verdict));
}

static struct question *question_new(sd_bus_message *m, struct origin *origin)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->call.err = netd_error_new();
	if (!q->call.err) {
		free(q);
		return NULL;
	}
	q->call.row = call_find(sd_bus_message_get_member(m));
	q->call.state_dir = origin->daemon->state_dir;
	q->call.config_dir = origin->daemon->config_dir;
	q->call.options.lock_wait = CALL_LOCK_SECONDS;
	q->message = sd_bus_message_ref(m);
	q->origin = origin;
	q->uid = origin->uid;
	origin->refs++;
	origin->pending++;
	return q;
}

static unsigned pending_max(const struct origin *origin)
{
	if (origin->peer)
		return PENDING_MAX;
	return PENDING_SYSTEM_MAX;
}

static int on_call(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct origin *origin = data;
	struct question *q;
	int r;

	if (origin->pending >= pending_max(origin))
		return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
					"too many calls wait for their answers");
	q = question_new(m, origin);
	if (!q)
		return -ENOMEM;
	r = read_arguments(m, q);
	if (r < 0 && netd_error_count(q->call.err) == 0)
		netd_error_put(q->call.err, r, "the arguments cannot be read", NULL);
	if (r < 0) {
		q->call.result = r;
		answer(q);
		return 1;
	}
	access_check(q, on_verdict);
	return 1;
}

/*
 * sd-bus's table
 */

/* Made at the first call. */
static const sd_bus_vtable *methods(void)
{
	static const sd_bus_vtable start = SD_BUS_VTABLE_START(0),
				   method = SD_BUS_METHOD("", "", "", on_call,
							  SD_BUS_VTABLE_UNPRIVILEGED),
				   signal = SD_BUS_SIGNAL("", "", 0),
				   end = SD_BUS_VTABLE_END;
	static sd_bus_vtable table[CALLS_MAX + 2];
	size_t n = 1;

	if (table[0].type)
		return table;
	for (const struct call_row *row = call_rows; row->member; row++, n++) {
		table[n] = method;
		table[n].x.method.member = row->member;
		table[n].x.method.signature = row->in;
		table[n].x.method.result = row->out;
		table[n].x.method.names = row->names;
	}
	for (const struct announce_row *row = announce_rows; row->member; row++, n++) {
		table[n] = signal;
		table[n].x.signal.member = row->member;
		table[n].x.signal.signature = row->signature;
		table[n].x.signal.names = row->names;
	}
	table[n] = end;
	table[0] = start;
	return table;
}

int face_start(sd_bus *bus, struct origin *origin, sd_bus_message_handler_t gone,
	       void *data)
{
	int r = sd_bus_add_object_vtable(bus, NULL, BUS_PATH, BUS_NAME ".Manager",
					 methods(), origin);

	if (r < 0)
		return r;
	r = sd_bus_match_signal_async(
		bus, NULL, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
		"org.freedesktop.DBus.Local", "Disconnected", gone, NULL, data);
	if (r < 0)
		return r;
	/* it would wait for whoever does not read, when the daemon ends */
	sd_bus_set_close_on_exit(bus, 0);
	r = sd_bus_start(bus);
	if (r < 0)
		return r;
	return sd_bus_attach_event(bus, origin->daemon->event, 0);
}
