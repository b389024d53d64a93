// SPDX-License-Identifier: GPL-2.0-or-later
/* Small configuration files, line by line, without a copy of anything. */
#include "attach/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trust.h"

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

struct netd_text netd_text_trim(struct netd_text t)
{
	while (t.length && is_blank(t.at[0])) {
		t.at++;
		t.length--;
	}
	while (t.length && is_blank(t.at[t.length - 1]))
		t.length--;
	return t;
}

int netd_text_is(struct netd_text t, const char *word)
{
	return strlen(word) == t.length && !memcmp(t.at, word, t.length);
}

int netd_text_line(struct netd_text *rest, struct netd_text *line)
{
	const char *newline;

	if (!rest->length)
		return 0;
	newline = memchr(rest->at, '\n', rest->length);
	line->at = rest->at;
	line->length = newline ? (size_t)(newline - rest->at) : rest->length;
	rest->at += line->length + !!newline;
	rest->length -= line->length + !!newline;
	*line = netd_text_trim(*line);
	return 1;
}

struct netd_text netd_text_word(struct netd_text *line)
{
	struct netd_text word = {line->at, 0};

	while (word.length < line->length && !is_blank(word.at[word.length]))
		word.length++;
	line->at += word.length;
	line->length -= word.length;
	*line = netd_text_trim(*line);
	return word;
}

static long read_all(int fd, char *out, size_t size)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	while (at < size) {
		ssize_t n = read(fd, out + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return at;
		at += n;
	}
	return -EFBIG;
}

long netd_text_read(const char *path, uid_t user, char *out, size_t size)
{
	long r = netd_trust_path(path, user, NULL);
	int fd;

	if (r < 0)
		return r;
	/* Not blocking: a FIFO in its place must not hold QEMU up. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	r = read_all(fd, out, size);
	close(fd);
	return r;
}
