/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of running networks for the programs that QEMU runs. */
#ifndef NETD_ATTACH_RECORD_H
#define NETD_ATTACH_RECORD_H

#include <stddef.h>

#define NETD_RECORD_NAME 16 /* a network's or bridge's name and its NUL: IFNAMSIZ */
#define NETD_STATE_DIR_DEFAULT "/run/netd"

/* What is recorded of one network. */
#define NETD_RECORD_WORDS 1024
struct netd_record {
	char bridge[NETD_RECORD_NAME];
	/* further words, separated by a blank, "" if there are none; readers skip those
	 * that they do not know */
	char words[NETD_RECORD_WORDS];
};

/*
 * The record of the running network @network, from the state directory @state_dir, by one
 * system call.  0; -ENOENT: it is not running; -EINVAL: that is no network's name, or the
 * record is damaged; -ENAMETOOLONG: the directory's path is too long; or what readlink(2)
 * says.  @out is written on success only.
 */
int netd_record_read(const char *state_dir, const char *network, struct netd_record *out);

/*
 * Records that @network runs as @record says, in one atomic step; directories are made as
 * needed (mode 0755).  0 or -errno, as above or as mkdir(2), symlink(2), rename(2) say.
 */
int netd_record_write(const char *state_dir, const char *network,
		      const struct netd_record *record);

/* Forgets @network; 0 also if it was not recorded. */
int netd_record_remove(const char *state_dir, const char *network);

/* The names of the recorded networks, joined by ", " and cut off at @size; "" if none. */
void netd_record_list(const char *state_dir, char *out, size_t size);

/* True if @name can be an interface's and a network's: 1-15 of A-Z a-z 0-9 . _ -. */
int netd_record_name_ok(const char *name);

#endif
