// SPDX-License-Identifier: GPL-2.0-or-later
/* Claims: written and read back; what is damaged is refused, not guessed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/str.h"
#include "model/claims.h"

static const struct netd_claim claims[] = {
	{"lab", NETD_CLAIM_SYSCTL, "ipv4/conf/eth0/forwarding", 0, 1},
	{"lab", NETD_CLAIM_ADDRESS, "eth0 172.16.5.70/32", 0, 1},
	{"other", NETD_CLAIM_SYSCTL, "ipv4/conf/eth0/forwarding", 0, 1},
	{"other", NETD_CLAIM_MTU, "eth1", 9000, 1500},
	{"other", NETD_CLAIM_PORT, "eth1", 1, 1},
	{"other", NETD_CLAIM_UPLINK, "eth2", 1, 1},
};

static void round_trip(void **state)
{
	struct netd_claims back = {0};
	struct netd_str text = {0};

	(void)state;
	netd_claims_write(claims, NETD_ARRAY_SIZE(claims), &text);
	assert_int_equal(netd_claims_parse(netd_str_text(&text), &back, NULL), 0);
	assert_int_equal(back.count, NETD_ARRAY_SIZE(claims));
	for (size_t i = 0; i < back.count; i++) {
		assert_string_equal(back.items[i].topology, claims[i].topology);
		assert_int_equal(back.items[i].kind, claims[i].kind);
		assert_string_equal(back.items[i].key, claims[i].key);
		assert_int_equal(back.items[i].previous, claims[i].previous);
		assert_int_equal(back.items[i].ours, claims[i].ours);
	}
	free(back.items);
	netd_str_done(&text);
}

static void damaged(void **state)
{
	static const char *const rows[] = {
		"lab\tsysctl\tipv4/conf/eth0/forwarding\t0",	   /* a field less */
		"lab\tsysctl\tipv4/conf/eth0/forwarding\t0\t1\t2", /* one more */
		"lab\tsysctl\tipv4/conf/eth0/forwarding\t0\tx",	   /* no number */
		"lab\tsysctl\tipv4/conf/eth0/forwarding\t\t1",
		"lab\tsysctl\tipv4/conf/eth0/forwarding\t99999999999\t1",
		"lab\tnothing\teth0\t0\t1", /* no such kind */
		"a-topology-name-that-is-longer-than-any\tport\teth0\t0\t1",
		"lab",
		"\t\t\t\t",
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_claims out = {0};
		struct netd_error err = {0};

		assert_int_equal(netd_claims_parse(rows[i], &out, &err), -EINVAL);
		assert_int_equal(out.count, 0);
		assert_non_null(strstr(err.problems[0].text, "line 1"));
		netd_error_done(&err);
	}
}

static void lookups(void **state)
{
	const struct netd_claims all = {(struct netd_claim *)(uintptr_t)claims,
					NETD_ARRAY_SIZE(claims)};
	const char *key = "ipv4/conf/eth0/forwarding";

	(void)state;
	assert_ptr_equal(netd_claims_find(&all, "lab", NETD_CLAIM_SYSCTL, key),
			 &claims[0]);
	assert_ptr_equal(netd_claims_other(&all, "lab", NETD_CLAIM_SYSCTL, key),
			 &claims[2]);
	assert_null(netd_claims_find(&all, "third", NETD_CLAIM_SYSCTL, key));
	assert_null(netd_claims_find(&all, "lab", NETD_CLAIM_ADDRESS, key));
	assert_null(netd_claims_other(&all, "other", NETD_CLAIM_PORT, "eth1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(damaged),
		cmocka_unit_test(lookups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
