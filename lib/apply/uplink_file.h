/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a NIC was and held before it became an uplink, on disk. */
#ifndef NETD_APPLY_UPLINK_FILE_H
#define NETD_APPLY_UPLINK_FILE_H

#include "apply/store.h"
#include "kernel/uplink.h"

/*
 * Theory of operation.  STATE/uplinks/NIC is written before the first op that could touch
 * the NIC, and removed when it has everything back.  It has a line for each thing; the
 * last one is "end" and a hash of all that stands before, so that a file which was cut
 * off or changed is known as such.  `stage moved` instead of `stage moving` says that all
 * of it is on the bridge: from then on, what the bridge has is the truth (leases are
 * renewed, people add routes), and the file only says what the NIC itself was.  `stage
 * returning`: it may be half-way back.
 */
enum netd_capture_stage {
	NETD_CAPTURE_MOVING,
	NETD_CAPTURE_MOVED,
	NETD_CAPTURE_RETURNING
};

struct netd_capture_setting {
	char name[NETD_SYSCTL_PATH]; /* "ipv4/rp_filter" */
	int value;
};

struct netd_capture {
	char nic[NETD_IFNAME], bridge[NETD_IFNAME];
	enum netd_capture_stage stage;
	int index; /* of the NIC then: what the objects name */
	bool up;
	uint32_t mtu;
	struct netd_capture_setting *settings;
	size_t setting_count;
	struct netd_held_list held;
};

void netd_capture_done(struct netd_capture *c);

/* The value of that setting, or @otherwise. */
int netd_capture_setting(const struct netd_capture *c, const char *name, int otherwise);

/*
 * Reads that NIC's file into the zeroed @out.  -ENOENT without a problem if there is
 * none; -EBADMSG if it is damaged or another version's, and it is put aside then.
 */
int netd_capture_read(const struct netd_store *store, const char *nic,
		      struct netd_capture *out, struct netd_error *err);
int netd_capture_write(const struct netd_store *store, const struct netd_capture *c,
		       struct netd_error *err);
int netd_capture_remove(const struct netd_store *store, const char *nic,
			struct netd_error *err);

/* Tells each link of @state what its file says. */
int netd_captures_observe(const struct netd_store *store, struct netd_state *state,
			  struct netd_error *err);

#endif
