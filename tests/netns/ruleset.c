// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the firewall of the namespace it runs in what topology files say, and no more. */
/*
 * Theory of operation.  The shell tests of the firewall make links and addresses with ip;
 * this does what an apply does to the ruleset alone: read, diff, commit, forget
 * connections, and read again, when nothing must be left to do.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "ruleset/commit.h"
#include "ruleset/compile.h"
#include "flow/conntrack.h"
#include "ruleset/delta.h"
#include "foreign/foreign.h"
#include "nft/nft.h"
#include "ruleset/read.h"
#include "model/topology.h"

#define SUBNETS 64

static struct netd_error err;
static struct netd_nft nft;

static int complain(void)
{
	for (size_t i = 0; i < err.count; i++)
		fprintf(stderr, "%s\n%s\n", err.problems[i].text,
			err.problems[i].kernel ? err.problems[i].kernel : "");
	return 1;
}

static int difference(const struct netd_ruleset *want, const char *name,
		      struct netd_ruleset_delta *delta, uint32_t *generation)
{
	struct netd_ruleset have = {0};
	int r = netd_firewall_read(&nft, &have, &err);

	*generation = have.generation;
	if (r == 0)
		r = netd_firewall_read_foreign(&nft, want, &have, &err);
	if (r == 0)
		r = netd_ruleset_diff(&have, want, name, delta, &err);
	netd_ruleset_done(&have);
	return r;
}

/* The subnets behind each bridge, or each interface of @node. */
static size_t list_subnets(const struct netd_topology *t, const struct netd_node *node,
			   struct netd_bridge_subnets out[SUBNETS])
{
	const struct netd_node_interface *own;
	size_t n = 0;

	for (; node && n < SUBNETS; n++) {
		own = netd_node_interface(t, node, n, NULL, NULL);
		if (!own)
			return n;
		out[n] = (struct netd_bridge_subnets){own->name, own->addresses,
						      own->address_count};
	}
	for (; n < t->network_count && n < SUBNETS; n++)
		out[n] = (struct netd_bridge_subnets){t->networks[n].bridge,
						      t->networks[n].addresses,
						      t->networks[n].address_count};
	return n;
}

static int forget(const struct netd_ruleset_delta *delta, const struct netd_topology *t,
		  const struct netd_node *node)
{
	struct netd_bridge_subnets subnets[SUBNETS];
	size_t n = list_subnets(t, node, subnets), forgotten;
	int r;

	r = netd_conntrack_forget(&nft, delta, subnets, n, &forgotten, &err);
	if (r == 0 && forgotten)
		printf("forgotten %zu\n", forgotten);
	return r;
}

/* Prints the difference; a second one must be empty. */
static int apply(const struct netd_ruleset *want, const struct netd_topology *t,
		 const struct netd_node *node)
{
	struct netd_ruleset_delta delta = {0}, rest = {0};
	struct netd_str text = {0};
	uint32_t generation;
	int r = difference(want, t->name, &delta, &generation);

	netd_ruleset_delta_print(&text, &delta);
	fputs(netd_str_text(&text), stdout);
	netd_str_done(&text);
	if (r == 0)
		r = netd_firewall_commit(&nft, &delta, generation, &err);
	if (r == 0)
		r = forget(&delta, t, node);
	if (r == 0)
		r = difference(want, t->name, &rest, &generation);
	if (r == 0 && !netd_ruleset_delta_is_empty(&rest))
		r = netd_error_add(&err, -EPROTO, "something is left to do");
	netd_ruleset_delta_done(&delta);
	netd_ruleset_delta_done(&rest);
	return r;
}

int main(int argc, char **argv)
{
	struct netd_topology *t = NULL;
	const struct netd_node *node = NULL;
	struct netd_ruleset want = {0};
	bool destroy = argc == 3 && !strcmp(argv[2], "destroy");
	int r;

	if (argc < 2) {
		fputs("usage: ruleset FILE [destroy|ROUTER]\n", stderr);
		return 2;
	}
	r = netd_config_load(argv[1], &t, &err);
	if (r == 0)
		r = netd_nft_open(&nft, &err);
	if (r == 0 && argc == 3 && !destroy) {
		node = netd_topology_node(t, argv[2]);
		r = node ? netd_ruleset_compile_node(t, node, &want, &err)
			 : netd_error_add(&err, -ENOENT, "no router %s", argv[2]);
	} else if (r == 0 && !destroy) {
		r = netd_ruleset_compile(t, NULL, &want, &err);
	}
	if (r == 0)
		r = apply(&want, t, node);
	netd_ruleset_done(&want);
	netd_topology_free(t);
	netd_nft_close(&nft);
	return r < 0 ? complain() : 0;
}
