"""Nothing that an author, a file name or a query holds reaches a terminal as anything but text.

hostile.py INDEXER QUERY: articles whose titles, bodies, ids, sources, authors, tags, places, URLs and file names hold
every byte, C1, OSC, DCS, bidi and other invisible controls; then every form of output, and queries with the same. What
is printed is UTF-8 of printable characters, tab, newline and our own colours and links; JSON is JSON; columns count.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from programs import Checks

INDEXER, QUERY = (os.path.abspath(p) for p in sys.argv[1:3])
FOLDER = tempfile.mkdtemp(prefix="dateline-hostile-")
ENV = {"PATH": os.environ["PATH"], "HOME": FOLDER, "LC_ALL": "C", "TERM": "xterm", "TZ": "UTC",
       "DATELINE_INDEX": os.path.join(FOLDER, "index")}
HIDDEN = set(range(0x20)) - {9, 10} | set(range(0x7f, 0xa0)) | {0x61c, 0xfeff} | set(range(0x200e, 0x2010)) \
    | set(range(0x2028, 0x202f)) | set(range(0x2060, 0x2070)) | set(range(0xfff9, 0xfffc)) | set(range(0xe0000, 0xe0080))
NASTY = [chr(c) for c in sorted({*range(1, 256), *HIDDEN} - {10, 13})] + [
    "\x1b]0;owned\x07", "\x1b]8;;http://evil/\x1b\\here\x1b]8;;\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b[2J\x1b[31m", "\x9b31m",
    "\x90q\x9c", "\x1b_apc\x1b\\", "\x1bc", "\u202egnp.exe", "\u2066x\u2069", "a\rb", "a\nb", "\ttab", "e\u0301" + "\u0301" * 60,
    "%s%n%x", "\\x1b", "\",\"", "'; rm -rf /", "<script>", "\ufffd", "\U000e0041", "\u200b", "\u2028line"]
COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
LINKS = re.compile(rb"\x1b\]8;;[!-~]*\x1b\\")
check = Checks()


def is_text(name, data, colours=False, links=False, csv=False):
    if colours:
        data = COLOURS.sub(b"", data)
    if links:
        data = LINKS.sub(b"", data)
    if csv:
        data = data.replace(b"\r\n", b"\n")
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        return check(name, False, data[max(0, e.start - 40):e.start + 40])
    bad = next((i for i, c in enumerate(text) if ord(c) in HIDDEN), None)
    return check(name, bad is None, "" if bad is None else text[max(0, bad - 60):bad + 40])


def run(program, *args, **more):
    return subprocess.run([program, *args], capture_output=True, env=ENV, timeout=60,
                          **{"stdin": subprocess.DEVNULL, **more})


def make_archive():
    articles = os.path.join(FOLDER, "articles.jsonl")
    with open(articles, "w", encoding="ascii") as f:
        for i, c in enumerate(NASTY):
            f.write(json.dumps({
                "id": f"id{i}{c if c.isprintable() or 0x9f < ord(c[0]) else '-'}x", "date": f"20{i % 24:02d}-03-04", "title": f"Quake {c} in town {i}",
                "body": f"First {c} words, a quake {c} there.{c}\n\nThen {c}quake{c} again.", "source": f"Wire{c}{i}",
                "author": [f"Jane{c}Doe"], "tags": [f"tag{c}{i}"], "place": f"Ellery{c}", "section": f"News{c}",
                "url": f"http://x.example/{c}", f"key{c}": f"value{c}"}) + "\n")
        f.write('{"id":"control\\u0007","date":"2020","title":"x","body":"y"}\n')
        f.write('{"id":"broken\\u001b[31m","date":"never\\u001b[0m","title":"x","body":"y"}\n{"broken \x1b[31m\n')
    files = os.path.join(FOLDER, "files\x1b[31m").encode()
    os.mkdir(files)
    for c in range(1, 256):
        if c not in b"/":
            with open(files + b"/p" + bytes([c]) + b"q.txt", "wb") as f:
                f.write(b"date 2023-05-06\n\nA quake by file, " + bytes([c if c < 0x80 else 0x41]) + b".\n")
    done = run(INDEXER, "update", articles, files)
    is_text("update", done.stdout + done.stderr)
    check("update", done.returncode in (0, 5), done.stderr)
    for command in (["status"], ["status", "--json"], ["status", "--rejected"], ["check"], ["export"],
                    ["remove", "--id", "\x1b[31mnobody"]):
        done = run(INDEXER, *command)
        is_text(" ".join(command), done.stdout + done.stderr)


FORMS = [["--tsv"], ["--csv"], ["--json"], ["--trec"], ["--ids"], ["-l"], ["--text"], ["--plain"], ["--table"], ["-o"],
         ["--format", "%n|%d|%s|%i|%t|%p|%S|%a|%c|%g|%l|%L|%u|%m|%q|%%\\t"], ["--text", "--collapse"], ["--explain"], ["-c"],
         ["--text", "--no-snippet"], ["--text", "--snippet", "30"], ["--facet", "source,author,section,tag,place,lang,year"],
         ["--facet", "tag,author", "--text", "--all"], ["--facet", "source", "--json"], ["--facet", "author", "--csv"],
         ["--timeline=year"], ["--timeline=year", "--text"], ["--timeline", "--json"], ["--timeline", "--csv"]]


def forms():
    for form in FORMS:
        name = " ".join(form)
        extra = [] if "--facet" in form or form[0].startswith("--timeline") else ["--all"]
        done = run(QUERY, *form, *extra, "quake")
        check(f"{name}: status", done.returncode == 0, done.stderr)
        is_text(name, done.stdout, csv="--csv" in form)
        is_text(f"{name}: errors", done.stderr)
        done = run(QUERY, *form, *extra, "--color=always", "--hyperlink=always", "quake")
        is_text(f"{name}, coloured", done.stdout, colours=True, links="--text" in form, csv="--csv" in form)
    lines = run(QUERY, "--tsv", "--all", "quake").stdout.split(b"\n")[:-1]
    check("four tabs a line", all(line.count(b"\t") == 4 for line in lines), lines[:1])
    records = [json.loads(line) for line in run(QUERY, "--json", "--all", "quake").stdout.splitlines()]
    check("a line a hit", len(lines) == records[-1]["total"] == len(records) - 1, (len(lines), records[-1]))
    ids = [r["id"] for r in records[:-1]]
    for c in NASTY[:40] + NASTY[-23:]:
        wanted = [i for i in ids if isinstance(i, str) and c in i]
        check("JSON keeps what was written", wanted or not c.isprintable() and ord(c[0]) < 0xa0, c)
    for r in records[:-1]:
        title, snippet = r["title"], r["snippet"].encode() if isinstance(r["snippet"], str) else b""
        check("a mark in every snippet", bool(r["spans"]), (title, snippet))
        check("marks are the word", all(snippet[a:b].lower().startswith(b"quake") for a, b in r["spans"]), (snippet, r["spans"]))
        if not isinstance(r["id"], str):
            continue
        done = run(QUERY, "--show", r["id"].replace("\0", ""))
        is_text("--show", done.stdout)
        is_text("--show, errors", done.stderr)
    raw = run(QUERY, "-l", "-0", "--all", "quake").stdout.split(b"\0")[:-1]
    check("-0 gives names as they are", len(raw) == len(lines) and any(b"p\xffq.txt" in n for n in raw), len(raw))


def queries():
    for c in (c for c in NASTY if "\0" not in c):
        for text in (f"quake {c}", f"title:{c}", f"({c}", f"zz{c}zz", f"since:{c}", f"{c}:x"):
            for args in ([text], ["--explain", text])[:1 + text.startswith(("quake", "title"))]:
                if text.startswith("-"):
                    args = args[:-1] + ["--", args[-1]]
                done = run(QUERY, *args)
                check("status", done.returncode in (0, 1, 2), (args, done.returncode, done.stderr))
                is_text("printed for a query", done.stdout)
                is_text("said of a query", done.stderr)
    for byte in range(1, 256):
        b = bytes([byte])
        for args in ([b"quake " + b], [b"--since", b], [b"--" + b], [b"-" + b], [b"--sort", b], [b"--format", b"%" + b],
                     [b"--facet", b, b"x"], [b"--resume", b, b"x"], [b"--show", b], [b"--index", b"no" + b, b"x"],
                     [b"--hyperlink=" + b, b"x"], [b"-f", b"no" + b], [b"--queries", b"no" + b], [b"--format", b"x" + b, b"quake"]):
            done = run(QUERY, *args)
            is_text("printed for an argument", done.stdout)
            is_text("said of an argument", done.stderr)
    path = os.path.join(FOLDER, "query")
    for byte in range(256):
        for data in (b"zzz " + bytes([byte]), b"q\t(" + bytes([byte]) + b"\n"):
            with open(path, "wb") as f:
                f.write(data)
            for args in (["-f", path], ["--queries", path]):
                done = run(QUERY, *args)
                is_text("printed for a file", done.stdout)
                is_text("said of a file", done.stderr)


def main():
    try:
        make_archive()
        forms()
        queries()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    check.finish()


main()
