#!/usr/bin/env python3
"""Adds up CTest's result files: `N passed, M failed, K skipped`; fails if anything failed or nothing ran."""

import sys
import xml.etree.ElementTree


def main() -> int:
    passed = failed = skipped = 0
    for name in sys.argv[1:]:
        for case in xml.etree.ElementTree.parse(name).getroot().iter("testcase"):
            if case.get("status") == "notrun" or case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {case.get('name')}")
            elif case.get("status") == "fail" or case.find("failure") is not None:
                failed += 1
                print(f"failed: {case.get('name')}")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
