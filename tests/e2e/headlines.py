#!/usr/bin/env python3
"""Headlines pasted as queries find their own articles.

headlines.py BIN_INDEX BIN_QUERY reuters.jsonl: every headline with -F, and 1,000 of those without
operator words or a leading minus as plain queries. All must be understood; of those whose headline is
the only one of its kind, 99 % must find their own article among the first three.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

OPERATORS = {"AND", "OR", "NOT", "NEAR", "SAME", "SENTENCE", "PARAGRAPH", "W/S", "W/P", "ATLEAST"}


def plain(title):
    """Nothing in it is meant as syntax by the manual's own list of operators."""
    words = title.split()
    return (not any(w in OPERATORS or re.match(r"(N|W|PRE|ADJ|NEAR|ONEAR|NOTNEAR|ATLEAST)/?\d", w) for w in words)
            and not any(w.startswith("-") for w in words)
            and title.count('"') % 2 == 0 and title.count("(") == title.count(")"))  # else broken


def search(query, folder, titles, *options):
    path = os.path.join(folder, "queries")
    with open(path, "w", encoding="utf-8") as f:
        for i, (_, title) in enumerate(titles):
            f.write(f"{i}\t{title}\n")
    run = subprocess.run([query, "--index", os.path.join(folder, "idx"), "--queries", path, "--trec", "-n", "3",
                          *options], capture_output=True, text=True, check=False)
    found = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        number, _, name = line.split()[:3]
        found[int(number)].append(name)
    return run, found


def report(kind, titles, count, run, found):
    bad = 0
    if run.returncode not in (0, 1):
        print(f"{kind}: status {run.returncode}; {run.stderr[:5000]}")
        bad += 1
    unique = [i for i, (_, t) in enumerate(titles) if count[t] == 1]
    own = [i for i in unique if titles[i][0] in found[i]]
    share = len(own) / max(1, len(unique))
    missed = [titles[i][1] for i in unique if titles[i][0] not in found[i]]
    print(f"{kind}: {len(titles)} headlines, {len(unique)} of their kind, {len(own)} find their article "
          f"({100 * share:.2f} %)")
    if share < 0.99:
        print("  missed:", *missed[:20], sep="\n    ")
        bad += 1
    return bad


def main():
    with open(sys.argv[3], encoding="utf-8") as f:
        articles = [json.loads(line) for line in f]
    titles = [(a["id"], " ".join(a["title"].split())) for a in articles if a.get("title")]
    titles = [t for t in titles if t[1]]
    count = collections.Counter(t for _, t in titles)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.argv[1], "--index", os.path.join(folder, "idx"), "update", sys.argv[3]],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            print(made.stderr)
            return 1
        bad += report("-F", titles, count, *search(sys.argv[2], folder, titles, "-F"))
        some = [t for t in titles if plain(t[1])]
        wanted = min(len(some), int(os.environ.get("HEADLINES", "1000")))
        some = random.Random(1987).sample(some, wanted)
        bad += report("plain", some, count, *search(sys.argv[2], folder, some))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
