"""Malformed texts: dated text, front matter, JSON and its kinds, tables, wires, mail."""
import json

from malformed_kinds import BAD_DATES, BIG, ODD_DATES, Document, Input, words

A, B, C = words(0, 1, 2)


# ---- dated text, front matter ----

def texts():
    dated = Document("dated", ".txt", b"", [(f"date 2024-03-22\n\nHarbour opens\n\nThe {A} harbour opened.\n".encode(), A)])
    front = Document("front", ".md", b"", [
        (f"---\ntitle: Harbour\ndate: 2024-03-22\ntags: [sea, port]\n---\nThe {A} harbour opened.\n".encode(), A)])
    toml = Document("toml", ".md", b"", [
        (f'+++\ntitle = "Harbour"\ndate = 2024-03-22\ntags = ["sea"]\n+++\nThe {A} harbour opened.\n'.encode(), A)])
    for d in (dated, front, toml):
        yield d.whole()
        yield from d.cuts(14, keeps=False)
        yield from d.spoiled(9, keeps=False)
    for i, date in enumerate(BAD_DATES + ODD_DATES):
        rejects = None if date in ODD_DATES else True
        yield Input(f"front-date-{i}.md", f'---\ntitle: x\ndate: "{date}"\n---\ntext\n'.encode(), rejects=rejects, begun=1)
        yield Input(f"dated-date-{i}.txt", f"date {date}\n\ntext\n".encode())
    deep = 100_000
    lines = "\n".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 30))
    yield Input("front-bomb.md", f"---\ntitle: x\na0: &a0 [lol]\n{lines}\n---\ntext\n".encode(), begun=1)
    yield Input("front-deep.md", b"---\ntitle: x\na: " + b"[" * deep + b"]" * deep + b"\n---\ntext\n", begun=1)
    yield Input("front-deep-map.md", b"---\ntitle: x\na: " + b"{b: " * deep + b"\n---\ntext\n", begun=1)
    yield Input("front-self.md", b"---\ntitle: x\na: &a [*a]\n---\ntext\n", begun=1)
    yield Input("front-tag.md", b"---\ntitle: !!python/object/apply:os.system ['id']\ndate: 2024-03-22\n---\ntext\n", begun=1)
    yield Input("front-keys.md", b"---\ntitle: x\ntitle: y\n" + b"k: 1\n" * 2000 + b"---\ntext\n", begun=1)
    yield Input("front-long.md", b"---\ntitle: " + b"x" * (2 << 20) + b"\n---\ntext\n", begun=1)
    yield Input("toml-deep.md", b'+++\ntitle = "x"\na = ' + b"[" * deep + b"\n+++\ntext\n", begun=1)
    yield Input("toml-dots.md", b'+++\ntitle = "x"\n' + b"a." * deep + b"b = 1\n+++\ntext\n", begun=1)
    yield Input("dated-big.txt", lambda: b"date 2024-03-22\n\n" + b"x" * BIG, memory=BIG)
    yield Input("dated-words.txt", lambda: b"date 2024-03-22\n\n" + b"ab " * (6 << 20), memory=BIG)
    yield Input("dated-marks.txt", b"date 2024-03-22\n\ne" + b"\xcc\x81" * (1 << 20), begun=1)
    yield Input("dated-nul.txt", b"date 2024-03-22\n\n" + b"\0" * 100_000)
    yield Input("dated-latin.txt", b"date 2024-03-22\n\n" + bytes(range(1, 256)) * 100, begun=1)


# ---- JSON ----

def json_kinds():
    def record(i, word, **more):
        return json.dumps({"id": f"r{i}", "date": "2024-03-22", "title": "Harbour", "body": f"The {word} harbour opened.", **more}).encode()
    lines = Document("lines", ".jsonl", b"", [(record(i, w) + b"\n", w) for i, w in enumerate((A, B, C))])
    array = Document("array", ".json", b"[\n", [(record(0, A) + b",\n", A), (record(1, B), B)], b"\n]\n")
    feed = Document("feed", ".json", b'{"version":"https://jsonfeed.org/version/1","title":"F","items":[', [
        (f'{{"id":"1","content_text":"The {A} harbour.","date_published":"2024-03-22"}},'.encode(), A),
        (f'{{"id":"2","content_text":"The {B} harbour.","date_published":"2024-03-22"}}'.encode(), B)], b"]}")
    ninjs = Document("ninjs", ".json", b"", [
        (f'{{"uri":"u","type":"text","headline":"H","versioncreated":"2024-03-22T04:38:34+0000","body_text":"The {A} harbour."}}'.encode(), A)])
    for d, keeps in ((lines, True), (array, False), (feed, False), (ninjs, False)):
        yield d.whole()
        yield from d.cuts(12, keeps=keeps)
        yield from d.spoiled(10, keeps=keeps)
    for i, date in enumerate(BAD_DATES):
        yield lines.among(f"date-{i}", record(9, "x", date=date) + b"\n", rejects=True)
    for i, date in enumerate(ODD_DATES + [20240322, -1, 1e300, True, {}, []]):
        yield lines.among(f"odd-date-{i}", record(9, "x", date=date) + b"\n")
    deep = 200_000
    for what, bad in (("lists", b"[" * deep), ("objects", b'{"a":' * deep), ("closed", b"[" * deep + b"]" * deep),
                      ("in-a-record", b'{"id":"d","body":' + b"[" * deep + b"]" * deep + b"}")):
        yield lines.among(f"deep-{what}", bad + b"\n", rejects=True)
    for i, bad in enumerate((b'{"id":"x","body":"\\ud800"}', b'{"id":"x","body":"\xff\xfe"}', b'{"id":"x","body":"a\0b"}', b'{"id":"x",}', b"{'id':'x'}",
                             b'{"id":"x" "body":"y"}', b'{"id":1e999,"body":"y"}', b"nul", b"NaN", b"{", b'{"id":', b'"text"', b"17", b'{"id":"x","id":"y","body":"z"}',
                             b'{"id":"r0","date":"2024-03-23","body":"again"}', b'{"body":"' + b"\\u0000" * 1000 + b'"}', b'{"":""}', b"{}", b'{"id":"' + b"i" * 70000 + b'","body":"z"}')):
        one = lines.among(f"odd-{i}", bad + b"\n")
        one.keep = [B, C] if b'"id":"r0"' in bad else one.keep  # the later of two is kept
        yield one
    yield lines.among("big-string", lambda: b'{"id":"big","body":"' + b"x" * (BIG + 10) + b'"}\n', rejects=True, memory=2 * BIG)
    yield lines.among("big-number", lambda: b'{"id":"big","body":' + b"1" * (8 << 20) + b"}\n", memory=BIG)
    yield lines.among("big-key", lambda: b'{"' + b"k" * BIG + b'":1}\n', rejects=True, memory=2 * BIG)
    yield Input("lines-never-ends.jsonl", lambda: b'{"id":"big","body":"' + b"x" * (2 * BIG), rejects=True, memory=2 * BIG)


# ---- tables ----

def tables():
    def table(name, comma):
        head = comma.join(["id", "date", "title", "body"]) + "\n"
        row = lambda i, w: (comma.join([f"r{i}", "2024-03-22", "Harbour", f'"The {w} harbour"']) + "\n").encode()
        return Document(name, ".csv" if comma == "," else ".tsv", head.encode(), [(row(i, w), w) for i, w in enumerate((A, B, C))])
    for d in (table("comma", ","), table("tab", "\t")):
        yield d.whole()
        yield from d.cuts(16)
        yield from d.spoiled(18, keeps=False)
    d = table("rows", ",")
    for i, date in enumerate(BAD_DATES):
        yield d.among(f"date-{i}", f"x,{date},t,b\n".encode(), rejects=True)
    for i, date in enumerate(ODD_DATES):
        yield d.among(f"odd-date-{i}", f"x,{date},t,b\n".encode())
    for i, bad in enumerate((b"x\n", b",,,\n", b"x,2024-03-22,t,b,more,and,more\n", b"\n", b"r0,2024-03-22,t,again\n", b'x,2024-03-22,t,"a""b"\n', b"x,2024-03-22,t,\xff\xfe\n",
                             b"x,2024-03-22,t,a\0b\n", b"," * 100_000 + b"\n", b"x" * 200_000 + b"\n", b"\r\r\r\n", b"x,2024-03-22,,\n")):
        one = d.among(f"odd-{i}", bad)
        one.keep = [B, C] if bad.startswith(b"r0,") else one.keep
        yield one
    yield d.input("open-quote", d.data + b'x,2024-03-22,t,"never closed\n' * 50, keep=d.words())
    yield d.input("no-header", b'1,2,3\n"a","b"\n')
    yield d.input("same-names", b"id,body,body,id\n1,a,b,2\n2,c,d,3\n")
    yield d.input("many-columns", b",".join(b"c%d" % i for i in range(100_000)) + b"\n1\n")
    yield d.input("big-field", lambda: d.data + b'x,2024-03-22,t,"' + b"y" * (BIG + 10) + b'"\n', keep=d.words(), rejects=True, memory=2 * BIG)
    yield d.input("big-line", lambda: d.data + b"y" * (BIG + 10) + b"\n", keep=d.words(), rejects=True, memory=2 * BIG)


# ---- wires ----

def wires():
    def anpa(i, w):
        return (b"\x16\x16\x01Q%04d\x1f_a\nu i\x11\x13 BC-Weather  03-09-24 10\n\x02\x02BC-Weather,<\n\t   The %s harbour opened.\n\x03x\x04\n"
                % (1200 + i, w.encode()))

    def iptc(i, w):
        return (b"\x01abc%04d 4 e 9  xyz 0008\r\n\r\nHarbour/\r\n\x02Harbour opens\r\n\r\nBonn (xyz) - The %s harbour opened.\r\n\x03311159 GMT Dez 98\r\n\x04\r\n"
                % (43 + i, w.encode()))
    for name, make in (("anpa", anpa), ("iptc", iptc)):
        d = Document(name, ".txt", b"", [(make(i, w), w) for i, w in enumerate((A, B, C))])
        yield d.whole()
        yield from d.cuts(20, keeps=False)
        yield from d.spoiled(20, keeps=False)
        for i, bad in enumerate((b"\x01", b"\x02\x02\x02", b"\x03\x04", b"\x01\x02\x03\x04" * 1000, b"\x16" * 10000, b"\x00" * 10000,
                                 b"\x01\x02" + b"x" * 300_000 + b"\x03\x04")):
            yield d.input(f"between-{i}", d.records[0][0] + bad + d.records[1][0] + d.records[2][0], keep=[A, C], begun=2)
        for i, old in enumerate((b"03-09-24", b"311159")):
            for k, new in enumerate((b"99-99-99", b"00-00-00", b"999999", b"00000000000", b"-1--1--1")):
                if old in d.data:
                    yield d.input(f"date-{i}-{k}", d.data.replace(old, new, 1), keep=d.words())
        yield d.input("big", lambda d=d: d.records[0][0].replace(b"harbour opened", b"x" * (BIG + 10)) + d.records[1][0], memory=2 * BIG, rejects=True)
        yield d.input("no-end", lambda d=d: d.records[0][0] + d.records[1][0][:60] + b"words of it " * (6 << 20), keep=[A], memory=2 * BIG)


# ---- mail ----

def mails():
    def message(i, w, more="", body=None):
        return (f"From: a@example.org\nDate: Fri, 22 Mar 2024 10:00:00 +0000\nMessage-Id: <{i}@example.org>\nSubject: Harbour\n{more}\n"
                f"{body or 'The ' + w + ' harbour opened.'}\n").encode()
    line = b"From a@example.org Fri Mar 22 10:00:00 2024\n"
    box = Document("box", ".mbox", b"", [(line + message(i, w) + b"\n", w) for i, w in enumerate((A, B, C))])
    one = Document("one", ".eml", b"", [(message(0, A), A)])
    for d, keeps in ((box, False), (one, False)):
        yield d.whole()
        yield from d.cuts(20, keeps=keeps)
        yield from d.spoiled(20, keeps=keeps)
    for i, date in enumerate(BAD_DATES + ODD_DATES):
        yield box.among(f"date-{i}", line + message(7, "x").replace(b"Fri, 22 Mar 2024 10:00:00 +0000", date.encode()) + b"\n")
    parts = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b{}\n"
    nested = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(3000))
    for what, bad in (
            ("deep", message(7, "x", parts.format(0)) + nested),
            ("same-boundary", message(7, "x", parts.format(0)) + b"--b0\nContent-Type: multipart/mixed; boundary=b0\n\n" * 3000),
            ("no-boundary", message(7, "x", "MIME-Version: 1.0\nContent-Type: multipart/mixed\n")),
            ("many-parts", message(7, "x", parts.format(0)) + b"--b0\n\nx\n" * 50_000),
            ("base64", message(7, "x", "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n", "!!!!====AAAA")),
            ("quoted", message(7, "x", "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n", "=ZZ=4=" * 1000)),
            ("charset", message(7, "x", "MIME-Version: 1.0\nContent-Type: text/plain; charset=no-such-set\n", "caf\u00e9")),
            ("encoding", message(7, "x", "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n", "begin 644 x\n#0V%T\nend")),
            ("external", message(7, "x", "MIME-Version: 1.0\nContent-Type: message/external-body; access-type=local-file; name=\"@CANARY@\"\n")),
            ("rfc822", message(7, "x", "MIME-Version: 1.0\nContent-Type: message/rfc822\n", "From: b@x\n\nin" * 500)),
            ("words", message(7, "x").replace(b"Harbour", b"=?utf-8?q?=FF=FE?= =?no-such?b?AAAA?= =?utf-8?b?" + b"A" * 5000 + b"?=")),
            ("headers", message(7, "x", "X: y\n" * 100_000)),
            ("header", message(7, "x", "X: " + "y" * 5_000_000 + "\n")),
            ("folded", message(7, "x", "X: y\n" + " y\n" * 200_000)),
            ("groups", message(7, "x", "To: " + "a:" * 50_000 + "\n")),
            ("addresses", message(7, "x", "To: " + "a," * 50_000 + "\n")),
            ("groups-inside", message(7, "x", "MIME-Version: 1.0\nContent-Type: message/rfc822\n", "From: " + "a:" * 50_000 + "\n\nin")),
            ("parameters", message(7, "x", "MIME-Version: 1.0\nContent-Type: text/plain; " + "a=b; " * 50_000 + "\n")),
            ("comments", message(7, "x", "To: " + "(" * 100_000 + "\n")),
            ("same-id", message(0, "x", "X-Again: 1\n"))):
        one = box.among(what, line + bad + b"\n")
        one.keep = [B, C] if what == "same-id" else one.keep
        yield one
    yield box.among("big", lambda: line + message(7, "x") + b"x" * (BIG + 10) + b"\n\n", rejects=True, memory=2 * BIG)
    yield Input("one-big.eml", lambda: message(7, "x") + b"y" * (BIG + 10), rejects=True, memory=2 * BIG)
