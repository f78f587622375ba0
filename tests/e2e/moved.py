#!/usr/bin/env python3
"""An article whose source changes, moves into a container and from one to another, or stands in two: what docs/OPERATING.md says of it.

moved.py BIN_INDEX BIN_QUERY
"""
import json
import os
import re
import sys
import tempfile
import zipfile

from programs import Checks, Programs

check = Checks()


class Archive:
    def __init__(self, folder, indexer, query):
        self.folder, self.programs = os.path.join(folder, "news"), Programs(indexer, query, os.path.join(folder, "index"))
        self.cwd = folder
        os.mkdir(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def article(self, name, body):
        self.write(name, json.dumps({"id": "one", "date": "2024-03-22", "title": "Harbour", "body": body}) + "\n")

    def pack(self, container, *names):
        with zipfile.ZipFile(self.path(container), "w") as z:
            for name in names:
                z.write(self.path(name), name)
        for name in names:
            os.remove(self.path(name))

    def update(self, *options):
        """The counts of the last line, and what was said above it."""
        said = self.programs.run("update", *options, "news", cwd=self.cwd).stderr.decode()
        counts = dict((name, int(n)) for name, n in re.findall(r"(\w+) (\d+)", said.splitlines()[-1]))
        return counts, said

    def paths(self, query="*"):
        return self.programs.query("-l", "--all", query, cwd=self.cwd).stdout.decode().split()


def with_an_id(a):
    a.article("x.jsonl", "The first text")
    a.update()
    a.article("x.jsonl", "The second text, longer")
    counts, _ = a.update()
    check("a changed source", counts["changed"] == 1 and counts["indexed"] == 0 and a.paths("second") == ["news/x.jsonl#1"] and not a.paths("first"), counts)
    a.pack("z.zip", "x.jsonl")
    counts, _ = a.update()
    check("moved into a container", counts["indexed"] == 0 and a.paths() == ["news/z.zip#x.jsonl#1"], (counts, a.paths()))
    counts, _ = a.update("--prune=force")
    check("pruning its old place takes nothing", counts["removed"] == 0 and a.paths() == ["news/z.zip#x.jsonl#1"], counts)
    os.rename(a.path("z.zip"), a.path("y.zip"))
    a.update("--prune=force")
    check("its container renamed", a.paths() == ["news/y.zip#x.jsonl#1"], a.paths())


def without_one(a):
    a.write("t.txt", "date 2024-03-22\n\nKnown by its path alone.\n")
    a.update()
    a.pack("t.zip", "t.txt")
    counts, _ = a.update()
    check("its path is its id: in another place it is another article", counts["indexed"] == 1 and sorted(a.paths("alone")) == ["news/t.txt", "news/t.zip#t.txt"], counts)
    counts, _ = a.update("--prune=force")
    check("the old one goes by pruning", counts["removed"] == 1 and a.paths("alone") == ["news/t.zip#t.txt"], counts)


def in_two(a):
    before = len(a.paths())
    a.article("a.jsonl", "The second text, longer")
    counts, _ = a.update()
    check("the same text in a second file", counts["indexed"] == counts["changed"] == 0 and a.paths("longer") == ["news/a.jsonl#1"] and len(a.paths()) == before, counts)
    counts, _ = a.update()
    check("and nothing to do for the next run", counts["changed"] == 0 and a.paths("longer") == ["news/a.jsonl#1"], counts)
    a.article("b.jsonl", "The third text")
    a.article("c.jsonl", "The fourth text")
    counts, said = a.update()
    check("twice in one run: the later in order of paths, said", "came twice" in said and a.paths("fourth") == ["news/c.jsonl#1"] and not a.paths("third"), said)
    a.article("a.jsonl", "The fifth text, the longest of them all")
    a.update()
    check("later: what was written last", a.paths("fifth") == ["news/a.jsonl#1"] and not a.paths("fourth"), a.paths())
    before = len(a.paths())
    os.remove(a.path("a.jsonl"))
    counts, said = a.update("--prune=force")
    check("the file it came from last goes: one that still has it is read again", a.paths("fourth") == ["news/c.jsonl#1"] and not a.paths("fifth")
          and len(a.paths()) == before and counts["removed"] == counts["indexed"] == 0 and counts["changed"] == 1, said)
    counts, _ = a.update("--prune=force")
    check("and nothing is left to do", counts["changed"] == counts["indexed"] == counts["removed"] == 0 and counts["unchanged"] == before, counts)
    os.rename(a.path("c.jsonl"), a.path("d.jsonl"))
    a.update()
    check("renamed", a.paths("fourth") == ["news/d.jsonl#1"], a.paths())
    os.remove(a.path("d.jsonl"))
    a.update("--prune=force")
    check("the one before it, by its other name", a.paths("third") == ["news/b.jsonl#1"], a.paths())
    os.remove(a.path("b.jsonl"))
    a.update("--prune=force")
    check("and the first", len(a.paths("longer")) == 1 and len(a.paths()) == before, a.paths())


def of_many(a):
    """Files that share some of their articles, each read later than the one before."""
    def lines(*articles):
        return "".join(json.dumps({"id": i, "date": "2024-03-22", "body": body}) + "\n" for i, body in articles)
    a.write("m1.jsonl", lines(("k", "kiwi"), ("l", "lemon"), ("m", "mango")))
    a.update()
    a.write("m2.jsonl", lines(("l", "lime"), ("m", "melon")))
    a.update()
    a.write("m3.jsonl", lines(("m", "mandarin"), ("n", "nectarine")))
    a.update()
    skipped = a.programs.run("status", "--skipped", cwd=a.cwd).stdout.decode()
    check("who has them is listed", "news/m1.jsonl\tits articles stand in news/m2.jsonl, which was read later" in skipped
          and "news/m2.jsonl\tits articles stand in news/m3.jsonl" in skipped, skipped)
    a.write("m3.jsonl", lines(("n", "nectarine"), ("o", "orange")))
    counts, said = a.update()
    check("what a file no longer gives comes back from the one before", a.paths("melon") == ["news/m2.jsonl#2"] and counts["removed"] == 0
          and counts["indexed"] == 1 and counts["changed"] == 1, said)
    check("the others stay where they are", a.paths("lime") == ["news/m2.jsonl#1"] and a.paths("kiwi") == ["news/m1.jsonl#1"] and not a.paths("mango"), a.paths())
    os.remove(a.path("m2.jsonl"))
    counts, said = a.update("--prune=force")
    check("both come back from the first", a.paths("lemon") == ["news/m1.jsonl#2"] and a.paths("mango") == ["news/m1.jsonl#3"] and counts["removed"] == 0, said)
    counts, said = a.update("--prune=force")
    check("nothing is left to do", counts["changed"] == counts["indexed"] == counts["removed"] == 0, counts)
    check("sound", not a.programs.run("check", "--full", cwd=a.cwd).stderr.strip())


def main():
    with tempfile.TemporaryDirectory(prefix="dateline-moved-") as folder:
        a = Archive(folder, *(os.path.abspath(p) for p in sys.argv[1:3]))
        with_an_id(a)
        without_one(a)
        in_two(a)
        of_many(a)
    check.finish()


main()
