// SPDX-License-Identifier: GPL-2.0-or-later
/* What netdctl calls of libsystemd, which is loaded if there is a daemon to ask. */
/*
 * Theory of operation.  Linked, libsystemd and what it links would be loaded at each
 * start of netdctl, which takes as long as the rest of it; and Debian has no static one.
 */
#include "sd_bus.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} places[] = {
#define CALL(name) {#name, offsetof(struct sd_bus_calls, name)},
	SD_BUS_CALLS(CALL)
#undef CALL
};

static bool find_all(void *library, struct sd_bus_calls *calls)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		void *symbol = dlsym(library, places[i].name);

		if (!symbol)
			return false;
		memcpy((char *)calls + places[i].offset, &symbol, sizeof(symbol));
	}
	return true;
}

const struct sd_bus_calls *sd_bus_load(void)
{
	static struct sd_bus_calls calls;
	void *library = dlopen("libsystemd.so.0", RTLD_NOW);

	if (!library || !find_all(library, &calls))
		return NULL;
	return &calls;
}
