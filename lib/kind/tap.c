// SPDX-License-Identifier: GPL-2.0-or-later
/* Tap devices: their row, and how they are made through /dev/net/tun. */
#include "kind/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kind/kind.h"

#define TUN_DEVICE "/dev/net/tun"

static int open_device(struct netd_error *err)
{
	int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	fd = -errno;
	netd_error_add(err, fd, "cannot open " TUN_DEVICE ": %s", strerror(-fd));
	if (fd == -ENOENT || fd == -ENODEV)
		netd_error_hint(err, "load the kernel module: modprobe tun");
	else if (fd == -EACCES || fd == -EPERM)
		netd_error_hint(err, "run as root");
	return fd;
}

static int set_flags(int fd, struct netd_link_attrs *link, struct netd_error *err)
{
	struct ifreq request = {0};
	const struct netd_tap *tap = &link->tap;

	netd_copy(request.ifr_name, link->name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (tap->multi_queue)
		request.ifr_flags |= IFF_MULTI_QUEUE;
	if (tap->vnet_hdr)
		request.ifr_flags |= IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		int code = -errno;

		netd_error_add(err, code, "cannot make tap %s: %s", link->name,
			       strerror(-code));
		if (code == -EBUSY)
			netd_error_hint(err, "a tap of that name is in use by a program");
		else if (code == -EINVAL)
			netd_error_hint(err, "an interface of that name exists already");
		else if (code == -EPERM)
			netd_error_hint(err, "run as root");
		return code;
	}
	netd_copy(link->name, request.ifr_name);
	return 0;
}

int netd_tap_keep(int fd, const char *name, struct netd_error *err)
{
	int code;

	if (ioctl(fd, TUNSETPERSIST, 1UL) == 0)
		return 0;
	code = -errno;
	return netd_error_add(err, code, "cannot set up tap %s: %s", name,
			      strerror(-code));
}

/* See the top of tap.h for those who have neither. */
static int own(int fd, const struct netd_link_attrs *link, struct netd_error *err)
{
	const struct netd_tap *tap = &link->tap;
	bool has_owner = tap->has_owner || !tap->has_group;
	int code;

	if ((!has_owner || ioctl(fd, TUNSETOWNER, (unsigned long)tap->owner) == 0) &&
	    (!tap->has_group || ioctl(fd, TUNSETGROUP, (unsigned long)tap->group) == 0))
		return 0;
	code = -errno;
	return netd_error_add(err, code, "cannot set the owner of tap %s: %s", link->name,
			      strerror(-code));
}

int netd_tap_set_owner(const struct netd_link_attrs *link, struct netd_error *err)
{
	struct netd_link_attrs open = *link;
	netd_auto_close int fd = open_device(err);
	int r;

	if (fd < 0)
		return fd;
	r = set_flags(fd, &open, NULL);
	if (r == -EBUSY) {
		netd_error_add(err, r,
			       "cannot change the owner of tap %s: a program has it open",
			       link->name);
		netd_error_hint(err, "end that program, or its guest, first");
		return r;
	}
	if (r < 0)
		return netd_error_add(err, r, "cannot open tap %s: %s", link->name,
				      strerror(-r));
	return own(fd, link, err);
}

int netd_tap_open(struct netd_link_attrs *link, struct netd_error *err)
{
	netd_auto_close int fd = open_device(err);
	int r;

	if (fd < 0) {
		netd_error_context(err, "tap %s", link->name);
		return fd;
	}
	r = set_flags(fd, link, err);
	if (r < 0)
		return r;
	r = own(fd, link, err);
	if (r < 0)
		return r;
	if (link->tap.persistent) {
		r = netd_tap_keep(fd, link->name, err);
		if (r < 0)
			return r;
	}
	return netd_take_fd(&fd);
}

static uint8_t get_u8(const struct nlattr *a)
{
	if (!a || nla_len(a) < (int)sizeof(uint8_t))
		return 0;
	return nla_get_u8(a);
}

static bool get_id(const struct nlattr *a, uint32_t *id)
{
	if (!a || nla_len(a) < (int)sizeof(*id))
		return false;
	*id = nla_get_u32(a);
	return true;
}

static bool read_tap(struct netd_link *out, struct nlattr *data)
{
	struct nlattr *a[IFLA_TUN_MAX + 1];
	struct netd_tap *tap = &out->tap;

	if (!data || nla_parse_nested(a, IFLA_TUN_MAX, data, NULL) < 0)
		return false;
	tap->has_owner = get_id(a[IFLA_TUN_OWNER], &tap->owner);
	tap->has_group = get_id(a[IFLA_TUN_GROUP], &tap->group);
	tap->persistent = get_u8(a[IFLA_TUN_PERSIST]);
	tap->vnet_hdr = get_u8(a[IFLA_TUN_VNET_HDR]);
	tap->multi_queue = get_u8(a[IFLA_TUN_MULTI_QUEUE]);
	return get_u8(a[IFLA_TUN_TYPE]) == IFF_TAP; /* else a tun: no Ethernet */
}

bool netd_link_is_tap(const struct netd_link *link)
{
	return link->kind == NETD_LINK_TAP;
}

bool netd_tap_is_open_to_all(const struct netd_link *have)
{
	return netd_link_is_tap(have) && !have->tap.has_owner && !have->tap.has_group &&
	       have->running;
}

bool netd_tap_owner_differs(const struct netd_link_attrs *want,
			    const struct netd_link_attrs *have)
{
	const struct netd_tap *a = &want->tap, *b = &have->tap;

	return want->kind == NETD_LINK_TAP &&
	       (a->has_owner != b->has_owner || a->owner != b->owner ||
		a->has_group != b->has_group || a->group != b->group);
}

/* The kernel fixes the queues when a tap is made, and takes no owner off it. */
static bool is_fixed(const struct netd_link_attrs *want,
		     const struct netd_link_attrs *have)
{
	const struct netd_tap *a = &want->tap, *b = &have->tap;

	return have->kind == NETD_LINK_TAP &&
	       (a->multi_queue != b->multi_queue || (b->has_owner && !a->has_owner) ||
		(b->has_group && !a->has_group));
}

const struct netd_kind netd_kind_tap = {
	.word = "tap",
	.kernel = "tun",
	.is_port = true,
	.is_device = true,
	.late = NETD_LINK_MTU | NETD_LINK_MAC,
	.read_data = read_tap,
	.is_fixed = is_fixed,
};
