"""Does a unit allow what its program calls?

    calls.py UNIT TRACE

UNIT is a .service file, TRACE what `strace -f -o` wrote.  Pid 1 would forbid
what is outside SystemCallFilter= and RestrictAddressFamilies=, and some
libraries end the process then; a test machine without systemd forbids nothing,
so it is compared here.
"""
import re
import subprocess
import sys


def calls_of(group):
    """The names behind @group, as systemd has them."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager",
                           group], check=True, capture_output=True,
                          text=True).stdout
    names = [line.strip() for line in text.splitlines()[1:]]
    found = set()
    for name in names:
        if name.startswith("@"):
            found |= calls_of(name)
        elif name and not name.startswith("#"):
            found.add(name)
    return found


def allowed_by(unit):
    allowed = set()
    for value in re.findall(r"^SystemCallFilter=(.*)$", unit, re.M):
        names = set()
        for word in value.lstrip("~").split():
            names |= calls_of(word) if word.startswith("@") else {word}
        allowed = allowed - names if value.startswith("~") else allowed | names
    return allowed


def main():
    unit = open(sys.argv[1], encoding="utf-8").read()
    trace = open(sys.argv[2], encoding="utf-8", errors="replace").read()
    # From the program on: before it is what put us into the folder.
    trace = trace[trace.index('execve("/usr/bin/okr-'):]
    calls = set(re.findall(r"^\d+ +([a-z_0-9]+)\(", trace, re.M))
    families = set(re.findall(r"\bsocket\((AF_[A-Z0-9]+)", trace))
    named = re.search(r"^RestrictAddressFamilies=(.*)$", unit, re.M)[1].split()
    wrong = sorted(calls - allowed_by(unit)) + sorted(families - set(named))
    assert len(calls) > 20, "the trace is no trace"
    if wrong:
        sys.exit(f"{sys.argv[1]} forbids what the program calls: {wrong}")


main()
