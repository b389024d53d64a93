/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of a verb as the tree that a file with the same content would have. */
#ifndef NETD_EDIT_TREE_H
#define NETD_EDIT_TREE_H

#include "base/str.h"
#include "config/reader.h"

struct netd_option_value;

struct netd_settings_tree {
	const struct netd_object *object;
	const struct netd_option_value *settings;
	struct netd_reader *reader; /* for problems */
	struct netd_arena arena;
	struct netd_yaml *root;
	/* of the setting that is added now: */
	struct netd_place place; /* of its value */
};

/*
 * Builds tree->root; -EINVAL after problems: there is no such setting, or two contradict
 * each other.  What is to become its default again is not in it.
 */
int netd_settings_tree_build(struct netd_settings_tree *tree);
void netd_settings_tree_done(struct netd_settings_tree *tree);

/* Appends the settings, one a line, as they were typed. */
void netd_settings_print(const struct netd_object *o,
			 const struct netd_option_value *settings, struct netd_str *out);

#endif
