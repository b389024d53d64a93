// SPDX-License-Identifier: GPL-2.0-or-later
/* A port in and out by the library's call, with errors in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "attach/port.h"
#include "base/error.h"
#include "host/tap.h"
#include "model/state.h"

static void bad_names(void **state)
{
	struct netd_error err = {0};

	(void)state;
	assert_int_equal(netd_attach("br0", "a/b", 0, &err), -EINVAL);
	assert_non_null(strstr(err.problems[0].text, "\"a/b\""));
	assert_non_null(err.problems[0].hint);
	netd_error_done(&err);
	assert_int_equal(netd_attach("a123456789012345", "tap0", 0, &err), -EINVAL);
	assert_non_null(strstr(err.problems[0].text, "\"a123456789012345\""));
	netd_error_done(&err);
	assert_int_equal(netd_detach("br0", "", &err), -EINVAL);
	netd_error_done(&err);
	assert_int_equal(netd_attach("br0", "..", 0, NULL), -EINVAL);
}

/* The last test: what follows it would be in the new namespace, too. */
static void in_and_out(void **state)
{
	struct netd_link tap = {.name = "tap0"};
	struct netd_error err = {0};
	int control, fd;

	(void)state;
	if (unshare(CLONE_NEWNET) < 0)
		skip();
	control = socket(AF_UNIX, SOCK_DGRAM, 0);
	fd = netd_tap_open(&tap, NULL);
	if (fd < 0 || ioctl(control, SIOCBRADDBR, "br0") < 0)
		skip();
	assert_int_equal(netd_attach("br0", "tap9", 0, &err), -ENODEV);
	assert_string_equal(err.problems[0].text, "there is no interface tap9");
	netd_error_done(&err);
	assert_int_equal(netd_attach("br9", "tap0", 0, &err), -ENODEV);
	assert_string_equal(err.problems[0].text, "there is no bridge br9");
	netd_error_done(&err);
	assert_int_equal(netd_attach("br0", "tap0", 0, &err), 0);
	assert_int_equal(err.count, 0);
	assert_int_equal(netd_detach("br9", "tap0", &err), -EBUSY);
	assert_string_equal(err.problems[0].text,
			    "interface tap0 is in br0, not in bridge br9: left alone");
	netd_error_done(&err);
	assert_int_equal(netd_detach("br0", "tap0", &err), 0);
	assert_int_equal(netd_detach("br0", "tap0", &err), 0);
	assert_int_equal(netd_detach("br0", "tap9", &err), 0);
	assert_int_equal(err.count, 0);
	close(fd);
	close(control);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_names),
		cmocka_unit_test(in_and_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
