// SPDX-License-Identifier: GPL-2.0-or-later
/* The library's context: sockets and directories of one caller. */
#include "host/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/space.h"

#define LOCK_SECONDS 30

int netd_context_new(const struct netd_host_ops *ops, const char *state_dir,
		     const char *config_dir, struct netd **out, struct netd_error *err)
{
	struct netd *netd = calloc(1, sizeof(*netd));

	if (!netd)
		return netd_error_no_memory(err);
	netd->ops = ops;
	netd->store = (struct netd_store){.fd = -1, .lock = -1};
	netd->patience.seconds = LOCK_SECONDS;
	netd->home = -1;
	netd->state_dir = strdup(state_dir ? state_dir : NETD_STATE_DIR);
	netd->config_dir = strdup(config_dir ? config_dir : NETD_CONFIG_DIR);
	if (!netd->state_dir || !netd->config_dir) {
		netd_free(netd);
		return netd_error_no_memory(err);
	}
	*out = netd;
	return 0;
}

void netd_set_patience(struct netd *netd, unsigned seconds,
		       void (*notice)(const char *holder, void *data), void *data)
{
	netd->patience = (struct netd_patience){seconds, notice, data};
}

void netd_unlock(struct netd *netd)
{
	netd_store_unlock(&netd->store);
}

struct netd *netd_free(struct netd *netd)
{
	if (!netd)
		return NULL;
	netd_store_done(&netd->store);
	netd_spaces_done(netd);
	if (netd->connected)
		netd->ops->disconnect(netd);
	free(netd->state_dir);
	free(netd->config_dir);
	free(netd);
	return NULL;
}

int netd_kernel_connect(struct netd *netd, struct netd_error *err)
{
	int r = netd_nl_open(&netd->nl, err);

	if (r < 0)
		return r;
	r = netd_nft_open(&netd->nft, err);
	if (r < 0)
		netd_nl_done(&netd->nl);
	return r;
}

void netd_kernel_disconnect(struct netd *netd)
{
	netd_nl_done(&netd->nl);
	netd_nft_close(&netd->nft);
}

int netd_connect(struct netd *netd, struct netd_error *err)
{
	int r;

	if (netd->connected)
		return 0;
	r = netd->ops->connect(netd, err);
	netd->connected = r >= 0;
	return r;
}

/* Readers need no state directory: without one, nothing runs. */
static int open_store(struct netd *netd, bool write, struct netd_error *err)
{
	int r;

	if (netd->store.fd >= 0)
		return 0;
	r = netd_store_open(&netd->store, netd->state_dir, write, err);
	if (r == -ENOENT && !write)
		return 0;
	return r;
}

static int check_home(struct netd *netd, bool write, struct netd_error *err)
{
	int r;

	if (netd->at_home_writing || (netd->at_home && !write))
		return 0;
	r = netd->ops->check_home(netd, write, err);
	netd->at_home = r >= 0;
	netd->at_home_writing = r >= 0 && write;
	return r;
}

int netd_context_open(struct netd *netd, bool write, struct netd_error *err)
{
	int r = open_store(netd, write, err);

	if (r < 0)
		return r;
	if (write && netd->store.lock < 0) {
		r = netd_store_lock(&netd->store, &netd->patience, err);
		if (r < 0)
			return r;
	}
	r = netd_connect(netd, err);
	if (r < 0)
		return r;
	return check_home(netd, write, err);
}
