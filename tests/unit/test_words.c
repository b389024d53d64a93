// SPDX-License-Identifier: GPL-2.0-or-later
/* Failures of the hot path in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "attach/words.h"
#include "base/array.h"

static const struct netd_attach_names names = {
	.port = "tap0", .bridge = "br0", .network = "lab", .running = "a, b"};

static void sentences(void **state)
{
	static const struct {
		struct netd_attach_failure f;
		const char *text, *hint; /* parts of them */
	} rows[] = {
		{{NETD_ATTACH_JOIN, -EXFULL, "", ""}, "bridge br0 is full", "ports"},
		{{NETD_ATTACH_JOIN, -EPERM, "", ""},
		 "no permission to put tap0 into bridge br0",
		 "run QEMU as root, or use netd-bridge-helper"},
		{{NETD_ATTACH_NETWORK, -ENOENT, "", ""},
		 "network lab is not running",
		 "netdctl network start lab (running: a, b)"},
		{{NETD_ATTACH_CHECK_PORT, -EBUSY, "br7", ""},
		 "tap0 is in br7, not in bridge br0",
		 "nomaster"},
		{{NETD_ATTACH_NAME_CHECK, -EBUSY, "", ""},
		 "systemd-networkd takes taps that are called vt-... out of their "
		 "bridge: tap0",
		 "another name"},
		{{NETD_ATTACH_FIND_PORT, -ENODEV, "", ""},
		 "there is no interface tap0",
		 "create it"},
		{{NETD_ATTACH_FIND_BRIDGE, -ENODEV, "", ""},
		 "there is no bridge br0",
		 "netdctl network start lab"},
		{{NETD_ATTACH_TUN_OPEN, -ENOENT, "", ""},
		 "no /dev/net/tun",
		 "modprobe tun"},
		{{NETD_ATTACH_JOIN, -ENOMEM, "", ""},
		 "cannot put tap0 into bridge br0: ",
		 ""},
		{{NETD_ATTACH_JOIN, -EINVAL, "", "bad weather"},
		 "(kernel: bad weather)",
		 ""},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_attach_words w;

		netd_attach_word(&rows[i].f, &names, &w);
		assert_non_null(strstr(w.text, rows[i].text));
		assert_non_null(strstr(w.hint, rows[i].hint));
		assert_null(strchr(w.text, '%'));
		assert_null(strchr(w.hint, '%'));
		assert_null(strchr(w.text, '\n'));
	}
}

/* Each step has a sentence for an errno that nobody thought of, with its text in it. */
static void every_step(void **state)
{
	struct netd_attach_words socket_words, w;

	(void)state;
	for (int step = NETD_ATTACH_SOCKET; step <= NETD_ATTACH_PRIVILEGE; step++) {
		const struct netd_attach_failure f = {(enum netd_attach_step)step,
						      -ENOTTY, "", ""};

		netd_attach_word(&f, &names, &w);
		if (step == NETD_ATTACH_SOCKET)
			socket_words = w;
		else
			assert_string_not_equal(w.text, socket_words.text);
		assert_true(strlen(w.text) > 10);
	}
}

static void no_names(void **state)
{
	static const struct netd_attach_names none = {0};
	const struct netd_attach_failure f = {NETD_ATTACH_NETWORK, -ENOENT, "", ""};
	struct netd_attach_words w;

	(void)state;
	netd_attach_word(&f, &none, &w);
	assert_string_equal(w.text, "network ? is not running");
	assert_non_null(strstr(w.hint, "(running: none)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences),
		cmocka_unit_test(every_step),
		cmocka_unit_test(no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
