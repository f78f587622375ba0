"""Facets and timelines equal what a plain program counts over the same articles.

counts.py INDEXER QUERY [SEED]: a random archive fed in several runs, with replaced and removed articles, so that there
are many segments and dead documents; values in several cases and accents, several to an article, articles without; all
precisions of dates. Every facet and every unit, for queries of every shape, against the list of articles.
"""
import collections
import datetime
import json
import os
import random
import shutil
import sys
import tempfile
import unicodedata

from programs import Checks, Programs, seed

INDEXER, QUERY = sys.argv[1:3]
WORDS = ["quake", "ferry", "harbour", "minister", "gulls", "bread", "a", "the", "tax", "storm"]
SOURCES = ["Wire", "WIRE", "wire", "Le Phare", "Le Pháre", "Chronicle", ""]
TAGS = ["Sea", "sea", "Été", "ete", "rail", "sport", "Grain"]
AUTHORS = ["Jane Doe", "jane doe", "José Ruiz", "Jose Ruiz", "A. N. Other"]
check = Checks()


def fold(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def random_date(rng):
    day = datetime.date(2015, 1, 1) + datetime.timedelta(rng.randrange(1500))
    return rng.choice([day.isoformat()] * 6 + [day.isoformat()[:7], day.isoformat()[:4], None])


def random_article(rng, number):
    def some(values):
        return rng.sample(values, rng.randrange(3))
    return {"id": f"a{number}", "date": random_date(rng), "title": " ".join(rng.choices(WORDS, k=rng.randrange(4))),
            "body": " ".join(rng.choices(WORDS, k=rng.randrange(1, 30))), "source": rng.choice(SOURCES),
            "author": some(AUTHORS), "tags": some(TAGS), "section": some(["News", "news", "Sport"]),
            "place": some(["Ellery", "Carrow"]), "lang": rng.choice(["en", "fr"])}


def words(article):
    return article["title"].split(), article["body"].split()


def occurrences(article, phrase):
    return sum(text[i:i + len(phrase)] == phrase for text in words(article) for i in range(len(text) - len(phrase) + 1))


QUERIES = [  # text, does an article match, phrases counted, the filters alone
    ("=quake", lambda a: occurrences(a, ["quake"]), [["quake"]], lambda a: True),
    ('"the storm"', lambda a: occurrences(a, ["the", "storm"]), [["the", "storm"]], lambda a: True),
    ("=quake =ferry", lambda a: occurrences(a, ["quake"]) and occurrences(a, ["ferry"]), [["quake"], ["ferry"]],
     lambda a: True),
    ("=quake OR =ferry", lambda a: occurrences(a, ["quake"]) or occurrences(a, ["ferry"]), [["quake"], ["ferry"]],
     lambda a: True),
    ("=quake -=ferry", lambda a: occurrences(a, ["quake"]) and not occurrences(a, ["ferry"]), [["quake"]], lambda a: True),
    ("NOT =quake", lambda a: not occurrences(a, ["quake"]), [], lambda a: True),
    ("*", lambda a: True, [], lambda a: True),
    ("=bread date:2016", lambda a: occurrences(a, ["bread"]) and (a["date"] or "")[:4] == "2016", [["bread"]],
     lambda a: (a["date"] or "")[:4] == "2016"),
    ("date:none", lambda a: a["date"] is None, [], lambda a: a["date"] is None),
    ("storm*", lambda a: occurrences(a, ["storm"]), [["storm"]], lambda a: True)]


def facet_of(article, field):
    date = article["date"]
    if field in ("year", "month"):
        if date is None:
            return set()
        return {date[:4]} if field == "year" else {date[:7] if len(date) > 4 else date + "-01"}
    key = {"tag": "tags"}.get(field, field)
    value = article[key]
    values = value if isinstance(value, list) else [value] if value else []
    return {fold(v) for v in values}


def check_facets(p, live, text, matches):
    fields = ["source", "author", "section", "tag", "place", "lang", "year", "month"]
    printed = collections.defaultdict(list)
    done = p.query("--facet", ",".join(fields), "--json", text)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    end = records.pop()
    hits = [a for a in live.values() if matches(a)]
    check(f"{text}: total", end["total"] == len(hits), (end, len(hits)))
    check(f"{text}: status", done.returncode == (0 if hits else 1), done.returncode)
    for r in records:
        printed[r["field"]].append((r["value"], r["count"]))
    for field in fields:
        wanted = collections.Counter(v for a in hits for v in facet_of(a, field))
        none = sum(not facet_of(a, field) for a in hits)
        got = {fold(v): n for v, n in printed[field] if v is not None}
        check(f"{text}: {field}", got == wanted, (got, wanted))
        check(f"{text}: {field}: none", [n for v, n in printed[field] if v is None] == [none] * (none > 0), printed[field])
        counts = [n for v, n in printed[field] if v is not None]
        ordered = sorted(counts, reverse=True) if field not in ("year", "month") else counts
        check(f"{text}: {field}: order", counts == ordered, counts)
        if field in ("source", "tag"):  # as the newest of its articles prints it
            for value, _ in printed[field]:
                spellings = {v for a in hits for v in ([a["source"]] if field == "source" else a["tags"])}
                check(f"{text}: {field}: printed", value is None or value in spellings, value)


def period_of(date, unit):
    if date is None:
        return None
    day = datetime.date.fromisoformat((date + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10])
    return {"day": day.isoformat(), "week": (day - datetime.timedelta(day.weekday())).isoformat(),
            "month": day.isoformat()[:7], "quarter": f"{day.year}-Q{(day.month + 2) // 3}", "year": str(day.year)}[unit]


def check_timeline(p, live, query, unit):
    text, matches, phrases, filters = query
    rows = [json.loads(line) for line in p.query("--json", f"--timeline={unit}", text).stdout.splitlines()]
    wanted = collections.defaultdict(lambda: [0, 0, 0, 0])
    for a in live.values():
        row = wanted[period_of(a["date"], unit)]
        if matches(a):
            row[0] += 1
            row[2] += sum(occurrences(a, phrase) for phrase in phrases)
        if filters(a):
            row[1] += 1
            row[3] += sum(map(len, words(a)))
    name = f"{text} by {unit}"
    check(f"{name}: matches", sum(r["count"] for r in rows) == sum(r[0] for r in wanted.values()), rows[:3])
    for r in rows:
        got = [r["count"], r["articles"], r["occurrences"], r["words"]]
        check(f"{name}: {r['period']}", got == wanted[r["period"]], (got, wanted[r["period"]]))
        share = r["count"] / r["articles"] if r["articles"] else None
        check(f"{name}: share", r["share"] == share or abs(r["share"] - share) < 1e-6, r)
        rate = r["occurrences"] * 1e6 / r["words"] if phrases and r["words"] else None
        check(f"{name}: rate", r["per_million"] == rate or abs(r["per_million"] - rate) < 1e-3, r)
    dated = [r["period"] for r in rows if r["period"]]
    check(f"{name}: rises", dated == sorted(set(dated)), dated[:5])
    check(f"{name}: ends with matches", not rows or (rows[0]["count"] and rows[-1]["count"]), rows[-1:])
    if unit == "year" and dated:
        check(f"{name}: no gaps", dated == [str(y) for y in range(int(dated[0]), int(dated[-1]) + 1)], dated)
    tsv = [line.split("\t") for line in p.query(f"--timeline={unit}", text).stdout.decode().splitlines()]
    check(f"{name}: TSV", [(t[0], int(t[1]), int(t[2])) for t in tsv] ==
          [(r["period"] or "undated", r["count"], r["articles"]) for r in rows], tsv[:3])


def check_compare(p):
    both = p.query("--timeline=year", "--compare", "--json", "=quake", "=ferry since:2016").stdout.splitlines()
    for i, text in enumerate(("=quake", "=ferry since:2016")):
        alone = {r["period"]: r for r in map(json.loads, p.query("--timeline=year", "--json", text).stdout.splitlines())}
        for r in map(json.loads, both):
            one = r["compare"][i]
            if r["period"] in alone:
                check("compared", all(one[k] == alone[r["period"]][k] for k in ("count", "articles", "share", "occurrences")),
                      (one, alone[r["period"]]))
            else:
                check("compared: nothing", one["count"] == 0, one)
    lines = p.query("--compare", "--timeline=year", "=quake", "=ferry").stdout.decode().splitlines()
    check("compared: header", lines[0].split("\t")[:3] == ["period", "=quake", "=ferry"], lines[0])
    check("compared: columns", {len(line.split("\t")) for line in lines} == {7}, lines[:2])


def main():
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else seed())
    folder = tempfile.mkdtemp(prefix="dateline-counts-")
    try:
        p = Programs(INDEXER, QUERY, os.path.join(folder, "index"))
        live = {}
        for batch in range(6):
            path = os.path.join(folder, f"batch{batch}.jsonl")
            articles = [random_article(rng, n) for n in rng.sample(range(900), 250)]
            with open(path, "w", encoding="utf-8") as f:
                for a in articles:
                    f.write(json.dumps(a) + "\n")
                    key = (a["source"], a["id"])
                    live[key] = a
            p.run("update", path)
        for key in rng.sample(sorted(live), 40):
            p.run("remove", "--id", key[1])
            for k in [k for k in live if k[1] == key[1]]:
                del live[k]
        for query in QUERIES:
            check(f"{query[0]}: count", int(p.query("-c", query[0]).stdout) == sum(bool(query[1](a)) for a in live.values()))
            check_facets(p, live, query[0], query[1])
            for unit in ("day", "week", "month", "quarter", "year"):
                check_timeline(p, live, query, unit)
        check_compare(p)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    check.finish()


main()
