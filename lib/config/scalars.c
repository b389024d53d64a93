// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the everyday types: text, numbers, truth, choices, ports. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "config/reader.h"
#include "check/check.h"

static const char *const kinds[] = {
	[NETD_YAML_SCALAR] = "a single value",
	[NETD_YAML_SEQUENCE] = "a list",
	[NETD_YAML_MAPPING] = "a mapping",
};

const char *netd_read_scalar(struct netd_reader *r, const struct netd_yaml *node,
			     const char *expected)
{
	if (node->kind != NETD_YAML_SCALAR)
		netd_reader_problem(r, node, "%s is expected here, not %s", expected,
				    kinds[node->kind]);
	else if (netd_yaml_is_null(node))
		netd_reader_problem(r, node, "%s is missing here", expected);
	else
		return node->text;
	return NULL;
}

int netd_read_name(struct netd_reader *r, const struct netd_yaml *node, const char *what,
		   char *out, size_t size)
{
	const char *text = netd_read_scalar(r, node, what);
	size_t length = text ? strlen(text) : 0;

	if (!text)
		return -EINVAL;
	if (!length)
		return netd_reader_problem(r, node, "%s is empty", what);
	if (!netd_str_copy(out, size, text))
		return netd_reader_problem(
			r, node, "%s \"%.80s%s\" is %zu bytes long, at most %zu", what,
			text, length > 80 ? "…" : "", length, size - 1);
	return 0;
}

int netd_read_text(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_key *key, void *object)
{
	return netd_read_name(r, value, key->name, (char *)object + key->offset,
			      key->size);
}

int netd_read_bool(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_key *key, void *object)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {{"true", true},   {"True", true},	 {"TRUE", true},
		     {"false", false}, {"False", false}, {"FALSE", false}};
	const char *text = netd_read_scalar(r, value, "true or false");

	if (!text)
		return -EINVAL;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(words) && value->plain; i++) {
		if (strcmp(text, words[i].text) == 0) {
			*(bool *)((char *)object + key->offset) = words[i].value;
			return 0;
		}
	}
	return netd_reader_problem(r, value, "\"%s\" must be true or false, not \"%s\"%s",
				   key->name, text, value->plain ? "" : " in quotes");
}

int netd_read_not(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_key *key, void *object)
{
	bool *field = NETD_FIELD_OF(key, object);
	int result = netd_read_bool(r, value, key, object);

	if (result == 0)
		*field = !*field;
	return result;
}

int netd_read_number(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a number");
	unsigned long number;

	if (!text)
		return -EINVAL;
	if (netd_parse_number(text, key->max, &number) || number < key->min)
		return netd_reader_problem(r, value,
					   "\"%s\" must be a number from %u to %u, not "
					   "\"%s\"",
					   key->name, key->min, key->max, text);
	*(uint32_t *)(void *)((char *)object + key->offset) = (uint32_t)number;
	return 0;
}

int netd_read_choice(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	const char *text = netd_read_scalar(r, value, "a word");

	if (!text)
		return -EINVAL;
	for (unsigned i = 0; key->choices[i]; i++) {
		if (strcmp(key->choices[i], text) == 0) {
			*(unsigned *)(void *)((char *)object + key->offset) = i;
			return 0;
		}
	}
	netd_reader_problem(r, value, "unknown %s \"%s\"", key->name, text);
	netd_reader_suggest(r, text, key->choices);
	return -EINVAL;
}

int netd_parse_ports(const char *text, uint16_t *first, uint16_t *last)
{
	char buffer[16];
	unsigned long low, high;
	char *dash;

	if (!netd_copy(buffer, text))
		return -EINVAL;
	dash = strchr(buffer, '-');
	if (dash)
		*dash = '\0';
	if (netd_parse_number(buffer, 65535, &low) ||
	    netd_parse_number(dash ? dash + 1 : buffer, 65535, &high) || low == 0 ||
	    low > high)
		return -EINVAL;
	*first = (uint16_t)low;
	*last = (uint16_t)high;
	return 0;
}

int netd_read_ports(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_key *key, void *object)
{
	uint16_t *ports = (uint16_t *)(void *)((char *)object + key->offset);
	const char *text = netd_read_scalar(r, value, "a port or a range of ports");

	if (!text)
		return -EINVAL;
	if (netd_parse_ports(text, &ports[0], &ports[1]))
		return netd_reader_problem(
			r, value,
			"\"%s\" is not a port or \"first-last\" within "
			"1 to 65535",
			text);
	return 0;
}

int netd_read_node(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_key *key, void *object)
{
	(void)r;
	*(const struct netd_yaml **)(void *)((char *)object + key->offset) = value;
	return 0;
}
