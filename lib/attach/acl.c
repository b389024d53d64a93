// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's bridge.conf: which bridges a user may plug a machine into. */
/*
 * Theory of operation.  The rules are QEMU's (qemu-bridge-helper, docs of
 * `-netdev bridge`): no order, deny beats allow, default deny.  Since a network's bridge
 * can have another name than the network, a line counts if it names either of the two,
 * whichever is asked for: the name in each line is looked up in the records of networks,
 * which costs a readlink(2) per line, however many networks there are.
 *
 * QEMU's helper cuts long names, takes relative paths, and skips lines that it could not
 * parse.  Here these are errors: a mistake in an ACL must not allow anything.
 */
#include "attach/acl.h"

#include <errno.h>
#include <string.h>

#include "attach/record.h"

enum match { NO_MATCH, MATCH, UNKNOWN };

static int is(struct netd_text text, const char *name)
{
	return name && netd_text_is(text, name);
}

static int is_bridge(const struct netd_acl *acl, struct netd_text name)
{
	return is(name, acl->bridge) || is(name, acl->link);
}

/* @text is "all", the bridge, or a running network whose bridge that is. */
static enum match match(const struct netd_acl *acl, struct netd_text text)
{
	char name[NETD_RECORD_NAME] = "";
	struct netd_record record;
	int r;

	if (is(text, "all") || is(text, acl->network) || is(text, acl->marked) ||
	    is_bridge(acl, text))
		return MATCH;
	memcpy(name, text.at, text.length);
	if (!acl->state_dir || !netd_record_name_ok(name))
		return NO_MATCH;
	r = netd_record_read(acl->state_dir, name, &record);
	if (r == -ENOENT)
		return NO_MATCH;
	if (r < 0)
		return UNKNOWN;
	if (is_bridge(acl, (struct netd_text){record.bridge, strlen(record.bridge)}))
		return MATCH;
	return NO_MATCH;
}

/* One word, not longer than an interface's name. */
static int name_ok(struct netd_text name)
{
	struct netd_text rest = name;
	struct netd_text first = netd_text_word(&rest);

	return first.length && first.length < 16 && !rest.length;
}

static int rule_allow(struct netd_acl *acl, struct netd_text argument)
{
	if (!name_ok(argument))
		return -EINVAL;
	if (match(acl, argument) == MATCH)
		acl->allowed = 1;
	return 0;
}

static int rule_deny(struct netd_acl *acl, struct netd_text argument)
{
	if (!name_ok(argument))
		return -EINVAL;
	if (match(acl, argument) != NO_MATCH)
		acl->denied = 1;
	return 0;
}

static int rule_include(struct netd_acl *acl, struct netd_text argument)
{
	char path[NETD_ACL_PATH];

	if (!argument.length || argument.length >= sizeof(path) || argument.at[0] != '/')
		return -EINVAL;
	memcpy(path, argument.at, argument.length);
	path[argument.length] = 0;
	return acl->include(acl, path);
}

static const struct {
	const char *word;
	int (*apply)(struct netd_acl *acl, struct netd_text argument);
} rules[] = {
	{"allow", rule_allow},
	{"deny", rule_deny},
	{"include", rule_include},
};

static int parse_line(struct netd_acl *acl, struct netd_text line)
{
	struct netd_text word = netd_text_word(&line);

	if (memchr(word.at, 0, word.length) || memchr(line.at, 0, line.length))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (netd_text_is(word, rules[i].word))
			return rules[i].apply(acl, line);
	return -EINVAL;
}

int netd_acl_parse(struct netd_acl *acl, const char *text, size_t length)
{
	struct netd_text rest = {text, length}, line;
	unsigned number = 0;

	while (netd_text_line(&rest, &line)) {
		int r;

		number++;
		if (!line.length || line.at[0] == '#')
			continue;
		r = parse_line(acl, line);
		/* An included file that failed has been named already. */
		if (r < 0 && !acl->file[0])
			acl->line = number;
		if (r < 0)
			return r;
	}
	return 0;
}

/* The innermost file that failed is the one to name. */
static int blame(struct netd_acl *acl, const char *path, int code)
{
	size_t n = strlen(path);

	if (acl->file[0])
		return code;
	if (n >= sizeof(acl->file))
		n = sizeof(acl->file) - 1;
	memcpy(acl->file, path, n);
	acl->file[n] = 0;
	return code;
}

static int include(struct netd_acl *acl, const char *path)
{
	int r = netd_acl_read(acl, path);

	if (r == -ENOENT || r == -EACCES) {
		acl->file[0] = 0;
		return 0;
	}
	return r;
}

int netd_acl_read(struct netd_acl *acl, const char *path)
{
	char text[NETD_ACL_SIZE];
	long length;
	int r;

	acl->include = include;
	acl->line = 0;
	if (acl->depth >= NETD_ACL_DEPTH)
		return blame(acl, path, -ELOOP);
	length = netd_text_read(path, 0, text, sizeof(text));
	if (length < 0)
		return blame(acl, path, length);
	acl->depth++;
	r = netd_acl_parse(acl, text, length);
	acl->depth--;
	if (r < 0)
		return blame(acl, path, r);
	return 0;
}

int netd_acl_permits(const struct netd_acl *acl)
{
	return acl->allowed && !acl->denied;
}
