/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at all that runs, which repairs what differs. */
#ifndef NETD_DAEMON_LOOK_H
#define NETD_DAEMON_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "work.h"

/* How a topology was found, and what became of it. */
enum finding_state {
	FOUND_WHOLE,
	FOUND_REPAIRED,
	FOUND_SPARED, /* it differs, and was not to be repaired */
	FOUND_BUSY,   /* it differs, and somebody else is changing things */
	FOUND_FAILED, /* it differs, and could not be repaired */
};

struct finding {
	char *name;
	enum finding_state state;
	size_t changes; /* that the repair took */
	char *words;	/* what was repaired, or the problem: one line */
};

struct look {
	struct job job;
	void *data; /* the asker's */
	const char *state_dir, *config_dir;
	bool recover;  /* take up first what a killed change left */
	char **spared; /* names, sorted by nobody; owned */
	size_t spared_count;
	char who[64]; /* by whom something was changed; "" if that is not known */

	struct finding *findings;
	size_t count;
};

/* For a lane's thread. */
void look_run(struct job *job);
/* Names one that is to be looked at only. */
void look_spare(struct look *look, const char *name);
void look_free(struct look *look);

#endif
