"""Passes ctest's output on and adds why tests were skipped.

    ctest --output-junit FILE ... | dev_skips.py FILE

The reason is what the skipped test printed.  ctest's summary comes last.
"""
import sys
import xml.etree.ElementTree as ElementTree


def reasons(path):
    try:
        cases = ElementTree.parse(path).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
        return
    for case in cases:
        if case.find("skipped") is not None:
            said = (case.findtext("system-out") or "").strip().splitlines()
            yield case.get("name"), said[-1] if said else "it does not say why"


def main():
    summary = []
    for line in sys.stdin:
        if summary or "tests passed," in line or "tests failed" in line:
            summary.append(line)
        else:
            sys.stdout.write(line)
            sys.stdout.flush()
    skipped = [f"SKIPPED {name}: {said}\n"
               for name, said in reasons(sys.argv[1])]
    sys.stdout.writelines(skipped + ["\n"] * bool(skipped) + summary)


main()
