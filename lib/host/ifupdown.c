// SPDX-License-Identifier: GPL-2.0-or-later
/* ifupdown: what /etc/network/interfaces says, and what of it is in effect. */
#include "host/ifupdown.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

/*
 * Theory of operation.  A bridge that netd makes comes too late for ifupdown at boot, and
 * an uplink is torn out of it when networking.service starts anew.  So ifupdown makes the
 * bridge, as it does the rest: the NIC's stanzas become the bridge's, and the first of
 * them makes it.  Nothing removes it, so guests stay plugged in.
 */
#define STATE "/run/network/ifstate" /* lines "eth0=eth0": interface and stanza */
#define INTERFACES "/etc/network/interfaces"
#define FILE_MAX 262144 /* bytes */

static char *read_text(const char *path)
{
	char *text = NULL;

	if (netd_file_read(AT_FDCWD, path, FILE_MAX, &text, NULL, NULL) < 0)
		return NULL;
	return text;
}

bool netd_ifupdown_has(const char *nic)
{
	netd_auto_free char *text = read_text(STATE);
	size_t length = strlen(nic);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (strncmp(line, nic, length) == 0 && line[length] == '=')
			return true;
	return false;
}

/* True if the file has a line "iface NIC ...". */
static bool has_stanza(const char *path, const char *nic)
{
	netd_auto_free char *text = read_text(path);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *word;

		while ((word = strsep(&line, " \t")) && !*word)
			;
		if (!word || strcmp(word, "iface") != 0)
			continue;
		while ((word = strsep(&line, " \t")) && !*word)
			;
		if (word && strcmp(word, nic) == 0)
			return true;
	}
	return false;
}

/* The file that has the NIC's stanza; false: none of the usual ones. */
static bool find_file(const char *nic, char *out, size_t size)
{
	glob_t found = {0};
	bool has = false;

	glob(INTERFACES, 0, NULL, &found);
	glob(INTERFACES ".d/*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; !has && i < found.gl_pathc; i++) {
		has = has_stanza(found.gl_pathv[i], nic);
		snprintf(out, size, "%s", found.gl_pathv[i]);
	}
	globfree(&found);
	return has;
}

/* Names that a shell, and a regular expression, take as they are. */
static bool is_plain(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_/.-")] == '\0';
}

void netd_ifupdown_hint(struct netd_error *err, const char *bridge,
			const struct netd_link *nic)
{
	const uint8_t *mac = nic->mac.bytes;
	const char *name = nic->name;
	char file[256];

	if (!find_file(name, file, sizeof(file)) || !is_plain(file) || !is_plain(name)) {
		netd_error_hint(
			err,
			"let ifupdown make %s with %s in it (interfaces(5)), and "
			"give it what %s has, then `netdctl adopt --autostart %s`",
			bridge, name, name, bridge);
		return;
	}
	netd_error_hint(err,
			"let ifupdown make the bridge, with what the NIC has: `cp %s "
			"/tmp/interfaces; ifdown %s; sed -i -E "
			"'s/^(\\s*)allow-hotplug\\s+%s\\s*$/"
			"\\1auto %s/; 0,/^\\s*iface\\s+%s\\s.*/s//&\\n\\tpre-up [ -d "
			"\\/sys\\/class\\/net\\/%s ] || ip link add %s address "
			"%02x:%02x:%02x:%02x:%02x:%02x type bridge forward_delay "
			"0\\n\\tpre-up ip "
			"link set NIC master %s up/; s/(\\s)%s(\\s|$)/\\1%s\\2/g; s/ set "
			"NIC / set "
			"%s /' %s; ifup %s || { cp /tmp/interfaces %s; ifup %s; }`, then "
			"`netdctl "
			"adopt --autostart %s`",
			file, name, name, name, name, bridge, bridge, mac[0], mac[1],
			mac[2], mac[3], mac[4], mac[5], bridge, name, bridge, name, file,
			bridge, file, name, bridge);
}
