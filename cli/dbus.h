/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of D-Bus as it takes to ask the daemon, without a library to load. */
#ifndef NETD_CLI_DBUS_H
#define NETD_CLI_DBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dbus;

/* Connects to @path, and if that is a bus, says hello; -errno. */
int dbus_open(const char *path, bool bus, struct dbus **out);
struct dbus *dbus_close(struct dbus *d);

/* Arguments, put one behind the other; a failure shows in dbus_call(). */
struct dbus_body {
	uint8_t *data; /* owned */
	size_t length;
	bool failed;
};
void dbus_body_done(struct dbus_body *b);
void dbus_put(struct dbus_body *b, const void *data, size_t length);
void dbus_align(struct dbus_body *b, size_t size);
void dbus_put_number(struct dbus_body *b, uint32_t number);
void dbus_put_text(struct dbus_body *b, const char *text);
void dbus_put_signature(struct dbus_body *b, const char *signature);
/* An array of structs or entries: what the first returns goes to the last. */
size_t dbus_begin_array(struct dbus_body *b);
void dbus_end_array(struct dbus_body *b, size_t begin);
/* Entries of an array of options, whose values are variants. */
void dbus_put_text_option(struct dbus_body *b, const char *key, const char *text);
void dbus_put_number_option(struct dbus_body *b, const char *key, uint32_t number);
void dbus_put_flag_option(struct dbus_body *b, const char *key);

/* Where a method is. */
struct dbus_method {
	const char *destination, *path, *interface, *member;
	const char *in; /* the arguments' signature */
};

struct dbus_reply {
	uint8_t *data; /* owned */
	bool error;
	char name[128];	     /* of the error */
	char signature[128]; /* of what @at leads to */
	const uint8_t *base, *at, *end;
	bool failed; /* it is not as the signature says */
};
/* Waits for the answer, which may be an error, however long it takes; -errno. */
int dbus_call(struct dbus *d, const struct dbus_method *method,
	      const struct dbus_body *body, struct dbus_reply *out);
void dbus_reply_done(struct dbus_reply *r);

/* @length bytes at the next multiple of @alignment; NULL behind the end. */
const void *dbus_take(struct dbus_reply *r, size_t alignment, size_t length);
/* Each takes the next value; "" or 0 behind the end.  Texts live as long as the reply. */
const char *dbus_text(struct dbus_reply *r);
uint32_t dbus_number(struct dbus_reply *r);
const char *dbus_signature(struct dbus_reply *r);
/* The end of an array of what has @alignment, whose values come next. */
const uint8_t *dbus_array(struct dbus_reply *r, size_t alignment);
/* True if the array goes on: then at the next of its structs or entries. */
bool dbus_next(struct dbus_reply *r, const uint8_t *end);
/* Past a value of that type; a type that it does not know makes the reply fail. */
void dbus_skip(struct dbus_reply *r, const char *signature);

#endif
