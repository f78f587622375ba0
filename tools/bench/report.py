#!/usr/bin/env python3
"""Write docs/PERFORMANCE.md from what one run of tools/bench/compare measured.

usage: report.py BENCH_WORK OUT.md

Reads BENCH_WORK/results.json (indexing, adding, whole processes), BENCH_WORK/logs/CORPUS-PEER-MODE.tsv (a query's
least time each) and BENCH_WORK/ours/*.jsonl (rows of our own programs). Prints ratios to the best peer: below 1 ours is
the quicker or the smaller one.
"""
import datetime
import json
import os
import re
import subprocess
import sys

OURS = "dateline"
MODES = (("top10", "Ten best"), ("count", "Exact counts"), ("snip", "Ten with stored fields and snippets"))


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p * (len(values) - 1) + 0.5))]


def read_log(path):
    """{class: [least microseconds of each query]} and {qid: hits}."""
    classes, hits = {}, {}
    try:
        with open(path, encoding="utf-8") as f:
            for line in f:
                v = line.rstrip("\n").split("\t")
                classes.setdefault(v[1], []).append(float(v[3]))
                hits[v[0]] = (v[1], int(v[5]))
    except FileNotFoundError:
        pass
    return classes, hits


def table(heading, rows):
    out = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    return out + ["| " + " | ".join(r) + " |" for r in rows]


def latency(work, corpus, mode, peers):
    logs = {p: read_log(f"{work}/logs/{corpus}-{p}-{mode}.tsv")[0] for p in [OURS] + peers}
    others = [p for p in peers if logs[p]]
    if not logs[OURS] or not others:
        return []
    rows = []
    for kind in logs[OURS]:
        row = [kind]
        best = {}
        for p in [OURS] + others:
            v = logs[p].get(kind)
            if not v:
                row.append("-")
                continue
            middle, high = percentile(v, 0.5), percentile(v, 0.99)
            row.append(f"{middle:.0f} / {high:.0f}")
            if p != OURS:
                best["middle"] = min(best.get("middle", middle), middle)
                best["high"] = min(best.get("high", high), high)
        own = logs[OURS][kind]
        ratios = [percentile(own, 0.5) / best["middle"], percentile(own, 0.99) / best["high"]]
        row.append(f"{ratios[0]:.2f} / {ratios[1]:.2f}")
        rows.append(row)
    return table(["class", OURS] + others + ["ours to the best"], rows)


def agreement(work, corpus, peers):
    """Share of counts that agree exactly and within 1 %, ours with each peer and the peers with one another."""
    hits = {p: read_log(f"{work}/logs/{corpus}-{p}-count.tsv")[1] for p in [OURS] + peers}
    hits = {p: h for p, h in hits.items() if h}
    names = list(hits)
    rows = []
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            common = [q for q in hits[a] if q in hits[b]]
            if not common:
                continue
            same = sum(hits[a][q][1] == hits[b][q][1] for q in common)
            near = sum(abs(hits[a][q][1] - hits[b][q][1]) <= max(1, 0.01 * hits[b][q][1]) for q in common)
            rows.append([a, b, f"{100 * same / len(common):.1f} %", f"{100 * near / len(common):.1f} %"])
    return table(["", "", "equal", "within 1 % or one"], rows) if rows else []


def indexing(corpus, peers):
    rows = []
    for p in [OURS] + peers:
        for key, name in (("index_st", "one core"), ("index_mt2", "two threads")):
            x = corpus.get(p, {}).get(key)
            if x:
                rows.append([p, name, f"{x['mb_s']:.1f}", f"{x['mb_per_cpu_s']:.1f}", str(x["rss_mb"] or ""),
                             f"{x['written_mb']:.0f}" if x["written_mb"] else "", f"{x['size_ratio']:.3f}"])
        x = corpus.get(p, {}).get("merge")
        if x:
            rows.append([p, f"merged, {x['wall_s']:.1f} s", "", "", str(x["rss_mb"]), "", f"{x['size_ratio']:.3f}"])
    return table(["", "", "MB/s", "MB per CPU second", "peak RSS MB", "MB written", "size / text"], rows)


def adding(corpus, peers):
    rows = []
    for p in [OURS] + peers:
        x = corpus.get(p, {}).get("add500")
        if x:
            rows.append([p, f"{x['searchable_s']:.3f}", f"{x['proc_wall_s']:.3f}", f"{x['write_mb']:.2f}",
                         str(x["rss_mb"])])
    return table(["", "searchable s", "process s", "MB written", "peak RSS MB"], rows) if rows else []


def processes(corpus):
    x = corpus.get("_cli_ms_min_median_rc")
    if not x:
        return []
    floor = x.get("true (floor incl. taskset)", ["-", "-"])
    queries = [q for q in x if isinstance(x[q], dict)]
    names = list(dict.fromkeys(n for q in queries for n in x[q]))
    rows = [["/bin/true"] + [f"{floor[0]} / {floor[1]}"] * len(queries)]
    for n in names:
        rows.append([n] + ["{} / {}".format(*x[q].get(n, ["-", "-"])[:2]) for q in queries])
    return table(["least / median ms"] + queries, rows)


def own_rows(path):
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f if line.startswith("{")]
    out, heading = [], None
    for r in rows:
        keys = [k for k in r if k != "what"]
        if keys != heading:
            out += ["", "| | " + " | ".join(keys) + " |", "|" + "---|" * (len(keys) + 1)]
            heading = keys
        out.append("| " + " | ".join([str(r["what"])] + [f"{r[k]:g}" for k in keys]) + " |")
    return out


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    with open("/proc/meminfo", encoding="utf-8") as f:
        memory = int(f.read().split()[1]) // (1 << 20)
    system = subprocess.run(["sh", "-c", ". /etc/os-release; echo $PRETTY_NAME"], capture_output=True, text=True,
                            check=False).stdout.strip()
    return f"{model.group(1).strip() if model else 'unknown processor'}, {os.cpu_count()} cores, {memory} GiB, {system}"


def main():
    work, target = sys.argv[1], sys.argv[2]
    with open(f"{work}/results.json", encoding="utf-8") as f:
        results = json.load(f)
    out = ["# Performance", "",
           f"Measured {datetime.date.today().isoformat()} on {machine()}, by the steps of `tools/bench/compare`; this page is written by "
           "`tools/bench/report.py`. Figures of one run stand side by side: the machine is shared and its absolute speed swings, "
           "so read the ratios. Every engine does the same work: one field of title and body, English stems, positions, no "
           "stop words, id, date, title and body stored. Latencies are in microseconds, median / 99th percentile over the "
           "queries of a class, of each query's least time on one core."]
    for name in [c for c in ("reuters", "archive", "synth100k", "synth1m") if c in results]:
        corpus = results[name]
        peers = [p for p in corpus if not p.startswith("_") and p != OURS]
        size = corpus.get("_corpus", {})
        out += ["", f"## {name}: {size.get('docs', 0):,} articles, {size.get('text_bytes', 0) / 1e6:.0f} MB of text"]
        out += ["", "### Indexing", ""] + indexing(corpus, peers)
        for mode, title in MODES:
            rows = latency(work, name, mode, peers)
            if rows:
                out += ["", f"### {title}", ""] + rows
        for title, rows in (("Counts that agree", agreement(work, name, peers)),
                            ("500 articles of a new day (where their ids are known, ours replaces articles)", adding(corpus, peers)),
                            ("A whole process: start, one query, ten hits with snippets", processes(corpus))):
            if rows:
                out += ["", f"### {title}", ""] + rows
    own = f"{work}/ours"
    for file in sorted(os.listdir(own)) if os.path.isdir(own) else []:
        if not file.endswith(".jsonl"):
            continue
        with open(f"{own}/{file[:-6]}.cmd", encoding="utf-8") as f:
            command = f.read().strip()
        out += ["", f"## {file[:-6]}", "", f"`{command}`"] + own_rows(f"{own}/{file}")
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
