"""Row 6: 500 random histories of files added, changed, moved and removed on disk: in the end the index of one made at once.

usage: histories.py BIN_INDEX BIN_QUERY [--short] [--histories N]

Some files are long enough to be read on from where they grew. After each history the export, answers to queries of several kinds, the number
of files known and `check` are compared with an index made at once.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from shared import Programs, finish, seed

WORDS = [a + b for a in ("har", "vel", "mon", "tri", "bos", "lun", "quar", "fen") for b in ("vest", "ket", "dary", "tion", "ler", "na")]
QUERIES = ["*", "harvest", "velket OR monna", '"bosler trina"', "since:2010 until:2015", "lun* -quarna", "title:fenler", "=Harvest", "changed"]


class History:
    """One archive's life: every step changes some files, then one run."""

    def __init__(self, indexer, query, folder, number, rnd):
        self.rnd, self.folder, self.made, self.said = rnd, folder, 0, []
        os.mkdir(folder)
        self.archive = os.path.join(folder, "archive")
        os.makedirs(self.archive + "/a")
        os.makedirs(self.archive + "/b")
        self.files = {}  # name: articles; of dated text one
        self.p = Programs(indexer, query, os.path.join(folder, "index"))
        self.once = Programs(indexer, query, os.path.join(folder, "once"))
        self.big = number % 5 == 0  # a file long enough to be read on from where it grew

    def article(self, words=40):
        self.made += 1
        rnd = self.rnd
        return {"id": f"n{self.made}", "date": f"20{rnd.randrange(24):02}-{rnd.randrange(1, 13):02}-{rnd.randrange(1, 29):02}",
                "title": f"Title {rnd.choice(WORDS)}", "body": " ".join(rnd.choice(WORDS) for _ in range(rnd.randrange(1, words)))}

    def path(self, name):
        return os.path.join(self.archive, name)

    def text(self, name):
        articles = self.files[name]
        if name.endswith(".txt"):
            a = articles[0]
            return f"date {a['date']}\n{a['title']}\n\n{a['body']}\n"
        keep = ("date", "title", "body") if "nameless" in name else ("id", "date", "title", "body")
        return "".join(json.dumps({k: a[k] for k in keep}) + "\n" for a in articles)

    def write(self, name, how=None):
        how = how or self.rnd.choice(("in place", "new file"))
        path = self.path(name)
        if how == "new file" and os.path.exists(path):
            with open(path + ".new", "w", encoding="utf-8") as f:
                f.write(self.text(name))
            os.rename(path + ".new", path)
            return
        with open(path, "w", encoding="utf-8") as f:
            f.write(self.text(name))

    def new_name(self):
        self.made += 1
        return self.rnd.choice(("a/", "b/", "")) + self.rnd.choice((f"f{self.made}.jsonl", f"f{self.made}.txt", f"nameless{self.made}.jsonl"))

    def a_file(self, kind=lambda name: True):
        names = sorted(name for name in self.files if kind(name))
        return self.rnd.choice(names) if names else None

    # ---- what may happen on a day ----

    def add(self):
        name = self.new_name()
        self.files[name] = [self.article() for _ in range(1 if name.endswith(".txt") else self.rnd.randrange(1, 8))]
        if self.big and name.endswith(".jsonl"):
            self.files[name].insert(0, dict(self.article(), body="harvest velket monna " * 14000))
        self.write(name)

    def append(self):
        name = self.a_file(lambda n: n.endswith(".jsonl"))
        if name:
            new = [self.article() for _ in range(self.rnd.randrange(1, 4))]
            before = len(self.text(name))
            self.files[name] += new
            with open(self.path(name), "a", encoding="utf-8") as f:
                f.write(self.text(name)[before:])

    def change(self):
        name = self.a_file()
        if name:
            articles = self.files[name]
            i = self.rnd.randrange(len(articles))
            articles[i] = dict(articles[i], body=articles[i]["body"] + f" changed {self.made}")
            self.write(name)

    def drop(self):
        name = self.a_file(lambda n: n.endswith(".jsonl") and len(self.files[n]) > 1)
        if name:
            del self.files[name][self.rnd.randrange(len(self.files[name]))]
            self.write(name)

    def shuffle(self):
        name = self.a_file(lambda n: n.endswith(".jsonl"))
        if name:
            self.rnd.shuffle(self.files[name])
            self.write(name)

    def remove(self):
        name = self.a_file()
        if name:
            os.remove(self.path(name))
            del self.files[name]

    def rename(self):
        name = self.a_file()
        if name:
            other = self.new_name().rsplit(".", 1)[0] + (".jsonl" if name.endswith(".jsonl") else ".txt")
            if ("nameless" in name) != ("nameless" in other):
                return
            os.rename(self.path(name), self.path(other))
            self.files[other] = self.files.pop(name)

    def rename_folder(self):
        """A folder's files are all elsewhere at once."""
        for old, new in (("a", "c"), ("b", "d")):
            if self.rnd.random() < 0.5 and os.path.isdir(self.path(old)) and not os.path.isdir(self.path(new)):
                os.rename(self.path(old), self.path(new))
                self.files = {new + n[1:] if n.startswith(old + "/") else n: a for n, a in self.files.items()}
        for name in ("a", "b"):
            os.makedirs(self.path(name), exist_ok=True)

    def move_article(self):
        """An article leaves one file and stands in another."""
        one = self.a_file(lambda n: n.endswith(".jsonl") and "nameless" not in n and len(self.files[n]) > 1)
        two = self.a_file(lambda n: n.endswith(".jsonl") and "nameless" not in n and n != one)
        if one and two:
            self.files[two].append(self.files[one].pop())
            self.write(one)
            self.write(two, "new file")

    def exchange(self):
        """Two files change names."""
        one = self.a_file(lambda n: n.endswith(".txt"))
        two = self.a_file(lambda n: n.endswith(".txt") and n != one)
        if one and two:
            os.rename(self.path(one), self.path("x"))
            os.rename(self.path(two), self.path(one))
            os.rename(self.path("x"), self.path(two))
            self.files[one], self.files[two] = self.files[two], self.files[one]

    def touch(self):
        name = self.a_file()
        if name:
            os.utime(self.path(name), (self.made + 1e9, self.made + 1e9))

    def live(self, steps):
        acts = [self.add, self.add, self.append, self.append, self.change, self.drop, self.shuffle, self.remove, self.rename, self.rename_folder,
                self.move_article, self.exchange, self.touch]
        for _ in range(self.rnd.randrange(1, 4)):
            self.add()
        for _ in range(steps):
            for _ in range(self.rnd.randrange(4)):
                act = self.rnd.choice(acts)
                act()
                self.said.append(act.__name__)
            self.p.run("update", "-q", "--prune=force", self.archive)
            self.said.append("|")
            if self.rnd.random() < 0.1:
                self.p.run("compact")

    def answers(self, p):
        done = p.query("--json", "--no-snippet", "-n", "100", "--queries", self.queries)
        return [{k: v for k, v in json.loads(line).items() if k != "generation"} for line in done.stdout.splitlines()]

    def differences(self):
        self.queries = os.path.join(self.folder, "queries")
        with open(self.queries, "w", encoding="utf-8") as f:
            f.writelines(f"{i}\t{q}\n" for i, q in enumerate(QUERIES))
        self.once.run("update", "-q", self.archive)
        found = []
        if self.p.run("export").stdout != self.once.run("export").stdout:
            found.append("the export differs")
        if self.answers(self.p) != self.answers(self.once):
            found.append("answers differ")
        done = subprocess.run([self.p.indexer, "--index", self.p.index, "check"], capture_output=True)
        if done.returncode:
            found.append(f"check ends with {done.returncode}: {done.stdout.decode(errors='replace')[:500]}")
        files = json.loads(self.p.run("status", "--json").stdout)["files"]
        if files != len(self.files):
            found.append(f"{files} files known, {len(self.files)} there")
        return found


def one(indexer, query, tmp, number, base):
    history = History(indexer, query, os.path.join(tmp, str(number)), number, random.Random(base + number))
    try:
        history.live(history.rnd.randrange(2, 8))
        found = history.differences()
    except SystemExit as e:
        found = [str(e)]
    shutil.rmtree(history.folder)
    return number, found, " ".join(history.said)


def main():
    indexer, query = sys.argv[1:3]
    arguments = sys.argv[3:]
    n = 12 if "--short" in arguments else 500
    if "--histories" in arguments:
        n = int(arguments[arguments.index("--histories") + 1])
    base, failed, runs = seed(), 0, 0
    with tempfile.TemporaryDirectory(prefix="dateline-histories-") as tmp, ThreadPoolExecutor(2) as pool:
        for number, found, said in pool.map(lambda k: one(indexer, query, tmp, k, base), range(n)):
            runs += said.count("|")
            failed += bool(found)
            for line in found:
                print(f"history {number}: {line}\n  {said}", flush=True)
    print(f"{n} histories, {runs} runs")
    finish(n - failed, failed)


if __name__ == "__main__":
    main()
