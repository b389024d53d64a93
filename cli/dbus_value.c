// SPDX-License-Identifier: GPL-2.0-or-later
/* Values as messages of D-Bus have them. */
/*
 * Theory of operation.  D-Bus specification, "Marshaling".  A value stands at a multiple
 * of its size, counted from the message's begin; a body begins at a multiple of 8, so it
 * is made by itself.  Both ends are on this host and have its byte order.
 */
#include "dbus.h"

#include <stdlib.h>
#include <string.h>

/*
 * Writing
 */

void dbus_body_done(struct dbus_body *b)
{
	free(b->data);
}

void dbus_put(struct dbus_body *b, const void *data, size_t length)
{
	uint8_t *grown = realloc(b->data, b->length + length + 1);

	if (!grown) {
		b->failed = true;
		return;
	}
	b->data = grown;
	memcpy(grown + b->length, data, length);
	b->length += length;
}

void dbus_align(struct dbus_body *b, size_t size)
{
	static const uint8_t zeros[8];

	dbus_put(b, zeros, (size - b->length % size) % size);
}

void dbus_put_number(struct dbus_body *b, uint32_t number)
{
	dbus_align(b, sizeof(number));
	dbus_put(b, &number, sizeof(number));
}

void dbus_put_text(struct dbus_body *b, const char *text)
{
	size_t length = strlen(text);

	dbus_put_number(b, (uint32_t)length);
	dbus_put(b, text, length + 1);
}

void dbus_put_signature(struct dbus_body *b, const char *signature)
{
	uint8_t length = (uint8_t)strlen(signature);

	dbus_put(b, &length, 1);
	dbus_put(b, signature, length + 1U);
}

/* An array's length stands before it, and does not count the gap between the two. */
size_t dbus_begin_array(struct dbus_body *b)
{
	size_t at;

	dbus_put_number(b, 0);
	at = b->length;
	dbus_align(b, 8);
	return at;
}

void dbus_end_array(struct dbus_body *b, size_t begin)
{
	uint32_t length = (uint32_t)(b->length - (begin + 7) / 8 * 8);

	if (!b->failed)
		memcpy(b->data + begin - sizeof(length), &length, sizeof(length));
}

static void put_key(struct dbus_body *b, const char *key, const char *type)
{
	dbus_align(b, 8);
	dbus_put_text(b, key);
	dbus_put_signature(b, type);
}

void dbus_put_text_option(struct dbus_body *b, const char *key, const char *text)
{
	put_key(b, key, "s");
	dbus_put_text(b, text);
}

void dbus_put_number_option(struct dbus_body *b, const char *key, uint32_t number)
{
	put_key(b, key, "u");
	dbus_put_number(b, number);
}

void dbus_put_flag_option(struct dbus_body *b, const char *key)
{
	put_key(b, key, "b");
	dbus_put_number(b, 1);
}

/*
 * Reading
 */

const void *dbus_take(struct dbus_reply *r, size_t alignment, size_t length)
{
	size_t gap = (alignment - (size_t)(r->at - r->base) % alignment) % alignment;
	const uint8_t *at = r->at;

	if (r->failed || gap > (size_t)(r->end - at) ||
	    length > (size_t)(r->end - at) - gap) {
		r->failed = true;
		return NULL;
	}
	r->at += gap + length;
	return at + gap;
}

uint32_t dbus_number(struct dbus_reply *r)
{
	const void *at = dbus_take(r, 4, 4);
	uint32_t number = 0;

	if (at)
		memcpy(&number, at, sizeof(number));
	return number;
}

static const char *take_text(struct dbus_reply *r, size_t length)
{
	const char *text = dbus_take(r, 1, length + 1);

	if (text && text[length] == '\0')
		return text;
	r->failed = true;
	return "";
}

const char *dbus_text(struct dbus_reply *r)
{
	return take_text(r, dbus_number(r));
}

const char *dbus_signature(struct dbus_reply *r)
{
	const uint8_t *length = dbus_take(r, 1, 1);

	if (!length)
		return "";
	return take_text(r, *length);
}

const uint8_t *dbus_array(struct dbus_reply *r, size_t alignment)
{
	uint32_t length = dbus_number(r);

	dbus_take(r, alignment, 0);
	if (length > (size_t)(r->end - r->at))
		r->failed = true;
	if (r->failed)
		return r->at;
	return r->at + length;
}

bool dbus_next(struct dbus_reply *r, const uint8_t *end)
{
	if (r->failed || r->at >= end)
		return false;
	dbus_take(r, 8, 0);
	return !r->failed;
}

/* Types of a fixed size, with that. */
static size_t fixed_size(char type)
{
	static const struct {
		char type;
		size_t size;
	} sizes[] = {{'y', 1}, {'b', 4}, {'n', 2}, {'q', 2}, {'i', 4},
		     {'u', 4}, {'x', 8}, {'t', 8}, {'d', 8}, {'h', 4}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i].type == type)
			return sizes[i].size;
	return 0;
}

static size_t alignment_of(char type)
{
	size_t size = fixed_size(type);

	if (size)
		return size;
	if (type == 'g' || type == 'v')
		return 1;
	if (type == '(' || type == '{')
		return 8;
	return 4;
}

/* Arrays are passed over as a whole, so structs are known only within one. */
void dbus_skip(struct dbus_reply *r, const char *signature)
{
	size_t size = fixed_size(*signature);
	const uint8_t *end;

	if (size) {
		dbus_take(r, size, size);
		return;
	}
	switch (*signature) {
	case 's':
	case 'o':
		dbus_text(r);
		return;
	case 'g':
		dbus_signature(r);
		return;
	case 'a':
		end = dbus_array(r, alignment_of(signature[1]));
		r->at = end;
		return;
	default:
		r->failed = true;
	}
}

void dbus_reply_done(struct dbus_reply *r)
{
	free(r->data);
}
