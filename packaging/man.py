"""Manual pages of the programs, from what they say of themselves.

    man.py BIN OUT [VERSION]

runs BIN/okr, BIN/okr-server and BIN/okr-site with --help, in English and
Chinese, and writes OUT/man1/okr.1, OUT/zh_CN/man1/okr.1 and so on.  Only the
frame of a page is written here: a command, an option or an example that a
program has is in its page, and one that it does not have is not.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

WORDS = {  # headings, English -> Chinese
    "NAME": "名称", "SYNOPSIS": "概要", "DESCRIPTION": "描述",
    "COMMANDS": "命令", "OPTIONS": "选项", "FILES": "文件",
    "SIGNALS": "信号", "EXIT STATUS": "退出状态", "SEE ALSO": "参见",
}
EXIT = {"en": "0: done; 1: refused or failed; 2: wrongly typed.",
        "zh": "0：完成；1：被拒绝或失败；2：命令行有误。"}

PAGES = {
    "okr": dict(
        section=1,
        what={"en": "the objectives and key results of your company",
              "zh": "公司的目标与关键结果"},
        text={"en": "Talks to the daemon of the office, okr-site(8), over a "
                    "socket in its folder; it never needs the network.  What "
                    "is entered is on the office's disk before it says "
                    "\"saved\", and travels to headquarters when there is a "
                    "line.",
              "zh": "通过办公室守护进程 okr-site(8) 文件夹中的套接字读写，从不需要网络。"
                    "显示“已保存”之前，数据已写入本办公室的磁盘，有线路时再送往总部。"},
        files=[("/var/lib/okr-site/sock",
                {"en": "where the daemon is asked; members of the group okr "
                       "may", "zh": "向守护进程提问之处；okr 组成员可用"})],
        signals=[],
        also="okr-site(8)"),
    "okr-server": dict(
        section=8,
        what={"en": "headquarters' server of OKR Sync",
              "zh": "OKR Sync 的总部服务器"},
        text={"en": "The authority of a company's OKRs.  DIR is its folder.  "
                    "All commands but serve and compact work whether serve "
                    "runs or not; only root and the folder's owner may use "
                    "them.  Entities are added, changed and listed as with "
                    "okr(1), with DIR first.",
              "zh": "公司 OKR 的权威。DIR 是它的文件夹。除 serve 和 compact 外，"
                    "所有命令在 serve 运行与否时都可用；只有 root 和文件夹的所有者可以使用。"},
        files=[("/etc/okr/server.conf",
                {"en": "settings: listen, publish, log, backup_max_age",
                 "zh": "设置：listen、publish、log、backup_max_age"}),
               ("/var/lib/okr-server",
                {"en": "the folder of the service: store/ and keys/",
                 "zh": "服务的文件夹：store/ 与 keys/"})],
        signals=[("SIGTERM, SIGINT", {"en": "finishes the turn and ends",
                                      "zh": "完成当前一轮后结束"}),
                 ("SIGHUP", {"en": "reads the settings anew; another listen "
                                   "or publish holds after a restart",
                             "zh": "重新读取设置；listen 与 publish 在重启后生效"})],
        also="okr(1), okr-site(8)"),
    "okr-site": dict(
        section=8,
        what={"en": "an office's daemon of OKR Sync",
              "zh": "OKR Sync 的办公室守护进程"},
        text={"en": "Keeps a copy of what the office follows, and the outbox "
                    "of what is entered there; people use it through okr(1).",
              "zh": "保存本办公室所关注内容的副本，以及在此录入的发件箱；人们通过 okr(1) 使用它。"},
        files=[("/etc/okr/site.conf",
                {"en": "settings: thin, retry_max, follow, pull_min, speaks",
                 "zh": "设置：thin、retry_max、follow、pull_min、speaks"}),
               ("/var/lib/okr-site",
                {"en": "the folder of the service: store/, keys/ and sock",
                 "zh": "服务的文件夹：store/、keys/ 与 sock"})],
        signals=[("SIGTERM, SIGINT", {"en": "ends within a second; everything "
                                            "is saved",
                                      "zh": "一秒内结束；一切均已保存"}),
                 ("SIGHUP", {"en": "reads the settings anew",
                             "zh": "重新读取设置"})],
        also="okr(1), okr-server(8)"),
}


def ask(program, language, *words):
    """What the program prints."""
    env = {**os.environ, "LANGUAGE": "", "NO_COLOR": "1",
           "LC_ALL": "zh_CN.UTF-8" if language == "zh" else "C.UTF-8"}
    done = subprocess.run([program, *words, "--help"], env=env, check=True,
                          capture_output=True, text=True, encoding="utf-8")
    return done.stdout


def commands_of(name, text):
    """The commands that a program lists, as lists of words."""
    found = []
    for line in text.splitlines():
        if name == "okr":
            match = re.match(r"  ([a-z][a-z-]*)\s{2,}\S", line)
        else:
            match = re.match(r"  ((?:[a-z][a-z-]* )+)(?=[A-Z])", line)
        if match and match[1].split() != ["help"] and \
                match[1].split() not in found:
            found.append(match[1].split())
    return found


def roff(text):
    """Plain text as roff: what looks like a request or an escape is none."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\n".join("\\&" + line if line.startswith(".") else line
                     for line in text.splitlines())


def block(text):
    return ".nf\n" + roff(text.rstrip("\n")) + "\n.fi"


def command_section(program, language, words):
    """A command's own help: its first line is the heading."""
    lines = ask(program, language, *words).rstrip("\n").split("\n")
    heading = re.sub(r"^(usage|用法)[:：] ?", "", lines[0])
    return f".SS \"{roff(heading).replace(chr(34), chr(92) + '(dq')}\"\n" + \
        block("\n".join(lines[1:]).strip("\n"))


def page(bin_dir, name, language, version):
    about, program = PAGES[name], str(bin_dir / name)
    heading = (lambda word: WORDS[word]) if language == "zh" else \
        (lambda word: word)
    help_text = ask(program, language)
    day = time.strftime("%Y-%m-%d", time.gmtime(
        int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    out = [f'.TH {name.upper()} {about["section"]} {day} "OKR Sync {version}"',
           f'.SH {heading("NAME")}',
           f'{roff(name)} \\- {roff(about["what"][language])}',
           f'.SH {heading("SYNOPSIS")}',
           f'.B {roff(name)}\n.I COMMAND\n[\\&...]',
           f'.SH {heading("DESCRIPTION")}', roff(about["text"][language])]
    commands = commands_of(name, help_text)
    if name == "okr-site":  # one text says all of it
        out += [f'.SH {heading("COMMANDS")}',
                block(help_text.split("\n", 2)[2])]
    else:
        options = re.split(r"\n(?=options|选项|\s+--json)", help_text)
        out += [f'.SH {heading("COMMANDS")}']
        out += [command_section(program, language, words)
                for words in commands]
        out += [f'.SH {heading("OPTIONS")}', block("\n".join(options[1:]))]
    for title, rows in (("FILES", about["files"]),
                        ("SIGNALS", about["signals"])):
        if rows:
            out.append(f".SH {heading(title)}")
            out += [f".TP\n{roff(what)}\n{roff(text[language])}"
                    for what, text in rows]
    out += [f'.SH "{heading("EXIT STATUS")}"', EXIT[language],
            f'.SH "{heading("SEE ALSO")}"', roff(about["also"])]
    return "\n".join(out) + "\n"


def main():
    bin_dir, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    version = sys.argv[3] if len(sys.argv) > 3 else ""
    for name, about in PAGES.items():
        section = about["section"]
        for language, folder in (("en", ""), ("zh", "zh_CN")):
            path = out / folder / f"man{section}" / f"{name}.{section}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(bin_dir, name, language, version),
                            encoding="utf-8")


if __name__ == "__main__":
    main()
