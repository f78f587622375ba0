#!/usr/bin/env python3
"""Files that grow: only what is new is read, and the index is what reading all of it would have made.

usage: growing.py BIN_INDEX BIN_QUERY [STEPS]

For each format whose files grow at their end: one that grows, whose last line is half written, that is rewritten, cut, moved on by a replacement;
after each step the export equals that of an index made of the same files at once.
"""
import json
import os
import random
import sys
import tempfile
import time

from programs import Programs, finish, seed

FIRST_BYTES = 300 << 10  # a bookmark is placed from 256 KiB on
WORDS = [a + b for a in ("har", "vel", "mon", "tri", "bos", "lun", "quar", "fen") for b in ("vest", "ket", "dary", "tion", "ler", "na")]


class Formats:
    """Each gives (text before, record, text after) of a file."""

    def __init__(self, rnd):
        self.rnd, self.n = rnd, 0

    def article(self):
        self.n += 1
        body = " ".join(self.rnd.choice(WORDS) for _ in range(self.rnd.randrange(20, 200)))
        return f"r{self.n}", f"2024-{self.n % 12 + 1:02}-{self.n % 28 + 1:02}", f"Title {self.n}", body

    def jsonl(self):
        i, date, title, body = self.article()
        return json.dumps({"id": i, "date": date, "title": title, "body": body}) + "\n"

    def nameless(self):
        _, date, title, body = self.article()
        return json.dumps({"date": date, "title": title, "body": body}) + "\n"

    def mbox(self):
        i, date, title, body = self.article()
        when = time.strftime("%a, %d %b %Y 10:00:00 +0000", time.strptime(date, "%Y-%m-%d"))
        return (f"From someone@example.org Mon Jan  1 10:00:00 2024\nFrom: Some One <someone@example.org>\nSubject: {title}\n"
                f"Date: {when}\nMessage-ID: <{i}@example.org>\n\n{body}\n\n")

    def rss(self):
        i, date, title, body = self.article()
        when = time.strftime("%a, %d %b %Y 10:00:00 GMT", time.strptime(date, "%Y-%m-%d"))
        return (f"<item><guid>{i}</guid><title>{title}</title><pubDate>{when}</pubDate>\n"
                f"<description>{body}</description></item>\n")

    def trec(self):
        i, date, title, body = self.article()
        return f"<DOC>\n<DOCNO>{i}</DOCNO>\n<DATE>{date}</DATE>\n<HEADLINE>{title}</HEADLINE>\n<TEXT>\n{body}\n</TEXT>\n</DOC>\n"

    def reuters(self):
        i, _, title, body = self.article()
        return (f'<REUTERS LEWISSPLIT="TRAIN" NEWID="{i[1:]}">\n<DATE>26-FEB-1987 15:01:01.79</DATE>\n'
                f"<TEXT><TITLE>{title}</TITLE><BODY>{body}\n</BODY></TEXT>\n</REUTERS>\n")


AROUND = {"rss": ('<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Some paper</title><language>en</language>\n', "</channel></rss>\n"),
          "reuters": ('<!DOCTYPE lewis SYSTEM "lewis.dtd">\n', "")}
NAME = {"jsonl": "g.jsonl", "nameless": "n.jsonl", "mbox": "g.mbox", "rss": "g.xml", "trec": "g.trec", "reuters": "g.sgm"}


class Growing:
    def __init__(self, indexer, query, tmp, name, rnd):
        self.name, self.tmp, self.rnd = name, tmp, rnd
        self.indexer, self.query = indexer, query
        self.make = getattr(Formats(rnd), name)
        self.path = os.path.join(tmp, NAME[name])
        self.before, self.after = AROUND.get(name, ("", ""))
        self.text = ""
        while len(self.text) < FIRST_BYTES:
            self.text += self.make()
        self.p = Programs(indexer, query, os.path.join(tmp, "index-" + name))
        self.write()
        self.failures = []
        self.p.run("update", self.path)

    def write(self, text=None):
        with open(self.path, "r+" if os.path.exists(self.path) else "w", encoding="utf-8") as f:
            f.write(self.before + (self.text if text is None else text) + self.after)
            f.truncate()

    def line(self, *options, status=(0, 5)):
        return self.p.run("update", *options, self.path, status=status).stderr.decode().splitlines()[-1]

    def expect(self, what, got, wanted):
        if got != wanted:
            self.failures.append(f"{self.name}: {what}: {got!r}, wanted {wanted!r}")

    def equal(self, what):
        """The index equals one made at once."""
        once = Programs(self.indexer, self.query, os.path.join(self.tmp, f"once-{self.name}-{len(os.listdir(self.tmp))}"))
        once.run("update", "-q", self.path, status=(0, 5))
        if once.run("export").stdout != self.p.run("export").stdout:
            self.failures.append(f"{self.name}: {what}: the export differs from that of an index made at once")

    def grow(self, steps):
        for i in range(steps):
            n = self.rnd.randrange(1, 4)
            self.text += "".join(self.make() for _ in range(n))
            self.write()
            self.expect(f"step {i}", self.line().split(", unchanged")[0], f"indexed {n}, changed 0")
        self.equal("grown")

    def middle(self):
        """What lies between is not read when a file has grown; a new time alone reads all of it."""
        at = self.text.index("Title", len(self.text) // 2)
        self.text = self.text[:at] + "TITLE" + self.text[at + 5:] + self.make()
        self.write()
        self.expect("grown and changed inside", self.line().split(", unchanged")[0], "indexed 1, changed 0")
        os.utime(self.path, (1e9, 1e9))
        self.expect("a new time", self.line().split(", unchanged")[0], "indexed 0, changed 1")
        self.equal("changed inside")

    def front(self):
        """Something in front moves all the rest: everything is read."""
        self.text = self.make() + self.text + self.make()
        self.write()
        self.expect("grown at both ends", self.line().split(",")[0], "indexed 2")
        self.equal("grown at both ends")

    def replaced(self):
        """Another file under the name, though it begins the same way, is read whole."""
        at = self.text.index("Title", len(self.text) // 2)
        self.text = self.text[:at] + "TITLE" + self.text[at + 5:] + self.make()
        os.rename(self.path, self.path + ".old")
        self.write()
        os.remove(self.path + ".old")
        self.expect("replaced", self.line().split(", unchanged")[0], "indexed 1, changed 1")
        self.equal("replaced")

    def shorter(self):
        self.text = self.text[:self.text.rindex("Title 1")]
        self.text = self.text[:max(self.text.rfind(end) + len(end) for end in ("}\n", "</item>\n", "</DOC>\n", "</REUTERS>\n", "\n\n")
                                   if end in self.text)]
        self.write()
        self.line()
        self.equal("shorter")

    def half(self):
        """A last line without its end waits; one that nobody finishes is rejected."""
        whole = self.make()
        self.write(self.text + whole[:len(whole) // 2])
        for _ in range(2):
            line = self.line()
            self.expect("half", (line.split(", unchanged")[0], line.split(", ")[-1]), ("indexed 0, changed 0", "waiting 1"))
        two = self.make()
        self.text += whole + two
        self.write(self.text[:-len(two) // 2])
        line = self.line()
        self.expect("half again", (line.split(", unchanged")[0], line.split(", ")[-1]), ("indexed 1, changed 0", "waiting 1"))
        self.write()
        self.expect("both", self.line().split(", unchanged")[0], "indexed 1, changed 0")
        self.equal("half lines")
        self.write(self.text + whole[:30])
        self.line()
        hours_ago = time.time() - 7300
        os.utime(self.path, (hours_ago, hours_ago))
        self.expect("never finished", self.line(status=5).split(", ")[-1], "rejected 1")
        self.expect("rejected once", self.line().split(", ")[-1], "rejected 0")
        self.write()
        self.text += self.make()
        self.write()
        self.expect("finished after all", self.line().split(", unchanged")[0], "indexed 1, changed 0")
        self.equal("finished after all")

    def rejects(self):
        """Rejected lines are counted once, and named by their place in the whole file."""
        self.text += "[1]\n" + self.make()
        self.write()
        self.expect("a stray line", self.line(status=5).split(", unchanged")[0], "indexed 1, changed 0")
        self.text += self.make() + '{"id":"d","date":"2024-02-30","body":"x"}\n'
        self.write()
        n = self.text.count("\n")
        said = self.p.run("update", self.path, status=5).stderr.decode()
        if f"#{n}: line {n}: " not in said:
            self.failures.append(f"{self.name}: a bad date in line {n}: {said!r}")
        self.text += self.make()
        self.write()
        self.expect("grown after them", self.line().split(", removed")[1], " 0, rejected 0")
        rejected = self.p.run("status", "--rejected").stdout.decode().splitlines()
        self.expect("rejected in all", len(rejected), 2)
        self.equal("with rejects")

    def same_identity(self):
        """A later line with the id of an earlier one takes its place."""
        again = json.loads(self.text[:self.text.index("\n")])
        again["body"] += " zweifel"
        self.text += json.dumps(again) + "\n"
        self.write()
        self.expect("the same id again", self.line().split(", unchanged")[0], "indexed 0, changed 1")
        self.equal("the same id again")


def main():
    indexer, query = sys.argv[1:3]
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    rnd = random.Random(seed())
    failures = []
    with tempfile.TemporaryDirectory(prefix="dateline-growing-") as tmp:
        for name in NAME:
            g = Growing(indexer, query, tmp, name, rnd)
            g.grow(steps)
            g.middle()
            if name in ("jsonl", "nameless"):
                g.half()
                g.rejects()
            if name == "jsonl":
                g.same_identity()
            if name != "nameless":
                g.front()
            g.replaced()
            g.shorter()
            g.p.run("check")
            failures += g.failures
            print(f"{name}: {len(g.failures)} failures", flush=True)
    for f in failures:
        print(f)
    finish(len(NAME), len(failures))


if __name__ == "__main__":
    main()
