/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON for whoever renders; the writer lives in base, since lib/config writes it too. */
#ifndef NETD_RENDER_JSON_H
#define NETD_RENDER_JSON_H

#include "base/json.h"

#endif
