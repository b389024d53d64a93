// SPDX-License-Identifier: GPL-2.0-or-later
/* Plugs ports of others into bridges again. */
#include <errno.h>
#include <string.h>

#include "engine/run.h"
#include "base/cleanup.h"
#include "kind/link.h"

/* A guest may end at any time, so a port that cannot be plugged in fails no change. */
int netd_run_plugs(const struct netd_run *run)
{
	struct netd_nl *nl = &run->netd->nl;

	for (size_t i = 0; i < run->count; i++) {
		const struct netd_link_attrs *link = &run->ops[i].link.attrs;
		int bridge = netd_nl_ifindex(nl, link->master);
		netd_auto_message struct nl_msg *m = NULL;
		int r;

		if (bridge < 0)
			return netd_run_failed(run, &run->ops[i], bridge, NULL);
		if (netd_nl_ifindex(nl, link->name) != run->ops[i].index)
			continue;
		m = netd_link_set_message(link, run->ops[i].fields, bridge);
		r = -ENOMEM;
		if (m)
			r = netd_nl_request(nl, m, NULL);
		if (r < 0 && r != -ENODEV)
			netd_error_add(run->notes, 0,
				       "port %s is not plugged into %s: %s", link->name,
				       link->master, strerror(-r));
	}
	return 0;
}
