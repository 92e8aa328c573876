#!/usr/bin/env python3
"""Plants the faults of mutants.txt, one at a time, in a copy of the sources,
builds the simulator and runs seeds until one of them finds the fault.

  ./dev sim --mutants [--seeds N] [--only NAME]

Prints `mutant NAME found at seed N by invariant K`.  A mutant that survives,
and one whose text is not in the sources any more, fails the run.  The build
without a mutant has to find nothing in the same seeds.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "build" / "mutants"
PARTS = ["CMakeLists.txt", "cmake", "common", "server", "client", "proto", "tests"]


def read_mutants():
    """Yields (name, invariants, why, [(file, old, new)])."""
    text = (HERE / "mutants.txt").read_text(encoding="utf-8")
    for block in re.split(r"(?m)^mutant ", text)[1:]:
        head, _, rest = block.partition("\n")
        name, _, why = head.partition(": ")
        edits = re.findall(
            r"(?ms)^in (\S+)\n<<<<\n(.*?)\n====\n(.*?)\n?>>>>$", rest)
        if not edits:
            sys.exit(f"mutants.txt: mutant {name} edits nothing")
        yield name, why, edits


def lay_out():
    """A copy of the sources; a file that is the same already keeps its time,
    so that only what changed, or what a mutant touched, is compiled again."""
    source = WORK / "source"
    kept = set()
    for part in PARTS:
        files = [f for f in (ROOT / part).rglob("*") if f.is_file()] \
            if (ROOT / part).is_dir() else [ROOT / part]
        for file in files:
            to = source / file.relative_to(ROOT)
            kept.add(to)
            if not to.exists() or to.read_bytes() != file.read_bytes():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, to)
    for file in [f for f in source.rglob("*") if f.is_file()]:
        if file not in kept:
            file.unlink()
    return source


def build(source):
    binary = WORK / "build"
    if not (binary / "build.ninja").exists():
        subprocess.run(
            ["cmake", "-S", source, "-B", binary, "-G", "Ninja",
             "-DCMAKE_C_FLAGS=-O1 -g", "-DOKR_TESTS=OFF"],
            check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["cmake", "--build", binary, "--target", "okr-sim"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit("does not build:\n" + done.stdout[-2000:])
    return binary / "bin" / "okr-sim"


def run(program, seeds):
    """What finds it: (seed, how), or None."""
    for seed in range(1, seeds + 1):
        try:
            done = subprocess.run([program, "--seed", str(seed)],
                                  capture_output=True, text=True,
                                  errors="replace", timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return seed, "not ending"
        if done.returncode == 0:
            continue
        found = re.search(r"invariant (\d+): (.*)", done.stdout)
        if found:
            return seed, f"invariant {found[1]}: {found[2]}"
        found = re.search(r"([\w/.]+:\d+): assertion failed: (.*)",
                          done.stderr)
        return seed, (f"assertion {found[1]}: {found[2]}" if found
                      else f"exit {done.returncode}")
    return None


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--seeds", type=int, default=200)
    args.add_argument("--only")
    args = args.parse_args()
    source = lay_out()
    clean = run(build(source), args.seeds if not args.only else 5)
    if clean:
        sys.exit(f"without a mutant, seed {clean[0]} finds {clean[1]}")
    print(f"no mutant: nothing found in {args.seeds} seeds", flush=True)
    found = survived = 0
    for name, why, edits in read_mutants():
        if args.only and name != args.only:
            continue
        kept = {}
        for file, old, new in edits:
            path = source / file
            text = path.read_text(encoding="utf-8")
            kept.setdefault(path, text)
            if text.count(old) != 1:
                sys.exit(f"mutant {name}: its text stands {text.count(old)} "
                         f"times in {file}: bring mutants.txt up to date")
            path.write_text(text.replace(old, new), encoding="utf-8")
        result = run(build(source), args.seeds)
        for path, text in kept.items():
            path.write_text(text, encoding="utf-8")
        if result:
            found += 1
            print(f"mutant {name} found at seed {result[0]} by {result[1]}",
                  flush=True)
        else:
            survived += 1
            print(f"mutant {name} SURVIVED {args.seeds} seeds ({why})",
                  flush=True)
    print(f"{found} mutants found, {survived} survived")
    return survived > 0 or found == 0


if __name__ == "__main__":
    sys.exit(main())
