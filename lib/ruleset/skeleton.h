/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of table inet netd that is the same on every host. */
#ifndef NETD_RULESET_SKELETON_H
#define NETD_RULESET_SKELETON_H

struct netd_batch;

/* Adds the messages that make the table with its sets, chains and rules. */
void netd_skeleton_build(struct netd_batch *b);

#endif
