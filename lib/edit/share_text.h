/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of one topology that go into another: whose text their places point into. */
#ifndef NETD_EDIT_SHARE_TEXT_H
#define NETD_EDIT_SHARE_TEXT_H

#include "model/topology.h"

/* Problems of what comes from @from are told in that one's text from now on; -ENOMEM. */
int netd_share_text(struct netd_topology *to, const struct netd_topology *from);

#endif
