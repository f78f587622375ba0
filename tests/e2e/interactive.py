"""dateline-query --interactive on a pseudo terminal: what is typed, shown, opened and left behind.

interactive.py INDEXER QUERY [--latency INDEX]: the second form types a script of keys into a view of INDEX and prints
how long each took from the key to its echo and to the last byte of the answer's drawing, and its processor time.
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from terminal import Terminal

UP, DOWN, PAGE_DOWN = "\x1bOA", "\x1bOB", "\x1b[6~"
F1, F2, F3, F5, F6, F7, F8, F9 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~"
ESCAPE, CTRL_C = "\x1b", "\x03"

ARTICLES = [
    {"id": "q%02d" % i, "date": "%d-%02d-%02d" % (2020 + i % 5, 1 + i % 12, 1 + i % 28), "source": "Strait Wire",
     "title": "Quake number %d" % i, "body": "The ground shook in Ellery, said the mayor. " + "It went on. " * i}
    for i in range(60)
] + [
    {"id": "t1", "date": "2023-06-01", "source": "Chronicle", "title": "Tax cuts debated",
     "body": "The minister spoke of tax cuts.\n\nThe duty on tea stays."},
    {"id": "j1", "date": "1995-05-05", "title": "東京の天気", "body": "東京都は晴れ。明日は雨が降るでしょう。", "lang": "ja"},
    {"id": "e1", "date": "2022-01-02", "title": "Escape \x1b[31mred\x1b[0m and \u202eback",
     "body": "Zebra \x1b]0;evil\x07 stripes \x9b31m here.", "source": "Od\x1bd"},
    {"id": "u1", "title": "Undated leaflet", "body": "Running a tea house."},
]


class View(Terminal):
    def __init__(self, query, index, *words, **more):
        super().__init__([query, "--index", index, "--interactive", *words], **more)

    def line(self, n):
        return self.screen.lines()[n]

    def hits(self):
        """Lines of hits: those that begin with a day."""
        return [line for line in self.screen.lines()[2:] if re.match(r"\d{4}-\d\d-\d\d|undated", line)]

    def command(self):
        """The command line printed at the end."""
        return self.text().replace("\n", "") if self.screen.columns < 200 else \
            [line for line in self.screen.lines() if line][-1]


def build(indexer, folder):
    lines = "".join(json.dumps(a) + "\n" for a in ARTICLES)
    index = os.path.join(folder, "an index")
    subprocess.run([indexer, "--index", index, "update", "-"], input=lines.encode(), check=True, capture_output=True)
    return index


def answers(query, index, *args):
    return subprocess.run([query, "--index", index, *args], capture_output=True, text=True)


def test_typing(query, index):
    v = View(query, index, rows=50, columns=200)
    v.wait(lambda t: "64 articles" in t)
    v.keys("tax cut")
    v.wait(lambda t: "> tax cut\n1 article," in t and "Tax cuts debated" in t)
    assert "tax cuts." in v.text(), v.text()
    v.keys("s \"duty on")  # a phrase that is still open
    v.wait(lambda t: "1 article," in t and "read as if it were" in t)
    v.keys("\" AND")  # not a query: the hits stay, the reason is told
    v.wait(lambda t: "AND" in v.line(1) and "Tax cuts debated" in t)
    v.keys("\x17\x17\x17")
    v.wait(lambda t: "> tax cuts\n" in t)
    v.keys("\x15nosuchwordanywhere")
    v.wait(lambda t: "no article matches" in t and "0 articles" in t)
    v.keys("\x10")  # the query before
    v.wait(lambda t: "> tax cuts" in t and "Tax cuts debated" in t)
    v.keys("\x0e")
    v.wait(lambda t: "> nosuchword" in t)
    v.keys("\x15東京")
    v.wait(lambda t: "東京の天気" in t and "1 article," in t)
    v.keys("\x02\x02\x7f\x04")  # left, left, backspace at the start, delete: one letter goes
    v.wait(lambda t: "> 京" in t)
    v.keys("\x05\x15zebra")
    text = v.wait(lambda t: "Escape" in t and "stripes" in t)
    assert "\\x1b[31mred" in text and "\\u202eback" in text and "\\x1b]0;evil" in text, text
    v.keys(ESCAPE)
    assert v.ended() == 0
    assert v.restored()
    v.close()


def test_leaving(query, index):
    v = View(query, index, "--sort", "newest", rows=50, columns=200)
    v.wait(lambda t: "64 articles" in t)
    v.keys("it's \"the ground")
    v.wait(lambda t: "read as if it were" in t)
    v.keys(ESCAPE)
    v.ended()
    v.close()
    v = View(query, index, rows=50, columns=200)
    v.wait(lambda t: "64 articles" in t)
    v.keys("ground -mayor OR quake's $HOME `date` !x \\")
    v.settle()
    v.keys("\x15quake")
    v.wait(lambda t: "60 articles" in t)
    first = v.hits()[0]
    v.keys(F2)
    v.wait(lambda t: "newest first" in t and "60 articles" in t)
    v.keys(F7)
    v.wait(lambda t: "2020s" in t and "60 articles" in t)
    v.keys(F7)
    v.wait(lambda t: " 2024" in v.line(1) and "12 articles" in t)
    v.keys(F5)
    v.wait(lambda t: " 2023" in v.line(1) and "12 articles" in t)
    v.keys(DOWN)
    v.wait(lambda t: "number 2" in t)
    shown = [line.split("number")[1].split() for line in v.hits()]
    v.keys(ESCAPE)
    assert v.ended() == 0 and v.restored()
    command = v.command()
    run = subprocess.run(["/bin/sh", "-c", command + " --tsv -n 99"], capture_output=True, text=True)
    assert run.returncode == 0, (command, run)
    assert [line.split("\t")[3].split()[2:] for line in run.stdout.splitlines()] == shown, (command, run.stdout, shown)
    assert first and " --date 2023 " in command and " --sort newest " in command, command
    v.close()
    for text in ("it's", "a 'b' \"c d\"", "$HOME `id`;!x &", "-tax quake", "C++ AT&T", "=quake", "*", "~", "#quake"):
        v = View(query, index, rows=10, columns=300)
        v.wait(lambda t: "64 articles" in t)
        v.keys(text)
        v.settle()
        v.keys(ESCAPE)
        v.ended()
        words = shlex.split(v.command())
        assert words[-1] == text, (text, v.command())
        v.close()


def test_dates(query, index):
    v = View(query, index, rows=30, columns=100)
    v.wait(lambda t: "64 articles" in t)
    v.keys(F7 * 3)
    text = v.wait(lambda t: "2024-" in v.line(1))
    month = v.line(1).split("2024-")[1][:2]
    v.keys(F3)
    v.wait(lambda t: "2023-" + month in v.line(1))
    v.keys("\x1b.")
    later = "2023-%02d" % (int(month) + 1) if month != "12" else "2024-01"
    v.wait(lambda t: later in v.line(1))
    v.keys(F8)
    v.wait(lambda t: later[:4] in v.line(1) and later not in v.line(1))
    v.keys(F9)
    v.wait(lambda t: "any date" in t and "64 articles" in t)
    assert text
    v.keys(F1)
    v.wait(lambda t: "Any key goes back" in t)
    v.keys("x")
    v.wait(lambda t: "Any key goes back" not in t)
    v.keys(CTRL_C)
    assert v.ended() == signal.SIGINT and v.restored()
    v.close()


def test_opening(query, index, folder):
    shown = os.path.join(folder, "shown")
    pager = "cat >%s; echo PAGED; read x </dev/tty" % shlex.quote(shown)
    v = View(query, index, rows=24, columns=80, env={"PAGER": "false", "DATELINE_PAGER": pager})
    v.wait(lambda t: "64 articles" in t)
    v.keys("tax")
    v.wait(lambda t: "1 article," in t)
    v.keys("\r")
    v.wait(lambda t: "PAGED" in t)
    with open(shown, encoding="utf-8") as f:
        assert f.read() == answers(query, index, "--show", "t1").stdout
    # While the pager has the terminal a key of its own interrupts it alone, and nothing of the index is held.
    v.keys("\n")
    v.wait(lambda t: "> tax" in t and "1 article," in t)
    v.keys("\x15zebra")
    v.wait(lambda t: "1 article," in t and "Escape" in t)
    v.keys("\r")
    v.wait(lambda t: "PAGED" in t)
    with open(shown, "rb") as f:
        assert b"\x1b" not in f.read()
    v.keys("\n")
    v.wait(lambda t: "> zebra" in t)
    v.keys(ESCAPE)
    assert v.ended() == 0 and v.restored()
    v.close()
    v = View(query, index, "tax", env={"DATELINE_PAGER": "/nonexistent/pager"})
    v.wait(lambda t: "1 article," in t)
    v.keys("\r")
    v.wait(lambda t: "could not be started" in t)
    v.keys(ESCAPE)
    v.ended()
    v.close()


def test_resizing(query, index):
    v = View(query, index, "quake", rows=24, columns=80)
    v.wait(lambda t: "60 articles" in t)
    assert len(v.hits()) == 12, v.text()
    for rows, columns in ((50, 200), (24, 80), (12, 40), (5, 20), (2, 10), (1, 5), (24, 80)):
        v.resize(rows, columns)
        v.wait(lambda t: t.startswith("> " if columns < 10 else "> quake"))
        v.settle()
    v.wait(lambda t: "60 articles" in t and len(v.hits()) == 12)
    v.keys(PAGE_DOWN * 2)
    v.wait(lambda t: "number" in t and "number 1 " not in t)
    v.keys(DOWN * 70)
    v.wait(lambda t: "number 60 " in t)
    v.keys(UP * 70)
    v.wait(lambda t: "number 1 " in t)
    v.keys(ESCAPE)
    assert v.ended() == 0 and v.restored()
    v.close()


def test_signals(query, index):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        v = View(query, index, "quake")
        v.wait(lambda t: "60 articles" in t)
        start = time.monotonic()
        os.kill(v.pid, number)
        how = v.ended()
        assert os.WTERMSIG(how) == number and v.restored(), how
        assert time.monotonic() - start < 1
        v.close()


def test_idle(query, indexer, index):
    """While nobody types nothing of the index is held, and what another run adds is there at the next key."""
    v = View(query, index, "walrus")
    v.wait(lambda t: "no article matches" in t)
    lag = json.loads(subprocess.run([indexer, "--index", index, "status", "--json"], capture_output=True).stdout)
    assert lag["oldest_reader_lag"] == 0, lag
    one = json.dumps({"id": "w1", "date": "2024-05-05", "title": "Walrus seen", "body": "A walrus."})
    subprocess.run([indexer, "--index", index, "update", "-"], input=one.encode(), check=True, capture_output=True)
    status = json.loads(subprocess.run([indexer, "--index", index, "status", "--json"], capture_output=True).stdout)
    assert status["oldest_reader_lag"] == 0, status
    v.keys(" ")
    v.wait(lambda t: "Walrus seen" in t)
    v.keys("\x1b[200~two\nlines\x1b[201~")  # a pasted line end is a blank, not the Enter key
    v.wait(lambda t: "walrus two lines" in t)
    v.keys(ESCAPE)
    assert os.WEXITSTATUS(v.ended()) == 1 and v.restored()
    v.close()


def test_refusals(query, index):
    run = subprocess.run([query, "--index", index, "--interactive"], stdin=subprocess.DEVNULL, capture_output=True,
                         text=True)
    assert run.returncode == 2 and "needs a terminal" in run.stderr and not run.stdout, run
    for term in ("dumb", "", "nosuchterminal"):
        v = View(query, index, env={"TERM": term})
        assert os.WEXITSTATUS(v.ended()) == 2 and v.restored(), term
        assert "--interactive" in v.text() and "terminal" in v.text(), v.text()
        v.close()
    v = View(query, index + "/none")
    assert os.WEXITSTATUS(v.ended()) == 3 and v.restored()
    v.close()
    v = View(query, index, "-f", "x")
    assert os.WEXITSTATUS(v.ended()) == 2
    v.close()


def latency(query, index):
    typed = ["prime minister howard interest rates", "\"prime minister\" -howard", "the", "a OR the OR of", "econom*",
             "title:budget since:1990", "\"to be or not to be\"", "nosuchwordatall", "climate change policy"]
    took = []
    v = View(query, index, rows=50, columns=200)
    v.wait(lambda t: " article" in v.line(1))
    v.settle()

    def spent():
        """Milliseconds the program has had a processor: what a key costs, whatever else the machine does."""
        with open("/proc/%d/schedstat" % v.pid, encoding="ascii") as f:
            return int(f.read().split()[0]) / 1e6

    def press(key, what):
        """From the key to its echo, and to the last byte of the answer; painting it is not the program's time."""
        before = spent()
        start = last = time.monotonic()
        first, data = 0, b""
        v.keys(key)
        while time.monotonic() - last < 0.12 and time.monotonic() - start < 5:
            more = v.read(0.02)
            if more:
                data += more
                last = time.monotonic()
                first = first or last
        v.screen.feed(v.decoder.decode(data))
        took.append((((first or last) - start) * 1e3, (last - start) * 1e3, spent() - before, what))

    for text in typed:
        for i, c in enumerate(text):
            press(c, text[:i + 1])
        for key, name in ((DOWN, "Down"), (PAGE_DOWN, "PgDn"), (F2, "sort"), (F7, "narrow"), (F7, "narrow"),
                          (F5, "earlier"), (F9, "any date"), (F2, "sort"), (F2, "sort")):
            press(key, text + " " + name)
        press("\x15", "cut")
    v.keys(ESCAPE)
    v.ended()
    v.close()
    n = len(took)
    for at, what in ((0, "echo"), (1, "hits, count and timeline"), (2, "the same, processor time")):
        ms = sorted(t[at] for t in took)
        print("%d keys, to %s: median %.1f ms, 90%% %.1f, 99%% %.1f, most %.1f" %
              (n, what, ms[n // 2], ms[n * 9 // 10], ms[n * 99 // 100], ms[-1]))
    for _, _, ms, what in sorted(took, key=lambda t: t[2])[-8:]:
        print("  %.1f ms: %s" % (ms, what))


def main():
    indexer, query = sys.argv[1:3]
    if sys.argv[3:4] == ["--latency"]:
        return latency(query, sys.argv[4])
    with tempfile.TemporaryDirectory() as folder:
        index = build(indexer, folder)
        test_typing(query, index)
        test_leaving(query, index)
        test_dates(query, index)
        test_opening(query, index, folder)
        test_resizing(query, index)
        test_signals(query, index)
        test_refusals(query, index)
        test_idle(query, indexer, index)
    return None


if __name__ == "__main__":
    main()
