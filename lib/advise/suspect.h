/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose files on this host explain what a plan found. */
#ifndef NETD_ADVISE_SUSPECT_H
#define NETD_ADVISE_SUSPECT_H

#include "plan/drift.h"

/*
 * Completes plan->evidence, where the kernel's state did not tell who it was: a program
 * that manages the interface, a sysctl.d file that sets the value which is there, an
 * nftables.conf that flushes all tables.  @runs: the topology is in effect, so a table
 * that is missing was there.
 */
void netd_suspects_add(struct netd_plan *plan, const struct netd_state *observed,
		       bool runs);

/*
 * Notes that a program manages an interface that netd made for topology @topology, or
 * that is a port of it, or will manage one that is to be made, and so may take it out of
 * its bridge or change its addresses; with what tells it not to.
 */
void netd_managed_note(const char *topology, const struct netd_state *observed,
		       const struct netd_desired *desired, struct netd_error *notes);

#endif
