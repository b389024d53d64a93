/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts one interface into a bridge, or out of it, with as few system calls as possible.
 */
#ifndef NETD_ATTACH_ATTACH_H
#define NETD_ATTACH_ATTACH_H

#include "attach/wire.h"

#define NETD_ATTACH_NAME 16 /* IFNAMSIZ */

/* True if the kernel can have an interface of that name: net/core/dev.c dev_valid_name().
 */
int netd_attach_name_ok(const char *name);
/* True if a running networkd takes taps of that name out of their bridge. */
int netd_attach_name_is_taken(const char *name);

/* What was being done when it failed; the wording is by (step, errno). */
enum netd_attach_step {
	NETD_ATTACH_SOCKET,
	NETD_ATTACH_FIND_PORT,
	NETD_ATTACH_FIND_BRIDGE,
	NETD_ATTACH_CHECK_BRIDGE, /* -EINVAL: not a bridge; -ELOOP: port and bridge are
				     one */
	/* -EBUSY: in another bridge, see @other; -EADDRINUSE: it has addresses; no tap
	   but -ELOOP: a bridge, -ENOTUNIQ: loopback, -ENOTSUP: something else */
	NETD_ATTACH_CHECK_PORT,
	NETD_ATTACH_JOIN,
	NETD_ATTACH_UP,
	NETD_ATTACH_LEAVE,
	NETD_ATTACH_NETWORK,	/* the record; -ENOENT: the network is not running */
	NETD_ATTACH_NAME_CHECK, /* -EBUSY: networkd would take a tap of that name out */
	NETD_ATTACH_TUN_OPEN,
	NETD_ATTACH_TUN_MAKE,
	NETD_ATTACH_HAND_OVER,
	NETD_ATTACH_PRIVILEGE,
};

/* A failure, without words yet: see attach/words.h. */
struct netd_attach_failure {
	enum netd_attach_step step;
	int code;		      /* negative errno */
	char other[NETD_ATTACH_NAME]; /* the bridge that the port is in already */
	char kernel[NETD_WIRE_TEXT];  /* the kernel's own text; "" if it gave none */
};

/*
 * Asked about the bridge before anything is done: may it be used?  @name is what the
 * kernel calls it, @network what its mark names (it is ours), else "".  0: yes; other
 * results are returned as they are, without a failure.
 */
struct netd_attach_guard {
	int (*check)(const struct netd_attach_guard *guard, const char *name,
		     const char *network);
	void *data;
};

/* The port's MAC gets the first byte fe, whatever the bridge's is. */
#define NETD_ATTACH_HIGH_MAC (1u << 0)

/*
 * Puts the tap @port into the bridge @bridge and sets it up; a port that is in it already
 * stays there, whatever it is.  Returns 0, or a negative errno with *@failure filled:
 * -ENODEV (one of the two is not there), -EINVAL (@bridge is no bridge), -EBUSY (@port is
 * in another bridge), -ENOTSUP (@port is no tap), -EADDRINUSE (it has addresses), -EXFULL
 * (the bridge has 1,023 ports), -EPERM, or, before all else, -EBUSY (NAME_CHECK), or what
 * else the kernel says.  After a failure the port is not in the bridge unless it was
 * before.  @guard NULL: nobody is asked.
 */
int netd_attach_port(const char *bridge, const char *port, unsigned flags,
		     const struct netd_attach_guard *guard,
		     struct netd_attach_failure *failure);

/*
 * Takes @port out of @bridge and sets it down.  A port that is gone, or in no bridge, is
 * fine and left as it is; one in another bridge is left alone, too (-EBUSY, CHECK_PORT).
 * @bridge NULL: out of none, so only a port without a bridge passes.
 */
int netd_attach_release(const char *bridge, const char *port,
			struct netd_attach_failure *failure);

#endif
