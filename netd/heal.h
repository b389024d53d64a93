/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps what runs as it should be: looks when something changed, and repairs. */
#ifndef NETD_DAEMON_HEAL_H
#define NETD_DAEMON_HEAL_H

#include <stdbool.h>

#include "daemon.h"

struct heal;

/* Nothing is looked at before heal_start(). */
int heal_new(struct daemon *daemon, struct heal **out);
/* Takes up what a killed change left, and looks at everything. */
void heal_start(struct heal *heal);
/* Something may have changed, as listen.h tells it; @data is the heal. */
void heal_changed(bool rules, const char *who, void *data);
/* No more looks; for the daemon's end, before the work ends. */
void heal_stop(struct heal *heal);
struct heal *heal_free(struct heal *heal);

#endif
