/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd-networkd's .network files say of a link that is not there yet. */
#ifndef NETD_HOST_NETWORKD_H
#define NETD_HOST_NETWORKD_H

#include <stdbool.h>
#include <stddef.h>

struct netd_error;

struct netd_networkd_link {
	const char *name, *bridge;
	const char *driver; /* as the kernel names its kind: "tun", "veth", "bridge" */
	bool ours;	    /* it will bear netd's group: data/90-netd.rules */
};

/*
 * True if networkd runs and will take the link out of its bridge; @file gets the path of
 * the .network file by which it does.  Only what is certain counts: a file that also asks
 * for a MAC, a path or a host is passed over.
 */
bool netd_networkd_takes(const struct netd_networkd_link *link, char *file, size_t size);

/* Adds that, for a port that netd makes, with what to do. */
void netd_networkd_problem(struct netd_error *err, int code, const char *port,
			   const char *file);

enum netd_networkd_verdict {
	NETD_NETWORKD_OTHER,  /* the file is not about it */
	NETD_NETWORKD_LEAVES, /* it is, and leaves it alone */
	NETD_NETWORKD_TAKES,
};

/* The same for the text of one file, which is changed. */
enum netd_networkd_verdict netd_networkd_judge(char *text,
					       const struct netd_networkd_link *link);

#endif
