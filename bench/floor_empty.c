// SPDX-License-Identifier: GPL-2.0-or-later
/* What starting a static program costs before it does anything. */
int main(void)
{
	return 0;
}
