/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for the person in front of QEMU. */
#ifndef NETD_HOOKS_SAY_H
#define NETD_HOOKS_SAY_H

#include <stddef.h>

#include "attach/words.h"

#define SAY_SIZE 2048

/* Exit codes: QEMU stops on any but the first. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/*
 * "PROGRAM: TEXT; HINT" on standard error, in one write; @hint may be NULL or "".  Bytes
 * other than printable ASCII are shown as \xNN.
 */
void say(const char *program, const char *text, const char *hint);
/* The same into @out, with its newline and without a NUL: how many bytes that is. */
size_t say_compose(char out[SAY_SIZE], const char *program, const char *text,
		   const char *hint);
/* The same of a failure.  Returns EXIT_FAILED. */
int say_failure(const char *program, const struct netd_attach_failure *f,
		const struct netd_attach_names *names);
/* Appends @number, of at most ten digits, to @text. */
void append_number(char *text, unsigned number);
/* Writes @text to standard output.  Returns EXIT_DONE, or EXIT_FAILED. */
int print(const char *text);

/* The environment's @name, or @otherwise; what runs with borrowed privileges ignores it.
 */
const char *setting(const char *name, const char *otherwise);

#endif
