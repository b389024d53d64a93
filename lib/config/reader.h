/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a file to fields of structs, by tables of keys. */
#ifndef NETD_CONFIG_READER_H
#define NETD_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/number.h"
#include "config/yaml.h"
#include "model/topology.h"

struct netd_reader {
	struct netd_topology *t;
	struct netd_error *err;
	bool no_memory;
};

struct netd_key;

/*
 * Reads @value, which stands under @key, into @object, the struct that the table is
 * about.  0, or negative after a problem was added.
 */
typedef int netd_key_read(struct netd_reader *r, const struct netd_yaml *value,
			  const struct netd_key *key, void *object);

/* A key of a mapping, and the field that it fills. */
struct netd_key {
	const char *name;
	netd_key_read *read;
	size_t offset;		    /* of the field */
	size_t size;		    /* of a text field */
	size_t place;		    /* of a struct netd_place; 0: none is kept */
	const char *const *choices; /* of an enum, in its order; NULL ends them */
	unsigned min, max;	    /* of a number */
	bool later;		    /* not supported by this version */
};

#define NETD_FIELD(type, field) \
	.offset = offsetof(type, field), .size = sizeof(((type *)0)->field)

/* A sentence on @node; returns -EINVAL. */
int netd_reader_problem(struct netd_reader *r, const struct netd_yaml *node,
			const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int netd_reader_no_memory(struct netd_reader *r);

/*
 * Reads the mapping @node by the table @keys; @what names it in messages ("a network").
 * A missing (null) value is an empty mapping.  Every key is tried whatever the others
 * did; negative if one failed.
 */
int netd_read_mapping(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_key *keys, size_t count, const char *what,
		      void *object);

/* Calls @read for every item of a list, or once for a single value. */
int netd_read_list(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_key *key, void *object, netd_key_read *read);

/* Calls @read for every value of a mapping from names to things, with its name. */
typedef int netd_entry_read(struct netd_reader *r, const struct netd_yaml *name,
			    const struct netd_yaml *value, void *object);
int netd_read_entries(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_key *key, void *object, netd_entry_read *read);

/* The text of a scalar; NULL after a problem that says what was @expected. */
const char *netd_read_scalar(struct netd_reader *r, const struct netd_yaml *node,
			     const char *expected);

/* A scalar's text into an array; refused if it does not fit. */
int netd_read_name(struct netd_reader *r, const struct netd_yaml *node, const char *what,
		   char *out, size_t size);

int netd_read_mac(struct netd_reader *r, const struct netd_yaml *node,
		  struct netd_mac *out);

/* Where one address or range of each family goes, IPv4 first. */
struct netd_pair {
	const char *expected; /* "an address", … */
	bool single;	      /* no ranges */
	struct netd_addr_range *out[2];
	struct netd_place *place[2];
};
/* Reads one of the two; a second one of its family is refused. */
int netd_read_pair(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_pair *pair);

/* "first-last" or a single port, each from 1 to 65535. */
int netd_parse_ports(const char *text, uint16_t *first, uint16_t *last);

/* Readers for the fields of a table. */
netd_key_read netd_read_text;	/* char[size] */
netd_key_read netd_read_bool;	/* bool */
netd_key_read netd_read_number; /* uint32_t from min to max */
netd_key_read netd_read_choice; /* an enum */
netd_key_read netd_read_ports;	/* two uint16_t, first and last */
netd_key_read netd_read_node;	/* const struct netd_yaml *, for later */

/* Adds a "did you mean" for @word to the last problem, if one of @choices is near. */
void netd_reader_suggest(struct netd_reader *r, const char *word,
			 const char *const *choices);

/* Readers of the objects of a topology, for the tables of those that hold them. */
int netd_read_topology(struct netd_reader *r, const struct netd_yaml *node);
netd_key_read netd_read_networks;
/* A network's mapping over what @n has: a list of addresses replaces the one it had. */
int netd_read_network_settings(struct netd_reader *r, const struct netd_yaml *node,
			       struct netd_network *n);
netd_key_read netd_read_nat;
netd_key_read netd_read_machines;
netd_key_read netd_read_forwards;
netd_key_read netd_read_ports_map;

#endif
