// SPDX-License-Identifier: GPL-2.0-or-later
/* network create --preset: ready-made networks, on a subnet and a bridge that are free.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct preset {
	const char *name, *mode;
	const char *address; /* of the first subnet that is tried */
	const char *bridge;  /* the first part of its name; NULL: the network's own */
};

static const struct preset presets[] = {
	{"libvirt", "nat", "192.168.122.1/24", "virbr"},
	{"hostonly", "isolated", "192.168.56.1/24", NULL},
};

static const struct preset *find(const char *name)
{
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (strcmp(presets[i].name, name) == 0)
			return &presets[i];
	return NULL;
}

static int choose_address(struct cli *cli, const struct preset *preset)
{
	char *taken = NULL;
	int r = netd_spare_subnet(cli->netd, preset->address, &cli->chosen[0], &taken,
				  cli->err);

	if (r < 0)
		return r;
	setting_add(&cli->options, "address", cli->chosen[0]);
	if (taken)
		note(cli, "note: not %s, whose subnet is taken (%s), but %s",
		     preset->address, taken, cli->chosen[0]);
	free(taken);
	return 0;
}

static int choose_bridge(struct cli *cli, const struct preset *preset)
{
	char first[32];
	int r = netd_spare_bridge(cli->netd, preset->bridge, &cli->chosen[1], cli->err);

	if (r < 0)
		return r;
	setting_add(&cli->options, "bridge", cli->chosen[1]);
	snprintf(first, sizeof(first), "%s0", preset->bridge);
	if (strcmp(first, cli->chosen[1]) != 0)
		note(cli, "note: not %s, which is taken, but bridge %s", first,
		     cli->chosen[1]);
	return 0;
}

static int unknown(const char *name)
{
	usage("there is no preset \"%s\"; there are libvirt and hostonly", name);
	return -EINVAL;
}

int preset_apply(struct cli *cli)
{
	struct options *o = &cli->options;
	const struct preset *preset;
	int r;

	if (!o->preset)
		return 0;
	preset = find(o->preset);
	if (!preset)
		return unknown(o->preset);
	if (!setting_has(o, "mode"))
		setting_add(o, "mode", preset->mode);
	if (!setting_has(o, "no-dhcp"))
		setting_add(o, "dhcp", "on");
	if (!setting_has(o, "address")) {
		r = choose_address(cli, preset);
		if (r < 0)
			return r;
	}
	if (setting_has(o, "bridge") || !preset->bridge)
		return 0;
	return choose_bridge(cli, preset);
}

void preset_done(struct cli *cli)
{
	for (size_t i = 0; i < sizeof(cli->chosen) / sizeof(cli->chosen[0]); i++) {
		free(cli->chosen[i]);
		cli->chosen[i] = NULL;
	}
}
