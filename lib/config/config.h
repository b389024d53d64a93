/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topology files: YAML 1.2 to a checked topology, and back. */
#ifndef NETD_CONFIG_CONFIG_H
#define NETD_CONFIG_CONFIG_H

#include <stddef.h>

struct netd_error;
struct netd_forward;
struct netd_str;
struct netd_topology;

/* No topology file may be larger, in bytes. */
#define NETD_CONFIG_MAX (16 * 1024 * 1024)

/*
 * Reads a topology out of @length bytes of YAML and checks it (netd_topology_check()).
 * @file is what problems are told to be in, and, without "name:", names the topology: its
 * last part less ".yaml" or ".yml"; it may be NULL.  Both texts are copied.  *@out is the
 * caller's, and written only on success.  -EINVAL with every problem that was found, in
 * the order of the file; -ENOMEM.
 */
int netd_config_parse(const char *text, size_t length, const char *file,
		      struct netd_topology **out, struct netd_error *err);

/*
 * The same for the file at @path, which must be a regular one of at most NETD_CONFIG_MAX
 * bytes; also what netd_file_read() returns.
 */
int netd_config_load(const char *path, struct netd_topology **out,
		     struct netd_error *err);

/*
 * Appends the topology as a file that netd_config_parse() reads back to an equal one
 * (netd_topology_equal()): every network in block style, one line for a machine, forward
 * or port, and no key whose value is the default.  0 or -ENOMEM.
 */
int netd_config_write(const struct netd_topology *t, struct netd_str *out);

/* Appends one forward as it stands there: "{listen: …, to: …}". */
int netd_config_write_forward(const struct netd_forward *f, struct netd_str *out);

/* The same tree as JSON. */
int netd_config_write_json(const struct netd_topology *t, struct netd_str *out);

#endif
