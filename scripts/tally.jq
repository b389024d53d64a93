# SPDX-License-Identifier: GPL-2.0-or-later
# meson's testlog.json → "passed|failed|skipped TAB test: case" per case.

# The lines of one test's TAP; a test that failed with no line saying so adds one.
def cases:
	[(.stdout // "") | split("\n")[]
	| if test("^not ok\\b") and (test("# TODO"; "i") | not) then ["failed", sub("^not ok ?[0-9]* ?-? ?"; "")]
	  elif test("^ok\\b.*# SKIP"; "i") then ["skipped", sub("^ok ?[0-9]* ?-? ?"; "")]
	  elif test("^ok\\b") then ["passed", sub("^ok ?[0-9]* ?-? ?"; "")]
	  elif test("^1\\.\\.0\\b.*SKIP"; "i") then ["skipped", sub("^1\\.\\.0 *"; "")]
	  elif test("^Bail out!") then ["failed", .]
	  else empty end];

def bad: .result | IN("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS");

. as $test
| cases
| . + (if ($test | bad) and all(.[]; .[0] != "failed")
       then [["failed", "\($test.result), exit status \($test.returncode)"]]
       elif length == 0 then
	[[if $test.result == "SKIP" then "skipped" else "passed" end, $test.result]]
       else [] end)
| .[]
| "\(.[0])\t\($test.name | sub("^netd:"; "")): \(.[1])"
