/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of one object, as options of a verb give them, over what it has. */
#ifndef NETD_EDIT_SETTINGS_H
#define NETD_EDIT_SETTINGS_H

#include "model/field.h"

struct netd_option_value;

/*
 * Reads @settings (netd.h) into @object, an object of type @o in @t.  What they do not
 * name stays; lists of addresses and routes are replaced, machines added.  Problems are
 * told in the options' words, which become the text of @t (all older places are
 * forgotten).  -EINVAL, -ENOMEM.
 */
int netd_settings_read(struct netd_topology *t, const struct netd_object *o, void *object,
		       const struct netd_option_value *settings, struct netd_error *err);

/* The same, and checks all of @t. */
int netd_settings_edit(struct netd_topology *t, const struct netd_object *o, void *object,
		       const struct netd_option_value *settings, struct netd_error *err);

#endif
