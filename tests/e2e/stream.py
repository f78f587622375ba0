"""--all over every hit of a common word: constant memory, the same totals, nothing lost between pages.

stream.py INDEXER QUERY ARTICLES.jsonl: an index of the articles, and 30,000 short ones beside it, so that --all takes
several pages. What pages, cursors and offsets give is compared with one long list; the reader is slow, goes away, or
takes longer than the archive may be held.
"""
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from programs import Checks, Programs, wait_until_full

INDEXER, QUERY, ARTICLES = sys.argv[1:4]
SHORT = 40000          # more than a page of hits
SLACK_KIB = int(os.environ.get("SLACK_KIB", 12288))  # a page's; a sanitizer keeps more
check = Checks()


def peak_kib(*command):
    """(hits, most resident memory in KiB) of a command, looked at as its output comes."""
    lines = most = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while piece := os.read(process.stdout.fileno(), 1 << 16):
            lines += piece.count(b"\n")
            with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
                peak = [int(line.split()[1]) for line in f if line.startswith("VmHWM")]
            most = max([most, *peak])
    check("status", process.returncode == 0, process.returncode)
    return lines, most


def lines_of(p, *args, status=0):
    return p.query(*args, status=status).stdout.decode().splitlines()


def whole_and_constant(reuters, many):
    total = int(lines_of(reuters, "-c", "=the")[0])
    hits = [json.loads(line) for line in lines_of(reuters, "--all", "--json", "=the")]
    end = hits.pop()
    check("total", end["total"] == total == len(hits) == end["emitted"] and end["complete"], end)
    check("no cursor at the end", "cursor" not in end, end)
    check("ranks", [h["rank"] for h in hits] == list(range(1, total + 1)))
    check("each once", len({h["id"] for h in hits}) == total)
    for form in ("--tsv", "--ids", "-l", "--trec"):
        check(form, len(lines_of(reuters, "--all", form, "=the")) == total)
    check("csv", len(lines_of(reuters, "--all", "--csv", "=the")) == total + 1)
    for index, few, all_hits in ((reuters, "=oil", "=the"), (many, "lucky", "word")):
        small, low = peak_kib(QUERY, "--index", index.index, "--all", "--json", few)
        large, high = peak_kib(QUERY, "--index", index.index, "--all", "--json", all_hits)
        print(f"{small} lines: {low} KiB; {large} lines: {high} KiB")
        check("memory does not grow with the hits", high < low + SLACK_KIB and high > 1024, (low, high))


def same_list_however_cut(many):
    """Pages, cursors and offsets are places of one list."""
    for order in ("relevance", "newest", "oldest"):
        whole = lines_of(many, "--all", "--ids", "--sort", order, "word")
        check(f"{order}: all", len(whole) == SHORT == len(set(whole)), len(whole))
        got, cursor, runs = [], None, 0
        while cursor or runs == 0:
            n = (7, 300, 5000, 20000)[runs % 4]
            args = ["--json", "--no-snippet", "-n", str(n), "--sort", order] + (["--resume", cursor] if cursor else [])
            records = [json.loads(line) for line in lines_of(many, *args, "word")]
            end = records.pop()
            check(f"{order}: rank", all(r["rank"] == len(got) + i + 1 for i, r in enumerate(records)))
            got += [r["id"] for r in records]
            check(f"{order}: total", end["total"] == SHORT and end["emitted"] == len(records), end)
            check(f"{order}: complete", end["complete"] == (len(got) == SHORT) == ("cursor" not in end), end)
            cursor, runs = end.get("cursor"), runs + 1
        check(f"{order}: cursors", got == whole, f"{len(got)} ids in {runs} runs")
        for offset in (1, 199, 200, 201, 257, 4095, 4097, 33000, SHORT - 1):
            part = lines_of(many, "--ids", "-n", "5", "--offset", str(offset), "--sort", order, "word")
            check(f"{order}: offset {offset}", part == whole[offset:offset + 5], part)
        check(f"{order}: beyond", lines_of(many, "--ids", "--offset", str(SHORT), "word") == [])
        end = json.loads(lines_of(many, "--json", "-n", "3", "--offset", "777", "--sort", order, "word")[-1])
        part = lines_of(many, "--ids", "-n", "4", "--resume", end["cursor"], "--sort", order, "word")
        check(f"{order}: cursor after an offset", part == whole[780:784], part)


def refused_cursors(many, folder):
    end = json.loads(lines_of(many, "--json", "-n", "3", "word")[-1])
    cursor = end["cursor"]
    flipped = cursor[:5] + ("A" if cursor[5] != "A" else "B") + cursor[6:]
    for name, args, wanted in (
            ("of another query", ["--resume", cursor, "lucky"], "another query"),
            ("of another order", ["--resume", cursor, "--sort", "oldest", "word"], "another"),
            ("of other dates", ["--resume", cursor, "--since", "2001", "word"], "another query"),
            ("damaged", ["--resume", flipped, "word"], "not a cursor"),
            ("cut", ["--resume", cursor[:-3], "word"], "not a cursor"),
            ("none", ["--resume", "", "word"], "not a cursor"),
            ("with an offset", ["--resume", cursor, "--offset", "3", "word"], "--offset"),
            ("of a batch", ["--resume", cursor, "--queries", "/dev/null"], "batch")):
        done = many.query(*args, status=2)
        check(f"cursor {name}", wanted in done.stderr.decode() and done.stdout == b"", done.stderr)
    more = os.path.join(folder, "more.jsonl")
    with open(more, "w", encoding="utf-8") as f:
        f.write('{"id":"late","date":"2024-01-01","title":"late","body":"a word more"}\n')
    many.run("update", more)
    done = many.query("--resume", cursor, "word", status=2)
    check("cursor of an archive that changed", b"has changed" in done.stderr, done.stderr)


def slow_reader(many):
    """The archive is held no longer than it may be; what was printed is whole, and the rest can be had."""
    whole = lines_of(many, "--all", "--ids", "word")
    command = [QUERY, "--index", many.index, "--all", "--json", "--hold", "1", "word"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until_full(process)
        time.sleep(1.1)
        out, err = process.communicate()
    check("slow: status", process.returncode == 4, (process.returncode, err))
    records = [json.loads(line) for line in out.splitlines()]
    end = records.pop()
    check("slow: end", end["type"] == "end" and not end["complete"] and end["emitted"] == len(records), end)
    check("slow: message", end["cursor"].encode() in err and err.count(b"\n") == 1, err)
    rest = lines_of(many, "--all", "--ids", "--resume", end["cursor"], "word")
    check("slow: rest", [r["id"] for r in records] + rest == whole, (len(records), len(rest), len(whole)))
    check("slow: some and not all", 0 < len(records) < len(whole), len(records))


def early_end(many):
    done = subprocess.run(["sh", "-c", f"'{QUERY}' --index '{many.index}' --all word | head -n 1"], capture_output=True)
    check("closed early: quiet", done.stderr == b"" and done.stdout.count(b"\n") == 1, done)
    process = subprocess.Popen([QUERY, "--index", many.index, "--all", "word"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    check("closed early: by signal, without a word", process.wait() == -13 and err == b"", (process.returncode, err))


def line_buffered(many):
    with subprocess.Popen([QUERY, "--index", many.index, "--all", "--line-buffered", "--ids", "word"],
                          stdout=subprocess.PIPE) as process:
        first = os.read(process.stdout.fileno(), 1 << 16)
        check("line-buffered: whole lines", first.endswith(b"\n"), first[-20:])
        process.kill()


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = tempfile.mkdtemp(prefix="dateline-stream-")
    try:
        reuters = Programs(INDEXER, QUERY, os.path.join(folder, "reuters"))
        reuters.run("update", ARTICLES)
        many = Programs(INDEXER, QUERY, os.path.join(folder, "many"))
        path = os.path.join(folder, "many.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            for i in range(SHORT):
                day = f"20{i % 17:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d}" if i % 50 else None
                body = "word " * (i % 3 + 1) + ("lucky " if i % 10 == 0 else "other ") * (i % 7)
                f.write(json.dumps({"id": f"a{i * 7919 % SHORT}", "date": day, "body": body}) + "\n")
        many.run("update", path)
        whole_and_constant(reuters, many)
        same_list_however_cut(many)
        slow_reader(many)
        early_end(many)
        line_buffered(many)
        refused_cursors(many, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    check.finish()


main()
