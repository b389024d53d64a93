/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses that machines without one were given: what is kept, and what to avoid. */
#ifndef NETD_APPLY_CHOICES_H
#define NETD_APPLY_CHOICES_H

#include "apply/context.h"

/*
 * Appends a comment for each address that was kept: it does not follow from the file, so
 * where a topology's state is saved they stand in front of it.
 */
void netd_choices_write(const struct netd_topology *t, struct netd_str *out);

/* Gives @t back what the comments at the beginning of @text say; -ENOMEM, no problem. */
int netd_choices_restore(struct netd_topology *t, const char *text);

/*
 * What the machines of @t that have no address written shall have on this host: what they
 * have in @previous (NULL: nothing runs), or have leased; for new ones nothing that
 * another guest has, by its lease or as the kernel's neighbours tell.  *@out is a
 * topology of its own, NULL if @t is right as it is.
 */
int netd_choices_make(struct netd *netd, const struct netd_topology *t,
		      const struct netd_topology *previous, struct netd_topology **out,
		      struct netd_error *err);

#endif
