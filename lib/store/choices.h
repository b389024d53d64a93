/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses that machines without one were given, as a topology's state says them. */
#ifndef NETD_STORE_CHOICES_H
#define NETD_STORE_CHOICES_H

#include "base/str.h"
#include "model/topology.h"

/* The address that @m is to keep, of AF_INET or AF_INET6; its family is 0 if none is. */
struct netd_addr *netd_choice_kept(struct netd_machine *m, int family);
/* The address that was chosen; NULL if the file says one, or there is none. */
const struct netd_addr *netd_choice_made(const struct netd_machine *m, int family);

/*
 * Appends a comment for each address that was kept: it does not follow from the file, so
 * where a topology's state is saved they stand in front of it.
 */
void netd_choices_write(const struct netd_topology *t, struct netd_str *out);

/* Gives @t back what the comments at the beginning of @text say; -ENOMEM, no problem. */
int netd_choices_restore(struct netd_topology *t, const char *text);

#endif
