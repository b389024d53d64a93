// SPDX-License-Identifier: GPL-2.0-or-later
/* A failure of the hot path in words: what, where, what to do. */
/*
 * Theory of operation.  The kernel's extended ack is often empty (a full bridge: EXFULL
 * and nothing else), so there is a text for each (step, errno): the first row that
 * matches counts, and code 0 matches every error of a step.  In the texts %p stands for
 * the port, %b the bridge, %n the network, %o the other bridge, %r the running networks,
 * %e the text of the error number.
 */
#include "attach/words.h"

#include <errno.h>
#include <string.h>

static const struct {
	enum netd_attach_step step;
	int code; /* negative errno; 0: any */
	const char *text;
	const char *hint;
} rows[] = {
	{NETD_ATTACH_SOCKET, 0, "cannot talk to the kernel by netlink: %e", NULL},

	{NETD_ATTACH_FIND_PORT, -ENODEV, "there is no interface %p",
	 "create it first: ip tuntap add %p mode tap"},
	{NETD_ATTACH_FIND_PORT, 0, "cannot look up interface %p: %e", NULL},
	{NETD_ATTACH_FIND_BRIDGE, -ENODEV, "there is no bridge %b",
	 "somebody deleted it behind netd's back: `netdctl network start %n` makes it "
	 "anew"},
	{NETD_ATTACH_FIND_BRIDGE, 0, "cannot look up bridge %b: %e", NULL},

	{NETD_ATTACH_CHECK_BRIDGE, -EINVAL, "interface %b is not a bridge",
	 "name a bridge, or a network that netd runs"},
	{NETD_ATTACH_CHECK_BRIDGE, -ELOOP, "%p is the bridge itself",
	 "name the tap, not the bridge"},
	{NETD_ATTACH_CHECK_PORT, -EBUSY,
	 "interface %p is in %o, not in bridge %b: left alone",
	 "take it out first: ip link set %p nomaster"},
	/* The first sentences are those of `port add`, plan/conflict.c. */
	{NETD_ATTACH_CHECK_PORT, -EINVAL,
	 "port %p: a loopback interface cannot be a port", "name QEMU's tap"},
	{NETD_ATTACH_CHECK_PORT, -ELOOP, "port %p: a bridge cannot be a port of a bridge",
	 "name QEMU's tap"},
	{NETD_ATTACH_CHECK_PORT, -EADDRINUSE,
	 "port %p: it has addresses, which would stop working",
	 "name QEMU's tap; a NIC joins with its addresses as a network's uplink: "
	 "netdctl network create --uplink %p"},
	{NETD_ATTACH_CHECK_PORT, 0, "port %p: it is no tap",
	 "plug it in by `netdctl port add %n %p`"},

	{NETD_ATTACH_JOIN, -EXFULL, "bridge %b is full: it holds 1,023 ports",
	 "remove ports, or start another network"},
	{NETD_ATTACH_JOIN, -EPERM, "no permission to put %p into bridge %b",
	 "run QEMU as root, or use netd-bridge-helper (-netdev bridge,br=%n,helper=...)"},
	{NETD_ATTACH_JOIN, -ENODEV, "%p or bridge %b vanished meanwhile", "try again"},
	{NETD_ATTACH_JOIN, -EOPNOTSUPP, "%p cannot be a bridge's port",
	 "only Ethernet-like interfaces can; Wi-Fi stations cannot"},
	{NETD_ATTACH_JOIN, -EINVAL, "the kernel refuses to put %p into bridge %b",
	 "only Ethernet-like interfaces with an MTU that suits the bridge's can join"},
	{NETD_ATTACH_JOIN, 0, "cannot put %p into bridge %b: %e", NULL},
	{NETD_ATTACH_UP, -EPERM, "no permission to set %p up",
	 "run QEMU as root, or use netd-bridge-helper (-netdev bridge,br=%n,helper=...)"},
	{NETD_ATTACH_UP, 0, "cannot set %p up: %e", NULL},
	{NETD_ATTACH_LEAVE, -EPERM, "no permission to take %p out of bridge %b",
	 "run QEMU as root"},
	{NETD_ATTACH_LEAVE, 0, "cannot take %p out of bridge %b: %e", NULL},

	{NETD_ATTACH_NETWORK, -ENOENT, "network %n is not running",
	 "start it: netdctl network start %n (running: %r)"},
	{NETD_ATTACH_NETWORK, -EINVAL, "the record of network %n is damaged",
	 "write it anew: netdctl network start %n"},
	{NETD_ATTACH_NETWORK, 0, "cannot read the record of network %n: %e",
	 "run QEMU as root, or look at the state directory's permissions"},
	{NETD_ATTACH_NAME_CHECK, -EBUSY,
	 "systemd-networkd takes taps that are called vt-... out of their bridge: %p is "
	 "left alone",
	 "give it another name; or `ln -s /dev/null "
	 "/etc/systemd/network/80-vm-vt.network` "
	 "and `networkctl reload`"},
	{NETD_ATTACH_NAME_CHECK, 0,
	 "\"%p\" cannot be the name of an interface or a network",
	 "a name has 1-15 letters, digits, dots, dashes and underscores"},

	{NETD_ATTACH_TUN_OPEN, -ENOENT, "there is no /dev/net/tun",
	 "load the kernel's tun module (modprobe tun), or give the container the device"},
	{NETD_ATTACH_TUN_OPEN, -ENODEV, "/dev/net/tun has no driver",
	 "load the kernel's tun module: modprobe tun"},
	{NETD_ATTACH_TUN_OPEN, -EACCES, "no permission to open /dev/net/tun",
	 "its mode should be 0666: creating a tap needs CAP_NET_ADMIN anyway"},
	{NETD_ATTACH_TUN_OPEN, 0, "cannot open /dev/net/tun: %e", NULL},
	{NETD_ATTACH_TUN_MAKE, -EPERM, "no permission to create a tap",
	 "the helper needs CAP_NET_ADMIN: setcap cap_net_admin+ep netd-bridge-helper"},
	{NETD_ATTACH_TUN_MAKE, 0, "cannot create a tap: %e", NULL},
	{NETD_ATTACH_HAND_OVER, -EBADF, "--fd is not an open descriptor",
	 "QEMU passes it: -netdev bridge,helper=..."},
	{NETD_ATTACH_HAND_OVER, -ENOTSOCK, "--fd is not a socket",
	 "QEMU passes it: -netdev bridge,helper=..."},
	{NETD_ATTACH_HAND_OVER, -EAFNOSUPPORT, "--fd is not a Unix socket",
	 "QEMU passes it: -netdev bridge,helper=..."},
	{NETD_ATTACH_HAND_OVER, 0, "cannot hand the tap over to QEMU: %e", NULL},
	{NETD_ATTACH_PRIVILEGE, -EPERM, "the helper lacks CAP_NET_ADMIN",
	 "give it that capability: setcap cap_net_admin+ep netd-bridge-helper"},
	{NETD_ATTACH_PRIVILEGE, 0, "cannot drop privileges: %e", NULL},
};

/* Appends as much as fits; @out stays NUL-terminated. */
static void append(char *out, size_t size, const char *text)
{
	size_t at = strlen(out);
	size_t n = strlen(text);

	if (n > size - 1 - at)
		n = size - 1 - at;
	memcpy(out + at, text, n);
	out[at + n] = 0;
}

static const char *value_of(char letter, const struct netd_attach_failure *f,
			    const struct netd_attach_names *names)
{
	switch (letter) {
	case 'p':
		return names->port;
	case 'b':
		return names->bridge;
	case 'n':
		if (names->network)
			return names->network;
		return names->bridge;
	case 'o':
		if (f->other[0])
			return f->other;
		return "another bridge";
	case 'r':
		if (names->running && names->running[0])
			return names->running;
		return "none";
	default:
		return strerror(-f->code);
	}
}

static void expand(char *out, size_t size, const char *text,
		   const struct netd_attach_failure *f,
		   const struct netd_attach_names *names)
{
	out[0] = 0;
	for (; text && *text; text++) {
		char one[2] = {*text, 0};
		const char *value = one;

		if (*text == '%' && text[1])
			value = value_of(*++text, f, names);
		append(out, size, value ? value : "?");
	}
}

void netd_attach_word(const struct netd_attach_failure *f,
		      const struct netd_attach_names *names,
		      struct netd_attach_words *out)
{
	size_t i = 0;

	while (i + 1 < sizeof(rows) / sizeof(rows[0]) &&
	       (rows[i].step != f->step || (rows[i].code && rows[i].code != f->code)))
		i++;
	expand(out->text, sizeof(out->text), rows[i].text, f, names);
	expand(out->hint, sizeof(out->hint), rows[i].hint, f, names);
	if (f->kernel[0]) {
		append(out->text, sizeof(out->text), " (kernel: ");
		append(out->text, sizeof(out->text), f->kernel);
		append(out->text, sizeof(out->text), ")");
	}
}
