// SPDX-License-Identifier: GPL-2.0-or-later
/* What an errno means for the op that got it, since the kernel's own text is often empty.
 */
#include "engine/reason.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"

#define ANY NETD_OP_COUNT

static const struct {
	enum netd_op_kind kind;
	int code;
	const char *reason;
	const char *hint;
} reasons[] = {
	{NETD_OP_CREATE_LINK, EEXIST, "an interface of that name appeared meanwhile",
	 "look at it with `ip -d link`, then apply again"},
	{NETD_OP_CREATE_LINK, EOPNOTSUPP, "this kernel cannot make that kind of link",
	 "load the module (bridge, veth, tun) or use a kernel that has it"},
	{NETD_OP_CREATE_LINK, EINVAL, "the kernel refused a value", NULL},
	{NETD_OP_RAISE_MTU, ENODEV, "the interface vanished meanwhile", "apply again"},
	{NETD_OP_SET_LINK, ENODEV, "the interface vanished meanwhile", "apply again"},
	{NETD_OP_SET_LINK, EXFULL, "the bridge is full: it holds 1,023 ports",
	 "use a second network"},
	{NETD_OP_SET_LINK, EBUSY, "it is a port or a lower device of something else",
	 NULL},
	{NETD_OP_SET_LINK, ELOOP, "that would make a loop of bridges", NULL},
	{NETD_OP_SET_LINK, EINVAL, "the kernel refused a value, or it cannot be a port",
	 NULL},
	{NETD_OP_SET_LINK, EOPNOTSUPP, "it cannot be a port of a bridge", NULL},
	{NETD_OP_ADD_ADDRESS, EEXIST, "the address appeared there meanwhile",
	 "apply again"},
	{NETD_OP_ADD_ADDRESS, ENODEV, "the interface vanished meanwhile", "apply again"},
	{NETD_OP_ADD_ADDRESS, EACCES, "IPv6 is switched off on that interface",
	 "set its sysctl disable_ipv6 to 0"},
	{NETD_OP_ADD_ROUTE, ENETUNREACH,
	 "the gateway is in no subnet of the interfaces that are there",
	 "name one that is, or add `onlink: true`"},
	{NETD_OP_ADD_ROUTE, EHOSTUNREACH,
	 "the gateway is in no subnet of the interfaces that are there",
	 "name one that is, or add `onlink: true`"},
	{NETD_OP_ADD_ROUTE, EINVAL, "the kernel refused a value", NULL},
	{NETD_OP_ADD_ROUTE, ENODEV, "the interface vanished meanwhile", "apply again"},
	{NETD_OP_SET_SYSCTL, ENOENT, "this kernel, or the interface, has no such setting",
	 NULL},
	{NETD_OP_CLAIM_SYSCTL, ENOENT,
	 "this kernel, or the interface, has no such setting", NULL},
	{NETD_OP_CLAIM_SYSCTL, EROFS, "/proc/sys is read-only here",
	 "run netd outside of the container, or mount it writable"},
	{NETD_OP_SET_SYSCTL, EROFS, "/proc/sys is read-only here",
	 "run netd outside of the container, or mount it writable"},
	{NETD_OP_RESTORE_SYSCTL, EROFS, "/proc/sys is read-only here",
	 "run netd outside of the container, or mount it writable"},
	{ANY, EPERM, "no permission", "run as root (CAP_NET_ADMIN)"},
	{ANY, EACCES, "no permission", "run as root (CAP_NET_ADMIN)"},
	{ANY, ENOMEM, "out of memory", NULL},
};

const char *netd_op_reason(enum netd_op_kind kind, int code, const char **hint)
{
	*hint = NULL;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(reasons); i++) {
		if ((reasons[i].kind != kind && reasons[i].kind != ANY) ||
		    reasons[i].code != -code)
			continue;
		*hint = reasons[i].hint;
		return reasons[i].reason;
	}
	return strerror(-code);
}
