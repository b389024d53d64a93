/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library's context: sockets and directories of one caller. */
#ifndef NETD_HOST_CONTEXT_H
#define NETD_HOST_CONTEXT_H

#include "store/store.h"
#include "nft/nft.h"
#include "rtnl/nl.h"
#include "host/caller.h"
#include "host/ops.h"
#include "netd-types.h"

#define NETD_STATE_DIR "/run/netd"
#define NETD_CONFIG_DIR "/etc/netd"

struct netd {
	const struct netd_host_ops *ops;
	void *host; /* what @ops works on, unless that is the kernel */
	char *state_dir, *config_dir;
	struct netd_store store;
	struct netd_nl nl;
	struct netd_nft nft;
	bool connected;
	bool at_home, at_home_writing; /* host/home.h has checked that */
	uint64_t home_inode;	       /* of the network namespace that it is about */
	struct netd_patience patience;
	struct netd_caller caller; /* for api/, which hands it on */
	const char *watchdog; /* the program that watchdogs and guards are; NULL: none */

	struct netd_space **spaces; /* sorted by name; host/space.h */
	size_t space_count;
	int home;  /* the namespace that it was opened in; -1: not asked for yet */
	bool away; /* the calling thread is in another namespace */
};

/* A context on the host that @ops reaches; as netd_new(). */
int netd_context_new(const struct netd_host_ops *ops, const char *state_dir,
		     const char *config_dir, struct netd **out, struct netd_error *err);

/* Public: these are in netd.h too. */
NETD_PUBLIC struct netd *netd_free(struct netd *netd);
NETD_PUBLIC void netd_set_patience(struct netd *netd, unsigned seconds,
				   void (*notice)(const char *holder, void *data),
				   void *data);
NETD_PUBLIC void netd_unlock(struct netd *netd);

/* Connects to the host, once. */
int netd_connect(struct netd *netd, struct netd_error *err);
/* To the kernel: opens both netlink sockets; and closes them. */
int netd_kernel_connect(struct netd *netd, struct netd_error *err);
void netd_kernel_disconnect(struct netd *netd);

/*
 * Opens the state directory and the sockets.  @write: makes the directory, and acquires
 * the writer's lock, which is held until the context is freed.  Without @write a missing
 * state directory is no error (store.fd stays -1).
 */
int netd_context_open(struct netd *netd, bool write, struct netd_error *err);

#endif
