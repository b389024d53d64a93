/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library's context: sockets and directories of one caller. */
#ifndef NETD_APPLY_CONTEXT_H
#define NETD_APPLY_CONTEXT_H

#include "apply/store.h"
#include "firewall/nft.h"
#include "kernel/nl.h"

#define NETD_STATE_DIR "/run/netd"
#define NETD_CONFIG_DIR "/etc/netd"

struct netd {
	char *state_dir, *config_dir;
	struct netd_store store;
	struct netd_nl nl;
	struct netd_nft nft;
	bool connected;
	unsigned lock_seconds;
};

/* Opens both netlink sockets, once. */
int netd_connect(struct netd *netd, struct netd_error *err);

/*
 * Opens the state directory and the sockets.  @write: makes the directory, and takes the
 * one writer's lock, which is kept until the context goes.  Without it a missing state
 * directory is fine (store.fd stays -1).
 */
int netd_context_open(struct netd *netd, bool write, struct netd_error *err);

#endif
