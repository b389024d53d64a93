/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of a topology's objects: one table for all that walks over them. */
#ifndef NETD_MODEL_FIELD_H
#define NETD_MODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/topology.h"

/*
 * Theory of operation.  Each object of a topology has one table of fields.  Whatever has
 * to look at all of them walks over the table: files are read and written by it
 * (lib/config), topologies compared, copied and freed (field.c), places forgotten, the
 * options of one-line verbs offered and read, and the manual page compared with it.
 *
 * A row is a field and, if it has a name, a key of the file.  Rows without a name are for
 * what belongs to the object but is no key: its name, or the ports of an endpoint.  What
 * is in no row is copied with the object's bytes and is otherwise nobody's concern.
 * Rows stand in the order in which they are written.  Zero is every field's default.
 */
enum netd_type {
	NETD_TYPE_TEXT,	  /* char[size] */
	NETD_TYPE_BOOL,	  /* bool */
	NETD_TYPE_NOT,	  /* bool, said the other way round: its default is true */
	NETD_TYPE_NUMBER, /* uint32_t, from @min to @max */
	NETD_TYPE_MASK,	  /* uint32_t, bits of @max but for those of @min; hexadecimal */
	NETD_TYPE_CHOICE, /* an enum, by the words of @choices */
	NETD_TYPE_USER,	  /* uint32_t, and a bool @beside: whether there is one */
	NETD_TYPE_GROUP,  /* the same */
	NETD_TYPE_DURATION,  /* uint32_t, seconds; at least @min */
	NETD_TYPE_PORTS,     /* uint16_t[2], first and last */
	NETD_TYPE_PROTOCOLS, /* unsigned, bits of enum netd_protocol */
	NETD_TYPE_MAC,	   /* struct netd_mac, and a bool @beside: whether there is one */
	NETD_TYPE_ADDRESS, /* struct netd_addr; "none" if the bool @none can say so */
	NETD_TYPE_SUBNET,  /* struct netd_prefix; "default" is all addresses of the family
				of the first of @max addresses @beside that there is */
	NETD_TYPE_RANGE,   /* struct netd_addr_range */
	NETD_TYPE_ADDRESS_PAIR, /* struct netd_addr[2], IPv4 first, each with a place;
				   bool[2] @beside: chosen, not to be written */
	NETD_TYPE_RANGE_PAIR,	/* struct netd_addr_range[2], likewise, always written */
	NETD_TYPE_SERVER,	/* struct netd_addr, with a uint16_t port @beside */
	NETD_TYPE_LISTEN,	/* struct netd_forward's listen and ports */
	NETD_TYPE_TARGET,	/* struct netd_forward's machine, to, and to_port */

	/* objects within: */
	NETD_TYPE_PART,	   /* a struct of @object, a mapping */
	NETD_TYPE_SERVICE, /* the same; true, false or a mapping; a bool @beside: said */
	NETD_TYPE_ENDS,	   /* of a cable: @object[2]; an unsigned @beside: how many */
	NETD_TYPE_NODES,   /* those of kind @min, by name, out of the list ALL_NODES */

	/* lists: a pointer to items, and a size_t @beside, their number */
	NETD_TYPE_PREFIXES, /* struct netd_prefix; their places are the next row's */
	NETD_TYPE_PLACES,   /* struct netd_place */
	NETD_TYPE_LIST, /* of @object, a sequence; "none" if the bool @none can say so */
	NETD_TYPE_MAP,	/* of @object, by name */
	NETD_TYPE_RECORDS,   /* of @object, by a name that several may share */
	NETD_TYPE_ALL_NODES, /* of @object; compared by the rows of NODES */
};

enum netd_field_flag {
	NETD_REQUIRED = 1 << 0, /* an object without it is refused */
	NETD_LATE = 1 << 1,	/* read after the others, which it depends upon */
	NETD_APPEND =
		1 << 2, /* what is read is added to the list, not put in its place */
	NETD_EMPTY_OK = 1 << 3,	   /* an empty list means none, and is not refused */
	NETD_ITEMS_APART = 1 << 4, /* an item that cannot be read is left out; the object
				      is complete without it */
	NETD_SEQUENCE = 1 << 5,	   /* one item must be in a list, too */
	NETD_ONE_BARE = 1 << 6,	   /* one item is written without a list around it */
	NETD_OWN_NAME = 1 << 7,	   /* text: the object's own name is the default */
	NETD_ALWAYS = 1 << 8,	   /* written even if empty */
	NETD_OWN_BRIDGE = 1 << 9, /* of a bridge that netd made, not of an existing one */
};

struct netd_object;

struct netd_field {
	const char *name; /* the key; NULL: none */
	enum netd_type type;
	unsigned flags;		    /* bits of enum netd_field_flag */
	size_t offset;		    /* in the object */
	size_t size;		    /* of the field, of a list's item */
	size_t beside, none;	    /* offsets of what the type says; 0: there is none */
	size_t place;		    /* offset of a struct netd_place; 0: none is kept */
	const char *const *choices; /* in the enum's order; NULL ends them */
	unsigned min, max;
	const struct netd_object *object;
	const char *refused; /* the key is known, but not for this object: why */
	const char *hint; /* what to say of an empty list, or of bits that are refused */

	/* the option of one-line verbs */
	const char *help;     /* NULL: there is none */
	const char *option;   /* its name, without dashes; NULL: the key */
	char letter;	      /* "-m"; 0: none */
	const char *argument; /* what help calls the value; NULL: it means "on" */
	const char *complete; /* kind of the values that exist ("<interface>"), or NULL */
	const char *off, *off_help; /* of a service: the option that means "off" */
};

struct netd_object {
	const char *what;      /* "a network" */
	const char *name_what; /* "network name"; NULL: it has none.  Names come first */
	size_t size, name_size;
	size_t place, partial; /* offsets; 0: none */
	size_t chosen;	       /* offset of a bool: it is not to be written; 0: none */
	const char *example;   /* what one looks like; NULL: like any mapping */
	const char *bare; /* the key that a value without a mapping is for; "": the first
			     row, which is all there is; NULL: a mapping it must be */
	bool block;	  /* written on lines of its own */
	const struct netd_field *fields;
	size_t count;
};

#define NETD_FIELD(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
/* A list and its length. */
#define NETD_FIELD_LIST(type, member, count)                                    \
	.offset = offsetof(type, member), .size = sizeof(*((type *)0)->member), \
	.beside = offsetof(type, count)
/* An object with a place and a mark that it could not be read whole. */
#define NETD_OBJECT(type)                                     \
	.size = sizeof(type), .place = offsetof(type, place), \
	.partial = offsetof(type, partial)
#define NETD_FIELDS(array) .fields = array, .count = sizeof(array) / sizeof((array)[0])

extern const struct netd_object netd_topology_object, netd_network_object,
	netd_machine_object, netd_port_object, netd_forward_object, netd_route_object,
	netd_nat_object, netd_router_nat_object, netd_dhcp_object, netd_dns_object,
	netd_listed_object;
/* A router has every field of a node; a host has those that make sense for it. */
extern const struct netd_object netd_router_object, netd_host_object,
	netd_interface_object, netd_host_interface_object, netd_cable_object;
/* The only interface of a host, whose keys stand among the host's own. */
extern const struct netd_object netd_only_interface_object;

/* The field of @object that @field is about, and what goes with it. */
static inline void *netd_field_at(const struct netd_field *field, const void *object)
{
	return (char *)(uintptr_t)object + field->offset;
}
static inline void *netd_field_beside(const struct netd_field *field, const void *object)
{
	return (char *)(uintptr_t)object + field->beside;
}

/* True if the field is a pointer to items and their number. */
static inline bool netd_field_is_list(const struct netd_field *field)
{
	return field->type >= NETD_TYPE_PREFIXES;
}

/* True if an object may have several of it. */
static inline bool netd_field_holds_several(const struct netd_field *field)
{
	return netd_field_is_list(field) || field->type == NETD_TYPE_ADDRESS_PAIR ||
	       field->type == NETD_TYPE_RANGE_PAIR || field->type == NETD_TYPE_PROTOCOLS;
}

/* The row of that key; NULL if there is none. */
const struct netd_field *netd_field_find(const struct netd_object *o, const char *name);

/*
 * What a field holds: *@count items, of field->size bytes each; none for a plain value.
 */
void *netd_field_items(const struct netd_field *field, const void *object, size_t *count);

/*
 * True if the field is not its default; @own: the name that is the default of a row with
 * NETD_OWN_NAME, its object's as a rule.
 */
bool netd_field_is_set(const struct netd_field *field, const void *object,
		       const char *own);
/* True if a key of it is set. */
bool netd_object_is_set(const struct netd_object *o, const void *data);
/* True if the check chose it: nobody wrote it. */
bool netd_object_is_chosen(const struct netd_object *o, const void *data);

/* Makes the field its default, and frees what it held. */
void netd_field_clear(const struct netd_field *field, void *object);

/* Frees what @data, an object of @o, holds, and zeroes it. */
void netd_object_done(const struct netd_object *o, void *data);
/* Deep-copies @from over @to, which holds nothing; -ENOMEM, and it holds nothing then. */
int netd_object_copy(const struct netd_object *o, void *to, const void *from);
/* True if both ask for the same; places do not count. */
bool netd_object_equal(const struct netd_object *o, const void *a, const void *b);
void netd_object_forget_places(const struct netd_object *o, void *data);

#endif
