"""The house rules that no compiler checks.  Each finding names its remedy."""
import re
import unicodedata
from typing import NamedTuple

from c_source import Source


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self):
        return (f"{self.path}:{self.line}: [{self.rule}] {self.message}\n"
                f"    -> {self.remedy}")


# What a core may not call: each is time, chance, the outside or the world's
# end.  Whole identifiers: snprintf is no printf.
BANNED = frozenset("""
    time clock_gettime gettimeofday timespec_get localtime sleep nanosleep
    rand srand random getrandom arc4random
    printf vprintf puts putchar fopen freopen socket popen system fork
""".split())
# The store and key files touch the disk; net.c is the shells' clock, notify.c
# their word to the supervisor.
BANNED_EXCEPT = {"common/store/kv_lmdb.c", "common/crypto/keyfile.c",
                 "common/net/net.c", "common/net/notify.c"}

# The language is the process's, as its locale is; libConfuse hands its
# complaints nothing of ours.
STATIC_EXCEPT = {"common/lang/text.c", "common/conf/conf.c"}

# Headers of the C library and of the system: whoever needs one includes it.
SYSTEM_HEADERS = re.compile(r"""
    (assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math
    |setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio
    |stdlib|stdnoreturn|string|tgmath|threads|time|uchar|wchar|wctype
    |dirent|dlfcn|fcntl|ftw|getopt|glob|grp|langinfo|libgen|libintl|netdb
    |poll|pthread|pwd|regex|sched|semaphore|spawn|strings|syslog|termios
    |unistd|utime|wordexp|endian|features|execinfo
    |sanitizer/\w+|malloc|sys/\w+|net/\w+|netinet/\w+|arpa/inet|linux/\w+)\.h""", re.X)

WORDS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")

LINES_MAX = {".c": 500, ".h": 150}
LINES_MAX_TESTS = {".c": 700, ".h": 200}
FUNCTION_MAX, FUNCTION_MAX_TESTS = 70, 100
WIDTH_MAX, WIDTH_MAX_TABLES = 80, 100

# What a file begins with; a shebang line may come first.
HEADER_COMMENT = {
    ".c": ("/*", "//"), ".h": ("/*", "//"), ".def": ("/*", "//"),
    ".proto": ("/*", "//"), ".ts": ("/*", "//"), ".js": ("/*", "//"),
    ".css": ("/*",), ".py": ("#", '"""'), ".sh": ("#",), ".cmake": ("#",),
}


def is_test(path):
    return path.startswith("tests/")


def include_rule(path, source, tree):
    """A file includes its own folder and strictly lower layers."""
    if is_test(path):
        return
    tables = tree.tables
    folder = tables.folder_of(path)
    if folder is None:
        yield Finding(path, 1, "folder", "its folder has no layer",
                      "list the folder in cmake/layers.txt and make it a "
                      "library in CMakeLists.txt")
        return
    for line, kind, header in source.includes:
        if kind == "<" or tables.doors_of(header):
            continue
        if header not in tree.files:
            yield Finding(path, line, "include-root",
                          f'there is no "{header}" at the root',
                          'write the path from the root: "common/base/err.h"')
            continue
        yield from _include_layer(path, line, folder, header, tables)


def _include_layer(path, line, folder, header, tables):
    used = tables.folder_of(header)
    if used == folder:
        return
    sides = {folder.split("/")[0], header.split("/")[0]}
    if sides == {"client", "server"}:
        yield Finding(path, line, "include-side",
                      f"{folder} includes {header} of the other side",
                      "move what both must compute alike into common/")
    elif used is None:
        yield Finding(path, line, "include-layer",
                      f"{header} lies in no layer",
                      "include only folders of cmake/layers.txt")
    elif tables.layers[used] >= tables.SHELLS > tables.layers[folder]:
        yield Finding(path, line, "include-shell",
                      f"{folder} includes {header} of a shell",
                      "hand in what is needed as an event or an argument, "
                      "ask for what is wanted by an effect")
    elif tables.layers[used] >= tables.layers[folder]:
        yield Finding(path, line, "include-layer",
                      f"{folder} (layer {tables.layers[folder]:g}) includes "
                      f"{header} (layer {tables.layers[used]:g})",
                      "only strictly lower layers: move what both need below")


def door_rule(path, source, tree):
    """Each foreign library has one door."""
    if is_test(path):
        return
    for line, kind, header in source.includes:
        entry = tree.tables.doors_of(header)
        if entry is not None:
            name, doors = entry
            if not any(path == d or path.startswith(d + "/") for d in doors):
                yield Finding(path, line, "foreign-door",
                              f"{name} may enter only by {', '.join(doors)}",
                              "call what that folder offers, or add to it")
        elif kind == "<" and not SYSTEM_HEADERS.fullmatch(header):
            yield Finding(path, line, "foreign-header",
                          f"nobody knows <{header}>",
                          "list the library and its door in cmake/foreign.txt")


def ban_rule(path, source, tree):
    """The layers below the shells have no clock, no chance, no outside."""
    layer = tree.tables.layer_of(path)
    if layer is None or layer >= tree.tables.SHELLS or path in BANNED_EXCEPT:
        return
    for match in re.finditer(r"(?<![\w.])(?<!->)(\w+)\s*\(", source.code):
        if match[1] in BANNED:
            yield Finding(path, Source.line_of(source.code, match.start()),
                          "banned-call", f"{match[1]}() below the shells",
                          "let the shell do it: an event brings the time and "
                          "the randomness, an effect asks for the rest")


def static_rule(path, source, tree):
    """The layers below the shells remember nothing between calls."""
    layer = tree.tables.layer_of(path)
    if layer is None or layer >= tree.tables.SHELLS or path in STATIC_EXCEPT:
        return
    for line, name in source.mutable_variables():
        yield Finding(path, line, "mutable-static",
                      f"{name} keeps its value between calls",
                      "make it const, or put it into a struct that the "
                      "caller owns")


def size_rule(path, source, tree):
    """What does not fit on a page is not read."""
    del tree
    suffix = path[path.rindex("."):]
    limits = LINES_MAX_TESTS if is_test(path) else LINES_MAX
    if suffix in limits and len(source.lines) > limits[suffix]:
        yield Finding(path, limits[suffix] + 1, "file-length",
                      f"{len(source.lines)} lines, at most {limits[suffix]}",
                      "split it by what it does: noun.c, noun_verb.c")
    most = FUNCTION_MAX_TESTS if is_test(path) else FUNCTION_MAX
    for name, first, last in source.functions():
        if last - first + 1 > most:
            yield Finding(path, first, "function-length",
                          f"{name}() has {last - first + 1} lines, at most "
                          f"{most}", "give a part of it a name of its own")
    wide = suffix == ".def" or is_test(path)
    most = WIDTH_MAX_TABLES if wide else WIDTH_MAX
    for number, line in enumerate(source.lines, 1):
        if width(line) > most:
            yield Finding(path, number, "line-width",
                          f"{width(line)} columns, at most {most}",
                          "break the line, or run ./dev format")


def width(line):
    if line.isascii():
        return len(line.expandtabs(8))
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line.expandtabs(8))


def dead_rule(path, source, tree):
    """A file that nobody compiles or includes rots unseen."""
    del source
    if path.endswith(".c"):
        if tree.built is not None and path not in tree.built:
            yield Finding(path, 1, "dead-file", "no target compiles it",
                          "delete it, or put it where CMakeLists.txt looks")
    elif path not in tree.included:
        yield Finding(path, 1, "dead-file", "no file includes it",
                      "delete it, or include it where it is used")


def comment_rule(path, text):
    """A file says first what it is for."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    name = path.rsplit("/", 1)[-1]
    suffix = "." + name.rsplit(".", 1)[-1] if "." in name else ".sh"
    if name == "CMakeLists.txt":
        suffix = ".cmake"
    begins = HEADER_COMMENT.get(suffix)
    if begins and not (lines and lines[0].lstrip().startswith(begins)):
        yield Finding(path, 1, "header-comment",
                      "it does not begin with a comment",
                      "say in a sentence or two what the file is for")


def word_rule(path, text):
    """What is not done is in the tracker, not in the tree."""
    for number, line in enumerate(text.splitlines(), 1):
        match = WORDS.search(line)
        if match:
            yield Finding(path, number, "unfinished", f"the word {match[1]}",
                          "do it now, or say plainly what is the case")


C_RULES = (include_rule, door_rule, ban_rule, static_rule, size_rule,
           dead_rule)
TEXT_RULES = (comment_rule, word_rule)

# Every name that a Finding may bear; the self-test plants each.
NAMES = frozenset("""
    folder include-root include-layer include-side include-shell
    foreign-door foreign-header banned-call mutable-static file-length
    function-length line-width dead-file header-comment unfinished
""".split())
