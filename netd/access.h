/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may make which call. */
#ifndef NETD_DAEMON_ACCESS_H
#define NETD_DAEMON_ACCESS_H

#include "face.h"

/* Decides, at once or later, and tells @done, which owns @q from then on. */
void access_check(struct question *q,
		  void (*done)(struct question *q, enum verdict verdict));

/* Why a verdict is no, and what to do; the hint may be NULL. */
const char *access_words(enum verdict verdict);
const char *access_hint(enum verdict verdict);

#endif
