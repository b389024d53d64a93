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
#include "heal.h"

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
struct patient {
	char *name;
	struct patient *next;
	unsigned repairs;
	uint64_t first, last; /* when they were */
	uint64_t due;	      /* not before that; 0: at once */
	bool given_up;
	char *complaint; /* the last that was logged */
};

struct heal {
	struct daemon *daemon;
	struct patient *patients;
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
 * Patients
 */

static struct patient *find(struct heal *h, const char *name)
{
	for (struct patient *p = h->patients; p; p = p->next)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static struct patient *find_or_add(struct heal *h, const char *name)
{
	struct patient *p = find(h, name);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->name = strdup(name);
	if (!p->name) {
		free(p);
		return NULL;
	}
	p->next = h->patients;
	h->patients = p;
	return p;
}

static void forget(struct heal *h, struct patient *p)
{
	struct patient **at = &h->patients;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p->complaint);
	free(p->name);
	free(p);
}

/* One more repair, or try of one: when the next may be, if any. */
static void count_repair(struct patient *p, uint64_t at)
{
	if (p->repairs && at - p->last > QUIET)
		p->repairs = 0;
	if (!p->repairs)
		p->first = at;
	p->last = at;
	p->repairs++;
	p->due = 0;
	if (p->repairs < REPAIRS_MAX && waits[p->repairs])
		p->due = at + waits[p->repairs];
}

static void give_up(const struct heal *h, struct patient *p, const struct look *look)
{
	const char *by = "it is not known by whom";

	if (*look->who)
		by = look->who;
	p->given_up = true;
	announce_given_up(h->daemon, p->name, look->who);
	log_line(
		LOG_ERR, p->name,
		"%s: repaired %u times within %u s, and changed again each time (last: "
		"%s); netd leaves it as it is now. When that is settled: `netdctl repair "
		"%s`",
		p->name, p->repairs, (unsigned)((p->last - p->first) / SECOND) + 1, by,
		p->name);
}

/*
 * What a look found
 */

static void found_whole(struct heal *h, const struct finding *f)
{
	struct patient *p = find(h, f->name);

	if (!p || (!p->given_up && !p->complaint && now() - p->last < QUIET))
		return;
	if (p->given_up || p->complaint)
		log_line(LOG_NOTICE, f->name,
			 "%s: is as it should be again; netd looks after it", f->name);
	forget(h, p);
}

static void found_repaired(struct heal *h, const struct look *look,
			   const struct finding *f)
{
	struct patient *p = find_or_add(h, f->name);
	const char *after = "", *words = "", *plural = "s";

	if (*look->who)
		after = ", after ";
	if (f->words)
		words = f->words;
	if (f->changes == 1)
		plural = "";
	h->repairs++;
	announce_repaired(h->daemon, f->name, f->changes, words, look->who);
	log_line(LOG_WARNING, f->name, "%s: repaired%s%s, %zu change%s: %s", f->name,
		 after, look->who, f->changes, plural, words);
	if (p)
		count_repair(p, now());
}

/* Told once, however often it is tried. */
static void found_failed(struct heal *h, const struct finding *f)
{
	struct patient *p = find_or_add(h, f->name);
	const char *words = "out of memory";

	if (f->words)
		words = f->words;
	if (!p)
		return;
	if (!p->complaint || strcmp(p->complaint, words) != 0)
		log_line(LOG_ERR, f->name, "%s: cannot be repaired: %s", f->name, words);
	free(p->complaint);
	p->complaint = strdup(words);
	count_repair(p, now());
	if (p->repairs >= REPAIRS_MAX)
		p->given_up = true;
}

static void found_spared(struct heal *h, const struct look *look, const struct finding *f)
{
	struct patient *p = find(h, f->name);

	if (p && !p->given_up && p->repairs >= REPAIRS_MAX)
		give_up(h, p, look);
}

static void note_finding(struct heal *h, const struct look *look, const struct finding *f)
{
	switch (f->state) {
	case FOUND_WHOLE:
		found_whole(h, f);
		return;
	case FOUND_REPAIRED:
		found_repaired(h, look, f);
		return;
	case FOUND_SPARED:
		found_spared(h, look, f);
		return;
	case FOUND_BUSY:
		return;
	case FOUND_FAILED:
		found_failed(h, f);
		return;
	}
}

static void forget_the_gone(struct heal *h, const struct look *look)
{
	struct patient *p = h->patients, *next;

	for (; p; p = next) {
		size_t i = 0;

		next = p->next;
		while (i < look->count && strcmp(look->findings[i].name, p->name) != 0)
			i++;
		if (i == look->count)
			forget(h, p);
	}
}

/*
 * When to look
 */

static void arm(struct heal *h, uint64_t at)
{
	uint64_t armed = UINT64_MAX;
	int on = SD_EVENT_OFF;

	sd_event_source_get_enabled(h->timer, &on);
	if (on != SD_EVENT_OFF)
		sd_event_source_get_time(h->timer, &armed);
	if (at >= armed)
		return;
	sd_event_source_set_time(h->timer, at);
	sd_event_source_set_enabled(h->timer, SD_EVENT_ONESHOT);
}

/* Those that still differ are looked at when they may be repaired, or are tried again. */
static void arm_for_findings(struct heal *h, const struct look *look)
{
	for (size_t i = 0; i < look->count; i++) {
		const struct finding *f = &look->findings[i];
		const struct patient *p = find(h, f->name);

		if (f->state == FOUND_BUSY)
			arm(h, now() + BUSY_PAUSE);
		else if (p && p->due && !p->given_up && f->state != FOUND_WHOLE)
			arm(h, p->due);
	}
}

static void tell_systemd(const struct heal *h, const struct look *look)
{
	size_t wrong = 0;

	for (size_t i = 0; i < look->count; i++)
		wrong += look->findings[i].state > FOUND_REPAIRED;
	sd_notifyf(0, "STATUS=%zu topologies, %zu not as they should be; %u repairs",
		   look->count, wrong, h->repairs);
}

static void look_done(struct job *job)
{
	struct look *look = (struct look *)job;
	struct heal *h = look->data;
	uint64_t ended = now();

	h->look = NULL;
	h->not_before = ended + (ended - h->started) * LOOK_SHARE;
	for (size_t i = 0; i < look->count; i++)
		note_finding(h, look, &look->findings[i]);
	forget_the_gone(h, look);
	if (!h->stopped) {
		arm_for_findings(h, look);
		tell_systemd(h, look);
	}
	look_free(look);
	if (h->again)
		heal_changed(h->again_rules, NULL, h);
}

static void spare_some(struct heal *h, struct look *look)
{
	uint64_t at = now();

	for (struct patient *p = h->patients; p; p = p->next) {
		if (!p->given_up && at - p->last > QUIET)
			p->repairs = 0;
		if (p->given_up || p->repairs >= REPAIRS_MAX || p->due > at)
			look_spare(look, p->name);
	}
}

static void start_look(struct heal *h, bool recover)
{
	struct look *look = calloc(1, sizeof(*look));

	if (!look) {
		arm(h, now() + BUSY_PAUSE);
		return;
	}
	sd_event_source_set_enabled(h->timer, SD_EVENT_OFF);
	look->job = (struct job){.run = look_run, .done = look_done};
	look->data = h;
	look->state_dir = h->daemon->state_dir;
	look->config_dir = h->daemon->config_dir;
	look->recover = recover;
	snprintf(look->who, sizeof(look->who), "%s", h->who);
	h->who[0] = '\0';
	spare_some(h, look);
	h->look = look;
	h->again = h->again_rules = false;
	h->started = now();
	work_add(h->daemon->work, LANE_CHANGE, &look->job);
}

/* netd's own commits are nobody's. */
static void note_who(struct heal *h, const char *who)
{
	if (who && strncmp(who, "netd", strlen("netd")) != 0)
		snprintf(h->who, sizeof(h->who), "%s", who);
}

void heal_changed(bool rules, const char *who, void *data)
{
	struct heal *h = data;
	uint64_t at = now() + SETTLE;

	if (h->stopped)
		return;
	note_who(h, who);
	if (h->look) {
		h->again = true;
		h->again_rules |= rules;
		return;
	}
	if (rules) {
		start_look(h, false);
		return;
	}
	if (at < h->not_before)
		at = h->not_before;
	arm(h, at);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *data)
{
	struct heal *h = data;

	(void)s;
	(void)usec;
	if (!h->look && !h->stopped)
		start_look(h, false);
	return 0;
}

void heal_start(struct heal *h)
{
	start_look(h, true);
}

int heal_new(struct daemon *daemon, struct heal **out)
{
	struct heal *h = calloc(1, sizeof(*h));
	int r;

	if (!h)
		return -ENOMEM;
	h->daemon = daemon;
	r = sd_event_add_time(daemon->event, &h->timer, CLOCK_MONOTONIC, 0, ACCURACY,
			      on_timer, h);
	if (r < 0) {
		free(h);
		return r;
	}
	sd_event_source_set_enabled(h->timer, SD_EVENT_OFF);
	*out = h;
	return 0;
}

void heal_stop(struct heal *h)
{
	h->stopped = true;
}

struct heal *heal_free(struct heal *h)
{
	if (!h)
		return NULL;
	sd_event_source_disable_unref(h->timer);
	while (h->patients)
		forget(h, h->patients);
	free(h);
	return NULL;
}
