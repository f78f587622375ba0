#!/usr/bin/env python3
"""The same articles, however they came: equal totals, ids and scores to the last bit, and an equal export.

usage: histories.py BIN_INDEX BIN_QUERY ARTICLES.jsonl[.zst] [ARTICLES] [QUERIES]

Four histories of one set: fed at once; in date order, a day or a few a run (at most 150 runs); backwards in lots, each article first with another
text and then rewritten, strangers added and removed; and the last of these compacted.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from programs import Programs, finish, seed


def load(path, n, rnd):
    opener = ["zstd", "-dc", path] if path.endswith(".zst") else ["cat", path]
    with subprocess.Popen(opener, stdout=subprocess.PIPE) as p:
        lines = [json.loads(line) for line in p.stdout]
    rnd.shuffle(lines)
    return [{k: a[k] for k in ("id", "date", "title", "body") if a.get(k)} for a in lines[:n]]


def write(path, articles):
    with open(path, "w", encoding="utf-8") as f:
        for a in articles:
            f.write(json.dumps(a, ensure_ascii=False) + "\n")
    return path


def by_day(articles):
    days = {}
    for a in articles:
        days.setdefault(a.get("date", ""), []).append(a)
    return [days[d] for d in sorted(days)]


def lots(days, most):
    """Days in date order, joined so that there are at most `most` runs."""
    size = max(1, -(-len(days) // most))
    return [sum(days[i:i + size], []) for i in range(0, len(days), size)]


def random_queries(articles, n, rnd):
    queries = ["*", "the", "NOT the", "since:1990 until:2005"]
    while len(queries) < n:
        a = rnd.choice(articles)
        words = re.findall(r"[a-z]{3,}", (a.get("body") or "").lower())
        if len(words) < 10:
            continue
        at = rnd.randrange(len(words) - 3)
        u, v, w = words[at:at + 3]
        queries.append(rnd.choice([u, f"{u} {v}", f"{u} OR {w}", f'"{u} {v}"', f"={u}", f"{u[:4]}*", f"{u} -{w}",
                                   f"({u} OR {v}) {w}", f"title:{u}", f"{u} date:{a.get('date', '2000')[:4]}"]))
    return queries


def main():
    indexer, query, source = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 4000
    n = int(sys.argv[5]) if len(sys.argv) > 5 else 200
    rnd = random.Random(seed())
    articles = load(source, count, rnd)
    queries = random_queries(articles, n, rnd)
    answers = {}
    with tempfile.TemporaryDirectory(prefix="dateline-histories-") as tmp:
        def answer(name, p):
            p.run("check", "--sample", "20", "--seed", "7")
            dump = p.run("export").stdout
            results = []
            for sort in ("relevance", "newest", "oldest"):
                hits, totals = p.batch(queries, "-n", "50", "--sort", sort, folder=tmp)
                results.append(({q: [(h["id"], h["score"], h["date"]) for h in hs] for q, hs in hits.items()}, totals))
            answers[name] = (results, dump)

        once = Programs(indexer, query, tmp + "/once")
        once.run("update", write(tmp + "/all.jsonl", articles))
        answer("at once", once)

        daily = Programs(indexer, query, tmp + "/daily")
        os.mkdir(tmp + "/days")
        for i, lot in enumerate(lots(by_day(articles), 150)):
            daily.run("update", write(f"{tmp}/days/{i:05}.jsonl", lot))
        answer("day by day", daily)

        back = Programs(indexer, query, tmp + "/back")
        os.mkdir(tmp + "/back-days")
        for i, lot in enumerate(reversed(lots(by_day(articles), 40))):
            path = f"{tmp}/back-days/{i:05}.jsonl"
            early = [dict(a, body=a.get("body", "")[::-1][:2000], date="1999-01-01") for a in lot if rnd.random() < 0.3]
            strangers = [{"id": f"stranger-{i}-{k}", "date": "2001-02-03", "title": "stranger", "body": "the quick fox"}
                         for k in range(3)]
            back.run("update", write(path, early + strangers))
            back.run("update", write(path, lot + strangers[:1]))
            if strangers:
                done = back.run("remove", "--id", strangers[0]["id"])
                if done.stdout != b"removed 1\n":
                    sys.exit(f"remove: {done.stdout}")
        answer("backwards, rewritten", back)

        back.run("compact")
        answer("compacted", back)
    failed = 0
    base, base_dump = answers["at once"]
    for name, (results, dump) in answers.items():
        differences = 0
        for (hits, totals), (base_hits, base_totals) in zip(results, base):
            for i, text in enumerate(queries):
                key = str(i)
                if hits.get(key) != base_hits.get(key) or totals.get(key) != base_totals.get(key):
                    differences += 1
                    if differences <= 5:
                        print(f"{name}: {text}: total {totals.get(key)}, at once {base_totals.get(key)}")
        if dump != base_dump:
            differences += 1
            print(f"{name}: the export differs")
        print(f"{name}: {differences} differences over {len(queries)} queries in three orders")
        failed += differences > 0
    finish(len(answers) - failed, failed)


if __name__ == "__main__":
    main()
