// SPDX-License-Identifier: GPL-2.0-or-later
/* One look at all that runs, which repairs what differs. */
/*
 * Theory of operation.  Most looks find nothing, and should disturb nobody: the plan is
 * made without the lock.  If it has something to do, the lock is taken without waiting,
 * and the topology, which may be another by then, read again: a plan that was made in the
 * middle of somebody's change is empty now.
 */
#include "look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "netd.h"

#define WORDS_MAX 160

static struct finding *add_finding(struct look *look, const char *name)
{
	struct finding *grown =
		reallocarray(look->findings, look->count + 1, sizeof(*look->findings));

	if (!grown)
		return NULL;
	look->findings = grown;
	grown[look->count] = (struct finding){.name = strdup(name)};
	if (!grown[look->count].name)
		return NULL;
	return &grown[look->count++];
}

static bool is_spared(const struct look *look, const char *name)
{
	for (size_t i = 0; i < look->spared_count; i++)
		if (strcmp(look->spared[i], name) == 0)
			return true;
	return false;
}

void look_spare(struct look *look, const char *name)
{
	char **grown =
		reallocarray(look->spared, look->spared_count + 1, sizeof(*look->spared));

	if (!grown)
		return;
	look->spared = grown;
	grown[look->spared_count] = strdup(name);
	if (grown[look->spared_count])
		look->spared_count++;
}

/* The first lines of a plan, without what is indented below them, as one. */
static char *first_words(char *text)
{
	char *out = calloc(1, WORDS_MAX + 8), *rest = text, *line;
	const char *comma = "", *more = "…";
	size_t used = 0;

	while (out && (line = strsep(&rest, "\n"))) {
		if (!*line || *line == ' ')
			continue;
		if (used + strlen(line) + 2 > WORDS_MAX) {
			strcpy(out + used, more);
			break;
		}
		used += (size_t)sprintf(out + used, "%s%s", comma, line);
		comma = ", ";
		more = " …";
	}
	free(text);
	return out;
}

static void find_failure(struct finding *f, const struct netd_error *err)
{
	char *text = netd_error_format(err, NETD_FORMAT_TEXT, false);

	f->state = FOUND_FAILED;
	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	f->words = text;
}

/* Under the lock. */
static void repair(struct netd *netd, struct finding *f, struct netd_error *err)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_topology *t = NULL;
	struct netd_plan *plan = NULL;
	int r = netd_running(netd, f->name, &t, err);

	if (r == -ENOENT)
		return; /* it was destroyed meanwhile */
	if (r < 0) {
		find_failure(f, err);
		return;
	}
	r = netd_apply(netd, t, &plan, &outcome, err);
	netd_topology_free(t);
	if (r < 0) {
		find_failure(f, err);
		return;
	}
	f->changes = netd_plan_size(plan);
	if (f->changes)
		f->state = FOUND_REPAIRED;
	f->words = first_words(netd_plan_format(plan, NETD_FORMAT_TEXT, false));
	netd_plan_free(plan);
}

static void begin_repair(struct netd *netd, struct finding *f, struct netd_error *err)
{
	int r = netd_begin(netd, NULL, err);

	if (r == -EBUSY)
		f->state = FOUND_BUSY;
	else if (r < 0)
		find_failure(f, err);
	else
		repair(netd, f, err);
	netd_unlock(netd);
}

/* How many changes it would take; 0 also if it does not run any more. */
static int count_changes(struct netd *netd, const char *name, struct netd_error *err)
{
	struct netd_topology *t = NULL;
	struct netd_plan *plan = NULL;
	int r = netd_running(netd, name, &t, err);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = netd_plan(netd, t, &plan, err);
	netd_topology_free(t);
	if (r < 0)
		return r;
	r = (int)netd_plan_size(plan);
	netd_plan_free(plan);
	return r;
}

static void look_at(struct look *look, struct netd *netd, const char *name)
{
	struct finding *f = add_finding(look, name);
	struct netd_error *err = netd_error_new();
	int r;

	if (!f || !err) {
		netd_error_free(err);
		return;
	}
	r = count_changes(netd, name, err);
	if (r > 0 && is_spared(look, name))
		f->state = FOUND_SPARED;
	else if (r < 0)
		find_failure(f, err);
	else if (r > 0)
		begin_repair(netd, f, err);
	netd_error_free(err);
}

static void recovered(const char *name, enum netd_outcome outcome, void *data)
{
	static const char *const words[] = {
		[NETD_UNTOUCHED] = "was taken up",
		[NETD_DONE] = "had all been done, and is kept",
		[NETD_ROLLED_BACK] = "was undone",
		[NETD_NOT_ROLLED_BACK] = "could not be undone: see `netdctl status`",
		[NETD_KEPT] = "stays as it is, as there was no record of what ran before",
	};

	(void)data;
	log_line(LOG_NOTICE, name, "%s: a change that was cut short %s", name,
		 words[outcome]);
}

static void look_at_all(struct look *look, struct netd *netd)
{
	char **names = NULL;

	netd_set_patience(netd, 0, NULL, NULL);
	netd_set_recovered(netd, recovered, NULL);
	netd_set_watchdog(netd, "/proc/self/exe");
	if (look->recover)
		netd_recover(netd, NULL, NULL);
	netd_unlock(netd);
	if (netd_running_names(netd, &names, NULL) < 0)
		return;
	for (size_t i = 0; names[i]; i++) {
		look_at(look, netd, names[i]);
		free(names[i]);
	}
	free(names);
}

void look_run(struct job *job)
{
	struct look *look = (struct look *)job;
	struct netd *netd = NULL;

	if (netd_new(look->state_dir, look->config_dir, &netd, NULL) < 0)
		return;
	look_at_all(look, netd);
	netd_free(netd);
}

void look_free(struct look *look)
{
	for (size_t i = 0; i < look->count; i++) {
		free(look->findings[i].name);
		free(look->findings[i].words);
	}
	for (size_t i = 0; i < look->spared_count; i++)
		free(look->spared[i]);
	free(look->findings);
	free(look->spared);
	free(look);
}
