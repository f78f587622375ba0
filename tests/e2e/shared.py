#!/usr/bin/env python3
"""Files that share articles are written, grown, shortened, renamed and removed: after each `update --prune=force` the index has each
article that some file has, in the words of one of those that have it, at the place where it stands there; and no other.

shared.py BIN_INDEX BIN_QUERY [RUNS]
"""
import json
import os
import random
import sys
import tempfile

from programs import Programs, finish, seed

IDS = [f"id{i}" for i in range(12)]


class Archive:
    """Some files of lines; `has`: what each is written with, in order."""

    def __init__(self, folder, rnd):
        self.folder, self.rnd, self.has, self.words = folder, rnd, {}, 0
        os.mkdir(folder)

    def line(self, article_id):
        self.words += 1
        return article_id, f"word{self.words}" if self.rnd.random() < 0.7 else "the same everywhere"

    def write(self, name, mode="w", lines=()):
        with open(os.path.join(self.folder, name), mode, encoding="utf-8") as f:
            for article_id, body in lines:
                f.write(json.dumps({"id": article_id, "date": "2024-03-22", "body": body}) + "\n")

    def change(self):
        rnd, name = self.rnd, f"f{self.rnd.randrange(6)}.jsonl"
        act = rnd.random()
        if name not in self.has or act < 0.3:
            # a third is long, so that it is read on from where it grew
            long = [(f"{name}-{i}-{self.words}", "padding " * 40) for i in range(900)] if rnd.random() < 0.33 else []
            self.has[name] = long + [self.line(i) for i in rnd.sample(IDS, rnd.randrange(1, 7))]
            self.write(name, lines=self.has[name])
        elif act < 0.55:
            more = [self.line(rnd.choice(IDS)) for _ in range(rnd.randrange(1, 4))]
            self.has[name] += more
            self.write(name, "a", more)
        elif act < 0.7 and len(self.has[name]) > 1:
            self.has[name].pop(rnd.randrange(len(self.has[name])))
            self.write(name, lines=self.has[name])
        elif act < 0.8:
            to = f"f{rnd.randrange(6)}.jsonl"
            os.rename(os.path.join(self.folder, name), os.path.join(self.folder, to))
            self.has[to] = self.has.pop(name)
        elif len(self.has) > 1:
            os.remove(os.path.join(self.folder, name))
            del self.has[name]

    def wanted(self):
        """{id: {(path, body), ...}}: what may stand in the index."""
        found = {}
        for name, lines in self.has.items():
            last = {article_id: (f"news/{name}#{at}", body) for at, (article_id, body) in enumerate(lines, 1)}
            for article_id, what in last.items():  # of two in one file the later counts
                found.setdefault(article_id, set()).add(what)
        return found


def main():
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    rnd = random.Random(seed())
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="dateline-shared-") as folder:
        archive = Archive(os.path.join(folder, "news"), rnd)
        programs = Programs(*(os.path.abspath(p) for p in sys.argv[1:3]), os.path.join(folder, "index"))
        for run in range(runs):
            for _ in range(rnd.randrange(1, 4)):
                archive.change()
            said = programs.run("update", "--prune=force", "news", cwd=folder).stderr.decode()
            wanted = archive.wanted()
            listed = programs.query("--all", "--format", "%i\\t%p", "*", cwd=folder).stdout.decode().splitlines()
            paths = dict(line.split("\t") for line in listed)
            articles = map(json.loads, programs.run("export", cwd=folder).stdout.splitlines())
            there = {a["id"]: (paths[a["id"]], a["body"]) for a in articles}
            wrong = [i for i in wanted.keys() | there.keys() if there.get(i) not in wanted.get(i, ())]
            again = programs.run("update", "--prune=force", "news", cwd=folder).stderr.decode().splitlines()[-1]
            if not again.startswith(f"indexed 0, changed 0, unchanged {len(wanted)}, removed 0"):
                wrong.append(again)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            for i in wrong[:3]:
                print(f"run {run}: {i}: {there.get(i)}, in the files {wanted.get(i)}: {said}")
            if wrong:
                break
        programs.run("check", "--full", cwd=folder)
    finish(passed, failed)


if __name__ == "__main__":
    main()
