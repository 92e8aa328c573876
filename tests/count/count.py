#!/usr/bin/env python3
"""Counts the instructions of hot paths under callgrind, and compares.

count.py [--write] --compiler "GNU 12.2.0" PROGRAM

tests/count/counts.txt says what was counted when somebody last looked.  More
than 3 % above it is a failure: find out why, or, if it is worth it, say so in
the commit and write the new figure with --write.  More than 3 % below it fails
as well, so that what was won is not lost again unseen.  Time would depend on
the machine and on what else it does; instructions depend on neither, only on
compiler and libraries: with others the test is skipped, and says so.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "counts.txt")
SHARE = 0.03
SKIP = 77


def skip(why):
    print("SKIPPED: instructions are not counted: " + why)
    sys.exit(SKIP)


def library_versions(program):
    """The files that the program loads: their names carry versions."""
    out = subprocess.run(["ldd", program], capture_output=True, text=True,
                         check=True).stdout
    names = []
    for path in re.findall(r"=> (/\S+)", out):
        name = os.path.basename(os.path.realpath(path))
        if re.match(r"lib(sodium|lmdb|protobuf-c|utf8proc|c)\.", name):
            names.append(name)
    return " ".join(sorted(names))


def count(program, arguments):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no",
             "--callgrind-out-file=" + out, program] + arguments, check=True)
        with open(out, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("totals:"):
                    return int(line.split()[1])
    sys.exit("callgrind counted nothing")


def rows_of(lines):
    return [line.split() for line in lines
            if line.strip() and not line.startswith(("#", "with "))]


def main():
    write = "--write" in sys.argv
    program = sys.argv[-1]
    compiler = sys.argv[sys.argv.index("--compiler") + 1]
    if shutil.which("valgrind") is None:
        skip("valgrind is not installed (./dev setup installs it)")
    with open(TABLE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    here = f"with {compiler}, {library_versions(program)}"
    there = [line for line in lines if line.startswith("with ")]
    if not write and there != [here]:
        skip(f"the figures are for\n  {there[0]}\n  and this is\n  {here}")
    bad = 0
    told = [line for line in lines if line.startswith("#")] + [here]
    for row in rows_of(lines):
        arguments, want = row[:5], int(row[5])
        operations = int(row[2]) * int(row[3]) * int(row[4])
        got = round(count(program, arguments) / operations)
        change = got / want - 1
        wrong = not write and abs(change) > SHARE
        bad += wrong
        print(f"{' '.join(arguments):28} {got:8} instructions an operation, "
              f"was {want} ({change:+.1%})" + ("  <-- " if wrong else ""))
        told.append(f"{' '.join(f'{a:8}' for a in arguments)} {got}")
    if write:
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write("\n".join(told) + "\n")
    if bad:
        sys.exit("more or fewer than 3 %: see the head of tests/count/count.py")


main()
