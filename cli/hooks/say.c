// SPDX-License-Identifier: GPL-2.0-or-later
/* One line for the person in front of QEMU. */
#include "say.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* One line that is being put together; what does not fit is left out. */
struct line {
	char *text;
	size_t length;
};

/*
 * Names come from the command line, from files and from the kernel, and may hold any
 * bytes: what a terminal might obey is shown as \xNN.  One byte stays free.
 */
static void add(struct line *l, const char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		char escape[4] = {'\\', 'x', digits[c >> 4], digits[c & 15]};
		const char *shown = text;
		size_t n = 1;

		if (c < 0x20 || c > 0x7e) {
			shown = escape;
			n = sizeof(escape);
		}
		if (l->length + n >= SAY_SIZE)
			return;
		memcpy(l->text + l->length, shown, n);
		l->length += n;
	}
}

size_t say_compose(char out[SAY_SIZE], const char *program, const char *text,
		   const char *hint)
{
	struct line line = {out, 0};

	add(&line, program);
	add(&line, ": ");
	add(&line, text);
	if (hint && *hint) {
		add(&line, "; ");
		add(&line, hint);
	}
	out[line.length++] = '\n';
	return line.length;
}

void say(const char *program, const char *text, const char *hint)
{
	char line[SAY_SIZE];

	if (write(STDERR_FILENO, line, say_compose(line, program, text, hint)) < 0)
		return; /* nobody listens; the exit code still tells */
}

void append_number(char *text, unsigned number)
{
	char digits[12];
	size_t n = sizeof(digits) - 1;

	digits[n] = 0;
	do
		digits[--n] = '0' + number % 10;
	while (number /= 10);
	strcat(text, digits + n);
}

int say_failure(const char *program, const struct netd_attach_failure *f,
		const struct netd_attach_names *names)
{
	struct netd_attach_words words;

	netd_attach_word(f, names, &words);
	say(program, words.text, words.hint);
	return EXIT_FAILED;
}

int print(const char *text)
{
	size_t n = strlen(text);

	if (write(STDOUT_FILENO, text, n) == (ssize_t)n)
		return EXIT_DONE;
	return EXIT_FAILED;
}

const char *setting(const char *name, const char *otherwise)
{
	const char *value;

	if (getauxval(AT_SECURE))
		return otherwise;
	value = getenv(name);
	if (value && *value)
		return value;
	return otherwise;
}
