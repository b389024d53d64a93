/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libFuzzer calls, and fuzz_replay.c with each file of a corpus. */
#ifndef NETD_TESTS_FUZZ_TARGET_H
#define NETD_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
