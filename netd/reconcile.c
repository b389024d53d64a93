// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps what runs as it should be: looks when something changed, and repairs. */
/*
 * Theory of operation.  A change is rarely alone, so a look waits 100 ms for others; but
 * if netd's rules were touched, guests may be open or cut off, and it comes at once.  A
 * look takes a while on a large host: the next one comes no sooner than ten times that
 * later, so netd never has more than a tenth of a processor, whatever the host does.
 *
 * What was repaired may be undone by whoever did it before, again and again.  Three
 * repairs are free; then netd waits 1, 5 and 30 seconds, and then leaves the topology as
 * it is, and says so.  It is looked at all the same: when somebody has put it right, or
 * it was quiet for two minutes before, counting begins anew.
 *
 * What is changed by netdctl, or by a call, ends in a look too: it finds nothing to do.
 */
#include "reconcile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "announce.h"
#include "log.h"
#include "look.h"

#define MSEC UINT64_C(1000)
#define SECOND (1000 * MSEC)
#define SETTLE (100 * MSEC)  /* others may follow */
#define BUSY_PAUSE SECOND    /* somebody has the lock, or a change is on trial */
#define QUIET (120 * SECOND) /* behind which a repair is the first again */
#define LOOK_SHARE 10	     /* a look's time is at most that part of all */
#define ACCURACY MSEC

/* How long to wait before the repair of that number; behind the last there is none. */
static const uint64_t waits[] = {0, 0, 0, SECOND, 5 * SECOND, 30 * SECOND};
#define REPAIRS_MAX (sizeof(waits) / sizeof(waits[0]))

/* What is remembered of a topology that was repaired. */
struct history {
	char *name;
	struct history *next;
	unsigned repairs;
	uint64_t first, last; /* when they were */
	uint64_t due;	      /* not before that; 0: at once */
	bool given_up;
	char *complaint; /* the last that was logged */
};

struct reconcile {
	struct daemon *daemon;
	struct history *histories;
	sd_event_source *timer;
	struct look *look; /* under way */
	uint64_t started, not_before;
	bool again, again_rules; /* something changed meanwhile */
	bool stopped;
	char who[64];
	unsigned repairs;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec / 1000;
}

/*
 * What was repaired before
 */

static struct history *find(struct reconcile *rec, const char *name)
{
	for (struct history *h = rec->histories; h; h = h->next)
		if (strcmp(h->name, name) == 0)
			return h;
	return NULL;
}

static struct history *find_or_add(struct reconcile *rec, const char *name)
{
	struct history *h = find(rec, name);

	if (h)
		return h;
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->name = strdup(name);
	if (!h->name) {
		free(h);
		return NULL;
	}
	h->next = rec->histories;
	rec->histories = h;
	return h;
}

static void forget(struct reconcile *rec, struct history *h)
{
	struct history **at = &rec->histories;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	free(h->complaint);
	free(h->name);
	free(h);
}

/* One more repair, or try of one: when the next may be, if any. */
static void count_repair(struct history *h, uint64_t at)
{
	if (h->repairs && at - h->last > QUIET)
		h->repairs = 0;
	if (!h->repairs)
		h->first = at;
	h->last = at;
	h->repairs++;
	h->due = 0;
	if (h->repairs < REPAIRS_MAX && waits[h->repairs])
		h->due = at + waits[h->repairs];
}

static void give_up(const struct reconcile *rec, struct history *h,
		    const struct look *look)
{
	const char *by = "it is not known by whom";

	if (*look->who)
		by = look->who;
	h->given_up = true;
	announce_given_up(rec->daemon, h->name, look->who);
	log_line(
		LOG_ERR, h->name,
		"%s: repaired %u times within %u s, and changed again each time (last: "
		"%s); netd leaves it as it is now. When that is settled: `netdctl repair "
		"%s`",
		h->name, h->repairs, (unsigned)((h->last - h->first) / SECOND) + 1, by,
		h->name);
}

/*
 * What a look found
 */

static void found_whole(struct reconcile *rec, const struct finding *f)
{
	struct history *h = find(rec, f->name);

	if (!h || (!h->given_up && !h->complaint && now() - h->last < QUIET))
		return;
	if (h->given_up || h->complaint)
		log_line(LOG_NOTICE, f->name,
			 "%s: is as it should be again; netd looks after it", f->name);
	forget(rec, h);
}

static void found_repaired(struct reconcile *rec, const struct look *look,
			   const struct finding *f)
{
	struct history *h = find_or_add(rec, f->name);
	const char *after = "", *words = "", *plural = "s";

	if (*look->who)
		after = ", after ";
	if (f->words)
		words = f->words;
	if (f->changes == 1)
		plural = "";
	rec->repairs++;
	announce_repaired(rec->daemon, f->name, f->changes, words, look->who);
	log_line(LOG_WARNING, f->name, "%s: repaired%s%s, %zu change%s: %s", f->name,
		 after, look->who, f->changes, plural, words);
	if (h)
		count_repair(h, now());
}

/* Told once, however often it is tried. */
static void found_failed(struct reconcile *rec, const struct finding *f)
{
	struct history *h = find_or_add(rec, f->name);
	const char *words = "out of memory";

	if (f->words)
		words = f->words;
	if (!h)
		return;
	if (!h->complaint || strcmp(h->complaint, words) != 0)
		log_line(LOG_ERR, f->name, "%s: cannot be repaired: %s", f->name, words);
	free(h->complaint);
	h->complaint = strdup(words);
	count_repair(h, now());
	if (h->repairs >= REPAIRS_MAX)
		h->given_up = true;
}

static void found_spared(struct reconcile *rec, const struct look *look,
			 const struct finding *f)
{
	struct history *h = find(rec, f->name);

	if (h && !h->given_up && h->repairs >= REPAIRS_MAX)
		give_up(rec, h, look);
}

static void note_finding(struct reconcile *rec, const struct look *look,
			 const struct finding *f)
{
	switch (f->state) {
	case FOUND_WHOLE:
		found_whole(rec, f);
		return;
	case FOUND_REPAIRED:
		found_repaired(rec, look, f);
		return;
	case FOUND_SPARED:
		found_spared(rec, look, f);
		return;
	case FOUND_BUSY:
		return;
	case FOUND_FAILED:
		found_failed(rec, f);
		return;
	}
}

static void forget_the_gone(struct reconcile *rec, const struct look *look)
{
	struct history *h = rec->histories, *next;

	for (; h; h = next) {
		size_t i = 0;

		next = h->next;
		while (i < look->count && strcmp(look->findings[i].name, h->name) != 0)
			i++;
		if (i == look->count)
			forget(rec, h);
	}
}

/*
 * When to look
 */

static void arm(struct reconcile *rec, uint64_t at)
{
	uint64_t armed = UINT64_MAX;
	int on = SD_EVENT_OFF;

	sd_event_source_get_enabled(rec->timer, &on);
	if (on != SD_EVENT_OFF)
		sd_event_source_get_time(rec->timer, &armed);
	if (at >= armed)
		return;
	sd_event_source_set_time(rec->timer, at);
	sd_event_source_set_enabled(rec->timer, SD_EVENT_ONESHOT);
}

/* Those that still differ are looked at when they may be repaired, or are tried again. */
static void arm_for_findings(struct reconcile *rec, const struct look *look)
{
	for (size_t i = 0; i < look->count; i++) {
		const struct finding *f = &look->findings[i];
		const struct history *h = find(rec, f->name);

		if (f->state == FOUND_BUSY)
			arm(rec, now() + BUSY_PAUSE);
		else if (h && h->due && !h->given_up && f->state != FOUND_WHOLE)
			arm(rec, h->due);
	}
}

static void tell_systemd(const struct reconcile *rec, const struct look *look)
{
	size_t wrong = 0;

	for (size_t i = 0; i < look->count; i++)
		wrong += look->findings[i].state > FOUND_REPAIRED;
	sd_notifyf(0, "STATUS=%zu topologies, %zu not as they should be; %u repairs",
		   look->count, wrong, rec->repairs);
}

static void look_done(struct job *job)
{
	struct look *look = (struct look *)job;
	struct reconcile *rec = look->data;
	uint64_t ended = now();

	rec->look = NULL;
	rec->not_before = ended + (ended - rec->started) * LOOK_SHARE;
	for (size_t i = 0; i < look->count; i++)
		note_finding(rec, look, &look->findings[i]);
	forget_the_gone(rec, look);
	if (!rec->stopped) {
		arm_for_findings(rec, look);
		tell_systemd(rec, look);
	}
	look_free(look);
	if (rec->again)
		reconcile_changed(rec->again_rules, NULL, rec);
}

static void spare_some(struct reconcile *rec, struct look *look)
{
	uint64_t at = now();

	for (struct history *h = rec->histories; h; h = h->next) {
		if (!h->given_up && at - h->last > QUIET)
			h->repairs = 0;
		if (h->given_up || h->repairs >= REPAIRS_MAX || h->due > at)
			look_spare(look, h->name);
	}
}

static void start_look(struct reconcile *rec, bool recover)
{
	struct look *look = calloc(1, sizeof(*look));

	if (!look) {
		arm(rec, now() + BUSY_PAUSE);
		return;
	}
	sd_event_source_set_enabled(rec->timer, SD_EVENT_OFF);
	look->job = (struct job){.run = look_run, .done = look_done};
	look->data = rec;
	look->state_dir = rec->daemon->state_dir;
	look->config_dir = rec->daemon->config_dir;
	look->recover = recover;
	snprintf(look->who, sizeof(look->who), "%s", rec->who);
	rec->who[0] = '\0';
	spare_some(rec, look);
	rec->look = look;
	rec->again = rec->again_rules = false;
	rec->started = now();
	work_add(rec->daemon->work, LANE_CHANGE, &look->job);
}

/* netd's own commits are nobody's. */
static void note_who(struct reconcile *rec, const char *who)
{
	if (who && strncmp(who, "netd", strlen("netd")) != 0)
		snprintf(rec->who, sizeof(rec->who), "%s", who);
}

void reconcile_changed(bool rules, const char *who, void *data)
{
	struct reconcile *rec = data;
	uint64_t at = now() + SETTLE;

	if (rec->stopped)
		return;
	note_who(rec, who);
	if (rec->look) {
		rec->again = true;
		rec->again_rules |= rules;
		return;
	}
	if (rules) {
		start_look(rec, false);
		return;
	}
	if (at < rec->not_before)
		at = rec->not_before;
	arm(rec, at);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *data)
{
	struct reconcile *rec = data;

	(void)s;
	(void)usec;
	if (!rec->look && !rec->stopped)
		start_look(rec, false);
	return 0;
}

void reconcile_start(struct reconcile *rec)
{
	start_look(rec, true);
}

int reconcile_new(struct daemon *daemon, struct reconcile **out)
{
	struct reconcile *rec = calloc(1, sizeof(*rec));
	int r;

	if (!rec)
		return -ENOMEM;
	rec->daemon = daemon;
	r = sd_event_add_time(daemon->event, &rec->timer, CLOCK_MONOTONIC, 0, ACCURACY,
			      on_timer, rec);
	if (r < 0) {
		free(rec);
		return r;
	}
	sd_event_source_set_enabled(rec->timer, SD_EVENT_OFF);
	*out = rec;
	return 0;
}

void reconcile_stop(struct reconcile *rec)
{
	rec->stopped = true;
}

struct reconcile *reconcile_free(struct reconcile *rec)
{
	if (!rec)
		return NULL;
	sd_event_source_disable_unref(rec->timer);
	while (rec->histories)
		forget(rec, rec->histories);
	free(rec);
	return NULL;
}
