// SPDX-License-Identifier: GPL-2.0-or-later
/* The hot path for callers inside the library: with a struct netd_error. */
/*
 * Theory of operation.  Apart from attach.c, so that what QEMU runs does not carry
 * struct netd_error and the printf behind it.
 */
#include "attach/port.h"

#include <errno.h>

#include "attach/attach.h"
#include "attach/words.h"
#include "base/error.h"

static int report(const struct netd_attach_failure *f, const char *bridge,
		  const char *port, struct netd_error *err)
{
	const struct netd_attach_names names = {.port = port, .bridge = bridge};
	struct netd_attach_words words;

	netd_attach_word(f, &names, &words);
	netd_error_add(err, f->code, "%s", words.text);
	if (words.hint[0])
		netd_error_hint(err, "%s", words.hint);
	return f->code;
}

static int check_names(const char *bridge, const char *port, struct netd_error *err)
{
	struct netd_attach_failure f = {NETD_ATTACH_NAME_CHECK, -EINVAL, "", ""};

	if (!netd_attach_name_ok(port))
		return report(&f, bridge, port, err);
	if (!netd_attach_name_ok(bridge))
		return report(&f, bridge, bridge, err);
	return 0;
}

int netd_attach(const char *bridge, const char *port, unsigned flags,
		struct netd_error *err)
{
	struct netd_attach_failure f;
	int r = check_names(bridge, port, err);

	if (r < 0)
		return r;
	r = netd_attach_port(bridge, port, flags, NULL, &f);
	return r < 0 ? report(&f, bridge, port, err) : 0;
}

int netd_detach(const char *bridge, const char *port, struct netd_error *err)
{
	struct netd_attach_failure f;
	int r = check_names(bridge, port, err);

	if (r < 0)
		return r;
	r = netd_attach_release(bridge, port, &f);
	return r < 0 ? report(&f, bridge, port, err) : 0;
}
