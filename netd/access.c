// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may make which call. */
/*
 * Theory of operation.  A client of the socket is whom the kernel says it is
 * (SO_PEERCRED, which is fixed when it connects): root, and the user that the daemon runs
 * as, may do everything, others look at what is open to everybody.
 *
 * On the system bus, the bus is asked for the client's user, and polkit for all who are
 * not root.  polkit identifies the client by its name on the bus; nothing that the client
 * itself writes counts.  All questions are asynchronous, since polkit may have to ask a
 * human.  Where there is no polkit the calls that are open stay so, and the others are
 * for root.  Any other failure of polkit means no.
 */
#include "access.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define POLKIT "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define ASK_USEC (120 * UINT64_C(1000000)) /* a human types a password */

static const struct {
	const char *words, *hint;
} texts[] = {
	[VERDICT_YES] = {"allowed", NULL},
	[VERDICT_NO] = {"polkit does not allow it",
			"an administrator can change that: netd(8), \"Who may do what\""},
	[VERDICT_PASSWORD] =
		{"this needs an administrator's password, and nobody is there "
		 "to ask for it",
		 "start pkttyagent(1), or run as root"},
	[VERDICT_NO_POLKIT] = {"only root may, as polkit is not there to ask",
			       "run as root"},
	[VERDICT_PEER] = {"only root may, by this socket", "run as root"},
	[VERDICT_GONE] = {"whoever asked has gone", NULL},
};

const char *access_words(enum verdict verdict)
{
	return texts[verdict].words;
}

const char *access_hint(enum verdict verdict)
{
	return texts[verdict].hint;
}

static void decide(struct question *q, enum verdict verdict)
{
	q->slot = sd_bus_slot_unref(q->slot);
	q->decided(q, verdict);
}

static enum verdict check_peer(const struct question *q)
{
	const struct origin *o = q->origin;

	if (o->uid == 0 || o->uid == geteuid() || q->call.row->open)
		return VERDICT_YES;
	return VERDICT_PEER;
}

static bool is_absent(const sd_bus_error *error)
{
	static const char *const names[] = {
		SD_BUS_ERROR_SERVICE_UNKNOWN,
		SD_BUS_ERROR_NAME_HAS_NO_OWNER,
		"org.freedesktop.systemd1.UnitMasked",
		"org.freedesktop.systemd1.NoSuchUnit",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sd_bus_error_has_name(error, names[i]))
			return true;
	return false;
}

static enum verdict read_verdict(sd_bus_message *m, const struct question *q)
{
	const sd_bus_error *error = sd_bus_message_get_error(m);
	int authorized, challenge;

	if (error && is_absent(error))
		return q->call.row->open ? VERDICT_YES : VERDICT_NO_POLKIT;
	if (error || sd_bus_message_enter_container(m, 'r', "bba{ss}") < 0 ||
	    sd_bus_message_read(m, "bb", &authorized, &challenge) < 0)
		return VERDICT_NO;
	if (authorized)
		return VERDICT_YES;
	if (challenge)
		return VERDICT_PASSWORD;
	return VERDICT_NO;
}

static int on_polkit(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct question *q = data;

	(void)error;
	decide(q, read_verdict(m, q));
	return 1;
}

/* Details, by which an administrator's rules may tell one topology from another. */
static int append_details(sd_bus_message *m, const struct question *q)
{
	if (strncmp(q->call.row->in, "sa", 2) != 0 || !*q->call.words[0])
		return sd_bus_message_append(m, "a{ss}", 0);
	return sd_bus_message_append(m, "a{ss}", 1, "topology", q->call.words[0]);
}

static int make_polkit_message(struct question *q, sd_bus_message **out)
{
	char action[64];
	uint32_t interactive = 0;
	int r = sd_bus_message_new_method_call(sd_bus_message_get_bus(q->message), out,
					       POLKIT, POLKIT_PATH, POLKIT ".Authority",
					       "CheckAuthorization");

	if (r < 0)
		return r;
	if (sd_bus_message_get_allow_interactive_authorization(q->message) > 0)
		interactive = 1;
	snprintf(action, sizeof(action), BUS_NAME ".%s", q->call.row->action);
	sd_bus_message_append(*out, "(sa{sv})s", "system-bus-name", 1, "name", "s",
			      sd_bus_message_get_sender(q->message), action);
	append_details(*out, q);
	return sd_bus_message_append(*out, "us", interactive, "");
}

static void ask_polkit(struct question *q)
{
	sd_bus_message *m = NULL;
	int r = make_polkit_message(q, &m);

	if (r >= 0)
		r = sd_bus_call_async(sd_bus_message_get_bus(q->message), &q->slot, m,
				      on_polkit, q, ASK_USEC);
	sd_bus_message_unref(m);
	if (r < 0)
		decide(q, VERDICT_NO);
}

static int on_uid(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct question *q = data;

	(void)error;
	q->slot = sd_bus_slot_unref(q->slot);
	if (sd_bus_message_is_method_error(m, NULL) > 0 ||
	    sd_bus_message_read(m, "u", &q->uid) < 0)
		decide(q, VERDICT_GONE);
	else if (q->uid == 0)
		decide(q, VERDICT_YES);
	else
		ask_polkit(q);
	return 1;
}

/* The bus writes the sender's name into each message. */
static void ask_bus(struct question *q)
{
	int r = sd_bus_call_method_async(
		sd_bus_message_get_bus(q->message), &q->slot, "org.freedesktop.DBus",
		"/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
		on_uid, q, "s", sd_bus_message_get_sender(q->message));

	if (r < 0)
		decide(q, VERDICT_GONE);
}

void access_check(struct question *q,
		  void (*done)(struct question *q, enum verdict verdict))
{
	q->decided = done;
	if (q->origin->peer)
		decide(q, check_peer(q));
	else
		ask_bus(q);
}
