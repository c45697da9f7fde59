#!/usr/bin/env python3
"""Adds up CTest's result files: `N passed, M failed, K skipped`; fails if anything failed or nothing ran. A test that ran
under more than one sanitizer counts once, and as failed if it failed under any.
"""

import sys
import xml.etree.ElementTree

SKIPPED, PASSED, FAILED = range(3)


def main() -> int:
    worst = {}
    for name in sys.argv[1:]:
        for case in xml.etree.ElementTree.parse(name).getroot().iter("testcase"):
            if case.get("status") == "fail" or case.find("failure") is not None:
                outcome = FAILED
            elif case.get("status") == "run":
                outcome = PASSED
            else:
                outcome = SKIPPED
            worst[case.get("name")] = max(outcome, worst.get(case.get("name"), SKIPPED))
    for name, outcome in worst.items():
        if outcome != PASSED:
            print(f"{'failed' if outcome == FAILED else 'skipped'}: {name}")
    count = list(worst.values()).count
    print(f"{count(PASSED)} passed, {count(FAILED)} failed, {count(SKIPPED)} skipped")
    return 0 if count(FAILED) == 0 and count(PASSED) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
