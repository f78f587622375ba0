"""Saved searches tell every article once: random histories of an index against a model of what was told.

alerts.py INDEXER QUERY [HISTORIES]: articles come, change, go, move to another file, come back; the index is compacted,
rebuilt or restored from a backup; output fails. What --new prints is at every step exactly what the model has not been
told in that version, and marked as it should be. SEED as everywhere.
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from programs import Checks, Programs, check_status, seed

INDEXER, QUERY = (os.path.abspath(a) for a in sys.argv[1:3])
HISTORIES = int(sys.argv[3]) if len(sys.argv) > 3 else 12
WORDS = ["quartz", "zebra", "violin", "harbour", "lantern", "copper", "meadow", "anchor"]
check = Checks()


class Archive:
    """An index, what is in it, and what each saved search has told."""

    def __init__(self, folder, rng):
        self.folder, self.rng = folder, rng
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_") and k != "DATELINE_INDEX"}
        self.env |= {"HOME": os.path.join(folder, "home"), "TZ": "UTC"}
        self.programs = Programs(INDEXER, QUERY, os.path.join(folder, "index"))
        self.live, self.backup, self.feeds = {}, None, 0
        self.searches, self.told = {}, {}

    def update(self, articles):
        self.feeds += 1
        path = os.path.join(self.folder, f"feed{self.feeds}.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            for id_, (date, text) in articles.items():
                f.write(json.dumps({"id": id_, "date": date, "title": id_, "body": text}) + "\n")
        self.programs.run("update", path)
        self.live |= articles

    def article(self):
        words = [self.rng.choice(WORDS) for _ in range(self.rng.randint(1, 5))]
        return f"{self.rng.randint(1890, 2024)}-{self.rng.randint(1, 12):02d}-{self.rng.randint(1, 28):02d}", " ".join(words)

    def save(self, name, *query):
        """A query of words that must be there, and perhaps the year from which on."""
        done = subprocess.run([QUERY, "--save", name, *query], env=self.env, capture_output=True)
        check_status(done, 0)
        self.searches[name] = query

    def matches(self, name):
        *options, query = self.searches[name]
        since = next((o.split("=")[1] for o in options if o.startswith("--since")), "0000")
        words = query.split()
        found = any if "--match=any" in options else all
        return {i: a for i, a in self.live.items() if a[0] >= since and found(w in a[1].split() for w in words)}

    def news(self, name):
        """{id: new or revised} as the model has it."""
        told = self.told.setdefault(name, {})
        return {i: "revised" if i in told else "new" for i, a in self.matches(name).items() if told.get(i) != a}

    def ask(self, *args, status=(0, 1), **more):
        done = subprocess.run([QUERY, "--index", self.programs.index, *args], env=self.env, **({"capture_output": True} | more))
        check_status(done, status)
        return done

    def new(self, name):
        """Told for good: the model is told too."""
        wanted = self.news(name)
        done = self.ask("--json", "--no-snippet", "--new", name)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        got = {r["id"]: r["change"] for r in lines if r["type"] == "hit"}
        check(f"--new {name}", got == wanted and len(lines) == len(got) + 1, f"{got} instead of {wanted}")
        check(f"--new {name}: its end", lines[-1]["total"] == len(wanted) and lines[-1]["complete"], lines[-1])
        check(f"--new {name}: status", done.returncode == (0 if wanted else 1), done.returncode)
        self.told[name] |= {i: self.live[i] for i in wanted}


# What may happen between two runs; each takes the archive.

def come(a):
    a.update({f"a{a.rng.randrange(60)}": a.article() for _ in range(a.rng.randint(1, 6))})


def change(a):
    some = [i for i in a.live if a.rng.random() < 0.2]
    a.update({i: a.article() for i in some} or {"a0": a.article()})


def move(a):
    """The same articles from another file: nothing to tell."""
    a.update({i: v for i, v in a.live.items() if a.rng.random() < 0.3})


def go(a):
    for i in [i for i in sorted(a.live) if a.rng.random() < 0.1]:
        a.programs.run("remove", "--id", i)
        del a.live[i]


def compact(a):
    a.programs.run("compact")


def rebuild(a):
    """From nothing, perhaps within the same second: generations begin again, with other articles."""
    shutil.rmtree(a.programs.index)
    live, a.live = dict(a.live), {}
    a.update({i: v if a.rng.random() < 0.7 else a.article() for i, v in live.items()} or {"a0": a.article()})


def back_up(a):
    a.backup = (os.path.join(a.folder, f"backup{a.feeds}-{a.rng.randrange(1 << 30)}"), dict(a.live))
    a.programs.run("backup", a.backup[0])


def restore(a):
    if a.backup:
        shutil.rmtree(a.programs.index)
        shutil.copytree(a.backup[0], a.programs.index)
        a.live = dict(a.backup[1])


def fail_to_print(a):
    """A full disk, a reader that is gone, standard output closed: nothing counts as told."""
    name = a.rng.choice(sorted(a.searches))
    any_news = bool(a.news(name))
    with open("/dev/full", "wb") as full:
        a.ask("--new", name, status=4 if any_news else 1, stdout=full, stderr=subprocess.DEVNULL, capture_output=False)
    read, write = os.pipe()
    os.close(read)
    a.ask("--new", name, status=-signal.SIGPIPE if any_news else 1, stdout=write, stderr=subprocess.DEVNULL,
          capture_output=False, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
    os.close(write)
    a.ask("--new", name, status=4 if any_news else 1, preexec_fn=lambda: os.close(1), stdout=None, capture_output=False,
          stderr=subprocess.DEVNULL)


def look(a):
    """--peek and -q tell nothing for good."""
    name = a.rng.choice(sorted(a.searches))
    wanted = a.news(name)
    got = a.ask("--peek", name, "--ids").stdout.decode().split()
    check(f"--peek {name}", sorted(got) == sorted(wanted), f"{got} instead of {wanted}")
    check(f"--peek {name} -c", int(a.ask("--peek", name, "-c").stdout) == len(wanted))
    check(f"--new {name} -q", a.ask("--new", name, "-q").returncode == (0 if wanted else 1))


def cut_short(a):
    """A limit below what is new is refused, and nothing is told."""
    name = a.rng.choice(sorted(a.searches))
    if len(a.news(name)) > 1:
        done = a.ask("--new", name, "-n", "1", status=2)
        check(f"--new {name} -n 1", done.stdout == b"", done.stdout)


def digest(a):
    wanted = {n: a.news(n) for n in a.searches}
    done = a.ask("--digest")
    heads = dict(re.findall(rb"^([a-z]+): ((?:\d+ new)?(?:, )?(?:\d+ revised)?)$", done.stdout, re.M))
    for name, news in wanted.items():
        fresh, revised = (sum(v == k for v in news.values()) for k in ("new", "revised"))
        text = ", ".join(f"{n} {k}" for n, k in ((fresh, "new"), (revised, "revised")) if n)
        check(f"--digest: {name}", heads.get(name.encode(), b"").decode() == text, f"{heads} instead of {text}")
        a.told[name] |= {i: a.live[i] for i in news}
    check("--digest: status", done.returncode == (0 if any(wanted.values()) else 1))


def reset(a):
    name = a.rng.choice(sorted(a.searches))
    a.ask("--reset", name, status=0)
    a.told[name] = {}


def save_again(a):
    """Another query under the same name: what it finds and was told under the name is not told again."""
    name = a.rng.choice(sorted(a.searches))
    a.save(name, a.rng.choice(WORDS))


EVENTS = [come, come, come, change, change, move, go, compact, rebuild, back_up, restore, fail_to_print, look, cut_short,
          digest, reset, save_again]


def history(folder, rng):
    a = Archive(folder, rng)
    os.makedirs(a.env["HOME"])
    come(a)
    a.save("words", "quartz")
    a.save("both", "quartz zebra")
    a.save("late", "--since=2000", "--match=any", "violin harbour")
    for _ in range(rng.randint(6, 14)):
        event = rng.choice(EVENTS)
        event(a)
        if rng.random() < 0.6:
            a.new(rng.choice(sorted(a.searches)))
    for name in sorted(a.searches):
        a.new(name)
        a.new(name)
        check(f"{name}: all of it was told", all(a.told[name].get(i) == v for i, v in a.matches(name).items()))


def another_past(folder, rng):
    """The same generation, and often the same second, of an index that was made again: told by what articles say."""
    a = Archive(folder, rng)
    os.makedirs(a.env["HOME"])
    a.save("words", "quartz")
    for round_ in range(6):
        shutil.rmtree(a.programs.index, ignore_errors=True)
        a.live = {}
        a.update({f"a{i}": ("2024-01-01", f"quartz {round_ if i else ''}") for i in range(4)})
        a.new("words")


def one_at_a_time(folder, rng):
    """While one run holds a search, others end with 75; a killed one told nothing."""
    a = Archive(folder, rng)
    os.makedirs(a.env["HOME"])
    long = " ".join(["copper"] * 3000)
    a.update({f"b{i}": ("2024-01-01", f"quartz {long} {i}") for i in range(200)})
    a.save("words", "quartz")
    command = [QUERY, "--index", a.programs.index, "--json", "--snippet", "2000", "--new", "words"]
    holder = subprocess.Popen(command, env=a.env, stdout=subprocess.PIPE)
    holder.stdout.read(1)  # it prints, and then waits for us: its output is more than a pipe holds
    other = subprocess.run(command, env=a.env, capture_output=True)
    check("a second run", other.returncode == 75 and f"(pid {holder.pid})".encode() in other.stderr and not other.stdout,
          f"{other.returncode} {other.stderr}")
    check("a look beside it", len(a.ask("--peek", "words", "--ids").stdout.split()) == 200)
    holder.kill()
    holder.communicate()
    many = [subprocess.Popen([*command[:3], "--ids", "--new", "words"], env=a.env, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL) for _ in range(12)]
    outputs = [p.communicate()[0].split() for p in many]
    codes = [p.returncode for p in many]
    check("twelve at once", sorted(sum(outputs, [])) == sorted(f"b{i}".encode() for i in range(200)) and
          codes.count(0) == 1 and set(codes) <= {0, 1, 75}, f"{codes} {[len(o) for o in outputs]}")


def main():
    rng = random.Random(seed())
    for number in range(HISTORIES):
        with tempfile.TemporaryDirectory() as folder:
            history(folder, rng)
    for part in (another_past, one_at_a_time):
        with tempfile.TemporaryDirectory() as folder:
            part(folder, rng)
    check.finish()


main()
