"""Reads the tables that tidy shares with the build: who stands where."""
import fnmatch
import pathlib


def _rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.split()


class Tables:
    """cmake/layers.txt and cmake/foreign.txt of the tree at `root`."""

    PROGRAMS = 8.0
    SHELLS = 7.0

    def __init__(self, root):
        cmake = pathlib.Path(root) / "cmake"
        self.layers = {row[0]: float(row[1])
                       for row in _rows(cmake / "layers.txt")}
        self.foreign = [(row[0], row[3].split(","), row[4].split(","))
                        for row in _rows(cmake / "foreign.txt")]

    def folder_of(self, path):
        """The listed folder in which `path` lies, or None.  A folder of
        programs (server, client) owns only the files right in it."""
        parent = pathlib.PurePosixPath(path).parent
        for folder in (parent, *parent.parents):
            layer = self.layers.get(str(folder))
            if layer is not None:
                if layer >= self.PROGRAMS and folder != parent:
                    return None
                return str(folder)
        return None

    def layer_of(self, path):
        folder = self.folder_of(path)
        return None if folder is None else self.layers[folder]

    def doors_of(self, header):
        """(library, doors) of a foreign header, or None."""
        for name, headers, doors in self.foreign:
            if any(fnmatch.fnmatchcase(header, h) for h in headers):
                return name, doors
        return None
