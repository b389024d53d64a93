/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A YAML document as a tree in which every node knows its place. */
#ifndef NETD_CONFIG_YAML_H
#define NETD_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/arena.h"

/* Deeper or larger documents are refused; a topology needs six levels. */
#define NETD_YAML_DEPTH_MAX 16
#define NETD_YAML_NODES_MAX 1000000

enum netd_yaml_kind { NETD_YAML_SCALAR, NETD_YAML_SEQUENCE, NETD_YAML_MAPPING };

struct netd_yaml {
	enum netd_yaml_kind kind;
	bool plain; /* a scalar without quotes */
	struct netd_place place;
	const char *text;	 /* a scalar's */
	struct netd_yaml *first; /* a mapping's keys and values, in turn */
	struct netd_yaml *next;
	size_t weight; /* nodes that a walk through it meets, itself included */
};

/* Why a document could not be had. */
struct netd_yaml_problem {
	struct netd_place place;
	const char *text; /* in the document's arena */
	const char *hint; /* static; may be NULL */
};

/*
 * Theory of operation.  Two readers feed one builder.  The plain reader (yaml_plain.c)
 * takes the everyday part of YAML and gives up on anything else, without a verdict; then
 * libfyaml reads it all (yaml_fy.c), and its verdict counts.  Where the plain reader does
 * not give up, both must build the same tree: the fuzzer holds them to it.
 *
 * The builder has the limits: depth, number of nodes, and what aliases make of it.  An
 * alias shares the nodes of its anchor, so it costs no memory; but a walk meets them
 * again, hence the weight.
 */
struct netd_yaml_document {
	struct netd_yaml *root;
	struct netd_arena arena;
	struct netd_yaml_problem problem; /* text NULL: none */
	/* while it is built */
	struct netd_yaml *open[NETD_YAML_DEPTH_MAX];
	struct netd_yaml *last[NETD_YAML_DEPTH_MAX];
	unsigned depth;
	size_t nodes;
};

/* A zeroed struct is an empty document. */
void netd_yaml_done(struct netd_yaml_document *d);

/*
 * Reads the one document in @text.  0; -EINVAL with d->problem filled in, -ENOMEM.  An
 * empty document has no root.
 */
int netd_yaml_read(struct netd_yaml_document *d, const char *text, size_t length);

/* The two readers; the plain one returns -EAGAIN if it gives up. */
int netd_yaml_read_plain(struct netd_yaml_document *d, const char *text, size_t length);
int netd_yaml_read_fy(struct netd_yaml_document *d, const char *text, size_t length);

/* The builder; each returns 0, -EINVAL (with d->problem) or -ENOMEM. */
int netd_yaml_scalar(struct netd_yaml_document *d, const char *text, size_t length,
		     bool plain, struct netd_place place);
int netd_yaml_begin(struct netd_yaml_document *d, enum netd_yaml_kind kind,
		    struct netd_place place);
void netd_yaml_end(struct netd_yaml_document *d);
int netd_yaml_alias(struct netd_yaml_document *d, const struct netd_yaml *to,
		    struct netd_place place);
/* The node that was added last. */
struct netd_yaml *netd_yaml_last(const struct netd_yaml_document *d);

/* Sets d->problem (the first one stays) and returns -EINVAL. */
int netd_yaml_problem(struct netd_yaml_document *d, struct netd_place place,
		      const char *text, const char *hint);

/* True for an empty value, `~` and `null`. */
bool netd_yaml_is_null(const struct netd_yaml *node);

#endif
