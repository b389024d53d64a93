// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that say of an interface that they look after it. */
#include "host/manager.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define STATE_MAX 65536 /* bytes of a state file */

#define NETWORKD_STATE "/run/systemd/netif/links"
#define NM_STATE "/run/NetworkManager/devices"
/* What netplan writes for them, by its name of the interface. */
#define NETPLAN_NETWORKD "/run/systemd/network/10-netplan-"
#define NETPLAN_NM "/run/NetworkManager/system-connections/netplan-%s.nmconnection"

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
static void add_mac(struct netd_str *s, const struct netd_mac *mac)
{
	const uint8_t *b = mac->bytes;

	netd_str_addf(s, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
		      b[5]);
}

/*
 * netplan writes the files of both anew at each boot, so it is netplan that makes the
 * bridge.  @id is what it calls the NIC, which it forgets if nothing is said of that.
 */
static void hint_netplan(struct netd_error *err, const char *bridge, const char *id,
			 const struct netd_link *nic)
{
	netd_auto(netd_str_done) struct netd_str mac = {0};

	add_mac(&mac, &nic->mac);
	netd_error_hint(
		err,
		"let netplan make the bridge, with what the NIC has: `(b=bridges.%s; "
		"e=ethernets.%s; [ \"$(netplan get $e.match)\" != null ] || netplan set "
		"$e.match.name=%s; netplan set \"$b={interfaces: [%s], macaddress: '%s', "
		"parameters: {stp: false, forward-delay: 0}}\"; for k in dhcp4 dhcp6 "
		"dhcp4-overrides dhcp6-overrides dhcp-identifier accept-ra "
		"ipv6-privacy link-local addresses gateway4 gateway6 nameservers routes "
		"routing-policy; do v=$(netplan get $e.$k); [ \"$v\" = null ] || { "
		"netplan set \"$b.$k=$v\"; netplan set $e.$k=null; }; done; netplan "
		"apply)`, then `netdctl adopt --autostart %s`",
		bridge, id, nic->name, id, netd_str_text(&mac), bridge);
}

/* The path of the .network file that a link has, in @state; NULL: it does not say. */
static char *network_file(char *state)
{
	static const char key[] = "NETWORK_FILE=";
	char *file = NULL;

	if (state)
		file = strstr(state, key);
	if (!file)
		return NULL;
	file += strlen(key);
	file[strcspn(file, "\n")] = '\0';
	return file;
}

static void hint_networkd(struct netd_error *err, const char *bridge,
			  const struct netd_link *nic, const struct netd_state *observed)
{
	static char unknown[] = "its .network file";
	netd_auto_free char *state = read_state(NETWORKD_STATE, nic->index);
	char *file = network_file(state);
	size_t length = strlen(NETPLAN_NETWORKD);

	(void)observed;
	if (!file)
		file = unknown;
	if (strncmp(file, NETPLAN_NETWORKD, length) == 0) {
		file[strlen(file) - strlen(".network")] = '\0';
		hint_netplan(err, bridge, file + length, nic);
		return;
	}
	netd_error_hint(
		err,
		"let networkd make %s with %s in it, and give it what %s gives "
		"%s (netd.yaml(5), \"Bridges of other programs\", has the files), "
		"then `netdctl adopt --autostart %s`",
		bridge, nic->name, file, nic->name, bridge);
}

/* How much that looks like an address by router advertisement; 0: it is none. */
static int slaac_rank(const struct netd_ifaddr *a, const char *nic)
{
	const struct netd_addr *addr = &a->prefix.addr;

	if (strcmp(a->link, nic) != 0 || addr->family != AF_INET6 ||
	    a->prefix.length != 64 || a->temporary || netd_addr_is_link_local(addr))
		return 0;
	return 1 + 2 * a->dynamic + (addr->bytes[8] || addr->bytes[9]);
}

/*
 * NetworkManager makes them of the profile and the interface's name, unless it is told
 * the half that is the host's.
 */
static void add_token(struct netd_str *s, const struct netd_state *observed,
		      const char *nic)
{
	const struct netd_ifaddr *best = NULL;
	char text[NETD_ADDR_TEXT];
	struct netd_addr token;
	int rank = 0;

	for (size_t i = 0; i < observed->addr_count; i++)
		if (slaac_rank(&observed->addrs[i], nic) > rank) {
			best = &observed->addrs[i];
			rank = slaac_rank(best, nic);
		}
	if (!best)
		return;
	token = best->prefix.addr;
	memset(token.bytes, 0, 8);
	netd_str_addf(s,
		      "[ $(nmcli -g ipv6.method connection show $u) != auto ] || set -- "
		      "\"$@\" ipv6.addr-gen-mode eui64 ipv6.token %s; ",
		      netd_addr_format(&token, text));
}

/* The profile may have addresses and routes of its own: the bridge gets them, too. */
static void hint_network_manager(struct netd_error *err, const char *bridge,
				 const struct netd_link *nic,
				 const struct netd_state *observed)
{
	netd_auto(netd_str_done) struct netd_str mac = {0};
	netd_auto(netd_str_done) struct netd_str token = {0};
	char profile[sizeof(NETPLAN_NM) + NETD_IFNAME];

	snprintf(profile, sizeof(profile), NETPLAN_NM, nic->name);
	if (access(profile, F_OK) == 0) {
		hint_netplan(err, bridge, nic->name, nic);
		return;
	}
	add_mac(&mac, &nic->mac);
	add_token(&token, observed, nic->name);
	netd_error_hint(
		err,
		"let NetworkManager make the bridge, with what the NIC has: `(set --; "
		"u=$(nmcli -g GENERAL.CON-UUID device show %s); for k in method "
		"addresses gateway routes route-metric never-default dns dns-search; do "
		"for f in ipv4 ipv6; do set -- \"$@\" $f.$k \"$(nmcli -e no -g $f.$k "
		"connection show $u)\"; done; done; %snmcli connection add type bridge "
		"con-name %s ifname %s stp no bridge.mac-address %s \"$@\" && nmcli "
		"connection add type bridge-slave con-name %s-%s ifname %s master %s "
		"connection.autoconnect-priority 999 && nmcli connection up %s-%s)`, "
		"then `netdctl adopt --autostart %s`",
		nic->name, netd_str_text(&token), bridge, bridge, netd_str_text(&mac),
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

bool netd_managers_run(void)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (access(rows[i].directory, F_OK) == 0)
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
