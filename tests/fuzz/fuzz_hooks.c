// SPDX-License-Identifier: GPL-2.0-or-later
/* Any words as the command line of the hooks and of the bridge helper. */
/*
 * Theory of operation.  An input is two bytes, which choose a failure, and the words of
 * the command line, a line each, the program's name first.  Each word has memory of its
 * own, so that a sanitizer sees who reads behind it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/choose.h"
#include "attach/record.h"
#include "fuzz_target.h"
#include "hooks/request.h"
#include "hooks/say.h"

#define WORDS_MAX 16
#define STEPS (NETD_ATTACH_PRIVILEGE + 1)

static int split(const char *text, size_t size, char *words[WORDS_MAX + 1])
{
	int count = 0;

	while (size && count < WORDS_MAX) {
		const char *end = memchr(text, '\n', size);
		size_t n = end ? (size_t)(end - text) : size;

		words[count] = malloc(n + 1);
		if (!words[count])
			abort();
		memcpy(words[count], text, n);
		words[count++][n] = '\0';
		text += n + !!end;
		size -= n + !!end;
	}
	words[count] = NULL;
	return count;
}

static int is_within(const char *at, char **words)
{
	for (; *words; words++)
		if (at >= *words && at <= *words + strlen(*words))
			return 1;
	return 0;
}

/* A name that passes leads to no other directory, and means nothing to a terminal. */
static void check_name(const char *name)
{
	struct netd_record record;

	if (netd_record_name_ok(name) &&
	    (strpbrk(name, "/ \033\n") || strlen(name) >= NETD_RECORD_NAME || !*name ||
	     !strcmp(name, "..")))
		abort();
	if (netd_attach_name_ok(name) &&
	    (strpbrk(name, "/ \n") || strlen(name) >= NETD_ATTACH_NAME))
		abort();
	if (netd_record_read("/proc/none", name, &record) == 0)
		abort();
}

static void check_request(int count, char **words)
{
	struct request q = {.socket = -1};
	int r = request_parse(&q, count, words);

	if (r != 0 && r != -EINVAL)
		abort();
	if (r == 0 && (!q.name || !is_within(q.name, words) || q.socket < 0))
		abort();
	if (q.name)
		check_name(q.name);
}

static void check_hook(char **words)
{
	const char *network;

	if (netd_hook_parse(words[0], &network) == NETD_HOOK_NONE && network)
		abort();
	if (network && (!*network || !is_within(network, words)))
		abort();
	if (network)
		check_name(network);
}

/* Whatever is said is one line that a terminal shows and does not obey. */
static void check_words(const uint8_t *choice, int count, char **words)
{
	const struct netd_attach_failure f = {.step = choice[0] % STEPS,
					      .code = -choice[1]};
	const struct netd_attach_names names = {
		.port = words[count > 1 ? 1 : 0],
		.bridge = words[count - 1],
		.network = words[0],
		.running = words[count / 2],
	};
	struct netd_attach_words out;
	char line[SAY_SIZE];
	size_t n;

	netd_attach_word(&f, &names, &out);
	n = say_compose(line, words[0], out.text, out.hint);
	if (!n || n > sizeof(line) || line[n - 1] != '\n')
		abort();
	for (size_t i = 0; i + 1 < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[WORDS_MAX + 1];
	int count;

	if (size < 3)
		return 0;
	count = split((const char *)data + 2, size - 2, words);
	if (count) {
		check_request(count, words);
		check_hook(words);
		check_words(data, count, words);
	}
	for (int i = 0; i < count; i++)
		free(words[i]);
	return 0;
}
