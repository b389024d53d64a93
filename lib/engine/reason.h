/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an errno means for the op that got it, since the kernel's own text is often empty.
 */
#ifndef NETD_ENGINE_REASON_H
#define NETD_ENGINE_REASON_H

#include "plan/plan.h"

/* A clause ("the bridge is full: …") and, through @hint, what to do; strerror if unknown.
 */
const char *netd_op_reason(enum netd_op_kind kind, int code, const char **hint);

#endif
