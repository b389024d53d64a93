// SPDX-License-Identifier: GPL-2.0-or-later
/* Every row of every table of fields, in every walk over it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "base/array.h"
#include "config/reader.h"
#include "model/field.h"

#define OBJECT_MAX 16384

static const struct netd_object *const objects[] = {
	&netd_topology_object,
	&netd_network_object,
	&netd_machine_object,
	&netd_port_object,
	&netd_forward_object,
	&netd_route_object,
	&netd_nat_object,
	&netd_router_nat_object,
	&netd_dhcp_object,
	&netd_dns_object,
	&netd_listed_object,
	&netd_router_object,
	&netd_host_object,
	&netd_interface_object,
	&netd_cable_object,
	&netd_host_interface_object,
	&netd_only_interface_object,
};

static bool is_object(const struct netd_field *field)
{
	return field->object && !netd_field_is_list(field) &&
	       field->type != NETD_TYPE_NODES;
}

/* The first plain row of @o, which a change of the whole object can be made by. */
static void change_object(const struct netd_object *o, void *data);

/* Gives the field another value than the one that it is zeroed to. */
static void change(const struct netd_field *field, void *data)
{
	char *at = netd_field_at(field, data);

	if (netd_field_is_list(field)) {
		void *item = netd_array_add((void **)(void *)at,
					    (size_t *)netd_field_beside(field, data),
					    field->size);

		assert_non_null(item);
		return;
	}
	if (is_object(field)) {
		change_object(field->object, at);
		return;
	}
	if (field->type == NETD_TYPE_USER || field->type == NETD_TYPE_GROUP ||
	    field->type == NETD_TYPE_MAC)
		*(bool *)netd_field_beside(field, data) = true;
	at[0] = field->type == NETD_TYPE_SUBNET ? AF_INET : 1;
}

static void change_object(const struct netd_object *o, void *data)
{
	for (size_t i = 0; i < o->count; i++) {
		if (is_object(&o->fields[i]) || netd_field_is_list(&o->fields[i]))
			continue;
		change(&o->fields[i], data);
		return;
	}
}

/* Whether the row says something of its own. */
static bool counts(const struct netd_field *field)
{
	return !field->refused && field->type != NETD_TYPE_PLACES &&
	       field->type != NETD_TYPE_NODES && field->type != NETD_TYPE_ALL_NODES;
}

static void every_row(void **state)
{
	static _Alignas(max_align_t) char one[OBJECT_MAX], two[OBJECT_MAX];

	(void)state;
	for (size_t k = 0; k < NETD_ARRAY_SIZE(objects); k++) {
		const struct netd_object *o = objects[k];

		assert_true(o->size <= OBJECT_MAX);
		for (size_t i = 0; i < o->count; i++) {
			const struct netd_field *field = &o->fields[i];

			if (!counts(field))
				continue;
			if (field->type == NETD_TYPE_LIST ||
			    field->type == NETD_TYPE_RECORDS)
				assert_true(field->size <= NETD_ITEM_MAX);
			memset(one, 0, sizeof(one));
			change(field, one);
			assert_int_equal(netd_object_copy(o, two, one), 0);
			assert_true(netd_object_equal(o, one, two));
			netd_field_clear(field, two);
			if (netd_object_equal(o, one, two))
				fail_msg("%s, row %zu (%s): no difference is seen",
					 o->what, i, field->name ? field->name : "");
			netd_object_done(o, two);
			netd_object_done(o, one);
			for (size_t b = 0; b < o->size; b++)
				assert_int_equal(one[b], 0);
		}
	}
}

/* Places lie within the object, are distinct, and are forgotten. */
static void places(void **state)
{
	static _Alignas(max_align_t) char data[OBJECT_MAX];

	(void)state;
	for (size_t k = 0; k < NETD_ARRAY_SIZE(objects); k++) {
		const struct netd_object *o = objects[k];

		memset(data, 0, sizeof(data));
		for (size_t i = 0; i < o->count; i++) {
			struct netd_place *place = (void *)(data + o->fields[i].place);

			if (!o->fields[i].place)
				continue;
			assert_true(o->fields[i].place + sizeof(*place) <= o->size);
			assert_int_equal(place->line, 0);
			place->line = 1;
		}
		netd_object_forget_places(o, data);
		for (size_t b = 0; b < o->size; b++)
			assert_int_equal(data[b], 0);
	}
}

/* A copy shares nothing, however deep. */
static void deep_copy(void **state)
{
	struct netd_topology *t = netd_topology_new("lab"), *copy;
	struct netd_network *n = netd_topology_add_network(t);
	struct netd_node *node = netd_topology_add_node(t);
	struct netd_node_interface *i;
	struct netd_cable *c = netd_topology_add_cable(t);

	(void)state;
	strcpy(n->name, "lan");
	assert_non_null(netd_array_add(&n->dhcp.ranges, &n->dhcp.range_count,
				       sizeof(*n->dhcp.ranges)));
	i = netd_array_add(&node->interfaces, &node->interface_count, sizeof(*i));
	assert_non_null(netd_array_add(&i->dns.records, &i->dns.record_count,
				       sizeof(*i->dns.records)));
	i = &c->ends[1].interface;
	assert_non_null(
		netd_array_add(&i->addresses, &i->address_count, sizeof(*i->addresses)));
	copy = netd_topology_copy(t);
	assert_true(netd_topology_equal(t, copy));
	i->addresses[0].length = 8;
	assert_false(netd_topology_equal(t, copy));
	i->addresses[0].length = 0;
	strcpy(node->interfaces[0].dns.records[0].name, "www");
	assert_false(netd_topology_equal(t, copy));
	netd_topology_free(t);
	assert_string_equal(copy->networks[0].name, "lan");
	assert_int_equal(copy->networks[0].dhcp.range_count, 1);
	netd_topology_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(places),
		cmocka_unit_test(deep_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
