#!/usr/bin/env python3
"""Odd queries under a small stack and a small heap: the right status each, none over a second.

odd_queries.py BIN_INDEX BIN_QUERY reuters.jsonl: each query runs with a stack of 1 MB and 1 GiB of
data (STACK_AND_DATA=0: without, for sanitizers, whose shadow is larger; SECONDS: another time than
one). A query ends with 0 or 1 when it is understood, with 2 and a message when it is not; never with
anything else. One that takes longer is asked twice more, for the machine has other work.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

UNDERSTOOD, REFUSED = {0, 1}, {2}
MARKS = "\u0301\u0323\u20dd"

# what is text by the manual, and what its table of malformed input says
TEXT = ["it's", "U.S.", "AT&T", "well-known", "C++", "20.04", "a/b", "@user", "#tag", "10:30", "http://x/y",
        "it's  U.S.  AT&T  well-known  C++  20.04  a/b  @user  #tag  10:30  http://x/y  C++", "http://x.org",
        "Reuters:oil", "[note] oil", "Update: fire", "update: fire", "and or not near", "- oil", "oil - gas",
        "+ oil", "~ oil", "*", "NOT oil", "-oil", '"no such words as these"', "what?", "Why? Because!",
        "$5 \u00a35 \u20ac5", "O'Neill\u2019s", "\u201cquoted\u201d", "oil \u2014 gas", "a = b", "1 < 2 > 1", "50% off",
        "x@y.org", "N/A", "W/o sugar", "(oil)", "((((oil))))", "oil!!!", "...oil...", "oil,gas;coal", "2024",
        '"2024-03"', "title://x", "C:\\dir\\file", "a&b", "R&D", "foo_bar", "<AAC>", "{oil}", "rock 'n' roll",
        "oil\tgas", "oil\ngas\r\n", "oil\u00a0gas", "=oil", "oil^2", "(oil gas)^0.5", "oil OR gas", "oil | gas",
        "oil NEAR/3 gas", "oil N/3 gas", "oil W/S gas", "oil W/P gas", "ATLEAST/3 oil", '"crude oil"~3',
        '"crude oil"~3!', '"crude * price"', "stem:\"tax cuts\"", "case:US", "accent:r\u00e9sum\u00e9", "title:oil",
        "lead:oil", "hlead:oil", "first/50:oil", "title,lead:oil", "recyc*", '"crude oi"*', "wom?n", "*gate", "s**t",
        "wom?n^2", "mueler~", "mueler~2", "oil* NEAR/3 pric*", "=oi?", "since:1987 oil",
        "1987-03-01..1987-03-31 oil", "[1987-03-01 TO 1987-03-31] oil", "date:none", '"" since:1987',
        "oil since:1987 since:1986", "oil date:2050", "(oil date:1987-03) OR gas", "oil AND NOT gas",
        "\U0001f600 oil", "oil \ufeffgas", "o\u00adil", "\u202eoil\u202c", "\ufb01nance", "\uff4f\uff49\uff4c", "e\u0301lan"]

BROKEN = ["", " ", '""', "...", "- - -", "title:", "date: 2024", "(title:)", "[a TO", "[a TO b", "()", "oil ( ) gas",
          "updat:fire", "titel:fire", "(a b", "a)", '"abc', "a (b (c)", "a AND", "OR b", "a OR", "AND b", "a AND OR b",
          "a NEAR", "NEAR b", "a NEAR/ b", "a NEAR/0 b", "a NEAR/1000000 b", "a NEAR/99999999999999999999 b",
          "ATLEAST/0 a", "ATLEAST/5", "a NEAR/5 -b", "(a b) NEAR/5 c", "^x", "^-1", "~9", "oil^", "oil^x", "oil^-1",
          "oil^0", "oil^101", "oil~9", '"a b"~', '"a b"~0', '"a b"~1001', "(date:1987)^2", "since:2025 until:2024",
          "date:garbage", "date:2024-02-31", "date:03/04/2024", "date:..", "date:2024-Q5", "date:19c", "date:2024-03..05",
          "date:[2024 TO", "since:2023..2024", "since:last week", "oil OR since:1987", "date:none since:1987",
          "title:*", "title:since:2024", "title:(lead:x)", "first:x", "first/0:x", "wc:x", "wc:400..200", "weekday:7",
          "month:13", "every:02-30", "added:none", "query:nosuch", "stem:=run", "case:x~1", "wom?n~1", "NOT", "a NOT",
          "?*?*?*", "*?", "?", "|", "&&", "( | )", "\u201c\u201d", "\U0001f600"]


def headlines():
    """As pasted from front pages, in ten scripts."""
    return ["Bahia cocoa review: \u201cno end in sight\u201d?", "Wall St. falls 2.5%; oil & gas up",
            "\u041f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442: \u00ab\u043c\u044b \u043d\u0435 \u043e\u0442\u0441\u0442\u0443\u043f\u0438\u043c\u00bb \u2014 \u0418\u0422\u0410\u0420-\u0422\u0410\u0421\u0421",
            "\u0397 \u03ba\u03c5\u03b2\u03ad\u03c1\u03bd\u03b7\u03c3\u03b7 \u00ab\u03c0\u03b1\u03b3\u03ce\u03bd\u03b5\u03b9\u00bb \u03c4\u03bf\u03c5\u03c2 \u03bc\u03b9\u03c3\u03b8\u03bf\u03cd\u03c2;",
            "\u6771\u4eac\u90fd\u77e5\u4e8b\u9078\u3001\u300c\u6b74\u53f2\u7684\u300d\u5927\u52dd\uff01", "\u4e2d\u56fd\u56fd\u52a1\u9662\uff1a\u7ecf\u6d4e\u589e\u957f\u201c\u8d85\u9884\u671f\u201d",
            "\uc11c\uc6b8 \uc9c0\ud558\ucca0 \ud30c\uc5c5\u2026 \"\ucd9c\uadfc\uae38 \ud63c\uc7a1\"",
            "\u0627\u0644\u0631\u0626\u064a\u0633: \u00ab\u0644\u0646 \u0646\u062a\u0631\u0627\u062c\u0639\u00bb\u060c \u0648\u0627\u0644\u0623\u0632\u0645\u0629 \u062a\u062a\u0641\u0627\u0642\u0645\u061f",
            "\u05e8\u05d0\u05e9 \u05d4\u05de\u05de\u05e9\u05dc\u05d4: \u05d4\u05d4\u05e1\u05db\u05dd \u05e0\u05d7\u05ea\u05dd - \u05d4\u05d9\u05d5\u05dd", "\u092a\u094d\u0930\u0927\u093e\u0928\u092e\u0902\u0924\u094d\u0930\u0940 \u0928\u0947 \u0915\u0939\u093e, '\u092f\u0939 \u0910\u0924\u093f\u0939\u093e\u0938\u093f\u0915 \u0939\u0948'\u0964",
            "\u0e19\u0e32\u0e22\u0e01\u0e2f \u0e22\u0e37\u0e19\u0e22\u0e31\u0e19 \u201c\u0e44\u0e21\u0e48\u0e25\u0e32\u0e2d\u0e2d\u0e01\u201d \u0e41\u0e21\u0e49\u0e16\u0e39\u0e01\u0e01\u0e14\u0e14\u0e31\u0e19", "\u0531\u0580\u0574\u0565\u0576\u056b\u0561\u0576 \u0587 \u0535\u0552\u2014 \u0576\u0578\u0580 \u0570\u0561\u0574\u0561\u0571\u0561\u0575\u0576\u0561\u0563\u056b\u0580",
            "\u10e1\u10d0\u10e5\u10d0\u10e0\u10d7\u10d5\u10d4\u10da\u10dd: \u10d0\u10ee\u10d0\u10da\u10d8 \u10d9\u10d0\u10dc\u10dd\u10dc\u10d8 \u10db\u10d8\u10e6\u10d4\u10d1\u10e3\u10da\u10d8\u10d0", "Fran\u00e7ois-Xavier d\u00e9\u00e7u: \u00ab l'\u00e9t\u00e9 fut \u00ab chaud \u00bb \u00bb",
            "\u00bfQu\u00e9 pasa? \u00a1El a\u00f1o m\u00e1s dif\u00edcil!", "S\u00fcddeutsche: Gro\u00dfbrand in M\u00fcnchen \u2013 \u201eunfassbar\u201c"]


def big():
    """Long and deep ones: bytes, and the status they end with."""
    yield b"(" * 1_000_000, REFUSED
    yield b"(" * 60_000, REFUSED
    yield b"(" * 200 + b"oil" + b")" * 200, UNDERSTOOD
    yield b"(" * 257 + b"oil" + b")" * 257, REFUSED
    yield b")" * 60_000, REFUSED
    yield b"oil OR " * 130_000 + b"oil", REFUSED
    yield b"a OR " * 200_000 + b"a", REFUSED
    yield b"a|" * 30_000 + b"a", REFUSED
    yield b"a|" * 4_000 + b"a", UNDERSTOOD
    yield b"NOT " * 15_000 + b"a", REFUSED
    yield b"-+" * 30_000 + b"a", REFUSED
    yield b"a NEAR/5 " * 7_000 + b"a", REFUSED
    yield b"a NEAR/5 " * 200 + b"a", UNDERSTOOD
    yield b"case:" * 12_000 + b"a", REFUSED
    yield b"title:(" * 8_000, REFUSED
    yield b"ATLEAST/2 " * 6_000 + b"a", REFUSED
    yield b"oil " * 4_000, UNDERSTOOD
    yield b"oil " * 16_000, REFUSED
    yield b'"' + b"oil " * 64 + b'"', UNDERSTOOD
    yield b'"' + b"oil " * 65 + b'"', REFUSED
    yield b'"' + b"* " * 30_000 + b'"', REFUSED
    yield b'"a ' + b"* " * 500 + b'b"', UNDERSTOOD
    yield b'"' * 60_000, REFUSED
    yield b'"a"' * 4_000, UNDERSTOOD
    yield b"since:1987 " * 5_900, UNDERSTOOD
    yield b"date:" + b"9" * 60_000, REFUSED
    yield b"date:\"" + b"last " * 10_000 + b"\"", REFUSED
    yield b"a" * 65_536, UNDERSTOOD
    yield b"a" * 65_537, REFUSED
    yield b"a" * 900_000, REFUSED
    yield b"- " * 30_000, REFUSED
    yield b"^" * 60_000, REFUSED
    yield b"~" * 60_000, REFUSED
    yield b"oil" + b"^2" * 20_000, REFUSED
    yield b"oil" + b"~" * 60_000, UNDERSTOOD
    yield b"[" * 60_000 + b"a", UNDERSTOOD
    yield b"title,lead," * 5_000 + b"lead:x", REFUSED
    yield ("e" + MARKS * 9_000).encode(), UNDERSTOOD
    yield ("e" + "\u0301" * 32_000).encode(), UNDERSTOOD
    yield ("\u0301" * 32_000).encode(), REFUSED
    yield ("\u6771\u4eac" * 2_000).encode(), UNDERSTOOD
    yield ("\u6771\u4eac" * 10_000).encode(), REFUSED
    yield ("\u0e01" * 4_000).encode(), UNDERSTOOD
    yield ("\ufdfa" * 4_000).encode(), UNDERSTOOD
    yield ("\U0001f600" * 16_000).encode(), REFUSED


def raw():
    """Bytes that are no text."""
    for bad in (b"\0", b"oil\0gas", b"\x01", b"oil\x1b[31m", b"\x7f", "oil\u0085".encode(), "\u009b".encode(), b"\xff",
                b"oil\xff", b"\xc3", b"caf\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5", b"\x80",
                b"\xe2\x82", b"\"oil\xff\"", b"title:\xff", b"date:\xff", b"\xfe\xff\0o\0i\0l"):
        yield bad, REFUSED
    yield b"\xef\xbb\xbfoil", UNDERSTOOD


SECONDS = float(os.environ.get("SECONDS", 1))


def limits():
    if os.environ.get("STACK_AND_DATA") == "0":
        return
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))


class Asker:
    def __init__(self, query, folder):
        self.command = [query, "--index", os.path.join(folder, "idx")]
        self.environment = dict(os.environ, LC_ALL="C", XDG_CONFIG_HOME=folder)
        self.asked = self.bad = 0
        self.slowest = 0.0

    def ask(self, text, wanted, *options):
        self.asked += 1
        pasted = len(text) < 100_000 and b"\0" not in text
        how = ["--", text] if pasted else ["-f", "-"]
        took = 9.0
        for _ in range(3):
            start = time.monotonic()
            run = subprocess.run(self.command + list(options) + how, input=None if pasted else text, env=self.environment,
                                 capture_output=True, check=False, preexec_fn=limits, timeout=60)
            took = min(took, time.monotonic() - start)
            if took <= SECONDS:
                break
        self.slowest = max(self.slowest, took)
        quiet = run.returncode == 2 and (not run.stderr or run.stdout)
        if run.returncode not in wanted or took > SECONDS or quiet:
            self.bad += 1
            print(f"{text[:60]!r} ({len(text)} bytes) {' '.join(options)}: status {run.returncode}, {took:.2f} s, "
                  f"{run.stderr[:300].decode(errors='replace')}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.argv[1], "--index", os.path.join(folder, "idx"), "update", sys.argv[3]],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            print(made.stderr)
            return 1
        asker = Asker(sys.argv[2], folder)
        for text in TEXT + headlines():
            asker.ask(text.encode(), UNDERSTOOD)
        for text in BROKEN:
            asker.ask(text.encode(), REFUSED)
        for text, wanted in list(big()) + list(raw()):
            asker.ask(text, wanted)
        for text in headlines() + ["(oil", "oil)", '"oil', "a AND", "oil^x", "title:", "updat:fire", "NEAR/0", "~9 oil"]:
            asker.ask(text.encode(), UNDERSTOOD, "-F")
        for text in ["(oil", "oil)", '"oil', "updat:fire", "((oil"]:
            asker.ask(text.encode(), UNDERSTOOD, "--lenient")
        asker.ask(b"tax cuts OR duty", REFUSED, "--strict")
        if asker.asked < 200:
            print("too few")
            asker.bad += 1
        print(f"{asker.asked} queries, slowest {asker.slowest:.3f} s: {asker.bad} wrong")
    return 1 if asker.bad else 0


if __name__ == "__main__":
    sys.exit(main())
