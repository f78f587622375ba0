"""What a run may be doing when something happens to it: an index before, a command, and what must be there after."""
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from calls import ENVIRONMENT
from served import Served

WORDS = [a + b for a in ("har", "new", "mar", "tel", "min", "pol", "gra", "set", "ver", "ful")
         for b in ("bour", "ket", "ing", "ism", "try", "er", "ations", "ly", "ward", "le")]


def scratch(prefix):
    """A folder in memory: what is tried here is not the disk."""
    return tempfile.mkdtemp(prefix=prefix, dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


def article(number, version, words):
    rnd = random.Random(number * 7919 + version)
    text = [rnd.choice(WORDS) for _ in range(words)]
    return {"id": f"a{number}", "date": f"{1990 + number % 30}-{1 + number % 12:02}-{1 + number % 28:02}",
            "title": " ".join(text[:4]) + f" {number}", "body": " ".join(text) + f" unique{number}v{version}.",
            "source": ("Herald", "Courier")[number % 2]}


def lines(numbers, words, version=0):
    return "".join(json.dumps(article(n, version, words)) + "\n" for n in numbers)


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


LETTER = ("From: Jane Doe <jane@example.org>\nSubject: =?utf-8?q?Harbour_stra=C3=9Fe?=\n"
          "Date: Mon, 04 Mar 2013 10:00:00 +0000\nMessage-ID: <letter@example.org>\nMIME-Version: 1.0\n"
          "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
          "The harbour of the stra=DFe, and its market.\n")


@dataclass
class Content:
    """What an index holds, as its users see it: every article, and answers with their scores and paths."""
    articles: tuple
    answers: tuple


@dataclass
class Scenario:
    name: str
    base: str | None  # the index before; None: there is none yet
    command: list  # of dateline-index, after --index DIR; {scratch} is the folder the index is in
    old: Content | None
    new: Content | None  # None: the same as old
    acknowledged: bytes = b"indexed "  # on standard error: from here on the new content is promised


class World:
    """Small archives, the indexes made of them, and the means to look at one. `size` articles a file."""

    def __init__(self, indexer, query, size=2, words=30, files=10):
        self.indexer, self.query_program = os.path.abspath(indexer), os.path.abspath(query)
        self.folder = scratch("dateline-torture-")
        self.work = os.path.join(self.folder, "work")
        self.size, self.words, self.files = size, words, files
        self.served = {p: Served(p) for p in (self.indexer, self.query_program)}
        self.queries = put(self.folder, "queries.tsv", "".join(f"{i}\t{q}\n" for i, q in enumerate(
            ["harbour", "market OR minister", '"newing telward"', "tel*", "title:market", "setting since:2000",
             "source:Herald graing", "unique3v0 OR unique3v1", "fully NEAR/9 market"])))

    def close(self):
        for program in self.served.values():
            program.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- the programs ----

    def command(self, index, *args):
        return [self.indexer, "--index", index, *args]

    def search(self, index, *args):
        return [self.query_program, "--index", index, *args]

    @staticmethod
    def run(command, **more):
        return subprocess.run(command, **({"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 120,
                                           "env": ENVIRONMENT} | more))

    def must(self, command, allowed=(0,)):
        """Run by the program that is loaded already, where nothing is to happen to it."""
        done = self.served[command[0]].run(*command[1:])
        if done.returncode not in allowed:
            raise Wrong(f"{' '.join(command[1:])} ended with {done.returncode}: "
                        f"{done.stderr.decode(errors='replace').strip()[-600:]}")
        return done

    # ---- an index ----

    def content(self, index):
        dump = self.must(self.command(index, "export")).stdout
        answers = self.must(self.search(index, "--json", "--all", "--no-snippet", "--queries", self.queries), (0, 1)).stdout
        answers = re.sub(rb'"generation":\d+', b"", answers)
        return Content(tuple(sorted(dump.splitlines())), tuple(answers.splitlines()))

    def sound(self, index):
        self.must(self.command(index, "check"))

    def fresh(self, scenario):
        """work/index as the scenario finds it; the path of it."""
        shutil.rmtree(self.work, ignore_errors=True)
        os.mkdir(self.work)
        index = os.path.join(self.work, "index")
        if scenario.base:
            shutil.copytree(scenario.base, index)
        return index

    def of(self, scenario, index):
        """The scenario's whole command on `index`."""
        return self.command(index, *(a.replace("{scratch}", self.work) for a in scenario.command))

    def undisturbed(self, name, base, command, same=False, **more):
        scenario = Scenario(name, base, command, self.content(base) if base else None, None, **more)
        index = self.fresh(scenario)
        self.must(self.of(scenario, index))
        if not same:
            scenario.new = self.content(index)
            if scenario.new == scenario.old:
                sys.exit(f"{name} changes nothing")
        return scenario

    # ---- the scenarios ----

    def archive(self, name):
        """A folder of articles and the first index of it."""
        folder = os.path.join(self.folder, name)
        n = self.size
        for i in range(self.files):
            put(folder, f"{i:02}.jsonl", lines(range(i * n, i * n + n), self.words))
        put(folder, "note.txt", "date 2011-03-05\nThe harbour market\n\nA text of its own, with ministers.\n")
        put(folder, "letter.eml", LETTER)
        put(folder, "page.html", "<html><head><title>Harbour page</title><meta name=date content=2012-01-02></head>"
            "<body><article><p>" + "Words of a page about the policy of a market. " * 5 + "</p></article></body></html>")
        index = os.path.join(self.folder, name + ".index")
        self.must(self.command(index, "update", folder))
        return folder, index

    def scenarios(self):
        n = self.size
        folder, _ = self.archive("archive")
        yield self.undisturbed("fresh", None, ["update", folder])
        folder, index = self.archive("grown")
        put(folder, "00.jsonl", lines(range(n), self.words, 1))  # changed
        put(folder, "01.jsonl", lines(range(n, 2 * n - 1), self.words))  # one article less
        put(folder, "02.jsonl", lines(range(2 * n, 3 * n), self.words) + lines(range(9000, 9000 + n), self.words))
        put(folder, "new.jsonl", lines(range(8000, 8000 + n), self.words))
        yield self.undisturbed("incremental", index, ["update", folder])
        folder, index = self.archive("pruned")
        os.unlink(os.path.join(folder, "note.txt"))
        yield self.undisturbed("pruning", index, ["update", "--prune=force", folder])
        folder, index = self.archive("compacted")
        for version in (1, 2):
            for i in range(0, self.files, 3):
                put(folder, f"{i:02}.jsonl", lines(range(i * n, i * n + n), self.words, version))
            self.must(self.command(index, "update", folder))
        self.must(self.command(index, "remove", "--id", "a3"))
        yield self.undisturbed("compacting", index, ["compact"], same=True)
        yield self.undisturbed("removing", index, ["remove", "--path", os.path.join(folder, "02.jsonl")], acknowledged=b"never")
        yield self.undisturbed("backing up", index, ["backup", "{scratch}/copy"], same=True)


class Wrong(Exception):
    """What should have held does not."""


def left_behind(folder, index):
    """Names in the index's folder and beside it that a finished run should not have left."""
    known = {"data.mdb", "lock.mdb", "writer.lock", "swap.lock", "last-run"}
    inside = [p for p in os.listdir(index) if p not in known] if os.path.isdir(index) else []
    return inside + [os.path.basename(p) for p in glob.glob(folder + "/*") if os.path.basename(p) not in ("index", "copy")]
