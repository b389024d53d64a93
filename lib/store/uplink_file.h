/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a NIC was and held before it became an uplink, on disk. */
#ifndef NETD_STORE_UPLINK_FILE_H
#define NETD_STORE_UPLINK_FILE_H

#include "store/store.h"
#include "rtnl/uplink.h"

/*
 * Theory of operation.  STATE/uplinks/NIC is written before the first op that could touch
 * the NIC, and removed when it has everything back.  It has a line for each thing; the
 * last one is "end" and a hash of all that stands before, so that a file which was cut
 * off or changed is known as such.  `stage moved` instead of `stage moving` says that all
 * of it is on the bridge: from then on, what the bridge has is the truth (leases are
 * renewed, people add routes), and the file only says what the NIC itself was.  `stage
 * returning`: it may be half-way back.
 *
 * A file belongs to one capture.  A NIC may be renamed or get another MAC meanwhile, but
 * one that is unplugged and comes back has another index, and nothing of what the file
 * says is true of it any more: such a file is put aside, and never used.
 */
#define NETD_BOOT_TEXT 40

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
	bool has_mac;
	struct netd_mac mac;
	char boot[NETD_BOOT_TEXT]; /* of the host; "": an older netd wrote the file */
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
/* The host's boot, "" if it cannot be told. */
/*
 * True if a file of that name in STATE/uplinks/ is a NIC's: not one that was put aside,
 * or that a killed netd had begun to write.
 */
bool netd_capture_is_record(const char *name);
void netd_capture_read_boot(char out[static NETD_BOOT_TEXT]);
/* True if @c was made of @nic, since the host was booted. */
bool netd_capture_is_of(const struct netd_capture *c, const struct netd_link *nic);
/* Puts a file that is of another capture aside; nothing if there is none. */
void netd_capture_set_aside(const struct netd_store *store, const char *nic);
int netd_capture_remove(const struct netd_store *store, const char *nic,
			struct netd_error *err);

/* Tells each link of @state what its file says, and each bridge that its NIC is gone. */
int netd_captures_observe(const struct netd_store *store, struct netd_state *state,
			  struct netd_error *err);

#endif
