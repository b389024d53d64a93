// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as netd's own files, and as a hook's name and argument. */
#include <stdlib.h>
#include <string.h>

#include "store/seal.h"
#include "attach/choose.h"
#include "base/error.h"
#include "base/str.h"
#include "dhcp/compile.h"
#include "dhcp/lease.h"
#include "fuzz/fuzz_config.h"
#include "fuzz_target.h"
#include "model/topology.h"
#include "model/claims.h"

/* What is accepted is the same after it was written and read again. */
static void claims(const char *text, size_t size)
{
	struct netd_claims once = {0}, twice = {0};
	struct netd_error err = {0};
	struct netd_str out = {0};

	(void)size;
	if (netd_claims_parse(text, &once, &err) == 0) {
		netd_claims_write(once.items, once.count, &out);
		if (once.count && (netd_claims_parse(out.text, &twice, NULL) ||
				   twice.count != once.count ||
				   memcmp(once.items, twice.items,
					  once.count * sizeof(*once.items)) != 0))
			abort();
	} else if (!err.count || once.items) {
		abort();
	}
	netd_str_done(&out);
	netd_error_done(&err);
	free(once.items);
	free(twice.items);
}

static void leases(const char *text, size_t size)
{
	struct netd_lease *items = NULL;
	size_t count = 0;

	(void)size;
	netd_leases_parse(text, &items, &count);
	for (size_t i = 0; i < count; i++)
		if (!memchr(items[i].host, 0, sizeof(items[i].host)) ||
		    items[i].expires < 0 || !items[i].address.family)
			abort();
	free(items);
}

static void service(const char *text, size_t size)
{
	char owner[NETD_OWNER], link[NETD_IFNAME], space[NETD_NODE_NAME];

	(void)size;
	if (netd_dhcp_parse_marks(text, owner, link, space) == 0 &&
	    (!memchr(owner, 0, sizeof(owner)) || !memchr(link, 0, sizeof(link)) ||
	     !memchr(space, 0, sizeof(space))))
		abort();
	netd_dhcp_config_uses_resolv(text);
	netd_dhcp_config_has_dns(text);
}

static void topology(const char *text, size_t size)
{
	netd_fuzz_config((const uint8_t *)text, size);
}

/* A hook's name, a blank, its argument, a newline, netd.conf. */
static void hook(const char *text, size_t size)
{
	const char *end = text + size, *line = memchr(text, '\n', size);
	struct netd_choice choice;
	const char *network;
	char *name, *port;

	if (!line)
		return;
	name = strndup(text, (size_t)(line - text));
	if (!name)
		return;
	port = strchr(name, ' ');
	if (port)
		*port++ = '\0';
	if (netd_hook_parse(name, &network) != NETD_HOOK_NONE && network &&
	    !strstr(name, network))
		abort();
	netd_ifname_problem(port ? port : "");
	netd_choice_parse(&choice, line + 1, (size_t)(end - line - 1), port ? port : "");
	free(name);
}

/* As a file with a seal; and as what one is made for, which a line is added to. */
static void seal(const char *text, size_t size)
{
	const struct iovec part = {(void *)(uintptr_t)text, size};
	const struct iovec half = {(void *)(uintptr_t)text, size / 2};
	const struct iovec rest = {(void *)(uintptr_t)(text + size / 2), size - size / 2};
	char whole[NETD_SEAL_SIZE + 1], more[NETD_SEAL_SIZE + 1];

	netd_seal_problem(text, size);
	netd_seal_write(whole, &part, 1);
	netd_seal_write(more, &half, 1);
	if (netd_seal_extend(more, &half, &rest, more) < 0 || strcmp(whole, more) != 0)
		abort();
	if (size >= NETD_SEAL_SIZE)
		netd_seal_extend(text, &half, &rest, more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kinds[])(const char *, size_t) = {claims,	leases, service,
							      topology, hook,	seal};
	char *text;

	if (!size || data[0] < '0' || data[0] >= '0' + 6)
		return 0;
	text = malloc(size); /* not strndup(), which may look behind the data */
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	kinds[data[0] - '0'](text, strlen(text));
	free(text);
	return 0;
}
