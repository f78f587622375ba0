"""Row 5: 32 readers, one writer, random reader kills: each answer equal to a model's for exactly one generation.

readers.py INDEXER QUERY [--short] [--seconds N] [--readers N]: a writer adds, changes and removes articles as fast as it
can; readers ask, alone, in batches and through slow pipes, and are killed, stopped and let go on at random. An answer names
its generation, which must be one of those that were there while it ran, and is what a model has for it: the total and the
ids in order. Every generation differs for every query, so no answer fits two. The file must not grow without bound, and
when all 1022 places of readers are taken, a search ends with 75 and one line, until they are free again.
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

INDEXER, QUERY = (os.path.abspath(a) for a in sys.argv[1:3])
SHORT = "--short" in sys.argv
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
SLOTS = os.path.join(os.path.dirname(os.path.dirname(INDEXER)), "tests/torture/slots")
PLACES = 1022  # of readers
WORDS = ["quartz", "zebra", "violin", "harbour", "lantern", "copper"]
QUERIES = ["*"] + WORDS + ["quartz zebra", "violin OR lantern", "harbour -copper"]
ARTICLES, PAGE = 400, 50


def option(name, value):
    return float(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else value


SECONDS, READERS = option("--seconds", 5 if SHORT else 180), int(option("--readers", 8 if SHORT else 32))


def matches(query, words):
    if query == "*":
        return True
    if " OR " in query:
        return any(w in words for w in query.split(" OR "))
    return all(w[1:] not in words if w[0] == "-" else w in words for w in query.split())


class Model:
    """What every generation holds: {query: ids, newest first}."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answers, self.newest, self.begun = {}, 0, 0  # newest: published for certain; begun: may be

    def add(self, generation, articles):
        order = sorted(articles.items(), key=lambda a: (-a[1][0], a[0].encode()))
        self.answers[generation] = {q: [i for i, (_, words) in order if matches(q, words)] for q in QUERIES}


class Crowd:
    def __init__(self, folder, rng):
        self.folder, self.index, self.rng = folder, os.path.join(folder, "index"), rng
        self.model, self.over = Model(), threading.Event()
        self.lock, self.live, self.problems = threading.Lock(), set(), []
        self.counts = dict.fromkeys(("answers", "killed", "stopped", "runs"), 0)
        self.articles, self.sizes = {}, []

    def problem(self, text):
        with self.lock:
            self.problems.append(text)
            if len(self.problems) <= 10:
                print(text, flush=True)

    # ---- the writer

    def change(self, rng):
        """The next generation's articles: for every query something comes or goes."""
        now = dict(self.articles)
        fresh = {}
        for i in rng.sample(range(ARTICLES), 20):
            fresh[f"a{i}"] = (rng.randint(1, 28), rng.sample(WORDS, rng.randint(1, 4)))
        # one article alone is in every query's answer in this generation, and was in none before
        fresh[f"g{self.model.begun}"] = (rng.randint(1, 28), ["quartz", "zebra", "violin", "harbour"])
        fresh[f"h{self.model.begun}"] = (rng.randint(1, 28), ["lantern", "copper"])
        return now | fresh, fresh

    def update(self, rng):
        wanted, fresh = self.change(rng)
        path = os.path.join(self.folder, f"feed{self.counts['runs'] % 50}-{rng.randrange(1 << 40)}.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            for id_, (day, words) in fresh.items():
                f.write(json.dumps({"id": id_, "date": f"2024-03-{day:02d}", "body": " ".join(words) + " and some more text" * 20}) + "\n")
        self.model.begun += 1
        self.model.add(self.model.begun, wanted)
        done = subprocess.run([INDEXER, "--index", self.index, "update", path], capture_output=True)
        os.unlink(path)
        if done.returncode != 0:
            self.problem(f"update ended with {done.returncode}: {done.stderr}")
            self.over.set()
        self.articles, self.model.newest = wanted, self.model.begun
        self.counts["runs"] += 1

    def remove(self, rng):
        """Old ones go, so that the archive stays as large as it is; removing is a generation too."""
        old = sorted((i for i in self.articles if i[0] in "gh"), key=lambda i: int(i[1:]))[:-8]
        if len(old) < 12:
            return
        for ids in (old[:1], old[1:2]):
            self.model.begun += 1
            wanted = {i: a for i, a in self.articles.items() if i not in ids}
            self.model.add(self.model.begun, wanted)
            done = subprocess.run([INDEXER, "--index", self.index, "remove", "--id", ids[0]], capture_output=True)
            if done.returncode != 0 or b"removed 1" not in done.stdout:
                self.problem(f"remove ended with {done.returncode}: {done.stderr}")
                self.over.set()
            self.articles, self.model.newest = wanted, self.model.begun

    def write(self):
        rng = random.Random(self.rng.random())
        while not self.over.is_set():
            self.update(rng)
            self.remove(rng)
            self.sizes.append(os.path.getsize(os.path.join(self.index, "data.mdb")))

    # ---- readers

    def run(self, command, slow=0.0):
        """(status, output), the process being there for others to kill meanwhile."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with self.lock:
            self.live.add(process)
        out = b""
        if slow:
            out = process.stdout.read(4096)
            self.over.wait(slow)
        rest, err = process.communicate()
        with self.lock:
            self.live.discard(process)
        return process.returncode, out + rest, err

    def judge(self, query, end, ids, least, most, whole):
        generation = end["generation"]
        if not least <= generation <= most:
            self.problem(f"{query}: generation {generation}, and {least} to {most} were there")
            return
        wanted = self.model.answers[generation][query]
        shown = wanted if whole else wanted[:PAGE]
        if end["total"] != len(wanted) or ids != shown:
            self.problem(f"{query}: not what generation {generation} holds: {end['total']} of {len(wanted)}")

    def ask(self, rng):
        kind, least = rng.random(), self.model.newest
        options = ["--json", "--no-snippet", "--sort", "newest"]
        command = [QUERY, "--index", self.index, *options]
        slow, whole = 0.0, False
        if kind < 0.15:
            queries = rng.sample(range(len(QUERIES)), 4)
            path = os.path.join(self.folder, f"batch{threading.get_ident()}")
            with open(path, "w", encoding="utf-8") as f:
                f.writelines(f"{q}\t{QUERIES[q]}\n" for q in queries)
            command += ["-n", str(PAGE), "--queries", path]
        elif kind < 0.3:
            slow, whole, queries = rng.uniform(0.1, 0.7), True, [0]
            command += ["--all", "*"]
        else:
            queries = [rng.randrange(len(QUERIES))]
            command += ["-n", str(PAGE), QUERIES[queries[0]]]
        code, out, err = self.run(command, slow)
        if code == -signal.SIGKILL:
            return 0
        if code not in (0, 1):
            self.problem(f"{command[7:]} ended with {code}: {err.decode()}")
            return 0
        most, ids, answers, generations = self.model.begun, {}, 0, set()
        for line in out.splitlines():
            record = json.loads(line)
            qid = int(record.get("qid", queries[0]))
            if record["type"] == "hit":
                ids.setdefault(qid, []).append(record["id"])
            else:
                self.judge(QUERIES[qid], record, ids.get(qid, []), least, most, whole)
                generations.add(record["generation"])
                answers += 1
        if answers != len(queries) or len(generations) != 1:
            self.problem(f"{command[7:]}: {answers} answers, of generations {generations}")
        return answers

    def read(self, number):
        rng = random.Random(f"{SEED}-{number}")
        while not self.over.is_set():
            answers = self.ask(rng)
            with self.lock:
                self.counts["answers"] += answers

    def kill(self):
        rng, stopped = random.Random(SEED + 1), []
        while not self.over.is_set():
            self.over.wait(rng.uniform(0.01, 0.2))
            now = time.monotonic()
            with self.lock:  # whoever is in `live` has not been waited for: its number is its own
                for process, until in [s for s in stopped if s[1] <= now]:
                    if process in self.live:
                        process.send_signal(signal.SIGCONT)
                stopped = [s for s in stopped if s[1] > now]
                if not self.live:
                    continue
                process = rng.choice(sorted(self.live, key=lambda p: p.pid))
                if rng.random() < 0.6:
                    process.kill()
                    self.counts["killed"] += 1
                else:
                    process.send_signal(signal.SIGSTOP)
                    stopped.append((process, now + rng.uniform(0.02, 1.5)))
                    self.counts["stopped"] += 1
        with self.lock:
            for process in self.live:
                process.send_signal(signal.SIGCONT)

    def work(self):
        for _ in range(3):
            self.update(self.rng)
        threads = [threading.Thread(target=f, args=a) for f, a in
                   [(self.write, ()), (self.kill, ())] + [(self.read, (n,)) for n in range(READERS)]]
        for t in threads:
            t.start()
        self.over.wait(SECONDS)
        self.over.set()
        for t in threads:
            t.join()

    # ---- afterwards

    def growth(self):
        """What the stopped and the killed held is free again: the file is not larger than a few archives."""
        for _ in range(5):
            self.update(self.rng)
        status = json.loads(subprocess.run([INDEXER, "--index", self.index, "status", "--json"], capture_output=True, check=True).stdout)
        third = len(self.sizes) // 3
        largest = max(self.sizes), max(self.sizes[third:2 * third] or [0]), max(self.sizes[-third:] or [0])
        print(f"file: at most {largest[0] >> 10} KiB, {largest[1] >> 10} in the second third of the runs and {largest[2] >> 10} in the last; "
              f"afterwards {status['file_bytes'] >> 10} KiB with {status['used_bytes'] >> 10} in use, {status['readers']} readers", flush=True)
        if status["file_bytes"] > 16 * status["used_bytes"] + (4 << 20) or (third > 20 and largest[2] > 2 * largest[1]):
            self.problem("the file grows")
        if subprocess.run([INDEXER, "--index", self.index, "check"], capture_output=True).returncode != 0:
            self.problem("check finds damage")

    def places(self):
        """Every place taken: searches end with 75 and one line; of a killed holder the places are found and freed."""
        query = [QUERY, "--index", self.index, "-c", "*"]
        holder = subprocess.Popen([SLOTS, self.index, str(PLACES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if holder.stdout.readline() != b"ready\n":
            self.problem("the places could not be taken")
            return
        for command in (query, [INDEXER, "--index", self.index, "status"]):
            done = subprocess.run(command, capture_output=True)
            lines = done.stderr.decode().splitlines()
            if done.returncode != 75 or done.stdout or len(lines) != 1 or "reader" not in lines[0]:
                self.problem(f"all places taken: {command} ended with {done.returncode}: {done.stderr}")
            else:
                print(f"all {PLACES} places taken: {done.returncode}, {lines[0]}", flush=True)
        holder.kill()
        holder.wait()
        done = subprocess.run(query, capture_output=True)
        if done.returncode != 0 or int(done.stdout) != len(self.articles):
            self.problem(f"places of a killed holder: {done}")
        self.update(self.rng)


def main():
    print(f"SEED={SEED}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        crowd = Crowd(folder, random.Random(SEED))
        crowd.work()
        crowd.growth()
        crowd.places()
    print(f"{READERS} readers, {SECONDS:.0f} s: " + ", ".join(f"{n} {what}" for what, n in crowd.counts.items()) +
          f", {crowd.model.newest} generations")
    enough = crowd.counts["answers"] > 0 and crowd.counts["killed"] > 0
    print(f"{crowd.counts['answers']} passed, {len(crowd.problems) + (not enough)} failed")
    sys.exit(1 if crowd.problems or not enough else 0)


main()
