// SPDX-License-Identifier: GPL-2.0-or-later
/* YAML of every kind, by libfyaml's event parser. */
#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "config/yaml.h"

/*
 * Theory of operation.  Events come in the order of the text, so lines are counted along
 * with them, once.  Columns are bytes, as in the places of every other message; libfyaml
 * counts characters.
 */
struct anchor {
	const char *name;
	const struct netd_yaml *node;
};

struct source {
	struct netd_yaml_document *d;
	const char *text;
	size_t length;
	size_t position, line_start; /* counted up to here */
	unsigned line;
	struct anchor *anchors;
	size_t anchor_count;
	bool ended; /* behind the first document */
};

/* Aliases are looked up by a walk through all anchors. */
#define ANCHORS_MAX 1000

static void discard(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
	(void)diag;
	(void)user;
	(void)buf;
	(void)len;
}

/* Counts lines up to @position; it may also lie a little behind what was counted. */
static void count_to(struct source *s, size_t position)
{
	const char *nl;

	if (position > s->length)
		position = s->length;
	while (position < s->line_start) {
		s->line--;
		s->line_start--;
		while (s->line_start && s->text[s->line_start - 1] != '\n')
			s->line_start--;
		s->position = s->line_start;
	}
	while (s->position < position) {
		nl = memchr(s->text + s->position, '\n', position - s->position);
		if (!nl)
			break;
		s->line++;
		s->line_start = s->position = (size_t)(nl - s->text) + 1;
	}
	if (s->position < position)
		s->position = position;
}

static struct netd_place place_at(struct source *s, size_t start, size_t end)
{
	const char *nl;

	count_to(s, start);
	if (end > s->length)
		end = s->length;
	nl = end > start ? memchr(s->text + start, '\n', end - start) : NULL;
	if (nl)
		end = (size_t)(nl - s->text);
	return (struct netd_place){s->line, (unsigned)(start - s->line_start + 1),
				   end > start ? (unsigned)(end - start) : 1};
}

/* Quotes belong to what is underlined; libfyaml leaves them out. */
static size_t event_quote(struct fy_event *e)
{
	enum fy_scalar_style style;

	if (e->type != FYET_SCALAR)
		return 0;
	style = fy_token_scalar_style(e->scalar.value);
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
		return 1;
	return 0;
}

static struct netd_place event_place(struct source *s, struct fy_event *e)
{
	const struct fy_mark *start = fy_event_start_mark(e), *end = fy_event_end_mark(e);
	size_t quote = event_quote(e);

	if (!start)
		return place_at(s, s->position, s->position);
	/* Nor does it count the '*' of an alias. */
	if (e->type == FYET_ALIAS && start->input_pos)
		return place_at(s, start->input_pos - 1, end ? end->input_pos : 0);
	if (end && start->input_pos >= quote)
		return place_at(s, start->input_pos - quote, end->input_pos + quote);
	return place_at(s, start->input_pos, start->input_pos);
}

/* What libfyaml has to say: its first error. */
static int syntax_problem(struct source *s, struct fy_diag *diag)
{
	struct fy_diag_error *error;
	struct netd_place place;
	void *walk = NULL;
	size_t start = 0;

	error = fy_diag_errors_iterate(diag, &walk);
	if (!error)
		return netd_yaml_problem(s->d, place_at(s, s->position, s->position),
					 "not valid YAML", NULL);
	place = (struct netd_place){error->line > 0 ? (unsigned)error->line : 1, 1, 1};
	for (unsigned line = 1; line < place.line; line++) {
		const char *nl = memchr(s->text + start, '\n', s->length - start);

		if (!nl)
			break;
		start = (size_t)(nl - s->text) + 1;
	}
	/* Characters to bytes. */
	for (int column = 1; column < error->column && start < s->length;
	     column++, place.column++) {
		start++;
		while (start < s->length &&
		       ((unsigned char)s->text[start] & 0xc0) == 0x80) {
			start++;
			place.column++;
		}
	}
	return netd_yaml_problem(s->d, place, error->msg, NULL);
}

static int remember(struct source *s, struct fy_token *token)
{
	struct anchor *anchor;
	const char *name;
	size_t length;

	if (!token)
		return 0;
	if (s->anchor_count == ANCHORS_MAX)
		return netd_yaml_problem(s->d, netd_yaml_last(s->d)->place,
					 "too many anchors for one file", NULL);
	name = fy_token_get_text(token, &length);
	anchor = netd_array_add(&s->anchors, &s->anchor_count, sizeof(*anchor));
	if (!name || !anchor)
		return -ENOMEM;
	anchor->name = netd_arena_text(&s->d->arena, name, length);
	anchor->node = netd_yaml_last(s->d);
	if (!anchor->name)
		return -ENOMEM;
	return 0;
}

static int on_alias(struct source *s, struct fy_event *e)
{
	struct netd_place place = event_place(s, e);
	size_t length = 0;
	const char *name = fy_token_get_text(e->alias.anchor, &length);

	if (!name)
		return -ENOMEM;
	for (size_t i = s->anchor_count; i-- > 0;)
		if (strlen(s->anchors[i].name) == length &&
		    memcmp(s->anchors[i].name, name, length) == 0)
			return netd_yaml_alias(s->d, s->anchors[i].node, place);
	return netd_yaml_problem(s->d, place, "an alias without its anchor", NULL);
}

/*
 * An empty value is where its key is, as in libfyaml 0.7; since 0.8 libfyaml places it
 * behind the colon.
 */
static struct netd_place scalar_place(struct source *s, struct fy_event *e, size_t length)
{
	const struct netd_yaml_document *d = s->d;
	struct netd_place place = event_place(s, e);

	if (length > 0 || event_quote(e) || d->depth == 0 || !d->last[d->depth - 1] ||
	    d->open[d->depth - 1]->kind != NETD_YAML_MAPPING)
		return place;
	place = d->last[d->depth - 1]->place;
	place.width = 1;
	return place;
}

static int on_scalar(struct source *s, struct fy_event *e)
{
	struct fy_token *token = e->scalar.value;
	bool plain = fy_token_scalar_style(token) == FYSS_PLAIN;
	size_t length = 0;
	const char *text = fy_token_get_text(token, &length);
	int r;

	if (!text)
		return -ENOMEM;
	r = netd_yaml_scalar(s->d, text, length, plain, scalar_place(s, e, length));
	if (r < 0)
		return r;
	return remember(s, e->scalar.anchor);
}

static int on_begin(struct source *s, struct fy_event *e, enum netd_yaml_kind kind,
		    struct fy_token *anchor)
{
	struct netd_place place = event_place(s, e);
	int r;

	place.width = 1;
	r = netd_yaml_begin(s->d, kind, place);
	if (r < 0 || !anchor)
		return r;
	return remember(s, anchor);
}

static int on_mapping(struct source *s, struct fy_event *e)
{
	return on_begin(s, e, NETD_YAML_MAPPING, e->mapping_start.anchor);
}

static int on_sequence(struct source *s, struct fy_event *e)
{
	return on_begin(s, e, NETD_YAML_SEQUENCE, e->sequence_start.anchor);
}

static int on_end(struct source *s, struct fy_event *e)
{
	(void)e;
	netd_yaml_end(s->d);
	return 0;
}

static int on_document_start(struct source *s, struct fy_event *e)
{
	if (s->ended)
		return netd_yaml_problem(s->d, event_place(s, e), "a second document",
					 "a topology is one document: one file each");
	return 0;
}

static int on_document_end(struct source *s, struct fy_event *e)
{
	(void)e;
	s->ended = true;
	return 0;
}

static int (*const handlers[])(struct source *s, struct fy_event *e) = {
	[FYET_DOCUMENT_START] = on_document_start,
	[FYET_DOCUMENT_END] = on_document_end,
	[FYET_SCALAR] = on_scalar,
	[FYET_ALIAS] = on_alias,
	[FYET_MAPPING_START] = on_mapping,
	[FYET_MAPPING_END] = on_end,
	[FYET_SEQUENCE_START] = on_sequence,
	[FYET_SEQUENCE_END] = on_end,
};

static int on_event(struct source *s, struct fy_event *e)
{
	if (fy_event_get_tag_token(e))
		return netd_yaml_problem(s->d, event_place(s, e),
					 "tags are not supported", NULL);
	if ((size_t)e->type >= NETD_ARRAY_SIZE(handlers) || !handlers[e->type])
		return 0;
	return handlers[e->type](s, e);
}

static int run(struct source *s, struct fy_parser *parser, struct fy_diag *diag)
{
	struct fy_event *e;
	bool finished = false;
	int r;

	while (!finished && (e = fy_parser_parse(parser))) {
		finished = e->type == FYET_STREAM_END;
		r = on_event(s, e);
		fy_parser_event_free(parser, e);
		if (r)
			return r;
	}
	if (!finished || fy_parser_get_stream_error(parser))
		return syntax_problem(s, diag);
	return 0;
}

int netd_yaml_read_fy(struct netd_yaml_document *d, const char *text, size_t length)
{
	struct source s = {.d = d, .text = text, .length = length, .line = 1};
	struct fy_diag_cfg diag_cfg = {
		.output_fn = discard, .level = FYET_ERROR, .module_mask = ~0U};
	struct fy_parse_cfg cfg = {.flags = FYPCF_DISABLE_BUFFERING | FYPCF_JSON_NONE};
	struct fy_parser *parser = NULL;
	int r = -ENOMEM;

	if (length == 0)
		return 0;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (!cfg.diag)
		return -ENOMEM;
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (parser && fy_parser_set_string(parser, text, length) == 0)
		r = run(&s, parser, cfg.diag);
	if (parser)
		fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
	free(s.anchors);
	return r;
}
