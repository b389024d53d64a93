/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command and its watchdog agree on. */
#ifndef NETD_TRIAL_WATCH_H
#define NETD_TRIAL_WATCH_H

#define NETD_WATCH_LOCK "watchdog" /* in the state directory */

/* What is said on the leash: by the watchdog, and by the command. */
#define NETD_WATCH_ARMED 'a'
#define NETD_WATCH_DONE 'd'
#define NETD_WATCH_MAY_KILL 'k' /* whoever is at the other end, if it keeps the lock */

#endif
