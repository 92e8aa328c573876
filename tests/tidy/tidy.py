"""Checks the tree against the house rules (rules.py).

    tidy.py ROOT [compile_commands.json]

Exit: 0 nothing found, 1 something found, 2 usage.  Without the compile
commands it cannot tell whether a .c file is built.
"""
import json
import os
import pathlib
import sys

import rules
from c_source import Source
from tables import Tables

C_FOLDERS = ("common", "server", "client", "tests")
FOLDERS = C_FOLDERS + ("proto", "cmake", "packaging", ".ci")
FILES = ("CMakeLists.txt", "dev")
NOT_OURS = {"node_modules", "build", "dist", "corpus", "__pycache__"}
C_SUFFIXES = (".c", ".h", ".def")
TEXT_SUFFIXES = tuple(rules.HEADER_COMMENT) + ("CMakeLists.txt", ".ci/run")


class Tree:
    """The files at `root`, with what is known about all of them together.

    files: path -> text; built: paths that a target compiles, or None;
    included: paths that some file includes."""

    def __init__(self, root, built=None):
        self.root = pathlib.Path(root)
        self.tables = Tables(root)
        self.built = built
        self.files = {path: self._read(path) for path in self._paths()}
        self.sources = {path: Source(text)
                        for path, text in self.files.items()
                        if path.endswith(C_SUFFIXES)
                        and path.startswith(C_FOLDERS)}
        self.included = {header for source in self.sources.values()
                         for _, kind, header in source.includes
                         if kind == '"'}

    def _paths(self):
        for folder in FOLDERS:
            for place, folders, names in os.walk(self.root / folder):
                folders[:] = sorted(set(folders) - NOT_OURS)
                for name in sorted(names):
                    path = (pathlib.Path(place) / name).relative_to(self.root)
                    if str(path).endswith(TEXT_SUFFIXES):
                        yield str(path)
        for name in FILES:
            if (self.root / name).is_file():
                yield name

    def _read(self, path):
        text = (self.root / path).read_bytes()
        return text.decode("utf-8", errors="replace")

    def findings(self):
        for path, text in self.files.items():
            for rule in rules.TEXT_RULES:
                yield from rule(path, text)
            if path in self.sources:
                for rule in rules.C_RULES:
                    yield from rule(path, self.sources[path], self)


def read_built(path, root):
    """The files of a compile_commands.json, relative to `root`."""
    built = set()
    with open(path, encoding="utf-8") as file:
        for entry in json.load(file):
            full = os.path.join(entry["directory"], entry["file"])
            built.add(os.path.relpath(full, root))
    return built


def main(args):
    if len(args) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    root = os.path.realpath(args[0])
    built = read_built(args[1], root) if len(args) == 2 else None
    tree = Tree(root, built)
    found = sorted(tree.findings())
    for finding in found:
        print(finding)
    print(f"tidy: {len(tree.files)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
