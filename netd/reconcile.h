/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps what runs as it should be: looks when something changed, and repairs. */
#ifndef NETD_DAEMON_RECONCILE_H
#define NETD_DAEMON_RECONCILE_H

#include <stdbool.h>

#include "daemon.h"

struct reconcile;

/* Nothing is looked at before reconcile_start(). */
int reconcile_new(struct daemon *daemon, struct reconcile **out);
/* Takes up what a killed change left, and looks at everything. */
void reconcile_start(struct reconcile *reconcile);
/* Something may have changed, as monitor.h tells it; @data is the struct reconcile. */
void reconcile_changed(bool rules, const char *who, void *data);
/* No more looks; for the daemon's end, before the work ends. */
void reconcile_stop(struct reconcile *reconcile);
struct reconcile *reconcile_free(struct reconcile *reconcile);

#endif
