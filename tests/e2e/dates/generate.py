#!/usr/bin/env python3
"""Date cases at the boundaries of the calendar, by Python's datetime and nothing of ours.

generate.py >generated.tsv: the same rows each time. A row is
    relation, form, --now, --tz, first day, last day
with the days the filter admits, both included; - where an option is not given.
"""
import calendar
import random
import zoneinfo
from datetime import date, datetime, timedelta, timezone

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FIRST, LAST = date.min, date.max
rows = []
pick = random.Random(20261124)


def put(relation, form, days, now="-", tz="-"):
    rows.append((relation, form, now, tz, days[0].isoformat(), days[1].isoformat()))


def month(y, m):
    return date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1])


def quarter(y, q):
    return month(y, 3 * q - 2)[0], month(y, 3 * q)[1]


def months_back(d, n):
    total = d.year * 12 + d.month - 1 - n
    y, m = total // 12, total % 12 + 1
    if y < 1:
        return None
    return date(y, m, min(d.day, calendar.monthrange(y, m)[1]))


def back(d, n, unit):
    if unit in "dw":
        days = n * (7 if unit == "w" else 1)
        return d - timedelta(days) if d.toordinal() > days else None
    return months_back(d, n * {"m": 1, "q": 3, "y": 12}[unit])


def span(today, n, unit):
    start = back(today, n, unit)
    return (start + timedelta(1) if start else FIRST), today


YEARS = [1, 2, 987, 1066, 1582, 1583, 1895, 1896, 1900, 1904, 1970, 1999, 2000, 2003, 2004, 2020,
         2023, 2024, 9996, 9998, 9999]


def absolute():
    for i, y in enumerate(YEARS):
        for m in sorted({2, 12, i % 12 + 1}):
            name = MONTHS[m - 1]
            form = [f"{y:04}-{m:02}", f"{y:04}/{m:02}", f"{name} {y:04}", f"{name[:3]}{y:04}",
                    f"{name.upper()}_{y:04}", f"{y:04}-{m}"][(i + m) % 6]
            put("date", form, month(y, m))
            last = month(y, m)[1]
            form = [last.isoformat(), f"{y:04}{m:02}{last.day:02}", f"{last.day} {name} {y:04}",
                    f"{name} {last.day}, {y:04}", f"{last.day}{name[:3]}{y:04}",
                    f"{y:04}/{m}/{last.day}"][(i + m) % 6]
            put(["date", "on"][m % 2], form, (last, last))
            put("since", form, (last, LAST))
            put("until", form, (FIRST, last))
            if last < LAST:
                put("after", form, (last + timedelta(1), LAST))
            put("before", form, (FIRST, last - timedelta(1)))
        put("date", f"{y:04}", (date(y, 1, 1), date(y, 12, 31)))
        q = i % 4 + 1
        put("date", [f"{y:04}-Q{q}", f"{y:04}q{q}", f"Q{q} {y:04}"][i % 3], quarter(y, q))
        weeks = 52 if y == 9999 else date(y, 12, 28).isocalendar()[1]
        for w in {1, weeks, 9}:
            monday = date.fromisocalendar(y, w, 1)
            sunday = date.fromordinal(min(monday.toordinal() + 6, LAST.toordinal()))
            put("date", [f"{y:04}-W{w:02}", f"{y:04}w{w:02}"][i % 2], (monday, sunday))
        length = date(y, 12, 31).timetuple().tm_yday
        for n in {59, 60, 61, length}:
            day = date(y, 1, 1) + timedelta(n - 1)
            put("date", f"{y:04}-{n:03}", (day, day))
    for decade in (980, 1890, 1900, 1960, 1990, 2000, 2020, 9990):
        put("date", f"{decade:04}s", (date(decade, 1, 1), date(decade + 9, 12, 31)))
    for second in (0, 86399, 86400, 951782399, 951782400, 951868800, 1709251199, 1709251200):
        day = datetime.fromtimestamp(second, timezone.utc).date()
        put("date", f"@{second}", (day, day))


def ranges():
    for i in range(40):
        y = pick.choice([y for y in YEARS if y < 9999])
        a = month(y, pick.randint(1, 12))
        b = month(y + pick.randint(0, 1), 12)
        left = [f"{y:04}-{a[0].month:02}", a[0].isoformat()][i % 2]
        right = [f"{b[1].year:04}-12", b[1].isoformat(), f"{b[1].year:04}-Q4"][i % 3]
        if i % 4 == 3:
            put("date", f"[{left} TO {right}]", (a[0], b[1]))
        elif i % 8 == 6:
            last = a[1] if i % 2 == 0 else a[0]
            first = {0: month(b[1].year, 12)[0], 1: b[1], 2: quarter(b[1].year, 4)[0]}[i % 3]
            days = last + timedelta(1), first - timedelta(1)
            if days[0] <= days[1]:
                put("date", "{%s TO %s}" % (left, right), days)
        else:
            put("date", f"{left}..{right}", (a[0], b[1]))


NOWS = [date(2024, 4, 10), date(2024, 2, 29), date(2024, 3, 31), date(2023, 3, 31),
        date(2024, 12, 31), date(2025, 1, 1), date(2000, 3, 1), date(1970, 1, 1), date(1896, 5, 31),
        date(1900, 3, 1), date(9999, 12, 31), date(3, 2, 1)]


def unit_around(d, unit):
    if unit == "week":
        monday = d - timedelta(d.weekday())
        return monday, (monday + timedelta(6) if monday <= LAST - timedelta(6) else LAST)
    if unit == "month":
        return month(d.year, d.month)
    if unit == "quarter":
        return quarter(d.year, (d.month - 1) // 3 + 1)
    return date(d.year, 1, 1), date(d.year, 12, 31)


def relative():
    for i, today in enumerate(NOWS):
        now = today.isoformat()
        put("date", "today", (today, today), now)
        put("date", "yesterday", (today - timedelta(1),) * 2, now)
        if today < LAST:
            put("date", "tomorrow", (today + timedelta(1),) * 2, now)
        for n, unit in ((1, "d"), (7, "d"), (30, "d"), (2, "w"), (1, "m"), (3, "m"), (1, "q"), (1, "y")):
            word = {"d": "days", "w": "weeks", "m": "months", "q": "quarters", "y": "years"}[unit]
            put("date", [f"last {n}{unit}", f"{n}{unit}", f"last_{n}_{word}", f"past {n} {word}"][(i + n) % 4],
                span(today, n, unit), now)
            ago = back(today, n, unit)
            if ago:
                put("date", [f"{n}{unit} ago", f"{n}_{word}_ago"][i % 2], (ago, ago), now)
        for unit in ("week", "month", "quarter", "year"):
            this = unit_around(today, unit)
            put("date", f"this {unit}", (this[0], today), now)
            put("date", f"last-{unit}", unit_around(this[0] - timedelta(1), unit), now)
            put("date", f"past_{unit}", span(today, 1, unit[0]), now)
            put("since", f"this {unit}", (this[0], LAST), now)
            put("before", f"last {unit}", (FIRST, unit_around(this[0] - timedelta(1), unit)[0] - timedelta(1)), now)
        for w in (0, 3, 6, today.weekday()):
            latest = today - timedelta((today.weekday() - w) % 7)
            before = today - timedelta((today.weekday() - w) % 7 or 7)
            put("date", [DAYS[w], DAYS[w][:3].upper()][i % 2], (latest, latest), now)
            put("date", f"last {DAYS[w]}", (before, before), now)
        for m in {1, today.month, today.month % 12 + 1, 12}:
            y = today.year if m <= today.month else today.year - 1
            put("date", [MONTHS[m - 1], MONTHS[m - 1][:3]][i % 2], month(y, m), now)
            day = date(today.year, m, 15)
            day = day if day <= today else date(today.year - 1, m, 15)
            put("date", [f"{m:02}-15", f"{MONTHS[m - 1]} 15", f"15_{MONTHS[m - 1]}"][i % 3], (day, day), now)
        leap = today.year
        while not (calendar.isleap(leap) and date(leap, 2, 29) <= today) and leap > 1:
            leap -= 1
        if leap > 3:
            put("date", "02-29", (date(leap, 2, 29),) * 2, now)


def zones():
    for now in ("2024-03-31T00:30:00Z", "2024-02-29T11:15:00Z", "2024-12-31T23:59:59Z",
                "2023-12-31T20:00:00-05:00", "2000-02-28T23:00:00Z"):
        for tz in ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata"):
            today = datetime.fromisoformat(now.replace("Z", "+00:00")).astimezone(zoneinfo.ZoneInfo(tz)).date()
            put("date", "today", (today, today), now, tz)
            put("date", "last 2d", (today - timedelta(1), today), now, tz)
            put("date", "this month", (today.replace(day=1), today), now, tz)


if __name__ == "__main__":
    absolute()
    ranges()
    relative()
    zones()
    seen = set()
    for row in rows:
        if row not in seen:
            seen.add(row)
            print("\t".join(row))
