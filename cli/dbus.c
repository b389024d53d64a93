// SPDX-License-Identifier: GPL-2.0-or-later
/* As much of D-Bus as it takes to ask the daemon, without a library to load. */
/*
 * Theory of operation.  D-Bus specification, "Message Protocol" and "Authentication
 * Protocol".  One call is made at a time: what else comes meanwhile (signals) is passed
 * over.
 */
#include "dbus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_MAX (128U * 1024 * 1024) /* of the specification */
#define FIXED 16			 /* bytes, with the length of the fields */

enum { TYPE_CALL = 1, TYPE_RETURN = 2, TYPE_ERROR = 3 };
enum { FLAG_INTERACTIVE = 4 }; /* polkit may ask whoever sits there */
enum {
	FIELD_PATH = 1,
	FIELD_INTERFACE = 2,
	FIELD_MEMBER = 3,
	FIELD_ERROR = 4,
	FIELD_REPLY = 5,
	FIELD_DESTINATION = 6,
	FIELD_SIGNATURE = 8,
};

struct dbus {
	int fd;
	uint32_t serial;
};

static uint8_t byte_order(void)
{
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return 'l';
	return 'B';
}

static void put_field(struct dbus_body *b, uint8_t field, const char *type,
		      const char *value)
{
	dbus_align(b, 8);
	dbus_put(b, &field, 1);
	dbus_put_signature(b, type);
	if (*type == 'g')
		dbus_put_signature(b, value);
	else
		dbus_put_text(b, value);
}

static void put_header(struct dbus_body *b, const struct dbus_method *m, uint32_t serial,
		       uint32_t length)
{
	const uint8_t fixed[] = {byte_order(), TYPE_CALL, FLAG_INTERACTIVE, 1};
	size_t begin;

	dbus_put(b, fixed, sizeof(fixed));
	dbus_put_number(b, length);
	dbus_put_number(b, serial);
	begin = dbus_begin_array(b);
	put_field(b, FIELD_PATH, "o", m->path);
	put_field(b, FIELD_INTERFACE, "s", m->interface);
	put_field(b, FIELD_MEMBER, "s", m->member);
	put_field(b, FIELD_DESTINATION, "s", m->destination);
	if (*m->in)
		put_field(b, FIELD_SIGNATURE, "g", m->in);
	dbus_end_array(b, begin);
	dbus_align(b, 8);
}

/*
 * The connection
 */

static int write_all(int fd, const void *data, size_t length)
{
	const uint8_t *at = data;

	while (length) {
		ssize_t n = send(fd, at, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

static int read_all(int fd, void *data, size_t length)
{
	uint8_t *at = data;

	while (length) {
		ssize_t n = recv(fd, at, length, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EPIPE;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

static int read_line(int fd, char *line, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++) {
		int r = read_all(fd, line + i, 1);

		if (r < 0)
			return r;
		line[i + 1] = '\0';
		if (line[i] == '\n')
			return 0;
	}
	return -EPROTO;
}

/*
 * The kernel says who we are; the name is our user's number, in digits of ASCII.  The
 * last line goes with it: a server of sd-bus that reads BEGIN and a message in one go
 * would wait for more before it looks at the message.
 */
static int authenticate(int fd)
{
	char name[16], text[64] = "AUTH EXTERNAL ", line[128];
	size_t length = strlen(text);
	int r;

	snprintf(name, sizeof(name), "%u", geteuid());
	for (const char *c = name; *c; c++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%02x",
					   (unsigned)*c);
	length += (size_t)snprintf(text + length, sizeof(text) - length, "\r\nBEGIN\r\n");
	r = write_all(fd, "", 1);
	if (r < 0)
		return r;
	r = write_all(fd, text, length);
	if (r < 0)
		return r;
	r = read_line(fd, line, sizeof(line));
	if (r < 0)
		return r;
	if (strncmp(line, "OK ", 3) != 0)
		return -EACCES;
	return 0;
}

static size_t round_up(size_t n)
{
	return (n + 7) / 8 * 8;
}

/* One message as a whole: fields and body behind the fixed part. */
static int read_message(int fd, struct dbus_reply *r, uint8_t *type)
{
	uint8_t fixed[FIXED];
	uint32_t body, fields;
	size_t length;
	int n = read_all(fd, fixed, sizeof(fixed));

	if (n < 0)
		return n;
	memcpy(&body, fixed + 4, sizeof(body));
	memcpy(&fields, fixed + 12, sizeof(fields));
	if (fixed[0] != byte_order() || body > MESSAGE_MAX || fields > MESSAGE_MAX)
		return -EPROTO;
	length = round_up(FIXED + (size_t)fields) + body;
	*r = (struct dbus_reply){.data = malloc(length)};
	if (!r->data)
		return -ENOMEM;
	memcpy(r->data, fixed, sizeof(fixed));
	r->base = r->data;
	r->at = r->data + FIXED - sizeof(fields);
	r->end = r->data + length;
	*type = fixed[1];
	return read_all(fd, r->data + FIXED, length - FIXED);
}

/* The serial that a message answers, 0 for none; and leads to the body. */
static uint32_t read_fields(struct dbus_reply *r)
{
	const uint8_t *end = dbus_array(r, 8);
	uint32_t answers = 0;

	while (dbus_next(r, end)) {
		const uint8_t *field = dbus_take(r, 1, 1);
		const char *type = dbus_signature(r);

		if (!field)
			break;
		if (*field == FIELD_REPLY && *type == 'u')
			answers = dbus_number(r);
		else if (*field == FIELD_ERROR && *type == 's')
			snprintf(r->name, sizeof(r->name), "%s", dbus_text(r));
		else if (*field == FIELD_SIGNATURE && *type == 'g')
			snprintf(r->signature, sizeof(r->signature), "%s",
				 dbus_signature(r));
		else
			dbus_skip(r, type);
	}
	dbus_take(r, 8, 0);
	r->base = r->at;
	return answers;
}

static int wait_for_answer(struct dbus *d, struct dbus_reply *out)
{
	uint8_t type = 0;
	int r;

	for (;;) {
		r = read_message(d->fd, out, &type);
		if (r >= 0 && read_fields(out) == d->serial)
			break;
		if (r >= 0 && out->failed)
			r = -EPROTO;
		dbus_reply_done(out);
		*out = (struct dbus_reply){0};
		if (r < 0)
			return r;
	}
	out->error = type == TYPE_ERROR;
	return 0;
}

int dbus_call(struct dbus *d, const struct dbus_method *method,
	      const struct dbus_body *body, struct dbus_reply *out)
{
	struct dbus_body header = {0};
	int r = 0;

	*out = (struct dbus_reply){0};
	put_header(&header, method, ++d->serial, (uint32_t)body->length);
	if (header.failed || body->failed)
		r = -ENOMEM;
	if (r >= 0)
		r = write_all(d->fd, header.data, header.length);
	dbus_body_done(&header);
	if (r >= 0 && body->length)
		r = write_all(d->fd, body->data, body->length);
	if (r < 0)
		return r;
	return wait_for_answer(d, out);
}

static int say_hello(struct dbus *d)
{
	static const struct dbus_method hello = {"org.freedesktop.DBus",
						 "/org/freedesktop/DBus",
						 "org.freedesktop.DBus", "Hello", ""};
	const struct dbus_body nothing = {0};
	struct dbus_reply reply;
	int r = dbus_call(d, &hello, &nothing, &reply);

	if (r >= 0 && reply.error)
		r = -EACCES;
	dbus_reply_done(&reply);
	return r;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int dbus_open(const char *path, bool bus, struct dbus **out)
{
	struct dbus *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	d->fd = r = connect_to(path);
	if (r >= 0)
		r = authenticate(d->fd);
	if (r >= 0 && bus)
		r = say_hello(d);
	if (r < 0) {
		dbus_close(d);
		return r;
	}
	*out = d;
	return 0;
}

struct dbus *dbus_close(struct dbus *d)
{
	if (!d)
		return NULL;
	if (d->fd >= 0)
		close(d->fd);
	free(d);
	return NULL;
}
