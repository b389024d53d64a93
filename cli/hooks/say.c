// SPDX-License-Identifier: GPL-2.0-or-later
/* One line for the person in front of QEMU. */
#include "say.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>
#include <unistd.h>

void say(const char *program, const char *text, const char *hint)
{
	const char *parts[] = {program,		 ": ", text, hint && *hint ? "; " : "",
			       hint ? hint : "", "\n"};
	struct iovec v[sizeof(parts) / sizeof(parts[0])];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		v[i].iov_base = (void *)(uintptr_t)parts[i];
		v[i].iov_len = strlen(parts[i]);
	}
	if (writev(STDERR_FILENO, v, sizeof(parts) / sizeof(parts[0])) < 0)
		return; /* nobody listens; the exit code still tells */
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

	return write(STDOUT_FILENO, text, n) == (ssize_t)n ? EXIT_DONE : EXIT_FAILED;
}

const char *setting(const char *name, const char *otherwise)
{
	const char *value;

	if (getauxval(AT_SECURE))
		return otherwise;
	value = getenv(name);
	return value && *value ? value : otherwise;
}
