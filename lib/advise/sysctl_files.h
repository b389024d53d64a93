/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sysctl.conf(5) and the files of sysctl.d(5) set. */
#ifndef NETD_ADVISE_SYSCTL_FILES_H
#define NETD_ADVISE_SYSCTL_FILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if one of the files sets @path ("ipv4/conf/eth0/forwarding") to @value, by its own
 * name, by a pattern, or by "all" or "default" in the interface's place; @file gets
 * "/etc/sysctl.d/90-lab.conf:3".
 */
bool netd_sysctl_files_find(const char *path, int value, char *file, size_t size);

/* The same for the text of one file: the line's number, or 0. */
unsigned netd_sysctl_text_find(const char *text, const char *path, int value);

#endif
