# SPDX-License-Identifier: GPL-2.0-or-later
# meson's testlog.json, one test per line, and again for a test that was run again, →
#
#	--arg print cases     "passed|failed|skipped|unsteady TAB test: case" per case
#	--arg print guests    the names of the tests with guests or whole hosts that failed
#	--arg print stories   what the tests that failed at any time printed at their end
#
# The last run of a test counts; one that was run before is called unsteady.

# The lines of one test's TAP; a test that failed with no line saying so adds one.
def lines:
	[(.stdout // "") | split("\n")[]
	| if test("^not ok\\b") and (test("# TODO"; "i") | not) then ["failed", sub("^not ok ?[0-9]* ?-? ?"; "")]
	  elif test("^ok\\b.*# SKIP"; "i") then ["skipped", sub("^ok ?[0-9]* ?-? ?"; "")]
	  elif test("^ok\\b") then ["passed", sub("^ok ?[0-9]* ?-? ?"; "")]
	  elif test("^1\\.\\.0\\b.*SKIP"; "i") then ["skipped", sub("^1\\.\\.0 *"; "")]
	  elif test("^Bail out!") then ["failed", .]
	  else empty end];

def bad: .result | IN("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS");

def name: .name | sub("^netd:"; "");

def cases:
	. as $test
	| lines
	| . + (if ($test | bad) and all(.[]; .[0] != "failed")
	       then [["failed", "\($test.result), exit status \($test.returncode)"]]
	       elif length == 0 then
		[[if $test.result == "SKIP" then "skipped" else "passed" end, $test.result]]
	       else [] end)
	| .[]
	| "\(.[0])\t\($test | name): \(.[1])";

# From the first case that failed on: forty lines of it.
def story:
	"-- \(name): \(.result)",
	((.stdout // "") | split("\n")
	| (map(test("^not ok\\b")) | index(true)) as $at
	| if $at then .[$at:$at + 40] else .[-40:] end
	| .[] | .[:200]);

[inputs] | group_by(.name)[]
| if $print == "cases" then
	(.[-1] | cases), (select(length > 1) | "unsteady\t\(.[0] | name)")
  elif $print == "guests" then .[-1] | name as $name | select(bad and ($name | test("^(guest|hosts)"))) | $name | sub(".* / "; "")
  else .[] | select(bad) | story end
