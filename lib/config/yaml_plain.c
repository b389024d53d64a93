// SPDX-License-Identifier: GPL-2.0-or-later
/* The everyday part of YAML, quickly. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "config/yaml.h"

/*
 * Theory of operation.  A general YAML parser takes longer over ten thousand forwards
 * than the kernel takes to load them.  This one reads block mappings, block sequences,
 * flow collections on one line, words without blanks, and quoted texts without escapes,
 * all in printable ASCII; that is every file that netd writes and most that people write.
 * Whatever else it meets, a mistake included, makes it give up with -EAGAIN, and libfyaml
 * reads the file from its beginning.  So it never has to say what is wrong, and when in
 * doubt it gives up.
 *
 * Between functions `at` stands on the first character that was not consumed.  After a
 * block value that is the first one of the next line that has content, `indent` columns
 * in; at the end of the text `indent` is -1.
 */
struct scan {
	struct netd_yaml_document *d;
	const char *at, *end;
	const char *line_start;
	unsigned line;
	int indent;
};

/* A scalar that was scanned but not yet built. */
struct word {
	const char *text;
	size_t length;
	bool plain;
	struct netd_place place;
};

#define KEY_MAX 256 /* YAML 1.2, 7.4.2: 1,024 characters */

/* Characters of a plain scalar; those marked 2 can begin one. */
static const uint8_t plain_class[256] = {
	['a' ... 'z'] = 2, ['A' ... 'Z'] = 2, ['0' ... '9'] = 2, ['/'] = 2,
	['_'] = 2,	   ['.'] = 1,	      ['-'] = 1,	 ['+'] = 1,
};

static uint8_t class_of(const struct scan *s, const char *p)
{
	if (p < s->end)
		return plain_class[(unsigned char)*p];
	return 0;
}

static bool is_at(const struct scan *s, char c)
{
	return s->at < s->end && *s->at == c;
}

static struct netd_place place_of(const struct scan *s, const char *from, const char *to)
{
	return (struct netd_place){s->line, (unsigned)(from - s->line_start) + 1,
				   to > from ? (unsigned)(to - from) : 1};
}

static void skip_blanks(struct scan *s)
{
	while (is_at(s, ' '))
		s->at++;
}

/* From behind a value to the content of the next line that has some. */
static int next_line(struct scan *s)
{
	const char *from = s->at;

	for (;;) {
		skip_blanks(s);
		if (is_at(s, '#') && (s->at > from || s->at == s->line_start)) {
			s->at = memchr(s->at, '\n', (size_t)(s->end - s->at));
			if (!s->at)
				s->at = s->end;
		}
		if (s->at == s->end) {
			s->indent = -1;
			return 0;
		}
		if (*s->at != '\n')
			break;
		s->line++;
		from = s->line_start = ++s->at;
	}
	/* Something behind a value on its own line is not for us. */
	if (from != s->line_start)
		return -EAGAIN;
	s->indent = (int)(s->at - s->line_start);
	return 0;
}

static int scan_quoted(struct scan *s, struct word *w)
{
	char quote = *s->at;
	const char *from = s->at + 1, *p = from;

	while (p < s->end && *p != quote && *p != '\n' && *p != '\\')
		p++;
	if (p == s->end || *p != quote)
		return -EAGAIN;
	/* '' in single quotes stands for one. */
	if (p + 1 < s->end && p[1] == quote)
		return -EAGAIN;
	*w = (struct word){from, (size_t)(p - from), false, place_of(s, from - 1, p + 1)};
	s->at = p + 1;
	return 0;
}

static int scan_plain(struct scan *s, struct word *w)
{
	const char *from = s->at, *p = from;

	if (class_of(s, p) != 2)
		return -EAGAIN;
	while (class_of(s, p) ||
	       (p < s->end && *p == ':' &&
		(class_of(s, p + 1) || (p + 1 < s->end && p[1] == ':'))))
		p++;
	*w = (struct word){from, (size_t)(p - from), true, place_of(s, from, p)};
	s->at = p;
	return 0;
}

static int scan_word(struct scan *s, struct word *w)
{
	if (is_at(s, '"') || is_at(s, '\''))
		return scan_quoted(s, w);
	return scan_plain(s, w);
}

static int build(struct scan *s, const struct word *w)
{
	return netd_yaml_scalar(s->d, w->text, w->length, w->plain, w->place);
}

/* "key:", up to behind the colon; a blank or the end of the line must follow. */
static int read_key(struct scan *s)
{
	struct word w;
	int r = scan_word(s, &w);

	if (r < 0)
		return r;
	if (!is_at(s, ':') || w.length > KEY_MAX)
		return -EAGAIN;
	s->at++;
	if (s->at < s->end && *s->at != ' ' && *s->at != '\n')
		return -EAGAIN;
	return build(s, &w);
}

static int flow_node(struct scan *s);

/* One item of a flow collection; @pairs: with a key. */
static int flow_item(struct scan *s, bool pairs)
{
	int r = 0;

	skip_blanks(s);
	if (pairs)
		r = read_key(s);
	skip_blanks(s);
	if (r < 0)
		return r;
	return flow_node(s);
}

static int flow_collection(struct scan *s)
{
	enum netd_yaml_kind kind = NETD_YAML_SEQUENCE;
	bool pairs = *s->at == '{';
	char close = ']';
	int r;

	if (pairs) {
		kind = NETD_YAML_MAPPING;
		close = '}';
	}
	r = netd_yaml_begin(s->d, kind, place_of(s, s->at, s->at));
	if (r < 0)
		return r;
	s->at++;
	skip_blanks(s);
	for (bool first = true; !is_at(s, close) || !first; first = false) {
		r = flow_item(s, pairs);
		if (r < 0)
			return r;
		skip_blanks(s);
		if (is_at(s, close))
			break;
		if (!is_at(s, ','))
			return -EAGAIN;
		s->at++;
	}
	s->at++;
	netd_yaml_end(s->d);
	return 0;
}

/* A value on one line. */
static int flow_node(struct scan *s)
{
	struct word w;
	int r;

	if (is_at(s, '{') || is_at(s, '['))
		return flow_collection(s);
	r = scan_word(s, &w);
	if (r < 0)
		return r;
	return build(s, &w);
}

static bool at_item(const struct scan *s)
{
	return is_at(s, '-') && s->at + 1 < s->end && s->at[1] == ' ';
}

static int block_mapping(struct scan *s);

/* True if a key stands here, that is, if the item of a list is a block mapping. */
static bool at_key(const struct scan *s)
{
	struct scan ahead = *s;
	struct word w;

	return scan_word(&ahead, &w) == 0 && is_at(&ahead, ':');
}

static int block_item(struct scan *s)
{
	int r;

	s->at++;
	skip_blanks(s);
	if (at_key(s)) {
		s->indent = (int)(s->at - s->line_start);
		return block_mapping(s);
	}
	r = flow_node(s);
	if (r < 0)
		return r;
	return next_line(s);
}

/* The list whose first "- " stands here. */
static int block_sequence(struct scan *s)
{
	int indent = s->indent;
	int r = netd_yaml_begin(s->d, NETD_YAML_SEQUENCE, place_of(s, s->at, s->at));

	if (r < 0)
		return r;
	while (s->indent == indent && at_item(s)) {
		r = block_item(s);
		if (r < 0)
			return r;
	}
	if (s->indent > indent)
		return -EAGAIN;
	netd_yaml_end(s->d);
	return 0;
}

/* What stands below "key:", deeper than it; a list may stand as deep as it. */
static int block_value(struct scan *s, int indent)
{
	/* An empty value is where its key is. */
	const char *key = s->line_start + indent;
	struct word nothing = {"", 0, true, place_of(s, key, key)};
	int r = next_line(s);

	if (r < 0)
		return r;
	if (s->indent >= indent && at_item(s))
		return block_sequence(s);
	if (s->indent > indent)
		return block_mapping(s);
	return build(s, &nothing);
}

static bool at_line_end(const struct scan *s)
{
	const char *p = s->at;

	while (p < s->end && *p == ' ')
		p++;
	return p == s->end || *p == '\n' || (*p == '#' && p > s->at);
}

/* "key: value", and what stands below it. */
static int block_pair(struct scan *s)
{
	int r = read_key(s);

	if (r < 0)
		return r;
	if (at_line_end(s))
		return block_value(s, s->indent);
	skip_blanks(s);
	r = flow_node(s);
	if (r < 0)
		return r;
	return next_line(s);
}

/* The mapping whose first key stands here. */
static int block_mapping(struct scan *s)
{
	int indent = s->indent;
	int r = netd_yaml_begin(s->d, NETD_YAML_MAPPING, place_of(s, s->at, s->at));

	if (r < 0)
		return r;
	while (s->indent == indent) {
		r = block_pair(s);
		if (r < 0)
			return r;
	}
	if (s->indent > indent)
		return -EAGAIN;
	netd_yaml_end(s->d);
	return 0;
}

/* Printable ASCII and line ends; what a terminal or YAML 1.1 reads more into is not. */
static bool is_everyday(const char *text, size_t length)
{
	unsigned odd = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		odd |= (unsigned)((c < 0x20) & (c != '\n')) | (unsigned)(c > 0x7e);
	}
	return !odd;
}

int netd_yaml_read_plain(struct netd_yaml_document *d, const char *text, size_t length)
{
	struct scan s = {d, text, text + length, text, 1, 0};
	int r;

	if (!is_everyday(text, length))
		return -EAGAIN;
	r = next_line(&s);
	if (r < 0 || s.indent != 0)
		return -EAGAIN;
	r = block_mapping(&s);
	/* Limits are told of by the one who knows the rest of YAML, too. */
	if (r == -EINVAL)
		return -EAGAIN;
	if (r < 0)
		return r;
	if (s.indent != -1)
		return -EAGAIN;
	return 0;
}
