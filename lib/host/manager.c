// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that say of an interface that they look after it. */
#include "host/manager.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

#define STATE_MAX 65536 /* bytes of a state file */

#define NETWORKD_STATE "/run/systemd/netif/links"
#define NM_STATE "/run/NetworkManager/devices"

/* NULL: it has no state file. */
static char *read_state(const char *directory, int index)
{
	char *text = NULL;
	char path[64];

	snprintf(path, sizeof(path), "%s/%d", directory, index);
	if (netd_file_read(AT_FDCWD, path, STATE_MAX, &text, NULL, NULL) < 0)
		return NULL;
	return text;
}

/*
 * None of them lets go of a NIC without harm: networkd's Unmanaged=yes takes the address
 * away, NetworkManager's "managed no" only ends the lease's renewal, and takes the NIC
 * back at boot.  So the bridge is made by them, and adopted.
 */
static void hint_networkd(struct netd_error *err, const char *bridge,
			  const struct netd_link *nic)
{
	netd_auto_free char *state = read_state(NETWORKD_STATE, nic->index);
	const char *line = state ? strstr(state, "NETWORK_FILE=") : NULL;
	const char *file = line ? strchr(line, '=') + 1 : "its .network file";

	netd_error_hint(
		err,
		"let networkd make %s with %s in it, and give it what %.*s gives "
		"%s (netd.yaml(5), \"Bridges of other programs\", has the files), "
		"then `netdctl adopt --autostart %s`",
		bridge, nic->name, (int)strcspn(file, "\n"), file, nic->name, bridge);
}

/* The profile may have addresses and routes of its own: the bridge gets them, too. */
static void hint_network_manager(struct netd_error *err, const char *bridge,
				 const struct netd_link *nic)
{
	const uint8_t *mac = nic->mac.bytes;

	netd_error_hint(
		err,
		"let NetworkManager make the bridge, with what the NIC has: `(set --; "
		"u=$(nmcli -g GENERAL.CON-UUID device show %s); for k in method "
		"addresses gateway routes route-metric never-default dns dns-search; do "
		"for f in ipv4 ipv6; do set -- \"$@\" $f.$k \"$(nmcli -e no -g $f.$k "
		"connection show $u)\"; done; done; nmcli connection add type bridge "
		"con-name %s ifname %s stp no bridge.mac-address "
		"%02x:%02x:%02x:%02x:%02x:%02x \"$@\" && nmcli connection add type "
		"bridge-slave con-name %s-%s ifname %s master %s "
		"connection.autoconnect-priority 999 && nmcli connection up %s-%s)`, "
		"then `netdctl adopt --autostart %s`",
		nic->name, bridge, bridge, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5],
		bridge, nic->name, nic->name, bridge, bridge, nic->name, bridge);
}

/* Each keeps a file per interface, named by its index. */
static const struct row {
	struct netd_manager manager;
	const char *directory;
	const char *words[2]; /* one of them is in the file; NULL: none */
} rows[] = {
	{{"systemd-networkd", hint_networkd,
	  "`udevadm control --reload && udevadm trigger --subsystem-match=net && udevadm "
	  "settle && networkctl reload`",
	  "printf '[Match]\\nName=%s\\n[Link]\\nUnmanaged=yes\\n' "
	  ">/etc/systemd/network/05-%s.network && networkctl reload"},
	 NETWORKD_STATE,
	 {"ADMIN_STATE=configured", "ADMIN_STATE=configuring"}},
	{{"NetworkManager", hint_network_manager, NULL,
	  "printf '[keyfile]\\nunmanaged-devices+=interface-name:%s\\n' "
	  ">/etc/NetworkManager/conf.d/netd-%s.conf && nmcli general reload conf"},
	 NM_STATE,
	 {"managed=true", NULL}},
};

static bool says(const struct row *row, int index)
{
	netd_auto_free char *text = read_state(row->directory, index);

	if (!text)
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

/* A name may have letters that mean something to a shell or to those files. */
static bool is_plain(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_.-")] == '\0';
}

void netd_manager_hint_port(struct netd_error *err, const struct netd_manager *manager,
			    const char *port)
{
	char command[256];
	const char *format = manager->leave, *place;
	size_t length = 0;

	if (!is_plain(port)) {
		netd_error_hint(err, "tell %s to leave it alone", manager->name);
		return;
	}
	for (; (place = strstr(format, "%s")); format = place + 2)
		length += (size_t)snprintf(command + length, sizeof(command) - length,
					   "%.*s%s", (int)(place - format), format, port);
	snprintf(command + length, sizeof(command) - length, "%s", format);
	netd_error_hint(err, "`%s` has it leave the interface alone", command);
}
