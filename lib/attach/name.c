// SPDX-License-Identifier: GPL-2.0-or-later
/* Which names an interface can have, and which a guest's tap had better not. */
#include <string.h>
#include <sys/stat.h>

#include "attach/attach.h"

int netd_attach_name_ok(const char *name)
{
	size_t n = 0;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	for (; name[n]; n++)
		if (n >= NETD_ATTACH_NAME - 1 || name[n] == '/' || name[n] == ':' ||
		    name[n] == ' ' || (name[n] >= '\t' && name[n] <= '\r'))
			return 0;
	return n > 0;
}

/*
 * networkd's 80-vm-vt.network is about taps of these names, and nobody but the user
 * replaces it.  systemd links a running unit's invocation.
 */
int netd_attach_name_is_taken(const char *name)
{
	struct stat state;

	return !strncmp(name, "vt-", 3) &&
	       lstat("/run/systemd/units/invocation:systemd-networkd.service", &state) ==
		       0 &&
	       lstat("/etc/systemd/network/80-vm-vt.network", &state) < 0;
}
