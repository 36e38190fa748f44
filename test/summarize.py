#!/usr/bin/env python3
"""Adds up a ctest run, the tests inside each ctest entry included.

    summarize.py BUILD_DIR RESULTS_XML

RESULTS_XML is what ctest wrote with --output-junit. A lit entry counts as the
tests in BUILD_DIR/test/<entry>.json, an entry that runs googletest, pytest or
unittest as the tests in their closing lines, and any other entry as one test.
Prints the tests that failed and that were skipped by name, then one closing
line. Exits with 1 if a test failed or if none ran.
"""

import json
import os
import re
import sys
from dataclasses import dataclass, field
from xml.etree import ElementTree

LIT_PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
LIT_SKIPPED = {"UNSUPPORTED"}


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)
    # The reason for each, by name.
    skips: dict = field(default_factory=dict)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        self.skips.update(other.skips)


def count_lit(path):
    with open(path, encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    counts = Counts()
    for test in tests:
        if test["code"] in LIT_PASSED:
            counts.passed += 1
        elif test["code"] in LIT_SKIPPED:
            counts.skipped += 1
            reason = re.search(r"features: *(.*)", test["output"] or "")
            counts.skips[test["name"]] = "needs " + reason[1] if reason else ""
        else:
            counts.failed += 1
            counts.failures.append(test["name"])
    return counts


def count_gtest(output):
    if not re.search(r"^\[==========\] .* ran\.", output, re.M):
        return None
    counts = Counts()
    for what, key in (("  PASSED  ", "passed"), ("  FAILED  ", "failed"), ("  SKIPPED ", "skipped")):
        total = re.findall(rf"^\[{what}\] (\d+) tests?[.,]", output, re.M)
        setattr(counts, key, int(total[-1]) if total else 0)
    counts.failures = sorted(set(re.findall(r"^\[  FAILED  \] (\w[^\s,]*\.[^\s,]*)", output, re.M)))
    skipped = re.findall(r"^\[  SKIPPED \] (\w[^\s,]*\.[^\s,]*)", output, re.M)
    counts.skips = dict.fromkeys(skipped, "")
    return counts


def count_pytest(output):
    lines = re.findall(r"^=* ?((?:\d+ \w+,? )+)in [\d.]+s", output, re.M)
    if not lines:
        return None
    found = {word.rstrip("s"): int(n) for n, word in re.findall(r"(\d+) (\w+)", lines[-1])}
    return Counts(
        passed=found.get("passed", 0) + found.get("xfailed", 0),
        failed=found.get("failed", 0) + found.get("error", 0),
        skipped=found.get("skipped", 0),
    )


def count_unittest(output):
    ran = re.search(r"^Ran (\d+) tests? in ", output, re.M)
    if not ran:
        return None
    found = {word: int(n) for word, n in re.findall(r"(\w+)=(\d+)", output[ran.end() :])}
    failed = found.get("failures", 0) + found.get("errors", 0)
    skipped = found.get("skipped", 0)
    return Counts(int(ran[1]) - failed - skipped, failed, skipped)


def count_entry(case, build):
    """One ctest entry, of any kind."""
    name = case.get("name")
    output = case.findtext("system-out") or ""
    if case.get("status") in ("notrun", "disabled"):
        skipped = case.find("skipped")
        message = skipped.get("message", "") if skipped is not None else ""
        return Counts(skipped=1, skips={name: message.replace("SKIP_REGULAR_EXPRESSION_MATCHED", "")})
    lit_results = os.path.join(build, "test", name + ".json")
    if os.path.exists(lit_results):
        counts = count_lit(lit_results)
    else:
        counts = count_gtest(output) or count_pytest(output) or count_unittest(output)
        counts = counts or Counts(passed=int(case.get("status") != "fail"))
        # ctest may have the test's own name already.
        counts.failures = [name if n in name else f"{name}: {n}" for n in counts.failures]
        counts.skips = {name if n in name else f"{name}: {n}": r for n, r in counts.skips.items()}
    # A crash, a timeout, or a failure that the suite's own count does not have.
    if case.get("status") == "fail" and not counts.failed:
        counts.failed = 1
    if counts.failed and not counts.failures:
        counts.failures = [name]
    return counts


def main(build, results):
    counts = Counts()
    try:
        for case in ElementTree.parse(results).iter("testcase"):
            counts.add(count_entry(case, build))
    except (OSError, ElementTree.ParseError) as error:
        print(f"ctest left no results: {error}")
    for name, reason in counts.skips.items():
        print(f"skipped: {name}" + (f" ({reason})" if reason else ""))
    for name in counts.failures:
        print(f"failed: {name}")
    ran = counts.passed + counts.failed
    if not ran:
        print("no test ran")
    print(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
