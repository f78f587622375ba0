#!/usr/bin/env python3
"""Backup while a run works, restore after the index was lost, and what an update does then; compact beside readers.

usage: storage.py BIN_INDEX BIN_QUERY
"""
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile

from programs import Programs, finish

passed = failed = 0
QUERIES = ["common", "word7*", '"common word12"', "since:2024-01-10 common", "title:item"]


def expect(what, good, done=None):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(what, done and (done.returncode, done.stdout[-300:], done.stderr[-300:]))


def write(path, numbers):
    with open(path, "w", encoding="utf-8") as f:
        for i in numbers:
            f.write(json.dumps({"id": f"s{i}", "date": f"2024-01-{1 + i % 28:02d}", "title": f"Item {i}",
                                "body": f"common word{i} " * 30}) + "\n")


def run(p, program, *args):
    return subprocess.run([program, "--index", p.index, *args], capture_output=True, check=False, timeout=300)


def answers(p):
    """Hits of each query: what a person sees, without the generation."""
    return [run(p, p.query_program, "--tsv", "-n", "2000", q).stdout for q in QUERIES]


def backup_beside_a_run(p, news, copy):
    """Copies taken while articles come in are sound, private, and of one generation."""
    write(news + "/more.jsonl", range(300, 1200))
    writer = subprocess.Popen([p.indexer, "--index", p.index, "update", "--quiet", news])
    done = run(p, p.indexer, "backup", copy)
    expect("a backup beside a run", done.returncode == 0, done)
    expect("the run beside it", writer.wait(timeout=300) == 0)
    q = Programs(p.indexer, p.query_program, copy)
    done = run(q, q.indexer, "check", "--full")
    count = run(q, q.query_program, "-c", "common").stdout
    expect("the copy is sound and of one generation", done.returncode == 0 and count in (b"300\n", b"1200\n"), done)
    modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (copy, copy + "/data.mdb")]
    expect(f"the copy is its owner's alone: {modes}", modes == [0o700, 0o600])
    done = run(p, p.indexer, "backup", copy)
    expect("never over something", done.returncode == 3 and b"exists" in done.stderr, done)
    done = run(p, p.indexer, "backup", copy + "/not/there")
    expect("never where there is no folder", done.returncode == 4, done)


def restore(p, news, copy, fresh):
    """The index is lost; the backup takes its place and the archive makes up for the rest."""
    write(news + "/later.jsonl", range(2000, 2040))
    expect("a day later", run(p, p.indexer, "update", news).returncode == 0)
    right = answers(p)
    with open(p.index + "/data.mdb", "r+b") as f:
        f.seek(8192)
        f.write(bytes(os.path.getsize(p.index + "/data.mdb") - 8192))
    done = run(p, p.indexer, "check")
    expect("the damage is seen", done.returncode == 3, done)
    done = run(p, p.indexer, "update", news)
    expect("no run writes into it", done.returncode == 3, done)
    done = run(p, p.indexer, "backup", fresh)
    expect("nor is it copied", done.returncode == 3 and not os.path.exists(fresh), done)
    os.rename(p.index, p.index + ".lost")
    os.rename(copy, p.index)
    before = int(run(p, p.query_program, "-c", "common").stdout)
    done = run(p, p.indexer, "update", news)
    expect("only what changed is read", f"indexed {1240 - before}, changed 0, unchanged {before}, removed 0".encode() in done.stderr, done)
    expect("the answers are back", answers(p) == right)
    expect("sound", run(p, p.indexer, "check", "--full").returncode == 0)
    shutil.rmtree(p.index + ".lost")


def compact_beside_readers(p):
    """Space comes back, the answers stay, readers never see anything else."""
    right = answers(p)
    done = run(p, p.indexer, "remove", "--path", "nothing-of-this-name")
    expect("nothing to remove", done.returncode == 0 and b"removed 0" in done.stdout, done)
    for i in range(3):  # what is rewritten leaves free pages
        expect("rewritten", run(p, p.indexer, "compact", "--reanalyse").returncode == 0)
    before = os.path.getsize(p.index + "/data.mdb")
    writer = subprocess.Popen([p.indexer, "--index", p.index, "compact"], stderr=subprocess.PIPE)
    while writer.poll() is None:
        expect("an answer while the file is replaced", run(p, p.query_program, "--tsv", "-n", "2000", QUERIES[0]).stdout == right[0])
    text = writer.stderr.read()
    writer.stderr.close()
    expect(f"compact beside readers: {writer.returncode} {text}", writer.returncode == 0)
    expect("no larger than before", os.path.getsize(p.index + "/data.mdb") <= before)
    expect("the same answers", answers(p) == right)


def main():
    with tempfile.TemporaryDirectory(prefix="dateline-storage-") as tmp:
        p = Programs(sys.argv[1], sys.argv[2], tmp + "/index")
        news = tmp + "/news"
        os.mkdir(news)
        write(news + "/first.jsonl", range(300))
        expect("a first run", run(p, p.indexer, "update", news).returncode == 0)
        backup_beside_a_run(p, news, tmp + "/copy")
        restore(p, news, tmp + "/copy", tmp + "/fresh")
        compact_beside_readers(p)
    finish(passed, failed)


if __name__ == "__main__":
    main()
