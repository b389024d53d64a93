// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that say of an interface that they look after it. */
#include "apply/manager.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

#define STATE_MAX 65536 /* bytes of a state file */

static void hint_networkd(struct netd_error *err, const char *bridge, const char *nic)
{
	netd_error_hint(err,
			"give %s to networkd instead of %s (Bridge= in its .network "
			"file), or say Unmanaged=yes for both and apply again",
			bridge, nic);
}

static void hint_network_manager(struct netd_error *err, const char *bridge,
				 const char *nic)
{
	(void)bridge;
	netd_error_hint(err,
			"`nmcli device set %s managed no` leaves it as it is and to netd",
			nic);
}

/* Each keeps a file per interface, named by its index. */
static const struct row {
	struct netd_manager manager;
	const char *directory;
	const char *words[2]; /* one of them is in the file; NULL: none */
} rows[] = {
	{{"systemd-networkd", hint_networkd},
	 "/run/systemd/netif/links",
	 {"ADMIN_STATE=configured", "ADMIN_STATE=configuring"}},
	{{"NetworkManager", hint_network_manager},
	 "/run/NetworkManager/devices",
	 {"managed=true", NULL}},
};

static bool says(const struct row *row, int index)
{
	netd_auto_free char *text = NULL;
	char path[64];

	snprintf(path, sizeof(path), "%s/%d", row->directory, index);
	if (netd_file_read(AT_FDCWD, path, STATE_MAX, &text, NULL, NULL) < 0)
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(row->words) && row->words[i]; i++)
		if (strstr(text, row->words[i]))
			return true;
	return false;
}

const struct netd_manager *netd_manager_of(int index)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (says(&rows[i], index))
			return &rows[i].manager;
	return NULL;
}
