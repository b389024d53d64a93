// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as QEMU's bridge.conf and as netd.conf: a mistake must not open anything. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attach/acl.h"
#include "attach/choose.h"
#include "fuzz_target.h"

static int no_include(struct netd_acl *acl, const char *path)
{
	(void)acl;
	if (path[0] != '/' || strlen(path) >= NETD_ACL_PATH)
		abort();
	return 0;
}

static unsigned count_lines(const char *text, size_t size)
{
	unsigned lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines;
}

static int contains(const char *text, size_t size, const char *word)
{
	return memmem(text, size, word, strlen(word)) != NULL;
}

/* What is fine stays fine with another line behind it, which then counts. */
static void check_deny_all(const char *text, size_t size)
{
	static const char deny[] = "\ndeny all";
	struct netd_acl acl = {.network = "lab", .bridge = "br0", .include = no_include};
	char *longer = malloc(size + sizeof(deny));

	if (!longer)
		return;
	memcpy(longer, text, size);
	memcpy(longer + size, deny, sizeof(deny));
	if (netd_acl_parse(&acl, longer, size + sizeof(deny) - 1) ||
	    netd_acl_permits(&acl))
		abort();
	free(longer);
}

static void check_acl(const char *text, size_t size)
{
	struct netd_acl acl = {.network = "lab", .bridge = "br0", .include = no_include};
	int r = netd_acl_parse(&acl, text, size);

	if (r != 0 && r != -EINVAL)
		abort();
	if (r < 0 && (acl.line < 1 || acl.line > count_lines(text, size)))
		abort();
	if (netd_acl_permits(&acl) && !contains(text, size, "allow"))
		abort();
	if (r == 0)
		check_deny_all(text, size);
}

static void check_config(const char *text, size_t size)
{
	struct netd_choice c;
	int r = netd_choice_parse(&c, text, size, "vm1");

	if (r < 0 && (c.line < 1 || c.line > count_lines(text, size)))
		abort();
	if (r == 0 && c.network &&
	    (!c.length || c.network < text || c.network + c.length > text + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_acl((const char *)data, size);
	check_config((const char *)data, size);
	return 0;
}
