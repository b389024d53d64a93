// SPDX-License-Identifier: GPL-2.0-or-later
/* Which network a tap belongs to: by the hook's name, or by netd.conf. */
#include "attach/choose.h"

#include <errno.h>
#include <string.h>

#include "attach/text.h"

static const struct {
	const char *name;
	enum netd_hook hook;
} hooks[] = {
	{"qemu-ifup", NETD_HOOK_UP},
	{"qemu-ifdown", NETD_HOOK_DOWN},
};

enum netd_hook netd_hook_parse(const char *argv0, const char **network)
{
	const char *slash = strrchr(argv0, '/'), *base = argv0;

	if (slash)
		base = slash + 1;
	*network = NULL;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		size_t n = strlen(hooks[i].name);

		if (strncmp(base, hooks[i].name, n))
			continue;
		if (base[n] == '-' && base[n + 1])
			*network = base + n + 1;
		return hooks[i].hook;
	}
	return NETD_HOOK_NONE;
}

int netd_choice_match(const char *pattern, size_t length, const char *name)
{
	const char *end = pattern + length;
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (pattern < end && (*pattern == '?' || *pattern == *name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return 0;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

/* `ports = PATTERN:NETWORK` */
static int parse_ports(struct netd_choice *c, struct netd_text value, const char *port,
		       struct netd_choice *fallback)
{
	const char *colon = memchr(value.at, ':', value.length);
	struct netd_text pattern, network;

	(void)fallback;
	if (!colon)
		return -EINVAL;
	pattern = netd_text_trim((struct netd_text){value.at, colon - value.at});
	network = netd_text_trim(
		(struct netd_text){colon + 1, value.at + value.length - colon - 1});
	if (!pattern.length || !network.length)
		return -EINVAL;
	if (!c->network && netd_choice_match(pattern.at, pattern.length, port)) {
		c->network = network.at;
		c->length = network.length;
	}
	return 0;
}

/* `default_network = NETWORK`; the last one counts. */
static int parse_default(struct netd_choice *c, struct netd_text value, const char *port,
			 struct netd_choice *fallback)
{
	(void)c;
	(void)port;
	fallback->network = value.at;
	fallback->length = value.length;
	return 0;
}

static const struct {
	const char *key;
	int (*parse)(struct netd_choice *c, struct netd_text value, const char *port,
		     struct netd_choice *fallback);
} keys[] = {
	{"ports", parse_ports},
	{"default_network", parse_default},
};

static int parse_line(struct netd_choice *c, struct netd_text line, const char *port,
		      struct netd_choice *fallback)
{
	const char *equals = memchr(line.at, '=', line.length);
	struct netd_text key, value;

	if (!equals)
		return -EINVAL;
	key = netd_text_trim((struct netd_text){line.at, equals - line.at});
	value = netd_text_trim(
		(struct netd_text){equals + 1, line.at + line.length - equals - 1});
	if (!key.length)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!netd_text_is(key, keys[i].key))
			continue;
		if (value.length)
			return keys[i].parse(c, value, port, fallback);
		return -EINVAL;
	}
	return 0;
}

int netd_choice_parse(struct netd_choice *choice, const char *text, size_t length,
		      const char *port)
{
	struct netd_text rest = {text, length}, line;
	struct netd_choice fallback = {0};

	choice->network = NULL;
	choice->length = 0;
	choice->line = 0;
	while (netd_text_line(&rest, &line)) {
		choice->line++;
		if (!line.length || line.at[0] == '#')
			continue;
		if (parse_line(choice, line, port, &fallback) < 0)
			return -EINVAL;
	}
	choice->line = 0;
	if (!choice->network) {
		choice->network = fallback.network;
		choice->length = fallback.length;
	}
	return 0;
}
