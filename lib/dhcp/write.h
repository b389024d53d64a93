/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a service's texts; each function appends lines. */
#ifndef NETD_DHCP_WRITE_H
#define NETD_DHCP_WRITE_H

#include "base/str.h"
#include "dhcp/compile.h"

/* Ranges, options, router advertisements, boot files: into dnsmasq.conf. */
void netd_dhcp_write_ranges(const struct netd_segment *s, struct netd_str *out);
void netd_dhcp_write_options(const struct netd_segment *s, struct netd_str *out);
void netd_dhcp_write_boot(const struct netd_segment *s, struct netd_str *out);

/*
 * dhcp-hostsfile: "MAC,ADDRESS,[ADDRESS6],NAME" of machines, "ADDRESS" that nobody is
 * given, "NAME,set:refused" that nobody may take.  -ENOMEM.
 */
#define NETD_DHCP_REFUSED "refused"
int netd_dhcp_write_reservations(const struct netd_segment *s, struct netd_str *out);
/* addn-hosts: "ADDRESS NAME". */
void netd_dhcp_write_names(const struct netd_segment *s, struct netd_str *out);

/*
 * @text in quotes, as dnsmasq's reader of files takes it back (option.c read_file()):
 * commas and '#' stand for themselves, backslash and quote are escaped.
 */
void netd_dhcp_quote(struct netd_str *out, const char *text);

/* The segment's own address in the subnet of @a; NULL if there is none. */
const struct netd_prefix *netd_segment_subnet(const struct netd_segment *s,
					      const struct netd_addr *a);
bool netd_segment_has_family(const struct netd_segment *s, uint8_t family);
/* True if netd gives guests no default route. */
bool netd_segment_no_gateway(const struct netd_segment *s);

#endif
