"""Plants every violation in a copy of the tree and looks whether tidy sees
it, at its line, and sees nothing else.

    selftest.py ROOT
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import rules
import tidy

HEAD = "/* Planted. */\n"
LONG = "    step();\n"
BAD_WORD = "FIX" + "ME"

# (path, text, {(line, rule)...}).  An empty set: tidy must stay silent.
PLANTS = [
    # Layers, sides, shells.
    ("common/base/planted.h", HEAD + "int okr_planted(void);\n", set()),
    ("common/rules/planted.h", HEAD, set()),
    ("server/core/planted.h", HEAD, set()),
    ("client/shell/planted.h", HEAD, set()),
    ("client/core/planted.h", HEAD, set()),
    ("common/base/up.c",
     HEAD + '#include "common/base/planted.h"\n'
     '#include "common/rules/planted.h"\n', {(3, "include-layer")}),
    ("common/tlog/beside.c", HEAD + '#include "common/rules/planted.h"\n',
     {(2, "include-layer")}),
    ("common/rules/table.def", HEAD + '#include "server/core/planted.h"\n',
     {(2, "include-layer")}),
    ("common/rules/below.c",
     HEAD + '#include "common/base/planted.h"\n'
     '#include "common/rules/planted.h"\n'
     '/* #include "server/core/planted.h" */\n'
     '#include "common/rules/table.def"\n', set()),
    ("client/core/across.c", HEAD + '\n#include "server/core/planted.h"\n',
     {(3, "include-side")}),
    ("server/shell/across.c", HEAD + '#include "client/shell/planted.h"\n',
     {(2, "include-side")}),
    ("client/core/shell.c", HEAD + '#include "client/shell/planted.h"\n',
     {(2, "include-shell")}),
    ("client/cli/shell.c", HEAD + '#include "client/shell/planted.h"\n',
     {(2, "include-layer")}),
    ("client/planted_main.c", HEAD + '#include "client/shell/planted.h"\n'
     '#include "client/core/planted.h"\n', set()),
    ("common/base/relative.c", HEAD + '#include "planted.h"\n',
     {(2, "include-root")}),
    ("common/planted/orphan.c", HEAD, {(1, "folder")}),
    ("server/planted/orphan.c", HEAD, {(1, "folder")}),
    # Foreign headers.
    ("common/store/door.c", HEAD + "#include <lmdb.h>\n",
     {(2, "foreign-door")}),
    ("server/core/door.c", HEAD + "#include <zmq.h>\n",
     {(2, "foreign-door")}),
    ("common/net/door.c", HEAD + "#include <zmq.h>\n", set()),
    ("common/tlog/door.c", HEAD + "#include <sodium.h>\n",
     {(2, "foreign-door")}),
    ("common/store/door2.c", HEAD + '#include "proto/planted.pb-c.h"\n',
     {(2, "foreign-door")}),
    ("common/codec/door.c", HEAD + '#include "proto/planted.pb-c.h"\n',
     set()),
    ("common/rules/door.c", HEAD + "#include <utf8proc.h>\n",
     {(2, "foreign-door")}),
    ("client/core/door.c", HEAD + "#include <jansson.h>\n",
     {(2, "foreign-door")}),
    ("server/shell/door.c", HEAD + "#include <curl/curl.h>\n",
     {(2, "foreign-header")}),
    ("server/shell/system.c", HEAD + "#include <sys/epoll.h>\n"
     "#include <stdatomic.h>\n", set()),
    # Calls.
    ("common/base/calls.c",
     HEAD + "void f(struct okr_x *x)\n{\n    x->time(x);\n    x.rand();\n"
     '    snprintf(b, n, "time(");\n    okr_time(); /* time() */\n'
     "    mtime (1);\n}\n"
     "void g(int x, ...) __attribute__((format(printf, 1, 2)));\n", set()),
    *[(f"server/core/call_{name}.c",
       HEAD + f"void f(void)\n{{\n    a = {name} (0);\n}}\n",
       {(4, "banned-call")}) for name in sorted(rules.BANNED)],
    ("client/core/call.def", HEAD + "#define NOW() (1 + time(NULL))\n",
     {(2, "banned-call")}),
    ("client/shell/call.c", HEAD + "int f(void) { return time(0); }\n",
     set()),
    # Memory between calls.
    ("common/base/const.c",
     HEAD + "static const int a = 3;\nstatic const char *const b[] = {0};\n"
     "static const struct { int x; } c[] = {{1}, {2}};\n"
     "const struct okr_d okr_d_all[3] = {[0] = {.x = 1}};\n"
     "static int e(int x, struct okr_y *y);\nstruct okr_f;\n"
     "struct okr_g { int x; char *y; };\nenum { H = 1, I };\n"
     "enum okr_j { J };\ntypedef int (*okr_k)(void);\nextern int okr_l;\n"
     "static int (*const m[])(void) = {0};\n"
     "_Static_assert(sizeof(int) == 4, \"int\");\n"
     "static struct okr_n *o(void)\n{\n    static const int p = 1;\n"
     "    return f((int[static 3]){0}, p);\n}\nOKR_TABLE(x)\n"
     "static inline int q(const int x[static 2])\n{\n    return x[0];\n}\n"
     "struct okr_r {\n    int (*call)(void);\n} __attribute__((packed));\n",
     set()),
    ("common/base/memory.c",
     HEAD + "static int a;\nstatic const char *b = 0;\nint c[3];\n"
     "static struct { int x; } d;\nstatic struct okr_e e = {0};\n"
     "static int (*f)(void);\nstruct okr_g {\n    int x;\n} g;\n"
     "static void h(void)\n{\n    static int i = 0;\n    static char j[4];\n"
     "    static struct okr_k *const *k;\n}\nstatic _Thread_local int l;\n",
     {(n, "mutable-static")
      for n in (2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 17)}),
    ("common/base/branch.c",
     HEAD + "#ifdef A\nint f(void)\n{\n#else\nint f(int x)\n{\n#endif\n"
     "    return 1;\n}\nstatic int b;\n", {(11, "mutable-static")}),
    ("server/shell/memory.c", HEAD + "static int a;\n", set()),
    # Sizes.
    ("common/base/long.c", HEAD + "\n" * 500, {(501, "file-length")}),
    ("common/base/fits.c", HEAD + "\n" * 499, set()),
    ("common/base/long.h", HEAD + "\n" * 150, {(151, "file-length")}),
    ("common/base/wide.c", HEAD + "/* " + "é" * 74 + " */\n"
     "/* " + "x" * 75 + " */\n/* " + "中" * 38 + " */\n",
     {(3, "line-width"), (4, "line-width")}),
    ("common/base/wide.def", HEAD + "/* " + "x" * 94 + " */\n"
     "/* " + "x" * 95 + " */\n", {(3, "line-width")}),
    ("common/base/function.c",
     HEAD + "\nstatic int f(int a,\n             int b)\n{\n" + LONG * 66
     + "}\n\nint g(void)\n{\n" + LONG * 68 + "}\n",
     {(74, "function-length")}),
    ("tests/lib/planted.c", HEAD + "/* " + "x" * 94 + " */\n" + "\n" * 600,
     set()),
    ("tests/lib/planted_long.c", HEAD + "\n" * 700, {(701, "file-length")}),
    # Dead files, comments, words.
    ("common/base/dead.c", HEAD, {(1, "dead-file")}),
    ("common/base/dead.h", HEAD, {(1, "dead-file")}),
    ("common/base/silent.c", "int f(void);\n", {(1, "header-comment")}),
    ("tests/e2e/silent.sh", "#!/bin/sh\nset -eu\n", {(1, "header-comment")}),
    ("tests/e2e/speaks.sh", "#!/bin/sh\n# Planted.\nset -eu\n", set()),
    ("proto/silent.proto", 'syntax = "proto3";\n', {(1, "header-comment")}),
    ("common/base/word.c", HEAD + f"/* {BAD_WORD}: later */\n",
     {(2, "unfinished")}),
    ("tests/e2e/word.sh", f"# Planted.\n\n# {BAD_WORD}\nmktemp X{'X' * 5}\n",
     {(3, "unfinished")}),
]
PLANTS.append((
    "tests/lib/planted_user.c",
    HEAD + "".join(f'#include "{path}"\n' for path, _, _ in PLANTS
                   if path.endswith((".h", ".def"))
                   and not path.endswith("dead.h")), set()))


def copy_tree(root, copy):
    for folder in tidy.FOLDERS:
        if (root / folder).is_dir():
            shutil.copytree(root / folder, copy / folder,
                            ignore=shutil.ignore_patterns(*tidy.NOT_OURS))


def write(path, text):
    if path.exists():
        raise SystemExit(f"{path} exists: choose another name to plant")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check_plants(copy):
    """The complaints about what tidy says of the planted files."""
    dead = {"common/base/dead.c"}
    before = {path for path in tidy.Tree(copy).files}
    for path, text, _ in PLANTS:
        write(copy / path, text)
    built = before | {path for path, _, _ in PLANTS} - dead
    found = {}
    for finding in tidy.Tree(copy, built).findings():
        found.setdefault(finding.path, set()).add(
            (finding.line, finding.rule))
    for path, _, expected in PLANTS:
        seen = found.get(path, set())
        for line, rule in sorted(expected - seen):
            yield f"{path}:{line}: [{rule}] was planted but not found"
        for line, rule in sorted(seen - expected):
            yield f"{path}:{line}: [{rule}] was found but not planted"
    planted = {rule for _, _, expected in PLANTS for _, rule in expected}
    for rule in sorted(rules.NAMES ^ planted):
        yield f"rule {rule} is not planted"


def check_exit(root, copy):
    """The complaints about the program itself, on a tree of two files."""
    shutil.copytree(root / "cmake", copy / "cmake")
    script = [sys.executable, str(pathlib.Path(tidy.__file__)), str(copy)]
    write(copy / "common/base/good.c", HEAD)
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        yield f"a clean tree gives exit {run.returncode}: {run.stdout}"
    write(copy / "common/base/bad.c", HEAD + "static int a;\n")
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    if run.returncode != 1 or "common/base/bad.c:2: [mut" not in run.stdout:
        yield f"a bad tree gives exit {run.returncode}: {run.stdout}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as place:
        copy = pathlib.Path(os.path.realpath(place))
        copy_tree(root, copy / "plants")
        complaints = [*check_plants(copy / "plants"),
                      *check_exit(root, copy / "small")]
    for complaint in complaints:
        print(complaint)
    print(f"tidy_selftest: {len(PLANTS)} planted files, "
          f"{len(complaints)} complaints")
    return 1 if complaints else 0


sys.exit(main())
