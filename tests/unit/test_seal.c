// SPDX-License-Identifier: GPL-2.0-or-later
/* The first line of a state file: what is whole, and what is wrong with the rest. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "store/seal.h"
#include "base/array.h"

static void seal(char *file, const char *text, size_t length)
{
	const struct iovec part = {(void *)(uintptr_t)text, length};

	netd_seal_write(file, &part, 1);
	memcpy(file + NETD_SEAL_SIZE, text, length);
	file[NETD_SEAL_SIZE + length] = '\0';
}

static void round_trip(void **state)
{
	static const char text[] = "name: lab\nnetworks: {net0: {}}\n";
	char file[NETD_SEAL_SIZE + sizeof(text)];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		seal(file, text, i);
		assert_int_equal(file[NETD_SEAL_SIZE - 1], '\n');
		assert_null(netd_seal_problem(file, NETD_SEAL_SIZE + i));
		if (i)
			assert_string_equal(
				netd_seal_problem(file, NETD_SEAL_SIZE + i - 1),
				"its end is missing");
	}
}

/* In how many parts it is written does not matter. */
static void parts(void **state)
{
	static const char text[] = "0123456789abcdefghijklmno";
	const size_t length = sizeof(text) - 1;
	char whole[NETD_SEAL_SIZE + sizeof(text)], line[NETD_SEAL_SIZE + 1];

	(void)state;
	seal(whole, text, length);
	for (size_t i = 0; i <= length; i++)
		for (size_t j = i; j <= length; j++) {
			const struct iovec three[] = {
				{(void *)(uintptr_t)text, i},
				{(void *)(uintptr_t)(text + i), j - i},
				{(void *)(uintptr_t)(text + j), length - j},
			};

			netd_seal_write(line, three, 3);
			assert_memory_equal(line, whole, NETD_SEAL_SIZE);
		}
}

/* A line more, and what was damaged before it stays damaged. */
static void extended(void **state)
{
	static const char text[] = "0123456789abcdefghijklmno";
	const size_t length = sizeof(text) - 1;
	char whole[NETD_SEAL_SIZE + sizeof(text)], line[NETD_SEAL_SIZE + 1];

	(void)state;
	/* sealed to i, appended to j before somebody was killed, and then to the end */
	for (size_t i = 0; i <= length; i++)
		for (size_t j = i; j <= length; j++) {
			struct iovec old = {whole + NETD_SEAL_SIZE, j};
			struct iovec added = {(void *)(uintptr_t)(text + j), length - j};

			seal(whole, text, i);
			memcpy(whole + NETD_SEAL_SIZE, text, sizeof(text));
			assert_int_equal(netd_seal_extend(whole, &old, &added, line), 0);
			memcpy(whole, line, NETD_SEAL_SIZE);
			assert_null(netd_seal_problem(whole, NETD_SEAL_SIZE + length));
			for (size_t bit = 0; bit < i * 8; bit++) {
				seal(whole, text, i);
				memcpy(whole + NETD_SEAL_SIZE, text, sizeof(text));
				whole[NETD_SEAL_SIZE + bit / 8] ^= (char)(1 << bit % 8);
				netd_seal_extend(whole, &old, &added, line);
				memcpy(whole, line, NETD_SEAL_SIZE);
				assert_non_null(netd_seal_problem(whole, NETD_SEAL_SIZE +
										 length));
			}
		}
	memset(whole, '-', NETD_SEAL_SIZE);
	assert_int_equal(netd_seal_extend(whole, &(struct iovec){whole, 0},
					  &(struct iovec){whole, 0}, line),
			 -EINVAL);
}

#define SEAL_SUM(version, bytes, sum) \
	"# netd state " version ", at least " bytes " bytes, sum " sum "\n"
#define SUM "d5ac2aeb497eae2f"
#define SEAL(version, bytes) SEAL_SUM(version, bytes, SUM)

static void problems(void **state)
{
	static const char first[] = "its first line is damaged";
	static const char which[] = "its first line does not say which version of netd's "
				    "state it is";
	const struct {
		const char *text, *problem; /* NULL: none */
	} rows[] = {
		{SEAL("2", "0000000004") "abcd", NULL},
		{SEAL("2", "0000000004") "abcdefgh", NULL}, /* a line more */
		{SEAL("2", "0000000005") "abcd", "its end is missing"},
		{SEAL("3", "0000000004") "abcd", "a newer netd wrote it"},
		{SEAL("10", "0000000004") "abcd", "a newer netd wrote it"},
		{SEAL("1", "0000000004") "abcd", "an older netd wrote it"},
		{"# netd state 1, at least 0000000004 bytes, sum --------\nabcd",
		 "an older netd wrote it"},
		{"# netd state 3: anything else\n", "a newer netd wrote it"},
		{SEAL("x", "0000000004") "abcd", first},
		{SEAL("2", "4") "abcd", first},
		{SEAL("2", "x000000004") "abcd", first},
		{SEAL_SUM("2", "0000000004", "0000000") "abcd", first},
		{SEAL_SUM("2", "0000000004", "----------------") "abcd", first},
		{SEAL_SUM("2", "0000000004", "0000000000000000") "abcd",
		 "its content is damaged"},
		{SEAL("02", "000000004") "abcd", first},
		{"# netd state 2, at least 0000000004 bytes", first},
		{"# netd state 2", first},
		{"# netd state ", first},
		{"", "it is empty"},
		{"name: lab\nnetworks: {}\n", which},
		{"# netd", which},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		const char *got = netd_seal_problem(rows[i].text, strlen(rows[i].text));

		if (rows[i].problem && got)
			assert_string_equal(got, rows[i].problem);
		else if (rows[i].problem || got)
			fail_msg("row %zu: %s", i, got ? got : "no problem");
	}
}

/* Each bit of a file counts. */
static void bits(void **state)
{
	static const char text[] = "name: lab\nnetworks: {net0: {}}\n";
	char file[NETD_SEAL_SIZE + sizeof(text)];
	size_t length = NETD_SEAL_SIZE + sizeof(text) - 1;

	(void)state;
	seal(file, text, sizeof(text) - 1);
	assert_null(netd_seal_problem(file, length));
	for (size_t i = 0; i < length * 8; i++) {
		file[i / 8] ^= (char)(1 << i % 8);
		if (!netd_seal_problem(file, length))
			fail_msg("bit %zu of byte %zu", i % 8, i / 8);
		file[i / 8] ^= (char)(1 << i % 8);
	}
}

/* So does each byte at its end. */
static void cut(void **state)
{
	static const char text[] = "name: lab\nnetworks: {net0: {}}\n";
	char file[NETD_SEAL_SIZE + sizeof(text)];

	(void)state;
	for (size_t n = NETD_SEAL_SIZE + sizeof(text) - 1; n > 0; n--) {
		seal(file, text, sizeof(text) - 1);
		file[n - 1] = '\0';
		if (!netd_seal_problem(file, n - 1))
			fail_msg("the first %zu bytes", n - 1);
	}
}

/* What a disk that lost its last blocks leaves. */
static void zero_bytes(void **state)
{
	static const char text[] = SEAL("2", "0000000004") "ab\0\0";

	(void)state;
	assert_string_equal(netd_seal_problem(text, sizeof(text) - 1),
			    "there are zero bytes in it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(parts),
		cmocka_unit_test(extended),   cmocka_unit_test(problems),
		cmocka_unit_test(bits),	      cmocka_unit_test(cut),
		cmocka_unit_test(zero_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
