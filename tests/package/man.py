"""The manual pages are made, groff has no complaint, and each command that a
program lists has its section: no page can fall behind its program."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

tree, bin_dir = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(tree / "packaging"))
import man  # noqa: E402


def rendered(path):
    """As a terminal shows it; what groff complains of ends the test."""
    if shutil.which("groff") is None:
        return None
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", str(path)], check=True,
        capture_output=True, text=True)
    noise = [line for line in done.stderr.splitlines()
             if "cannot adjust" not in line and "can't break" not in line]
    assert not noise, f"{path}: {noise[:3]}"
    return done.stdout


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.argv = ["man.py", str(bin_dir), folder, "test"]
        man.main()
        for name, about in man.PAGES.items():
            for language in ("", "zh_CN"):
                section = about["section"]
                path = pathlib.Path(folder, language, f"man{section}",
                                    f"{name}.{section}")
                text = path.read_text(encoding="utf-8")
                shown = rendered(path)
                commands = man.commands_of(
                    name, man.ask(str(bin_dir / name),
                                  "zh" if language else "en"))
                assert len(commands) >= 4, f"{name}: {commands}"
                for words in commands:
                    title = man.roff(" ".join(words))
                    assert title in text, f"{path.name}: no {words}"
                if shown is not None:
                    assert len(shown) > 1000, f"{path.name}: too short"
    if shutil.which("groff") is None:
        print("skipped: there is no groff here to read the pages")
        sys.exit(77)


main()
