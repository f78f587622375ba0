#!/usr/bin/env python3
"""The golden indexes of every format (tests/golden): read, or refused with a remedy that works.

usage: golden.py BIN_INDEX BIN_QUERY GOLDEN_FOLDER
"""
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from programs import finish

sys.dont_write_bytecode = True
# The value of `format` with its sum: that of today's programs, and one no program has written (docs/FORMAT.md, "Meta").
TODAY = bytes.fromhex("646174656c696e65020000008724140fdb841935")
TO_COME = bytes.fromhex("646174656c696e65e80300003b49ffd62d26a67b")


class Golden:
    def __init__(self, indexer, query, folder, tmp):
        self.indexer, self.searcher, self.folder, self.tmp = indexer, query, folder, tmp
        sys.path.insert(0, folder)
        import make
        self.queries = "".join(f"{i}\t{q}\n" for i, q in enumerate(make.QUERIES)).encode()
        self.expected = open(folder + "/expected.tsv", "rb").read()
        self.lines = open(folder + "/articles.jsonl", encoding="utf-8").read().splitlines()
        version = subprocess.run([indexer, "--version"], check=True, capture_output=True).stdout.decode()
        self.today = int(re.search(r"^index format (\d+)$", version, re.M).group(1))
        self.passed = self.failed = self.skipped = 0

    def expect(self, what, good, done=None):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(what, done and (done.returncode, done.stdout[-300:], done.stderr[-300:]))

    def open(self, data):
        """A fresh index of these bytes."""
        place = self.tmp + "/index"
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place, 0o700)
        with open(os.open(place + "/data.mdb", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(data)
        return place

    def run(self, program, *args, **more):
        return subprocess.run([program, "--index", self.tmp + "/index", *args], capture_output=True, check=False, **more)

    def answers(self):
        return self.run(self.searcher, "--tsv", "-n", "30", "--queries", "-", input=self.queries)

    def look(self, what):
        """An index of today's format: everything that can be asked of it."""
        done = self.answers()
        self.expect(what + ": the expected hits", done.returncode == 0 and done.stdout == self.expected, done)
        done = self.run(self.indexer, "check", "--full")
        self.expect(what + ": sound", done.returncode == 0 and b"sound: 160 articles" in done.stdout, done)
        done = self.run(self.indexer, "export")
        ids = sorted(json.loads(line)["id"] for line in done.stdout.splitlines())
        self.expect(what + ": every article", ids == sorted(json.loads(line)["id"] for line in self.lines), done)

    def write(self, what):
        """Runs go on where those of the old program ended, unless its libraries were others: then they say so."""
        done = self.run(self.indexer, "update", "articles.jsonl", cwd=self.folder)
        if done.returncode == 3 and b"compact --reanalyse" in done.stderr:
            self.skipped += 1
            return
        # Today's intake may tell an article's language or place better, which changes it; it is the same article.
        said = re.search(rb"^indexed 0, changed (\d+), unchanged (\d+), removed 0, rejected 0", done.stderr, re.M)
        self.expect(what + ": nothing is new", said and int(said.group(1)) + int(said.group(2)) == len(self.lines), done)
        with open(self.tmp + "/more.jsonl", "w", encoding="utf-8") as f:
            f.write('{"id":"new","date":"2026-01-01","title":"New","body":"quicksilver"}\n')
        done = self.run(self.indexer, "update", self.tmp + "/more.jsonl")
        self.expect(what + ": grows", done.returncode == 0 and b"indexed 1," in done.stderr, done)
        done = self.run(self.searcher, "-c", "quicksilver")
        self.expect(what + ": what is new is found", done.stdout == b"1\n", done)
        self.run(self.indexer, "remove", "--id", "new")
        done = self.run(self.indexer, "compact")
        self.expect(what + ": compact", done.returncode == 0, done)
        self.look(what + ", compacted")

    def refused(self, what, data, words):
        """Every command refuses with one line that says what to do, and touches nothing."""
        place = self.open(data)
        asked = [(self.searcher, "harbour"), (self.indexer, "status"), (self.indexer, "check"), (self.indexer, "check", "--repair"),
                 (self.indexer, "update", self.folder + "/articles.jsonl"), (self.indexer, "export"), (self.indexer, "compact"),
                 (self.indexer, "backup", self.tmp + "/copy"), (self.indexer, "remove", "--id", "g1")]
        for args in asked:
            done = self.run(*args)
            said = done.stderr.decode()
            self.expect(f"{what}: {args[1]} refused", done.returncode == 3 and said.count("\n") == 1
                        and all(w in said for w in words) and not done.stdout, done)
        self.expect(f"{what}: untouched", open(place + "/data.mdb", "rb").read() == data)

    def older(self, version, data):
        what = f"format {version}"
        self.refused(what, data, [what, f"format {self.today}", "compact --reanalyse"])
        done = self.run(self.indexer, "compact", "--reanalyse")
        self.expect(what + ": made anew", done.returncode == 0, done)
        self.look(what + ", made anew")
        self.write(what + ", made anew")


def main():
    indexer, query, folder = map(os.path.abspath, sys.argv[1:4])
    with tempfile.TemporaryDirectory(prefix="dateline-golden-") as tmp:
        g = Golden(indexer, query, folder, tmp)
        files = {int(re.search(r"(\d+)", os.path.basename(f)).group(1)): f for f in glob.glob(folder + "/format-*.mdb.gz")}
        g.expect(f"an index of every format up to {g.today}", sorted(files) == list(range(1, g.today + 1)))
        for version, path in sorted(files.items()):
            data = gzip.open(path).read()
            if version < g.today:
                g.older(version, data)
                continue
            g.open(data)
            g.look(f"format {version}")
            g.write(f"format {version}")
            g.refused("a format to come", data.replace(TODAY, TO_COME), ["format 1000", "newer"])
        print(f"{g.skipped} skipped: made with other versions of the libraries")
    finish(g.passed, g.failed)


if __name__ == "__main__":
    main()
