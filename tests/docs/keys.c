// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints every key that a topology file may have, out of the tables of fields. */
#include <stdio.h>

#include "model/field.h"

static void print_keys(const struct netd_object *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];

		if (field->name && !field->refused && !(o->bare && !*o->bare))
			puts(field->name);
		if (field->name && field->object)
			print_keys(field->object);
	}
}

int main(void)
{
	print_keys(&netd_topology_object);
	print_keys(&netd_only_interface_object);
	return 0;
}
