"""Row 6: years of cron over an archive that grows and changes: bounded size, flat time, and in the end the index of a day.

usage: days.py BIN_INDEX BIN_QUERY [--short] [--days N] [--articles N] [--archive FOLDER]

Half of the archive's articles are there at first; the rest comes day by day, half of it in a file of the day, half appended to a file that grows.
Each day articles are changed and taken out, now and then a file is removed or renamed; then one `update --prune` runs, as cron would.
At the end: as many articles as the folder has, processor time of the last runs against the first, answers and export against an index
made at once, size against the compacted one. Without the archive's data it is skipped; the short form makes articles up.
"""
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

from shared import Programs, finish, seed

ARCHIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data", "archive")


class Options:
    def __init__(self, arguments):
        self.days, self.archive, self.articles = 1000, os.environ.get("DATELINE_ARCHIVE", ARCHIVE), None
        self.short = "--short" in arguments
        for name, value in zip(arguments, arguments[1:]):
            if name == "--days":
                self.days = int(value)
            elif name == "--archive":
                self.archive = value
            elif name == "--articles":
                self.articles = int(value)
        if self.short:
            self.days, self.articles = 30, 240


def archive_articles(folder, most):
    """All articles of the archive, in date order."""
    articles = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".jsonl.zst"):
            with subprocess.Popen(["zstd", "-dqc", os.path.join(folder, name)], stdout=subprocess.PIPE) as p:
                for i, line in enumerate(p.stdout):
                    a = json.loads(line)
                    articles.append({"id": f"{name[:4]}-{i}", "date": a.get("date"), "title": a.get("title") or "",
                                     "body": a.get("body") or ""})
    articles.sort(key=lambda a: (a["date"] or "", a["id"]))
    return articles[:most]


def made_articles(n, rnd):
    words = [a + b for a in ("har", "vel", "mon", "tri", "bos", "lun", "quar", "fen", "gos", "pel") for b in ("vest", "ket", "dary", "tion", "ler", "na")]
    return [{"id": f"made-{i}", "date": f"20{i * 24 // n:02}-{i % 12 + 1:02}-{i % 28 + 1:02}", "title": f"Title {rnd.choice(words)}",
             "body": " ".join(rnd.choice(words) for _ in range(rnd.randrange(30, 120)))} for i in range(n)]


class Folder:
    """The archive's folder as people and programs leave it, day after day."""

    def __init__(self, path, rnd):
        self.path, self.rnd = path, rnd
        self.files = {}  # name: articles
        self.counts = dict.fromkeys(("added", "changed", "removed", "files removed", "files renamed", "appended"), 0)
        os.mkdir(path)

    def write(self, name, articles):
        self.files[name] = articles
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as f:  # as careful programs do: a new inode
            f.writelines(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)
        os.rename(path + ".new", path)

    def append(self, name, articles):
        self.files.setdefault(name, []).extend(articles)
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a", encoding="utf-8") as f:
            f.writelines(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)
        self.counts["appended"] += 1

    def start(self, articles, per_file):
        for i in range(0, len(articles), per_file):
            self.write(f"old/{i // per_file // 100:03}/{i // per_file:05}.jsonl", articles[i:i + per_file])

    def a_file(self):
        return self.rnd.choice(sorted(self.files))

    def alone(self, name):
        """Whether it is its folder's last file, or a tenth of all articles: that would not be believed to have gone."""
        folder = os.path.dirname(name)
        return (sum(os.path.dirname(other) == folder for other in self.files) < 2
                or len(self.files[name]) * 12 > sum(len(a) for a in self.files.values()))

    def day(self, n, articles):
        """What comes on a day, and what is done to what was there."""
        half = len(articles) // 2
        self.write(f"days/{n // 100:03}/{n:05}.jsonl", articles[:half])
        self.append(f"feed/{n // 50:03}.jsonl", articles[half:])
        self.counts["added"] += len(articles)
        for _ in range(3):
            name = self.a_file()
            if name.startswith("feed/") or not self.files[name]:
                continue
            i = self.rnd.randrange(len(self.files[name]))
            changed = list(self.files[name])
            if self.rnd.random() < 0.7:
                changed[i] = dict(changed[i], body=changed[i]["body"] + f" Corrected on day {n}.")
                self.counts["changed"] += 1
            else:
                del changed[i]
                self.counts["removed"] += 1
            self.write(name, changed)
        if n % 10 == 3:
            name = self.a_file()
            while name.startswith("feed/") or self.alone(name):
                name = self.a_file()
            os.remove(os.path.join(self.path, name))
            self.counts["files removed"] += 1
            self.counts["removed"] += len(self.files.pop(name))
        if n % 10 == 7:
            name = self.a_file()
            if not name.startswith("feed/") and not self.alone(name):
                other = f"moved/{n:05}.jsonl"
                os.makedirs(os.path.join(self.path, "moved"), exist_ok=True)
                os.rename(os.path.join(self.path, name), os.path.join(self.path, other))
                self.files[other] = self.files.pop(name)
                self.counts["files renamed"] += 1


def processor_seconds():
    u = resource.getrusage(resource.RUSAGE_CHILDREN)
    return u.ru_utime + u.ru_stime


def queries(articles, rnd, n):
    out = ["*", "the"]
    while len(out) < n:
        words = [w for w in rnd.choice(articles)["body"].lower().split() if w.isalpha() and w.isascii() and len(w) > 2]
        if len(words) < 5:
            continue
        at = rnd.randrange(len(words) - 3)
        u, v, w = words[at:at + 3]
        out.append(rnd.choice([u, f"{u} {v}", f"{u} OR {w}", f'"{u} {v}"', f"={u}", f"{u} -{w}", f"title:{u}"]))
    return out


def answers(p, texts, folder):
    hits, totals = p.batch(texts, "-n", "20", folder=folder)
    return {q: [(h["id"], h["score"], h["date"], h["path"]) for h in hs] for q, hs in hits.items()}, totals


def dump(p):
    """The sum of all that an export says."""
    sum_of = hashlib.sha256()
    with subprocess.Popen([p.indexer, "--index", p.index, "export"], stdout=subprocess.PIPE) as e:
        for block in iter(lambda: e.stdout.read(1 << 20), b""):
            sum_of.update(block)
    if e.returncode:
        sys.exit(f"export ended with {e.returncode}")
    return sum_of.hexdigest()


def status(p):
    return json.loads(p.run("status", "--json").stdout)


def main():
    indexer, query = sys.argv[1:3]
    o = Options(sys.argv[3:])
    rnd = random.Random(seed())
    if o.short:
        articles = made_articles(o.articles, rnd)
    elif os.path.isdir(o.archive):
        articles = archive_articles(o.archive, o.articles)
    else:
        print(f"skipped: no {o.archive}")
        sys.exit(77)
    failures = []

    def hold(truth, what):
        if not truth:
            failures.append(what)

    with tempfile.TemporaryDirectory(prefix="dateline-days-") as tmp:
        folder = Folder(os.path.join(tmp, "archive"), rnd)
        p = Programs(indexer, query, os.path.join(tmp, "index"))
        first = len(articles) // 2
        folder.start(articles[:first], max(10, first // 300))
        p.run("update", "-q", folder.path)
        coming, took, worst = articles[first:], [], 0
        for n in range(o.days):
            folder.day(n, coming[n * len(coming) // o.days:(n + 1) * len(coming) // o.days])
            before = processor_seconds()
            p.run("update", "--prune", "--quiet", folder.path)
            took.append(processor_seconds() - before)
            if n % 10 == 9:
                s = status(p)
                worst = max(worst, s["file_bytes"] / s["used_bytes"])
                if n % 100 == 99 or n == o.days - 1:
                    print(f"day {n + 1}: {s['articles']} articles, {s['segments']} segments, {s['file_bytes'] / 1e6:.1f} MB, "
                          f"{s['free_bytes'] / 1e6:.1f} free", flush=True)
        print(", ".join(f"{what} {n}" for what, n in folder.counts.items()))
        p.run("check", "--sample", "50")
        end = status(p)
        alive = sum(len(a) for a in folder.files.values())
        hold(end["articles"] == alive, f"{end['articles']} articles, the folder holds {alive}")

        share = min(100, o.days // 3)
        early, late = sum(took[:share]) / share, sum(took[-share:]) / share
        middle = [sorted(t)[len(t) // 2] for t in (took[:share], took[-share:])]
        print(f"processor time of a run: {early:.3f} s in the first {share}, {late:.3f} s in the last; middle {middle[0]:.3f} and {middle[1]:.3f} s; "
              f"longest {max(took):.2f} s")
        hold(o.short or late < 2 * early, "the last runs took over twice as long as the first")

        once = Programs(indexer, query, os.path.join(tmp, "once"))
        once.run("update", "-q", folder.path)
        texts = queries(articles, rnd, 40 if o.short else 300)
        hold(answers(p, texts, tmp) == answers(once, texts, tmp), "queries are answered otherwise than by an index made at once")
        whole = dump(once)
        hold(dump(p) == whole, "the export differs from that of an index made at once")
        p.run("compact")
        compacted = status(p)["file_bytes"]
        hold(dump(p) == whole, "compacted, the export differs")
        shutil.rmtree(once.index)
        print(f"size after {o.days} days {end['file_bytes'] / 1e6:.1f} MB ({end['free_bytes'] / 1e6:.1f} free), compacted {compacted / 1e6:.1f} MB: "
              f"{end['file_bytes'] / compacted:.2f}; at most {worst:.2f} times what was used at the time")
        hold(o.short or end["file_bytes"] <= 1.5 * compacted, "the index is over 1.5 times its compacted size")
    for f in failures:
        print(f)
    finish(5 + (0 if o.short else 2) - len(failures), len(failures))


if __name__ == "__main__":
    main()
