/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netd-bridge-helper is asked for. */
#ifndef NETD_HOOKS_REQUEST_H
#define NETD_HOOKS_REQUEST_H

#include <linux/if.h>

#include "attach/record.h"

struct request {
	const char *name; /* --br: a network, or a bridge; not checked yet */
	int socket;	  /* --fd */
	int vnet_header;  /* --use-vnet */
	char network[NETD_RECORD_NAME];
	char bridge[NETD_RECORD_NAME];
	char tap[IFNAMSIZ];
};

/*
 * Fills in what the options say; @q->socket must be -1 before.  -EINVAL: something else
 * is there, or --br or --fd is missing.
 */
int request_parse(struct request *q, int argc, char **argv);

#endif
