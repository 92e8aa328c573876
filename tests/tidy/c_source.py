"""Reads C just well enough for tidy: no types, no macro expansion.

What the compiler proves better is left to it; this sees what no compiler
looks for, such as the length of a function or a variable with a memory.
"""
import re

_COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|->|[^\s\w]")
_CLOSER = {"(": ")", "{": "}", "[": "]"}


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    """One C file; `code` has blanks for comments and literals."""

    def __init__(self, text):
        self.text = text
        self.lines = text.splitlines()
        bare = _COMMENT.sub(
            lambda m: _blank(m[0]) if m[0][0] == "/" else m[0], text)
        self.includes = [(self.line_of(bare, m.start()), m[1], m[2])
                         for m in _INCLUDE.finditer(bare)]
        self.code = _COMMENT.sub(lambda m: _blank(m[0]), bare)
        self._tokens = None

    @staticmethod
    def line_of(text, offset):
        return text.count("\n", 0, offset) + 1

    def tokens(self):
        """(text, line) of the code without preprocessor lines."""
        if self._tokens is None:
            self._tokens = []
            for number, line in enumerate(_first_branches(self.code), 1):
                self._tokens += [(t, number) for t in _TOKEN.findall(line)]
        return self._tokens

    def externals(self):
        """Yields (tokens, body) for each function (body: its tokens) and
        each declaration (body None) at file scope."""
        tokens = self.tokens()
        i, start, paren = 0, 0, 0
        while i < len(tokens):
            text = tokens[i][0]
            paren += (text in "([") - (text in ")]")
            if text == "{" and paren <= 0:
                end = _match(tokens, i)
                if _is_function(tokens[start:i]):
                    yield tokens[start:end + 1], tokens[i:end + 1]
                    start, paren = end + 1, 0
                i = end
            elif text == ";" and paren <= 0:
                yield tokens[start:i + 1], None
                start, paren = i + 1, 0
            i += 1

    def functions(self):
        """Yields (name, first line, last line)."""
        for tokens, body in self.externals():
            if body is not None:
                head = tokens[:len(tokens) - len(body)]
                yield _function_name(head), tokens[0][1], tokens[-1][1]

    def mutable_variables(self):
        """Yields (line, name) of what keeps a value between calls."""
        for tokens, body in self.externals():
            if body is None:
                if _is_mutable(tokens):
                    yield tokens[0][1], _variable_name(tokens)
                continue
            for i, (text, _) in enumerate(body):
                if text == "static" and body[i - 1][0] != "[":
                    end = _statement_end(body, i)
                    if _is_mutable(body[i:end]):
                        yield body[i][1], _variable_name(body[i:end])


def _first_branches(code):
    """The lines of `code`; preprocessor lines and what follows #else blank."""
    result, skipping, depth, continued = [], [], 0, False
    for line in code.split("\n"):
        directive = re.match(r"\s*#\s*(\w*)", line)
        if continued or directive:
            word = "" if continued or not directive else directive[1]
            if word in ("if", "ifdef", "ifndef"):
                depth += 1
            elif word in ("else", "elif") and depth not in skipping:
                skipping.append(depth)
            elif word == "endif":
                if depth in skipping:
                    skipping.remove(depth)
                depth -= 1
            continued = line.endswith("\\")
            result.append("")
        else:
            result.append("" if skipping else line)
    return result


def _match(tokens, i):
    """The index of what closes the bracket at `i` (or the last index)."""
    depth = 0
    opener, closer = tokens[i][0], _CLOSER[tokens[i][0]]
    for j in range(i, len(tokens)):
        depth += (tokens[j][0] == opener) - (tokens[j][0] == closer)
        if depth == 0:
            return j
    return len(tokens) - 1


def _statement_end(tokens, i):
    while i < len(tokens) and tokens[i][0] != ";":
        i = _match(tokens, i) + 1 if tokens[i][0] in _CLOSER else i + 1
    return min(i + 1, len(tokens))


def _is_function(head):
    words = [t for t, _ in head]
    return bool(words) and words[-1] == ")" and "=" not in words \
        and words[0] != "typedef"


def _function_name(head):
    for i, (text, _) in enumerate(head):
        if text == "(" and i > 0 and head[i - 1][0] != "__attribute__":
            return head[i - 1][0]
    return "?"


def _declarator(tokens):
    """The words of a declaration without bounds, attributes, initialiser
    and what is inside bodies."""
    words, i = [], 0
    while i < len(tokens):
        text = tokens[i][0]
        if text in ("__attribute__", "_Alignas"):
            i += 1
            if i < len(tokens) and tokens[i][0] == "(":
                i = _match(tokens, i)
        elif text in "{[":
            i = _match(tokens, i)
            if text == "{":
                words.append("{}")
        elif text in ("=", ";"):
            break
        elif text != "__extension__":
            words.append(text)
        i += 1
    return words


_QUALIFIERS = {"static", "const", "volatile", "inline", "register",
               "_Thread_local", "_Atomic", "restrict"}


def _is_mutable(tokens):
    """Whether this declaration makes a variable that can change."""
    words = _declarator(tokens)
    if not words or words[0] in ("typedef", "extern", "_Static_assert"):
        return False
    if "(" in words:
        at = words.index("(")
        if words[at + 1:at + 2] != ["*"]:
            return False  # a prototype, or a macro's use
        return "const" not in words[at:words.index(")", at)]
    if not _names_something(words):
        return False
    if "*" in words:
        last = len(words) - 1 - words[::-1].index("*")
        return "const" not in words[last:]
    return "const" not in words


def _names_something(words):
    """Whether there is a declarator after the type: not so in `struct x;`,
    `enum {...};` and in a macro's use."""
    if "{}" in words:
        return words[-1] != "{}"
    names = [w for w in words
             if re.match(r"[A-Za-z_]", w) and w not in _QUALIFIERS]
    tagged = names[:1] and names[0] in ("struct", "union", "enum")
    return len(names) >= (3 if tagged else 2)


def _variable_name(tokens):
    words = _declarator(tokens)
    if "(" in words and "*" in words:
        inner = words[words.index("*"):words.index(")")]
        return inner[-1]
    return words[-1] if words else "?"
