/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzzer does with each input, so that a unit test can replay them. */
#ifndef NETD_FUZZ_CONFIG_H
#define NETD_FUZZ_CONFIG_H

#include <stddef.h>
#include <stdint.h>

/* Aborts on a finding. */
void netd_fuzz_config(const uint8_t *data, size_t size);

#endif
