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
	size_t beside; /* of what goes with the field: a list's length, a MAC's has_… */
	const char *refused; /* the key is known, but not for this: why */
};

#define NETD_FIELD(type, field) \
	.offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
/* A list and its length; a MAC and whether there is one. */
#define NETD_FIELD_WITH(type, field, other) \
	.offset = offsetof(type, field), .beside = offsetof(type, other)

/* The field of @object that @key is about, and what goes with it. */
#define NETD_FIELD_OF(key, object) ((void *)((char *)(object) + (key)->offset))
#define NETD_BESIDE_OF(key, object) ((void *)((char *)(object) + (key)->beside))

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

/*
 * Calls @read for every item of a list, or once for a single value.  An empty list is
 * refused, since it would mean the default instead of none; where none can be meant, ask
 * netd_read_is_none() first.
 */
int netd_read_list(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_key *key, void *object, netd_key_read *read);

/* True for an empty list, and for a missing value. */
bool netd_read_is_none(const struct netd_yaml *node);

/* Appends a zeroed item of @size bytes to the list that @key is about; NULL and
 * r->no_memory on lack of memory. */
void *netd_read_add_item(struct netd_reader *r, const struct netd_key *key, void *object,
			 size_t size);
/* Frees the list that @key is about: what is read now replaces it. */
void netd_read_replace_list(const struct netd_key *key, void *object);

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

/* One address without anything else. */
int netd_read_addr(struct netd_reader *r, const struct netd_yaml *node,
		   struct netd_addr *out);

/* "host", "host:80", "host:80-90", "[address]:80", or an address of either family. */
struct netd_endpoint {
	char host[NETD_MACHINE_NAME];
	uint16_t first, last; /* 0: none */
};
/* -EINVAL if @text is none; what the host is, is the caller's to see. */
int netd_endpoint_parse(const char *text, struct netd_endpoint *out);

/*
 * The destination of a route, a subnet or "default", which is of @family (0: IPv4).
 */
int netd_read_destination(struct netd_reader *r, const struct netd_yaml *node, int family,
			  struct netd_prefix *out);

/* A list of addresses with their prefix lengths, which replaces the one it had. */
struct netd_prefixes {
	struct netd_prefix **items;
	size_t *count;
	struct netd_place **places;
	size_t *place_count;
};
int netd_read_prefixes(struct netd_reader *r, const struct netd_yaml *node,
		       struct netd_prefixes to);

/* "first-last" or a single port, each from 1 to 65535. */
int netd_parse_ports(const char *text, uint16_t *first, uint16_t *last);

/* Readers for the fields of a table. */
netd_key_read netd_read_text;	 /* char[size] */
netd_key_read netd_read_bool;	 /* bool */
netd_key_read netd_read_not;	 /* bool, the other way round */
netd_key_read netd_read_number;	 /* uint32_t from min to max */
netd_key_read netd_read_choice;	 /* an enum */
netd_key_read netd_read_ports;	 /* two uint16_t, first and last */
netd_key_read netd_read_node;	 /* const struct netd_yaml *, for later */
netd_key_read netd_read_mac;	 /* struct netd_mac with has_mac */
netd_key_read netd_read_address; /* struct netd_addr */
netd_key_read netd_read_listed;	 /* a list of struct netd_listed_addr */

/* Adds a "did you mean" for @word to the last problem, if one of @choices is near. */
void netd_reader_suggest(struct netd_reader *r, const char *word,
			 const char *const *choices);

/* Readers of the objects of a topology, for the tables of those that hold them. */
int netd_read_topology(struct netd_reader *r, const struct netd_yaml *node);
netd_key_read netd_read_networks;
/* A network's mapping over what @n has: a list of addresses replaces the one it had. */
int netd_read_network_settings(struct netd_reader *r, const struct netd_yaml *node,
			       struct netd_network *n);
/* A router's or host's, in the same way. */
int netd_read_node_settings(struct netd_reader *r, const struct netd_yaml *node,
			    struct netd_node *n);
netd_key_read netd_read_routers;
netd_key_read netd_read_hosts;
netd_key_read netd_read_cables;
netd_key_read netd_read_machines;	     /* of a network */
netd_key_read netd_read_ports_map;	     /* of a network */
netd_key_read netd_read_nat;		     /* struct netd_nat */
netd_key_read netd_read_dhcp;		     /* struct netd_dhcp */
netd_key_read netd_read_dns;		     /* struct netd_dns */
netd_key_read netd_read_forwards;	     /* a list of struct netd_forward */
netd_key_read netd_read_routes;		     /* a list of struct netd_static_route */
netd_key_read netd_read_interfaces;	     /* of a node */
netd_key_read netd_read_interface_addresses; /* struct netd_node_interface */

/* An interface's mapping: of a router, a host, or (ends) a cable. */
enum netd_interface_of { NETD_OF_ROUTER, NETD_OF_HOST, NETD_OF_CABLE };
int netd_read_interface(struct netd_reader *r, const struct netd_yaml *node,
			enum netd_interface_of of, struct netd_node_interface *i);

#endif
