// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers of plain values: text, numbers, truth, choices, users, durations, ports. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/str.h"
#include "check/check.h"
#include "config/reader.h"

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
		   const struct netd_field *field, void *object)
{
	return netd_read_name(r, value, field->name, netd_field_at(field, object),
			      field->size);
}

/* YAML 1.2.2, 10.3.2; and what options say. */
static const struct {
	const char *text;
	bool value, option;
} truths[] = {
	{"true", true, false},	 {"True", true, false},	  {"TRUE", true, false},
	{"false", false, false}, {"False", false, false}, {"FALSE", false, false},
	{"on", true, true},	 {"off", false, true},
};

int netd_read_bool(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	bool option = netd_place_is_option(&value->place);
	const char *expected = "true or false", *quotes = "", *text;

	if (option)
		expected = "on or off";
	text = netd_read_scalar(r, value, expected);
	if (!text)
		return -EINVAL;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(truths) && (value->plain || option); i++) {
		if (truths[i].option == option && strcmp(text, truths[i].text) == 0) {
			*(bool *)netd_field_at(field, object) = truths[i].value;
			return 0;
		}
	}
	if (!value->plain && !option)
		quotes = " in quotes";
	return netd_reader_problem(r, value, "\"%s\" must be %s, not \"%s\"%s",
				   field->name, expected, text, quotes);
}

int netd_read_not(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_field *field, void *object)
{
	bool *flag = netd_field_at(field, object);
	int result = netd_read_bool(r, value, field, object);

	if (result)
		return result;
	*flag = !*flag;
	return 0;
}

int netd_read_number(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a number");
	unsigned long number;

	if (!text)
		return -EINVAL;
	if (netd_parse_number(text, field->max, &number) || number < field->min)
		return netd_reader_problem(r, value,
					   "\"%s\" must be a number from %u to %u, not "
					   "\"%s\"",
					   field->name, field->min, field->max, text);
	*(uint32_t *)netd_field_at(field, object) = (uint32_t)number;
	return 0;
}

int netd_read_mask(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a mask of bits");
	unsigned long mask;
	char *end;

	if (!text)
		return -EINVAL;
	mask = strtoul(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || mask & ~(unsigned long)field->max)
		return netd_reader_problem(r, value,
					   "\"%s\" must be a mask of bits from 0 to %#x, "
					   "not \"%s\"",
					   field->name, field->max, text);
	if (mask & field->min) {
		netd_reader_problem(r, value, "\"%s\" may not have the bits %#lx",
				    field->name, mask & field->min);
		netd_error_hint(r->err, "%s", field->hint);
		return -EINVAL;
	}
	*(uint32_t *)netd_field_at(field, object) = (uint32_t)mask;
	return 0;
}

int netd_read_choice(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a word");

	if (!text)
		return -EINVAL;
	for (unsigned i = 0; field->choices[i]; i++) {
		if (strcmp(field->choices[i], text) == 0) {
			*(unsigned *)netd_field_at(field, object) = i;
			return 0;
		}
	}
	netd_reader_problem(r, value, "unknown %s \"%s\"", field->name, text);
	netd_reader_suggest(r, text, field->choices);
	return -EINVAL;
}

#define ID_MAX 0xfffffffeUL /* (uid_t)-1 is no user */

static int find_user(const char *name, uint32_t *id)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) || !found)
		return -ENOENT;
	*id = found->pw_uid;
	return 0;
}

static int find_group(const char *name, uint32_t *id)
{
	struct group entry, *found = NULL;
	char buffer[16384];

	if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) || !found)
		return -ENOENT;
	*id = found->gr_gid;
	return 0;
}

/* A number, or a name that @find knows. */
static int read_id(struct netd_reader *r, const struct netd_yaml *value, const char *what,
		   int (*find)(const char *name, uint32_t *id),
		   const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, what);
	uint32_t *id = netd_field_at(field, object);
	unsigned long number;

	if (!text)
		return -EINVAL;
	if (netd_parse_number(text, ID_MAX, &number) == 0)
		*id = (uint32_t)number;
	else if (find(text, id))
		return netd_reader_problem(r, value, "this host has no %s \"%s\"", what,
					   text);
	*(bool *)netd_field_beside(field, object) = true;
	return 0;
}

int netd_read_user(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	return read_id(r, value, "user", find_user, field, object);
}

int netd_read_group(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_field *field, void *object)
{
	return read_id(r, value, "group", find_group, field, object);
}

/* "90", "30m", "1h", "2d"; -EINVAL. */
static int parse_duration(const char *text, unsigned long *seconds)
{
	static const struct {
		char letter;
		unsigned factor;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	size_t length = strlen(text);
	unsigned factor = 1;
	char number[16];

	for (size_t i = 0; i < NETD_ARRAY_SIZE(units) && length; i++)
		if (text[length - 1] == units[i].letter)
			factor = units[i].factor;
	if (length && strchr("smhd", text[length - 1]))
		length--;
	if (length == 0 || length >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, length);
	number[length] = '\0';
	if (netd_parse_number(number, (UINT32_MAX - 1) / factor, seconds))
		return -EINVAL;
	*seconds *= factor;
	return 0;
}

int netd_read_duration(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a duration");
	uint32_t *duration = netd_field_at(field, object);
	unsigned long seconds;

	if (!text)
		return -EINVAL;
	if (strcmp(text, "infinite") == 0) {
		*duration = UINT32_MAX;
		return 0;
	}
	if (parse_duration(text, &seconds)) {
		netd_reader_problem(r, value, "\"%s\" is not a duration", text);
		netd_error_hint(r->err, "write seconds, or e.g. 30m, 1h, 2d, infinite");
		return -EINVAL;
	}
	if (seconds < field->min)
		return netd_reader_problem(r, value,
					   "a %s of %lu s is too short: at least %um",
					   field->name, seconds, field->min / 60);
	*duration = (uint32_t)seconds;
	return 0;
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
		    const struct netd_field *field, void *object)
{
	const char *text = netd_read_scalar(r, value, "a port or a range of ports");
	uint16_t *ports = netd_field_at(field, object);

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
