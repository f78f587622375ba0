#!/usr/bin/env python3
"""Counts by the index against counts by reading every article.

usage: linear_scan.py BIN_INDEX BIN_QUERY ARTICLES.jsonl [N]

Indexes the articles in a temporary folder, draws N random exact words, pairs of words, phrases of two to four
words and date ranges (each alone and with a word), asks `dateline-query -c`, and compares with a scan of the text
by the word rule written down here once more: letters and digits, joined by ' . between letters and by ' . , ;
between digits, by _ anywhere. SEED= is printed and taken from the environment. Ends with 1 on any difference.
"""
import datetime
import json
import os
import random
import re
import sys
import tempfile
import unicodedata

from programs import Programs, finish, seed

WORD = re.compile(r"(?:[^\W_]|_|(?<=[^\W\d_])['’.](?=[^\W\d_])|(?<=\d)['’.,;](?=\d))+")


def fold(word):
    word = unicodedata.normalize("NFKC", word).replace("’", "'").casefold()
    return "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")


def words(text):
    return [fold(m.group()) for m in WORD.finditer(text) if any(c.isalnum() for c in m.group())]


def load(path):
    articles = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            a = json.loads(line)
            title, body = words(a.get("title") or ""), words(a.get("body") or "")
            # no phrase crosses from the title into the body
            articles.append((a["date"], title, body, frozenset(title) | frozenset(body),
                             " " + " ".join(title) + " \n " + " ".join(body) + " "))
    return articles


def draw(articles, n, rnd):
    """(kind, query, predicate) triples; words drawn by occurrence, so common and rare ones both come."""
    def some_list():
        while True:
            a = rnd.choice(articles)
            tokens = a[1] if a[1] and rnd.random() < 0.2 else a[2]
            if len(tokens) >= 6:
                return tokens

    def some_word():
        while True:
            w = rnd.choice(some_list())
            if re.fullmatch(r"[a-z0-9]+(?:[.'][a-z0-9]+)*", w):
                return w

    days = sorted({a[0] for a in articles})
    first, last = (datetime.date.fromisoformat(d) for d in (days[0], days[-1]))

    def some_range():
        a = first + datetime.timedelta(rnd.randrange((last - first).days + 1))
        b = a + datetime.timedelta(rnd.choice([0, 1, 6, 30, 90]))
        return a.isoformat(), b.isoformat()

    for _ in range(n):
        w = some_word()
        yield "word", f"={w}", (lambda a, w=w: w in a[3])
        v, w = some_word(), some_word()
        yield "pair", f"={v} ={w}", (lambda a, v=v, w=w: v in a[3] and w in a[3])
        while True:
            tokens = some_list()
            at = rnd.randrange(len(tokens) - 3)
            phrase = tokens[at:at + rnd.randint(2, 4)]
            if all(re.fullmatch(r"[a-z0-9]+(?:[.'][a-z0-9]+)*", w) for w in phrase):
                break
        yield "phrase", '"' + " ".join(phrase) + '"', (lambda a, p=" " + " ".join(phrase) + " ": p in a[4])
        lo, hi = some_range()
        w = some_word()
        if rnd.random() < 0.3:
            yield "range", f"date:{lo}..{hi}", (lambda a, lo=lo, hi=hi: lo <= a[0] <= hi)
        else:
            yield "range", f"={w} since:{lo} until:{hi}", (
                lambda a, w=w, lo=lo, hi=hi: w in a[3] and lo <= a[0] <= hi)


def main():
    indexer, query, source = sys.argv[1:4]
    n = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    articles = load(source)
    cases = list(draw(articles, n, random.Random(seed())))
    with tempfile.TemporaryDirectory(prefix="dateline-scan-") as tmp:
        p = Programs(indexer, query, os.path.join(tmp, "index"))
        p.run("update", "--quiet", source)
        batch = os.path.join(tmp, "queries.tsv")
        with open(batch, "w", encoding="utf-8") as f:
            for i, (_, text, _) in enumerate(cases):
                f.write(f"{i}\t{text}\n")
        counted = dict(line.split("\t") for line in p.query("-c", "--queries", batch).stdout.decode().splitlines())
    wrong = 0
    for i, (kind, text, holds) in enumerate(cases):
        expected = sum(1 for a in articles if holds(a))
        got = counted.get(str(i))
        if got is None or int(got) != expected:
            wrong += 1
            print(f"{kind}: {text}: the index says {got}, the scan {expected}")
    finish(len(cases) - wrong, wrong)


if __name__ == "__main__":
    main()
