/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of texts that is the same everywhere and always: names and MACs follow from it.
 */
#ifndef NETD_BASE_HASH_H
#define NETD_BASE_HASH_H

#include <stdint.h>

/* FNV-1a, 64 bits (draft-eastlake-fnv 2 and 5). */
#define NETD_HASH_START 0xcbf29ce484222325ULL

/* Goes on from @hash with @text and its end: "a", "bc" is not "ab", "c". */
static inline uint64_t netd_hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3ULL;
	return (hash ^ 0xff) * 0x100000001b3ULL;
}

#endif
