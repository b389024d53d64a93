// SPDX-License-Identifier: GPL-2.0-or-later
/* Links that netd does not make: NICs, loopbacks, and others' virtual ones. */
#include "kind/kind.h"

const struct netd_kind netd_kind_foreign = {.word = "interface"};
