// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the answers of nf_tables and ctnetlink: our table, others' chains, flows.
 */
/*
 * Theory of operation.  libnftnl ends the process if an attribute is not as long as it
 * knows it ("nf_tables kernel ABI is broken"), and takes it for granted that strings end.
 * No kernel sends such a rule, and no input may stop there, so the linker sends these
 * calls here (--wrap), and the input is given up.  What was allocated on the way is lost:
 * fuzz with ASAN_OPTIONS=detect_leaks=0.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "base/error.h"
#include "base/str.h"
#include "fake_kernel.h"
#include "flow/conntrack.h"
#include "ruleset/delta.h"
#include "foreign/foreign.h"
#include "nft/nft.h"
#include "ruleset/packet.h"
#include "ruleset/read.h"
#include "foreign/remedy.h"
#include "foreign/verdict.h"
#include "fuzz_target.h"
#include "model/ruleset.h"

static void check_ruleset(const struct netd_ruleset *r)
{
	for (size_t i = 0; i < r->element_count; i++)
		if (!memchr(r->elements[i].comment, 0, NETD_COMMENT) ||
		    r->elements[i].key_length > sizeof(r->elements[i].key) ||
		    r->elements[i].data_length > sizeof(r->elements[i].data))
			abort();
	for (size_t i = 0; i < r->admitted_count; i++)
		if (r->admitted[i].chain >= r->foreign_count)
			abort();
}

/* What others' chains do to a packet of which most is known. */
static void judge(const struct netd_ruleset *have)
{
	struct netd_program program;
	size_t budget = 10000;

	if (netd_program_init(&program, have->others, have->others_length) < 0)
		return;
	for (size_t i = 0; i < have->foreign_count; i++) {
		struct netd_packet packet = {.family = NFPROTO_IPV4,
					     .protocol = 6,
					     .tracked = true,
					     .in = "lan"};
		struct netd_remedy remedy = {.program = &program,
					     .chain = &have->foreign[i],
					     .needs = ~0U,
					     .router = i % 2 ? "r1" : "",
					     .bridge = "lan",
					     .other = "dmz"};
		struct netd_str text = {0};

		netd_prefix_parse("10.1.0.0/24", &packet.source);
		packet.bridged = have->foreign[i].family == NFPROTO_BRIDGE;
		if (netd_verdict_drops(&program, &have->foreign[i], &packet, &budget,
				       &remedy.verdict))
			netd_remedy_print(&text, &remedy);
		netd_str_done(&text);
	}
	netd_program_done(&program);
}

/* What was read, and what it would take to have nothing of it. */
static void read_all(struct netd_nft *nft, bool passes, struct netd_error *err)
{
	struct netd_ruleset have = {0}, want = {.passes = passes};
	struct netd_ruleset_delta delta = {0};

	if (netd_firewall_read(nft, &have, err) < 0)
		return;
	have.serves = true;
	netd_firewall_read_foreign(nft, &want, &have, err);
	check_ruleset(&have);
	judge(&have);
	if (netd_ruleset_diff(&have, &want, "lab", &delta, err) == 0)
		netd_conntrack_forget(nft, &delta, NULL, 0, NULL, err);
	netd_ruleset_delta_done(&delta);
	netd_ruleset_done(&have);
}

/* As if a forward was gone: all flows are looked at. */
static void forget(struct netd_nft *nft, struct netd_error *err)
{
	static struct netd_element gone = {
		.map = NETD_MAP_FORWARD4,
		.key_length = 12,
		.data_length = 8,
		.key = {172, 16, 5, 40, 6, 0, 0, 0, 0, 80},
		.data = {10, 1, 0, 50, 0, 80},
	};
	struct netd_ruleset have = {.present = true, .intact = true}, want = {0};
	struct netd_ruleset_delta delta = {0};
	size_t forgotten;

	strcpy(gone.comment, "lab/lan");
	have.elements = &gone;
	have.element_count = 1;
	if (netd_ruleset_diff(&have, &want, "lab", &delta, err) == 0)
		netd_conntrack_forget(nft, &delta, NULL, 0, &forgotten, err);
	netd_ruleset_delta_done(&delta);
}

static jmp_buf broken;

_Noreturn void __wrap___abi_breakage(const char *file, int line, const char *reason);

_Noreturn void __wrap___abi_breakage(const char *file, int line, const char *reason)
{
	(void)file;
	(void)line;
	(void)reason;
	longjmp(broken, 1);
}

static bool in_libnftnl;

int __real_nftnl_rule_nlmsg_parse(const struct nlmsghdr *nlh, struct nftnl_rule *r);
int __wrap_nftnl_rule_nlmsg_parse(const struct nlmsghdr *nlh, struct nftnl_rule *r);

int __wrap_nftnl_rule_nlmsg_parse(const struct nlmsghdr *nlh, struct nftnl_rule *r)
{
	int code;

	in_libnftnl = true;
	code = __real_nftnl_rule_nlmsg_parse(nlh, r);
	in_libnftnl = false;
	return code;
}

_Noreturn void netd_fake_kernel_misread(void)
{
	if (!in_libnftnl)
		abort();
	in_libnftnl = false;
	longjmp(broken, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct netd_nft nft;
	static struct netd_error err; /* longjmp() leaves it as it is */

	if (!nft.buffer && netd_nft_open(&nft, NULL) < 0)
		abort();
	if (!size)
		return 0;
	netd_fake_kernel_begin(data + 1, size - 1);
	if (setjmp(broken) == 0) {
		if (data[0] & 1)
			forget(&nft, &err);
		else
			read_all(&nft, data[0] & 2, &err);
	}
	netd_fake_kernel_end();
	netd_error_done(&err);
	return 0;
}
