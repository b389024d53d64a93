// SPDX-License-Identifier: GPL-2.0-or-later
/* Transactions of the firewall: whole or not at all, never on top of somebody else's. */
#include <errno.h>
#include <sched.h>
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
#include "base/error.h"
#include "ruleset/commit.h"
#include "ruleset/compile.h"
#include "ruleset/delta.h"
#include "nft/nft.h"
#include "ruleset/read.h"
#include "model/topology.h"

#define MANY 20000

static struct netd_nft nft;

/* Forward number @i: an address of its own to 10.1.0.1. */
static void make_forward(struct netd_element *e, unsigned i)
{
	struct netd_addr listen = {AF_INET, {172, 16, (uint8_t)(i >> 8), (uint8_t)i}};

	*e = (struct netd_element){0};
	netd_element_forward_key(e, &listen, 6, (uint16_t)(80 + (i >> 16)));
	memcpy(e->data, (uint8_t[]){10, 1, 0, 1, 0, 80}, 6);
	e->data_length = 8;
	snprintf(e->comment, sizeof(e->comment), "lab/n");
}

static void make_forwards(struct netd_ruleset *r, unsigned n)
{
	*r = (struct netd_ruleset){.present = true, .intact = true};
	for (unsigned i = 0; i < n; i++)
		make_forward(netd_array_add(&r->elements, &r->element_count,
					    sizeof(*r->elements)),
			     i);
}

/* What topology "lab" lacks of @want. */
static void difference(const struct netd_ruleset *want, struct netd_ruleset_delta *d,
		       uint32_t *generation)
{
	struct netd_ruleset have = {0};

	*d = (struct netd_ruleset_delta){0};
	assert_int_equal(netd_firewall_read(&nft, &have, NULL), 0);
	*generation = have.generation;
	assert_int_equal(netd_ruleset_diff(&have, want, "lab", d, NULL), 0);
	netd_ruleset_done(&have);
}

static void apply(unsigned forwards)
{
	struct netd_ruleset_delta d;
	struct netd_ruleset want;
	uint32_t generation;

	make_forwards(&want, forwards);
	difference(&want, &d, &generation);
	assert_int_equal(netd_firewall_commit(&nft, &d, generation, NULL), 0);
	netd_ruleset_delta_done(&d);
	difference(&want, &d, &generation);
	assert_true(netd_ruleset_delta_is_empty(&d));
	netd_ruleset_delta_done(&d);
	netd_ruleset_done(&want);
}

static size_t count_elements(void)
{
	struct netd_ruleset have = {0};
	size_t n;

	assert_int_equal(netd_firewall_read(&nft, &have, NULL), 0);
	n = have.element_count;
	netd_ruleset_done(&have);
	return n;
}

static void many(void **state)
{
	(void)state;
	apply(MANY);
	assert_int_equal(count_elements(), MANY);
	apply(1);
	assert_int_equal(count_elements(), 1);
	apply(0);
	assert_int_equal(count_elements(), 0);
}

static void empty_sends_nothing(void **state)
{
	struct netd_ruleset_delta d = {0};
	bool present;
	uint32_t before, after;

	(void)state;
	assert_int_equal(netd_firewall_probe(&nft, &present, &before, NULL), 0);
	assert_false(present);
	assert_int_equal(netd_firewall_commit(&nft, &d, 0, NULL), 0);
	assert_int_equal(netd_firewall_probe(&nft, &present, &after, NULL), 0);
	assert_int_equal(before, after);
}

static void stale_generation(void **state)
{
	struct netd_error err = {0};
	struct netd_ruleset_delta d;
	struct netd_ruleset want;
	uint32_t generation;

	(void)state;
	apply(2);
	make_forwards(&want, 3);
	difference(&want, &d, &generation);
	assert_int_equal(
		system("nft add table inet other && nft delete table inet other"), 0);
	assert_int_equal(netd_firewall_commit(&nft, &d, generation, &err), -ERESTART);
	assert_int_equal(err.count, 0);
	assert_int_equal(count_elements(), 2);
	netd_ruleset_delta_done(&d);
	difference(&want, &d, &generation);
	assert_int_equal(netd_firewall_commit(&nft, &d, generation, &err), 0);
	assert_int_equal(count_elements(), 3);
	netd_ruleset_delta_done(&d);
	netd_ruleset_done(&want);
	apply(0);
}

/* The 400th of 500 is taken: none must be there afterwards, and it must be named. */
static void all_or_nothing(void **state)
{
	struct netd_element list[500];
	struct netd_error err = {0};

	(void)state;
	apply(1);
	for (unsigned i = 0; i < 500; i++)
		make_forward(&list[i], 1000 + i);
	make_forward(&list[400], 0);
	list[400].data[3] = 9;
	assert_int_equal(netd_firewall_add_elements(&nft, list, 500, true, &err),
			 -EEXIST);
	assert_int_equal(err.count, 1);
	assert_non_null(
		strstr(err.problems[0].text,
		       "172.16.0.0 . tcp . 80 comment \"lab/n\" : 10.1.0.9 . 80"));
	netd_error_done(&err);
	assert_int_equal(count_elements(), 1);
	apply(0);
}

static void fast_path(void **state)
{
	struct netd_error err = {0};
	struct netd_element e;

	(void)state;
	make_forward(&e, 7);
	assert_int_equal(netd_firewall_add_elements(&nft, &e, 1, true, &err), -ENOENT);
	assert_non_null(strstr(err.problems[0].text, "add to set forward4"));
	netd_error_done(&err);
	apply(2);
	assert_int_equal(netd_firewall_add_elements(&nft, &e, 1, true, NULL), 0);
	assert_int_equal(netd_firewall_add_elements(&nft, &e, 1, true, NULL), -EEXIST);
	assert_int_equal(netd_firewall_add_elements(&nft, &e, 1, false, NULL), 0);
	assert_int_equal(count_elements(), 3);
	assert_int_equal(netd_firewall_delete_elements(&nft, &e, 1, NULL), 0);
	assert_int_equal(netd_firewall_delete_elements(&nft, &e, 1, NULL), -ENOENT);
	assert_int_equal(count_elements(), 2);
	apply(0);
}

/* A verdict to a chain that is not there: the kernel says no to the whole. */
static void refused_commit(void **state)
{
	struct netd_error err = {0};
	struct netd_ruleset_delta d;
	struct netd_ruleset want;
	uint32_t generation;
	bool present;

	(void)state;
	make_forwards(&want, 2);
	want.elements[1] =
		(struct netd_element){.map = NETD_MAP_SOURCE, .key_length = 16};
	memcpy(want.elements[1].key, "br0", 3);
	strcpy(want.elements[1].source_chain, "nat-br0");
	strcpy(want.elements[1].comment, "lab/n");
	difference(&want, &d, &generation);
	assert_int_equal(netd_firewall_commit(&nft, &d, generation, &err), -ENOENT);
	assert_non_null(strstr(err.problems[0].text, "\"br0\" comment \"lab/n\" : jump"));
	netd_error_done(&err);
	assert_int_equal(netd_firewall_probe(&nft, &present, &generation, NULL), 0);
	assert_false(present);
	netd_ruleset_delta_done(&d);
	netd_ruleset_done(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many),		  cmocka_unit_test(stale_generation),
		cmocka_unit_test(all_or_nothing), cmocka_unit_test(fast_path),
		cmocka_unit_test(refused_commit), cmocka_unit_test(empty_sends_nothing),
	};
	struct netd_error err = {0};

	if (unshare(CLONE_NEWNET) < 0) {
		printf("1..0 # SKIP needs root: %s\n", strerror(errno));
		return 0;
	}
	if (netd_nft_open(&nft, &err) < 0) {
		printf("1..0 # SKIP %s\n", err.problems[0].text);
		netd_error_done(&err);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
