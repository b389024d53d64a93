// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of netd-bridge-helper, which is QEMU's helper's. */
#include "request.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Plain decimal; -1 if it is not, or above what a descriptor can be. */
static int parse_number(const char *text)
{
	long n = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + *text - '0';
		if (n > 0x7fffffff)
			return -1;
	}
	return n;
}

static int set_bridge(struct request *q, const char *value)
{
	q->name = value;
	return 0;
}

static int set_socket(struct request *q, const char *value)
{
	q->socket = parse_number(value);
	if (q->socket < 0)
		return -EINVAL;
	return 0;
}

static int set_vnet(struct request *q, const char *value)
{
	(void)value;
	q->vnet_header = 1;
	return 0;
}

static const struct {
	const char *name;
	int has_value;
	int (*set)(struct request *q, const char *value);
} options[] = {
	{"--use-vnet", 0, set_vnet},
	{"--br", 1, set_bridge},
	{"--fd", 1, set_socket},
};

/* Takes the option at argv[*at] and moves on behind it.  -EINVAL: no such, or no value.
 */
static int parse_option(struct request *q, int argc, char **argv, int *at)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t n = strlen(options[i].name);
		const char *argument = argv[*at];

		if (strncmp(argument, options[i].name, n))
			continue;
		if (!options[i].has_value && !argument[n]) {
			++*at;
			return options[i].set(q, NULL);
		}
		if (options[i].has_value && argument[n] == '=') {
			++*at;
			return options[i].set(q, argument + n + 1);
		}
		if (options[i].has_value && !argument[n] && *at + 1 < argc) {
			*at += 2;
			return options[i].set(q, argv[*at - 1]);
		}
	}
	return -EINVAL;
}

int request_parse(struct request *q, int argc, char **argv)
{
	int at = 1;

	while (at < argc)
		if (parse_option(q, argc, argv, &at) < 0)
			return -EINVAL;
	if (!q->name || q->socket < 0)
		return -EINVAL;
	return 0;
}
