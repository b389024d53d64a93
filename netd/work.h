/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs: what asks the library, in threads beside the loop. */
#ifndef NETD_DAEMON_WORK_H
#define NETD_DAEMON_WORK_H

#include <stdbool.h>
#include <systemd/sd-event.h>

struct work;

/* Which thread: looks do not wait for changes, nor for whoever has the lock. */
enum lane { LANE_LOOK, LANE_CHANGE, LANES };

struct job {
	void (*run)(struct job *job);  /* in the lane's thread */
	void (*done)(struct job *job); /* in the loop, behind that; it owns the job */
	struct job *next;
};

/* Starts the threads, which have all signals blocked; -errno. */
int work_new(sd_event *event, struct work **out);
/* Behind the jobs that the lane has. */
void work_add(struct work *work, enum lane lane, struct job *job);
/* How many jobs are not done yet. */
unsigned work_left(const struct work *work);
/* Waits for what is running, ends the threads, and is done with all jobs; returns NULL.
 */
struct work *work_free(struct work *work);

#endif
