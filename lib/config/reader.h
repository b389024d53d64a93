/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a file to fields of objects, by their tables. */
#ifndef NETD_CONFIG_READER_H
#define NETD_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "config/yaml.h"
#include "model/field.h"

struct netd_reader {
	struct netd_topology *t; /* in whose text problems are told */
	struct netd_error *err;
	bool no_memory;
};

/*
 * Reads @value, which stands under the key of @field, into @object.  0, or negative after
 * a problem was added.
 */
typedef int netd_read(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_field *field, void *object);

/* A sentence on @node; returns -EINVAL. */
int netd_reader_problem(struct netd_reader *r, const struct netd_yaml *node,
			const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int netd_reader_no_memory(struct netd_reader *r);
/* Adds a "did you mean" for @word to the last problem, if one of @choices is near. */
void netd_reader_suggest(struct netd_reader *r, const char *word,
			 const char *const *choices);

/* Reads by the field's type, and keeps the place. */
netd_read netd_read_field;

/* An object that gets what a mapping has. */
struct netd_target {
	const struct netd_object *type;
	void *object;
};
/*
 * Reads the mapping @node into the objects that have its keys; a missing (null) value is
 * an empty mapping.  Every key is tried whatever the others did; negative if one failed.
 */
int netd_read_mapping(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_target *targets, size_t count);
/* The same for one object. */
int netd_read_object(struct netd_reader *r, const struct netd_yaml *node,
		     const struct netd_object *type, void *object);
/* The same for a router or host, whose kind is set. */
int netd_read_node(struct netd_reader *r, const struct netd_yaml *node,
		   struct netd_node *n);

/* The text of a scalar; NULL after a problem that says what was @expected. */
const char *netd_read_scalar(struct netd_reader *r, const struct netd_yaml *node,
			     const char *expected);
/* A scalar's text into an array; refused if it does not fit. */
int netd_read_name(struct netd_reader *r, const struct netd_yaml *node, const char *what,
		   char *out, size_t size);

/* True for an empty list, and for a missing value. */
bool netd_read_is_none(const struct netd_yaml *node);
/* True for the word "none". */
bool netd_read_says_none(const struct netd_yaml *node);
/*
 * Calls @read for every item of a list, or once for a single value.  An empty list is
 * refused, since it would mean the default instead of none.
 */
int netd_read_items(struct netd_reader *r, const struct netd_yaml *node,
		    const struct netd_field *field, void *object, netd_read *read);
/* No item of a list of objects may be larger, and none may hold a list. */
#define NETD_ITEM_MAX 768
/* Appends a zeroed item to a list; NULL and r->no_memory on lack of memory. */
void *netd_read_add(struct netd_reader *r, const struct netd_field *field, void *object);

/* "host", "host:80", "host:80-90", "[address]:80", or an address of either family. */
struct netd_endpoint {
	char host[NETD_MACHINE_NAME];
	uint16_t first, last; /* 0: none */
};
/* -EINVAL if @text is none; what the host is, is the caller's to see. */
int netd_endpoint_parse(const char *text, struct netd_endpoint *out);
/* "first-last" or a single port, each from 1 to 65535. */
int netd_parse_ports(const char *text, uint16_t *first, uint16_t *last);

/* The readers of the types. */
netd_read netd_read_text, netd_read_bool, netd_read_not, netd_read_number, netd_read_mask,
	netd_read_choice, netd_read_user, netd_read_group, netd_read_duration,
	netd_read_ports, netd_read_mac, netd_read_address, netd_read_subnet,
	netd_read_range, netd_read_address_pair, netd_read_range_pair, netd_read_server,
	netd_read_listen, netd_read_to, netd_read_protocols, netd_read_part,
	netd_read_service, netd_read_ends, netd_read_nodes, netd_read_prefixes,
	netd_read_list, netd_read_map, netd_read_records;

#endif
