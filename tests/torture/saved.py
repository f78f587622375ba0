"""Row 9: --new NAME killed at every system call: no article reported twice after success, none missed.

saved.py INDEXER QUERY [--short]: --new, --digest, --save and --reset are killed before each of their system calls, and each
call that can fail does so once with each of some errors. Afterwards, whatever happened: a run that ended well printed
everything that was new and no later run prints it again; after any other, what is new is printed by the next run, unless
all of it was printed and only noting that was in doubt. A saved search is the old one or the new one, whole.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from calls import KILLED, NOT_REACHED, NOT_SHORTENED, Calls
from shared import Checks

INDEXER, QUERY = (os.path.abspath(a) for a in sys.argv[1:3])
SHORT = "--short" in sys.argv
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
FAILING = {  # what may fail, and how
    "openat": ["EACCES", "EMFILE", "ENOSPC", "ENOMEM"], "read": ["EIO", "EINTR", "short"], "pread64": ["EIO", "EINTR"],
    "write": ["EIO", "ENOSPC", "EINTR", "short"], "pwrite64": ["EIO", "ENOSPC"], "fsync": ["EIO", "ENOSPC"],
    "rename": ["EIO", "ENOSPC"], "renameat": ["EIO", "ENOSPC"], "close": ["EIO", "EINTR"], "flock": ["EINTR"],
    "fchmod": ["EPERM"], "fstat": ["EIO"], "newfstatat": ["EIO"], "mkdir": ["ENOSPC"], "unlinkat": ["EIO"],
    "ftruncate": ["EIO"],
}
check = Checks()


class World:
    """An index with something new for two saved searches, and the user's folders as they stand before each attempt."""

    def __init__(self, folder):
        self.folder = folder
        self.index, self.home, self.kept = (os.path.join(folder, n) for n in ("index", "home", "kept"))
        self.out = os.path.join(folder, "out")
        env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_") and k != "DATELINE_INDEX"}
        self.env = env | {"HOME": self.home, "TZ": "UTC"}
        self.env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        os.makedirs(self.home)
        self.update("one", {f"a{i}": f"quartz zebra {i}" for i in range(30)})
        for name, query in (("quartz", "quartz"), ("zebra", "zebra"), ("old", "quartz")):
            self.query("--save", name, query)
        for name in ("quartz", "zebra"):
            self.query("--new", name)
        self.update("two", {f"a{i}": f"quartz zebra changed {i}" for i in range(3)} |
                    {f"b{i}": f"quartz {i}" for i in range(25)} | {f"c{i}": f"zebra {i}" for i in range(2)})
        shutil.copytree(self.home, self.kept)
        self.news = {n: self.ids(self.query("--peek", n, "--ids").stdout) for n in ("quartz", "zebra", "old")}
        assert [len(v) for v in self.news.values()] == [28, 5, 55], self.news

    def update(self, name, articles):
        path = os.path.join(self.folder, name + ".jsonl")
        with open(path, "w", encoding="utf-8") as f:
            for id_, text in articles.items():
                f.write(json.dumps({"id": id_, "date": "2024-01-01", "body": text}) + "\n")
        subprocess.run([INDEXER, "--index", self.index, "update", path], check=True, capture_output=True)

    def command(self, *args):
        return [QUERY, "--index", self.index, *args]

    def query(self, *args):
        return subprocess.run(self.command(*args), env=self.env, capture_output=True)

    @staticmethod
    def ids(text):
        return sorted(text.decode().split())

    def restart(self):
        shutil.rmtree(self.home)
        shutil.copytree(self.kept, self.home)

    def attempt(self, tracer, how, command):
        """One disturbed run with its output in a file: (status, what it printed)."""
        self.restart()
        with open(self.out, "wb") as out:
            done = tracer(*how, command, env=self.env, stdout=out, stderr=subprocess.DEVNULL, capture_output=False)
        with open(self.out, "rb") as f:
            return done.returncode, f.read()


def judge_new(w, what, name, status, printed):
    """After --new NAME --ids."""
    again, third = w.query("--new", name, "--ids"), w.query("--new", name, "--ids")
    first, second, news = w.ids(printed), w.ids(again.stdout), w.news[name]
    whole = printed.endswith(b"\n") and first == news
    if status == 0:
        good = whole and not second and again.returncode == 1
    else:
        good = (second == news and again.returncode == 0) or (whole and not second and again.returncode == 1)
    good = good and third.returncode == 1 and not third.stdout
    check(f"{what}: --new", good, f"status {status}, {len(first)} printed, then {len(second)} of {len(news)}, "
                                  f"{again.returncode} {again.stderr[-200:]}, then {third.returncode}")


def judge_digest(w, what, _name, status, printed):
    """After --digest --ids: lines are NAME<TAB>id."""
    rows = [line.split("\t") for line in printed.decode().splitlines() if printed.endswith(b"\n")]
    for name, news in w.news.items():
        first = sorted(r[1] for r in rows if r[0] == name)
        again = w.query("--new", name, "--ids")
        second = w.ids(again.stdout)
        told = first == news and not second and again.returncode == 1
        good = told or (status != 0 and second == news and again.returncode == 0)
        check(f"{what}: --digest, {name}", good, f"status {status}, {len(first)} printed, then {len(second)} of {len(news)}")


def judge_save(w, what, _name, status, _printed):
    """After --save old zebra: the old query (quartz) or the new one, and no third."""
    listed = w.query("--saved")
    rows = [line.split(b"\t") for line in listed.stdout.splitlines()]
    text = dict((r[0], r[1]) for r in rows).get(b"old")
    good = listed.returncode == 0 and len(rows) == 3 and text in ((b"zebra",) if status == 0 else (b"quartz", b"zebra"))
    check(f"{what}: --save", good, f"status {status}, then {listed.returncode} {listed.stdout} {listed.stderr}")


def judge_reset(w, what, name, status, _printed):
    """After --reset quartz: what was told is as it was, or nothing is."""
    everything = sorted(f"a{i}" for i in range(30)) + sorted(f"b{i}" for i in range(25))
    again = w.ids(w.query("--new", name, "--ids").stdout)
    good = again == everything or (status != 0 and again == w.news[name])
    check(f"{what}: --reset", good, f"status {status}, then {len(again)}")


RUNS = [  # the command, who judges, the name
    (["--new", "quartz", "--ids"], judge_new, "quartz"),
    (["--digest", "--ids"], judge_digest, None),
    (["--new", "old", "--ids"], judge_new, "old"),
    (["--save", "old", "zebra"], judge_save, None),
    (["--reset", "quartz"], judge_reset, "quartz"),
]


def points(w, tracer, command, rng):
    """Numbers and names of the calls to disturb: all, or in the short form some, most of them where something is at stake."""
    w.restart()
    calls = tracer.list(command, os.path.join(w.folder, "calls"), env=w.env)
    numbered = [(n, name) for n, (name, *_) in enumerate(calls, 1)]
    if not SHORT:
        return numbered
    begun = next((n for n, (name, *rest) in enumerate(calls, 1) if "/home/" in " ".join(rest)), 1)
    late = [p for p in numbered if p[0] >= begun]
    return sorted(set(rng.sample(late, min(len(late), 12)) + numbered[-8:] + rng.sample(numbered, 2)))


def main():
    rng = random.Random(SEED)
    print(f"SEED={SEED}", flush=True)
    tracer = Calls(INDEXER)
    kills = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        w = World(folder)
        for args, judge, name in RUNS[:2] + RUNS[3:4] if SHORT else RUNS:
            command = w.command(*args)
            at = points(w, tracer, command, rng)
            for n, call in at:
                status, printed = w.attempt(tracer.kill, [n], command)
                check(f"{args} killed at {n} ({call})", status in (KILLED, NOT_REACHED), status)
                judge(w, f"{args} killed at {n} ({call})", name, status if status != NOT_REACHED else 0, printed)
                kills += 1
            some = [(n, call, how) for n, call in at for how in FAILING.get(call, [])]
            for n, call, how in rng.sample(some, min(6, len(some))) if SHORT else some:
                status, printed = w.attempt(tracer.fail, [n, how], command)
                if status in (NOT_REACHED, NOT_SHORTENED):
                    continue
                what = f"{args}: {call}, call {n}, fails with {how}"
                check(what, status in (0, 1, 2, 3, 4, 75, 127), status)
                judge(w, what, name, status, printed)
                failures += 1
            print(f"{' '.join(args)}: {len(at)} calls", flush=True)
    print(f"{kills} kills, {failures} failing calls")
    check.finish()


main()
