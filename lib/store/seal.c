// SPDX-License-Identifier: GPL-2.0-or-later
/* The first line of a state file: its format's version, and how long it is. */
#include "store/seal.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * Theory of operation.  The sum goes over the text eight bytes a time, then over what is
 * left, padded with zeroes, then over the length.  Each step can be taken back if what it
 * took in is known; so the sum of a text that grew by a line is had without reading the
 * rest of it once more.
 */
#define BEGIN "# netd state "
#define VERSION 2U
#define WORD sizeof(uint64_t)
#define BASIS UINT64_C(0xcbf29ce484222325) /* of FNV-1a, as is the other */
#define PRIME UINT64_C(0x100000001b3)
#define PRIME_INVERSE UINT64_C(0xce965057aff6957b) /* their product is 1 */
#define SHIFT 29

static uint64_t step(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * PRIME;
	return sum ^ sum >> SHIFT;
}

static uint64_t step_back(uint64_t sum, uint64_t word)
{
	sum ^= sum >> SHIFT ^ sum >> 2 * SHIFT;
	return sum * PRIME_INVERSE ^ word;
}

/* A sum on its way; @word has the @have bytes that make no eight yet. */
struct sum {
	uint64_t state;
	size_t length, have;
	char word[WORD];
};

static uint64_t load(const char *text, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, text, length);
	return le64toh(word);
}

static void sum_add(struct sum *s, const char *text, size_t length)
{
	s->length += length;
	for (; length && s->have; length--) {
		s->word[s->have++] = *text++;
		if (s->have == WORD) {
			s->state = step(s->state, load(s->word, WORD));
			s->have = 0;
		}
	}
	for (; length >= WORD; text += WORD, length -= WORD)
		s->state = step(s->state, load(text, WORD));
	if (length) {
		memcpy(s->word, text, length);
		s->have = length;
	}
}

static uint64_t sum_end(const struct sum *s)
{
	uint64_t sum = s->have ? step(s->state, load(s->word, s->have)) : s->state;

	return step(sum, s->length);
}

/* Back to where the text of that sum and length was taken in. */
static struct sum sum_again(uint64_t sum, const char *text, size_t length)
{
	struct sum s = {.length = length, .have = length % WORD};

	memcpy(s.word, text + length - s.have, s.have);
	s.state = step_back(sum, length);
	if (s.have)
		s.state = step_back(s.state, load(s.word, s.have));
	return s;
}

static void write_line(char out[NETD_SEAL_SIZE + 1], size_t bytes, uint64_t sum)
{
	snprintf(out, NETD_SEAL_SIZE + 1,
		 BEGIN "%u, at least %010zu bytes, sum %016llx\n", VERSION, bytes,
		 (unsigned long long)sum);
}

void netd_seal_write(char out[NETD_SEAL_SIZE + 1], const struct iovec *parts, int count)
{
	struct sum s = {.state = BASIS};

	for (int i = 0; i < count; i++)
		sum_add(&s, parts[i].iov_base, parts[i].iov_len);
	write_line(out, s.length, sum_end(&s));
}

/* sscanf() would measure the whole text first. */
static void copy_line(const char *text, size_t length, char out[NETD_SEAL_SIZE + 1])
{
	length = length < NETD_SEAL_SIZE ? length : NETD_SEAL_SIZE;
	memcpy(out, text, length);
	out[length] = '\0';
}

/* The values of a line that write_line() made. */
static bool read_line(const char *text, size_t *bytes, uint64_t *sum)
{
	char line[NETD_SEAL_SIZE + 1], again[NETD_SEAL_SIZE + 1];
	unsigned long long value;
	unsigned version;

	copy_line(text, NETD_SEAL_SIZE, line);
	if (sscanf(line, BEGIN "%9u, at least %10zu bytes, sum %16llx", &version, bytes,
		   &value) != 3)
		return false;
	*sum = value;
	write_line(again, *bytes, *sum);
	return memcmp(line, again, NETD_SEAL_SIZE) == 0;
}

int netd_seal_extend(const char *seal, const struct iovec *text,
		     const struct iovec *added, char out[NETD_SEAL_SIZE + 1])
{
	const char *old = text->iov_base;
	struct sum s;
	size_t bytes;
	uint64_t sum;

	if (!read_line(seal, &bytes, &sum) || bytes > text->iov_len)
		return -EINVAL;
	s = sum_again(sum, old, bytes);
	sum_add(&s, old + bytes, text->iov_len - bytes);
	sum_add(&s, added->iov_base, added->iov_len);
	write_line(out, s.length, sum_end(&s));
	return 0;
}

/* *@bytes and *@sum are the line's if there is no problem. */
static const char *head_problem(const char *text, size_t length, size_t *bytes,
				uint64_t *sum)
{
	const size_t begin = strlen(BEGIN);
	char line[NETD_SEAL_SIZE + 1];
	unsigned version;

	if (length < begin || memcmp(text, BEGIN, begin) != 0) {
		if (length)
			return "its first line does not say which version of netd's "
			       "state it is";
		return "it is empty";
	}
	copy_line(text, length, line);
	if (sscanf(line + begin, "%9u", &version) != 1)
		return "its first line is damaged";
	if (version != VERSION) {
		if (version > VERSION)
			return "a newer netd wrote it";
		return "an older netd wrote it";
	}
	if (length < NETD_SEAL_SIZE || !read_line(text, bytes, sum))
		return "its first line is damaged";
	if (length - NETD_SEAL_SIZE < *bytes)
		return "its end is missing";
	/* whoever calls has a NUL behind the text */
	if (strlen(text) < length)
		return "there are zero bytes in it";
	return NULL;
}

const char *netd_seal_head_problem(const char *text, size_t length)
{
	size_t bytes;
	uint64_t sum;

	return head_problem(text, length, &bytes, &sum);
}

const char *netd_seal_problem(const char *text, size_t length)
{
	struct sum s = {.state = BASIS};
	size_t bytes;
	uint64_t sum;
	const char *problem = head_problem(text, length, &bytes, &sum);

	if (problem)
		return problem;
	sum_add(&s, text + NETD_SEAL_SIZE, bytes);
	if (sum_end(&s) == sum)
		return NULL;
	return "its content is damaged";
}
