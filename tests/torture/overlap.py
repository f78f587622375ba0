"""Row 7: 20 runs at once in a cron's worst surroundings: one works, the rest exit 75 or wait, nothing is lost.

overlap.py INDEXER QUERY [--short]: twenty runs start together, each in surroundings of its own: clock a day or thirty years
back or ahead, another TZ, LANG=C, no HOME, standard descriptors closed, umask 000. Then each of these surroundings alone, in
every combination of closed descriptors: the index and the answers are those of an ordinary run, to the byte.
"""
import itertools
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import zipfile

from shared import Checks

INDEXER, QUERY = (os.path.abspath(a) for a in sys.argv[1:3])
SHORT = "--short" in sys.argv
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
CLOCK = os.path.join(os.path.dirname(os.path.dirname(INDEXER)), "tests/torture/libstepped_clock.so")
RUNS = 20
DAY = 86400
check = Checks()


class Surroundings:
    """What a run finds when cron starts it."""

    def __init__(self, name, env=None, without=(), closed=(), umask=0o022, offset=0):
        self.name, self.closed, self.umask = name, closed, umask
        self.future = b", future 32" if offset < -23 * 365 * DAY else b""  # what inputs() has of 2001 and later
        self.env = {k: v for k, v in os.environ.items() if k not in without} | {"TZ": "UTC"} | (env or {})
        if "TZ" in without:
            del self.env["TZ"]
        if offset:
            self.env |= {"LD_PRELOAD": CLOCK, "CLOCK_OFFSET": str(offset)}
            self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0"

    def prepare(self):
        os.umask(self.umask)
        for fd in self.closed:
            os.close(fd)

    def start(self, *command, **more):
        pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=self.env, preexec_fn=self.prepare, **(pipe | more))

    def run(self, *command, **more):
        process = self.start(*command, **more)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, out, err)


ORDINARY = Surroundings("ordinary")
ALL = [
    Surroundings("a day back", offset=-DAY),
    Surroundings("thirty years back", offset=-30 * 365 * DAY),
    Surroundings("before 1970", offset=-70 * 365 * DAY),
    Surroundings("ten years ahead", offset=3650 * DAY),
    Surroundings("Auckland", {"TZ": "Pacific/Auckland"}),
    Surroundings("Los Angeles", {"TZ": ":America/Los_Angeles"}),
    Surroundings("a zone that is none", {"TZ": "No/Such_Zone"}),
    Surroundings("no TZ", without=("TZ",)),
    Surroundings("LANG=C", {"LANG": "C", "LC_ALL": "C"}),
    Surroundings("a locale that is none", {"LC_ALL": "xx_XX.ISO-8859-15"}),
    Surroundings("no HOME", without=("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")),
    Surroundings("no environment", without=tuple(os.environ)),
    Surroundings("umask 000", umask=0),
    Surroundings("umask 077", umask=0o077),
    Surroundings("umask 777", umask=0o777),
] + [Surroundings(f"{closed} closed", closed=closed)
     for n in (1, 2, 3) for closed in itertools.combinations((0, 1, 2), n)]


def write(path, articles):
    with open(path, "w", encoding="utf-8") as f:
        for id_, text in articles.items():
            f.write(json.dumps({"id": id_, "date": "2024-03-22", "title": id_, "body": text}) + "\n")
    return path


def count(index, query):
    done = ORDINARY.run(QUERY, "--index", index, "-c", query)
    return int(done.stdout) if done.returncode in (0, 1) else done.stderr.decode()


def sound(what, index):
    done = ORDINARY.run(INDEXER, "--index", index, "check")
    check(f"{what}: check", done.returncode == 0, done.stdout[-500:] + done.stderr[-500:])


def modes(what, index):
    """Yours alone, whatever the umask."""
    seen = {index: stat.S_IMODE(os.stat(index).st_mode)}
    seen |= {n: stat.S_IMODE(os.stat(os.path.join(index, n)).st_mode) for n in os.listdir(index)}
    wanted = {n: 0o700 if n == index else 0o600 for n in seen}
    check(f"{what}: modes", seen == wanted, {n: oct(m) for n, m in seen.items() if m != wanted[n]})


# ---- twenty at once

def crowd(folder, what, index, wait, rng):
    """Each has a feed of its own and one that all share; who ends with 0 is in, who ends with 75 is not."""
    surroundings = rng.sample(ALL, min(len(ALL), RUNS)) + rng.choices(ALL, k=RUNS - min(len(ALL), RUNS))
    shared = write(os.path.join(folder, f"{what}-shared.jsonl"), {f"{what}-shared-{i}": f"granite {i}" for i in range(40)})
    feeds = [write(os.path.join(folder, f"{what}-{k}.jsonl"), {f"{what}-{k}-{i}": f"quartz{what}{k} {i}" for i in range(30)})
             for k in range(RUNS)]
    options = ["--wait=120"] if wait else []
    runs = [s.start(INDEXER, "--index", index, "update", *options, shared, feed) for s, feed in zip(surroundings, feeds)]
    codes = []
    for k, (run, s) in enumerate(zip(runs, surroundings)):
        _, err = run.communicate(timeout=300)
        codes.append(run.returncode)
        lines = err.decode(errors="replace").splitlines()
        if run.returncode == 75 and 2 not in s.closed:
            check(f"{what}: the message of {s.name}", len(lines) == 1 and re.search(r"another run (\(pid \d+, since .*\) )?is at work", lines[0]), lines)
    check(f"{what}: one works", codes.count(0) >= 1 and set(codes) <= ({0} if wait else {0, 75}),
          {s.name: c for s, c in zip(surroundings, codes)})
    for k, code in enumerate(codes):
        check(f"{what}: the feed of {surroundings[k].name} (ended with {code})",
              count(index, f"quartz{what}{k}") == (30 if code == 0 else 0), count(index, f"quartz{what}{k}"))
    for k, feed in enumerate(feeds):  # the next run of each, alone
        if codes[k] == 75:
            done = surroundings[k].run(INDEXER, "--index", index, "update", shared, feed)
            check(f"{what}: the next run of {surroundings[k].name}", done.returncode == 0, done.stderr)
    check(f"{what}: all are in", count(index, "*") == 40 + 30 * RUNS if what == "fresh" else True, count(index, "*"))
    check(f"{what}: each is found", all(count(index, f"quartz{what}{k}") == 30 for k in range(RUNS)))
    check(f"{what}: the shared feed", count(index, f"id:{what}-shared-*") == 40)
    sound(what, index)
    modes(what, index)
    return codes.count(0), codes.count(75)


def stopped(folder, index):
    """A holder that is stopped: others say who it is and end, searches go on, and it ends well when it may go on."""
    read, feed = os.pipe()
    holder = ORDINARY.start(INDEXER, "--index", index, "update", "-", stdin=read)
    os.close(read)
    os.write(feed, json.dumps({"id": "held", "date": "2024-01-01", "body": "basalt"}).encode() + b"\n")
    with open(os.path.join(index, "writer.lock"), "rb") as f:  # it has the lock once it has signed
        while not f.read().startswith(str(holder.pid).encode()):
            if holder.poll() is not None:
                check("stopped: it holds the lock", False, holder.communicate())
                return
            f.seek(0)
    holder.send_signal(signal.SIGSTOP)
    path = write(os.path.join(folder, "late.jsonl"), {"late": "marble"})
    for option in ([], ["--wait=1"]):
        done = ORDINARY.run(INDEXER, "--index", index, "update", *option, path)
        check(f"stopped: another run {option}", done.returncode == 75 and f"pid {holder.pid}".encode() in done.stderr, done)
    check("stopped: a search", count(index, "granite") == 40 and count(index, "marble") == 0)
    waiting = ORDINARY.start(INDEXER, "--index", index, "update", "--wait", path)
    os.close(feed)
    holder.send_signal(signal.SIGCONT)
    holder.communicate(timeout=300)
    waiting.communicate(timeout=300)
    check("stopped: both end well", (holder.returncode, waiting.returncode) == (0, 0), (holder.returncode, waiting.returncode))
    check("stopped: both are in", count(index, "basalt") == 1 and count(index, "marble") == 1)
    sound("stopped", index)


# ---- each alone

def inputs(folder):
    """Names and texts that a wrong locale would lose."""
    root = os.path.join(folder, "press")
    os.makedirs(os.path.join(root, "été"))
    for i in range(6):
        write(os.path.join(root, "été", f"Überblick {i} 東京.jsonl"), {f"u{i}-{k}": f"Müller naïve 地震 {k} fête" for k in range(5)})
    with open(os.path.join(root, "note.txt"), "w", encoding="utf-8") as f:
        f.write("date 1895-05-17\n\nA note about the harbour.\n")
    with zipfile.ZipFile(os.path.join(root, "paquet.zip"), "w") as z:
        z.writestr("märz/räuber.txt", "date 2001-03-04\n\nRäuber im Märzen.\n")
        z.writestr("plain.txt", "date 2001-03-05\n\nPlain text.\n")
    return root


QUERIES = [["--json", "harbour OR müller"], ["--tsv", "--all", "*"], ["-c", "地震"], ["-c", "path:*東京*"], ["--timeline=year", "*"]]


def answers(s, index, out):
    """What is printed, by way of files, since descriptors may be closed; of those that are, nothing."""
    got = []
    for query in QUERIES:
        with open(out, "wb") as f:
            done = s.run(QUERY, "--index", index, *query, stdout=f)
        with open(out, "rb") as f:
            got.append((done.returncode, f.read()))
    return got


def alone(folder, s, root, wanted):
    index = os.path.join(folder, "alone")
    shutil.rmtree(index, ignore_errors=True)
    out = os.path.join(folder, "answer")
    done = s.run(INDEXER, "--index", index, "update", root)
    check(f"{s.name}: update", done.returncode == 0, (done.returncode, done.stderr))
    if 2 not in s.closed:
        check(f"{s.name}: its summary", done.stderr == wanted["summary"].replace(b"\n", s.future + b"\n"), done.stderr)
    modes(s.name, index)
    sound(s.name, index)
    export = ORDINARY.run(INDEXER, "--index", index, "export").stdout
    check(f"{s.name}: every article", export == wanted["export"], (len(export), len(wanted["export"])))
    got = answers(s, index, out)
    if 1 in s.closed:
        check(f"{s.name}: answers", all(code == 0 and not text for code, text in got), got)
    else:
        check(f"{s.name}: answers", got == wanted["answers"], [g for g, w in zip(got, wanted["answers"]) if g != w])
    again = s.run(INDEXER, "--index", index, "update", "--prune", root)
    known = re.sub(rb"indexed (\d+), changed 0, unchanged 0", rb"indexed 0, changed 0, unchanged \1", wanted["summary"])
    if 2 not in s.closed:
        check(f"{s.name}: nothing to do", again.returncode == 0 and again.stderr == known, again.stderr)
    for command in (["check"], ["status", "--json"], ["compact"]):
        done = s.run(INDEXER, "--index", index, *command)
        check(f"{s.name}: {command[0]}", done.returncode == 0, (done.returncode, done.stderr))
    sound(f"{s.name}: after all", index)
    check(f"{s.name}: answers to everybody", answers(ORDINARY, index, out)[1:] == wanted["answers"][1:])


def stepping(folder, rng):
    """One index, and a clock that is set between the runs: every article stays, is found, and is told once."""
    index, home = os.path.join(folder, "stepping"), os.path.join(folder, "home")
    os.makedirs(home)
    told, steps = [], 6 if SHORT else 40
    for step in range(steps):
        offset = rng.choice([0, -DAY, DAY, -3600, -30 * 365 * DAY, 3650 * DAY, -1])
        s = Surroundings(f"step {step}", {"HOME": home}, without=("XDG_CONFIG_HOME", "XDG_STATE_HOME"), offset=offset)
        if step == 0:
            s.run(QUERY, "--save", "all", "--index", index, "sandstone")
        path = write(os.path.join(folder, "step.jsonl"), {f"step{step}-{i}": f"sandstone {i}" for i in range(3)})
        done = s.run(INDEXER, "--index", index, "update", path)
        check(f"clock by {offset}: update", done.returncode == 0, done.stderr)
        check(f"clock by {offset}: added:today", int(s.run(QUERY, "--index", index, "-c", f"id:step{step}-* added:today").stdout) == 3)
        new = s.run(QUERY, "--new", "all", "--ids").stdout.decode().split()
        check(f"clock by {offset}: --new", sorted(new) == [f"step{step}-{i}" for i in range(3)], new)
        told += new
    check("clock: each told once", len(told) == len(set(told)) == 3 * steps, len(told))
    # the feed is one file whose lines change: the articles that are not in it any more are gone
    check("clock: the last are there", count(index, "sandstone") == 3, count(index, "sandstone"))
    sound("clock", index)


def main():
    rng = random.Random(SEED)
    print(f"SEED={SEED}", flush=True)
    worked = busy = 0
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(1 if SHORT else 10):
            base = os.path.join(folder, f"round{round_}")
            os.makedirs(base)
            index = os.path.join(base, "made by a run", "index")
            for what, wait in (("fresh", False), ("next", False), ("waiting", True)):
                if SHORT and what == "next":
                    continue
                ok, no = crowd(base, what, index, wait, rng)
                worked, busy = worked + ok, busy + no
            if round_ == 0:
                fresh = write(os.path.join(base, "granite.jsonl"), {f"g{i}": "feldspar" for i in range(2)})
                ORDINARY.run(INDEXER, "--index", index + "2", "update", fresh, os.path.join(base, "fresh-shared.jsonl"))
                stopped(base, index + "2")
        print(f"{worked} runs worked, {busy} ended with 75", flush=True)
        root = inputs(folder)
        index = os.path.join(folder, "ordinary")
        made = ORDINARY.run(INDEXER, "--index", index, "update", root)
        wanted = {"summary": made.stderr, "export": ORDINARY.run(INDEXER, "--index", index, "export").stdout,
                  "answers": answers(ORDINARY, index, os.path.join(folder, "answer"))}
        check("ordinary: all is in", wanted["summary"].startswith(b"indexed 33,") and wanted["answers"][3][1] == b"30\n", wanted)
        for s in rng.sample(ALL, 5) if SHORT else ALL:
            alone(folder, s, root, wanted)
        stepping(folder, rng)
    check.finish()


main()
