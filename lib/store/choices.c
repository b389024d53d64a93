// SPDX-License-Identifier: GPL-2.0-or-later
/* The addresses that machines without one were given, as a topology's state says them. */
#include "store/choices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

#define LINE "# address "
#define FORMAT \
	LINE "%15s %63s %45s" /* NETD_IFNAME, NETD_MACHINE_NAME, NETD_ADDR_TEXT - 1 */

static const int families[] = {AF_INET, AF_INET6};

struct netd_addr *netd_choice_kept(struct netd_machine *m, int family)
{
	if (family == AF_INET)
		return &m->kept4;
	return &m->kept6;
}

const struct netd_addr *netd_choice_made(const struct netd_machine *m, int family)
{
	if (family == AF_INET) {
		if (m->chosen4)
			return &m->address4;
		return NULL;
	}
	if (m->chosen6)
		return &m->address6;
	return NULL;
}

void netd_choices_write(const struct netd_topology *t, struct netd_str *out)
{
	char text[NETD_ADDR_TEXT];

	for (size_t i = 0; i < t->network_count; i++)
		for (size_t j = 0; j < t->networks[i].machine_count; j++) {
			struct netd_machine *m = &t->networks[i].machines[j];

			for (size_t f = 0; f < NETD_ARRAY_SIZE(families); f++) {
				const struct netd_addr *a =
					netd_choice_made(m, families[f]);

				if (a && netd_choice_kept(m, families[f])->family)
					netd_str_addf(out, LINE "%s %s %s\n",
						      t->networks[i].name, m->name,
						      netd_addr_format(a, text));
			}
		}
}

/* True if that line is one of ours, and of a machine of @t. */
static bool restore_line(struct netd_topology *t, const char *at)
{
	char line[192], network[NETD_IFNAME], machine[NETD_MACHINE_NAME],
		text[NETD_ADDR_TEXT];
	struct netd_network *n;
	struct netd_machine *m;
	struct netd_addr a;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	if (sscanf(line, FORMAT, network, machine, text) != 3 ||
	    netd_addr_parse(text, &a) < 0)
		return false;
	n = netd_topology_network(t, network);
	m = n ? netd_network_machine(n, machine) : NULL;
	if (m)
		*netd_choice_kept(m, a.family) = a;
	return m;
}

int netd_choices_restore(struct netd_topology *t, const char *text)
{
	bool any = false;

	for (; *text == '#'; text += *text == '\n') {
		any |= restore_line(t, text);
		text += strcspn(text, "\n");
	}
	if (any && netd_topology_check(t, NULL) == -ENOMEM)
		return -ENOMEM;
	return 0;
}
