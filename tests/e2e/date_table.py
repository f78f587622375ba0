#!/usr/bin/env python3
"""Every date form against an archive of one article a day.

date_table.py BIN_INDEX BIN_QUERY: the tables are in tests/e2e/dates. picked.tsv and refused.tsv are
written by hand; generated.tsv is what generate.py prints, whose calendar is Python's. Each row of
a range is asked twice, as an option and as a field, and the ids that come back are compared day by day.
"""
import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dates")
NOW = "2024-04-10T12:00:00Z"
# years of one article a day: the ends of the calendar, its reform, century and leap years, our own
YEARS = [(1, 3), (986, 988), (1066, 1066), (1581, 1584), (1889, 1905), (1960, 1971), (1989, 2009),
         (2019, 2026), (9989, 9999)]


def archive_days():
    for a, b in YEARS:
        day, last = date(a, 1, 1).toordinal(), date(b, 12, 31).toordinal()
        for n in range(day, last + 1):
            yield date.fromordinal(n)


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]


class Programs:
    def __init__(self, index, query, folder):
        self.index, self.query, self.folder = index, query, folder
        self.runs = 0

    def ask(self, *arguments, now="-", tz="-"):
        self.runs += 1
        command = [self.query, "--index", os.path.join(self.folder, "idx"),
                   "--now", NOW if now == "-" else now, "--tz", "UTC" if tz == "-" else tz]
        return subprocess.run(command + list(arguments), capture_output=True, text=True, check=False)


def field_of(relation, form):
    plain = all(c.isalnum() or c in "-/.@_" for c in form)
    if plain or form[0] in "[{":
        return f"{relation}:{form}"
    if ".." in form and form.count("..") == 1:
        a, b = form.split("..")
        quote = [f'"{x}"' if x and not all(c.isalnum() or c in "-/@_" for c in x) else x for x in (a, b)]
        return f"{relation}:{quote[0]}..{quote[1]}"
    return f'{relation}:"{form}"'


def returns(day, rule):
    kind, value = rule.split("=")
    return {"weekday": str(day.isoweekday()), "month": str(day.month), "day": f"{day:%m-%d}"}[kind] == value


def main():
    bad = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        p = Programs(sys.argv[1], sys.argv[2], folder)
        days = [d.isoformat() for d in archive_days()]
        with open(os.path.join(folder, "days.jsonl"), "w", encoding="utf-8") as f:
            for d in days:
                f.write('{"id":"%s","date":"%s","title":"%s","body":"x"}\n' % (d, d, d))
        made = subprocess.run([p.index, "--index", os.path.join(folder, "idx"), "update",
                               os.path.join(folder, "days.jsonl")], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            print(made.stderr)
            return 1
        generated = subprocess.run([sys.executable, "-B", os.path.join(HERE, "generate.py")],
                                   capture_output=True, text=True, check=True).stdout
        with open(os.path.join(HERE, "generated.tsv"), encoding="utf-8") as f:
            if f.read() != generated:
                print("generated.tsv is not what generate.py prints")
                bad += 1
        for relation, form, now, tz, first, last in table("picked.tsv") + table("generated.tsv"):
            cases += 1
            want = [d for d in days if first <= d <= last]
            for how in ([f"--{relation}", form], [field_of(relation, form)]):
                got = p.ask("--ids", "--all", "--sort", "oldest", *how, now=now, tz=tz)
                ids = got.stdout.split()
                if ids != want or got.returncode != (0 if want else 1):
                    bad += 1
                    print(f"{how} now {now} {tz}: status {got.returncode}, {len(ids)} days "
                          f"{ids[:1]}..{ids[-1:]}, not {first}..{last}; {got.stderr[:200]}")
        for field, form, rule in table("calendar.tsv"):
            cases += 1
            want = [d for d in days if returns(date.fromisoformat(d), rule)]
            got = p.ask("--ids", "--all", "--sort", "oldest", field_of(field, form))
            if got.stdout.split() != want or got.returncode != 0:
                bad += 1
                print(f"{field}:{form}: status {got.returncode}, {len(got.stdout.split())} days, not {len(want)}; "
                      f"{got.stderr[:200]}")
        refused = table("refused.tsv")
        for form, suggestion in refused:
            for how in (["--date", form], [field_of("date", form)]):
                got = p.ask("--ids", *how)
                if got.returncode != 2 or suggestion not in got.stderr or got.stdout:
                    bad += 1
                    print(f"{how}: status {got.returncode}, '{got.stderr}' does not say '{suggestion}'")
        forms = len({r[0] for r in refused})
        if cases < 300 or forms < 40:
            print("the tables are too small")
            bad += 1
        print(f"{len(days)} days, {cases} cases, {forms} refused forms, {p.runs} questions: {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
