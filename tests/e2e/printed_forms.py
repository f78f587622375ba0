#!/usr/bin/env python3
"""Quotes, =word, case: and accent: in many languages against a scan of the text.

usage: printed_forms.py BIN_INDEX BIN_QUERY FOLDER [N]

FOLDER holds articles as JSON Lines, a file a language (xx.jsonl). All are indexed together; for each language N words
and N phrases of two to four words are drawn from its text, each asked exact, with letter case, with accents and with
both, as it was printed and with its case or accents changed, and the ids found are compared with those of a scan by
the rule of word_rule.py. SEED= is printed and taken from the environment. Ends with 1 on any difference.
"""
import json
import os
import random
import sys
import tempfile

import word_rule
from programs import Programs, finish, seed

OPERATORS = {"AND", "OR", "NOT", "SAME", "SENTENCE", "PARAGRAPH"}  # words only in quotes

KINDS = {
    "=": word_rule.folded,
    "case:": word_rule.cased,
    "accent:": word_rule.accented,
    "case:accent:": word_rule.plain,
}


class Article:
    def __init__(self, record, language):
        self.id, self.language = record["id"], language
        title, body = word_rule.words(record.get("title") or ""), word_rule.words(record.get("body") or "")
        self.forms = [w for w in body if w] or [w for w in title if w]
        self.runs = [title, body]
        self.text = {}
        for name, same in KINDS.items():  # words between line ends; no phrase crosses from the title into the body
            self.text[name] = "\n\n".join(
                "\n" + "\n".join("\t" if w is None else same(w) for w in run) + "\n" for run in self.runs)


def load(folder):
    articles = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".jsonl"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                articles += [Article(json.loads(line), name[:-6]) for line in f]
    return articles


def askable(form):
    """Letters, marks and digits alone, and more than one character of Han or kana."""
    return (form and all(word_rule.kind(c) in "LNRH" or word_rule.attached(c) for c in form)
            and not (len(form) == 1 and word_rule.in_run(form)))


def as_query(forms):
    """Words of a phrase in one string: Han pairs that overlap in the text are written once."""
    text = forms[0]
    for before, w in zip(forms, forms[1:]):
        overlap = word_rule.in_run(before[-1]) and word_rule.in_run(w[0]) and before[-1] == w[0]
        text += w[1:] if overlap else " " + w
    return text


def changed(text, rnd):
    other = rnd.choice([str.upper, str.lower, str.title, word_rule.without_marks, lambda t: t, lambda t: t])(text)
    return other if word_rule.words(other) else text


def draw(articles, n, rnd):
    """(query, kind, words) for one language."""
    def some_run(least):
        while True:
            run = rnd.choice(rnd.choice(articles).runs)
            if len(run) >= least:
                return run

    for i in range(2 * n):
        size = 1 if i < n else rnd.randint(2, 4)
        for _ in range(1000):
            run = some_run(size)
            at = rnd.randrange(len(run) - size + 1)
            forms = run[at:at + size]
            if all(askable(w) for w in forms):
                break
        else:
            continue
        for name, same in KINDS.items():
            text = changed(as_query(forms), rnd)
            asked = [w for w in word_rule.words(text) if w]
            if not asked or any(not askable(w) for w in asked):
                continue
            quoted = len(asked) > 1 or text in OPERATORS or rnd.random() < 0.5
            query = f'{name}"{text}"' if quoted else f"{name}{text}"
            query = query[1:] if query.startswith('="') and rnd.random() < 0.5 else query
            yield query, name, [same(w) for w in asked]


def main():
    indexer, query, folder = sys.argv[1:4]
    n = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    rnd = random.Random(seed())
    articles = load(folder)
    languages = sorted({a.language for a in articles})
    cases = [(language, *case) for language in languages
             for case in draw([a for a in articles if a.language == language], n, rnd)]
    with tempfile.TemporaryDirectory(prefix="dateline-printed-") as tmp:
        p = Programs(indexer, query, os.path.join(tmp, "index"))
        p.run("update", "--quiet", *(os.path.join(folder, f"{language}.jsonl") for language in languages))
        hits, totals = p.batch([c[1] for c in cases], "-n", str(len(articles)), folder=tmp)
    wrong, found, by_language = 0, 0, dict.fromkeys(languages, 0)
    for i, (language, text, name, asked) in enumerate(cases):
        wanted = "\n" + "\n".join(asked) + "\n"
        expected = {a.id for a in articles if wanted in a.text[name]}
        got = {h["id"] for h in hits.get(str(i), [])}
        by_language[language] += 1
        found += len(expected)
        if got != expected or totals.get(str(i)) != len(expected):
            wrong += 1
            print(f"{language}: {text}: the index alone {sorted(got - expected)[:3]}, the scan alone {sorted(expected - got)[:3]}")
    print(" ".join(f"{language} {count}" for language, count in by_language.items()), f"; {found} articles found")
    finish(len(cases) - wrong, wrong)


if __name__ == "__main__":
    main()
