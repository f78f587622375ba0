"""Malformed containers: WARC and ARC, tar, zip, gzip, bzip2, xz, zstd, one in another, and bombs."""
import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
import tarfile
import warnings
import zipfile
import zlib

from malformed_kinds import BIG, Document, Input, words

A, B, C = words(0, 1, 2)
warnings.filterwarnings("ignore", "Duplicate name")


def text(word):
    return f"date 2024-03-22\n\nThe {word} harbour opened.\n".encode()


# ---- web archives ----

def record(uri, block, kind="resource", length=None, more=""):
    return (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\n{more}Content-Length: {len(block) if length is None else length}\r\n\r\n".encode()
            + block + b"\r\n\r\n")


def answer(body, head="HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"):
    return head.encode() + b"\r\n" + body


def web_archives():
    warc = Document("warc", ".warc", b"", [(record(f"http://x/{i}", answer(text(w)), "response"), w) for i, w in enumerate((A, B, C))])
    arc = Document("arc", ".arc", b"filedesc://x.arc 127.0.0.1 20140216050221 text/plain 11\n1 0 Capture\n\n", [
        (f"http://x/{i} 1.2.3.4 20140216050221 text/plain {len(answer(text(w)))}\n".encode() + answer(text(w)) + b"\n", w) for i, w in enumerate((A, B, C))])
    for d in (warc, arc):
        yield d.whole()
        yield from d.cuts(18)
        yield from d.spoiled(16, keeps=False)
    for i, length in enumerate(("0", "1", "-1", "999999", "18446744073709551615", "99999999999999999999", "0x10", "", "1e3", "12 13")):
        yield warc.input(f"length-{i}", warc.records[0][0] + record("http://x/bad", text("x"), length=length) + warc.records[1][0] + warc.records[2][0], keep=[A])
    chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    for i, body in enumerate((b"zz\r\nabc", b"5\r\nabc", b"ffffffffffffffff\r\nabc", b"-1\r\nabc", b"0\r\n\r\n", b"3\r\nabc\r\n3\r\ndef", b"\r\n" * 500, b"1;" + b"x" * 300 + b"\r\na\r\n0\r\n\r\n")):
        yield warc.among(f"chunks-{i}", record("http://x/c", answer(body, chunked), "response"))
    for what, head in (("gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"), ("status", "HTTP/1.1 999\r\n"), ("no-status", "HTTP/\r\n"), ("headers", "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 20_000),
                       ("header", "HTTP/1.1 200 OK\r\nX: " + "y" * 200_000 + "\r\n")):
        yield warc.among(f"http-{what}", record("http://x/h", answer(text("x"), head), "response"))
    for what, uri in (("dots", "../../../etc/passwd"), ("absolute", "file:///etc/passwd"), ("escape", "\x1b[31mred"), ("long", "http://x/" + "u" * 60_000), ("empty", ""), ("hash", "a#b#c#1")):
        yield warc.among(f"name-{what}", record(uri, text("x")))
    same = warc.among("same-name", record("http://x/0", answer(text("again")), "response"))
    same.keep = [B, C]  # the later of two is kept
    yield same
    yield warc.among("gzip-broken", record("http://x/z", gzip.compress(text("x"))[:-9]))
    yield warc.among("gzip-bomb", record("http://x/z", gzip.compress(b"date 2024-03-22\n\n" + b"a " * (60 << 20))), rejects=True, memory=2 * BIG)
    yield warc.among("warc-inside", record("http://x/w", record("http://x/v", record("http://x/u", text("x")))))
    yield warc.among("big-head", record("http://x/b", text("x"), more="X: " + "y" * 200_000 + "\r\n"))
    yield warc.input("no-end-of-head", warc.data + b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000, keep=warc.words())
    yield warc.input("junk", warc.data + b"\xff" * 1_000_000, keep=warc.words(), rejects=True)
    yield warc.input("line-ends", warc.data + b"\r\n" * 1_000_000, keep=warc.words())
    yield warc.among("big-block", lambda: record("http://x/b", b"date 2024-03-22\n\n" + b"x" * (BIG + 10)), rejects=True, memory=2 * BIG)


# ---- tar and zip ----

def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data, change in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            for key, value in change.items():
                setattr(info, key, value)
            t.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return out.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


NAMES = ["../up.txt", "../../../../etc/cron.d/x", "/absolute.txt", "/etc/passwd", "a/../../b.txt", "./dot.txt", "a//b.txt", "\x1b[31mred.txt", "line\nend.txt", "C:\\x.txt", "nul\x01.txt",
         "\u202etxt.exe", "n" * 3000 + ".txt", "d/" * 400 + "x.txt", "caf\u00e9.txt", "-rf.txt", "#1.txt", "a#b.txt", "*?.txt"]


def tars():
    sound = [(f"{w}.txt", text(w), {}) for w in (A, B)]
    whole = tar(sound)
    yield Input("tar-whole.tar", whole, keep=[A, B], rejects=False, begun=2)
    for i in range(20):
        at = 1 + (len(whole) - 2) * i // 19
        yield Input(f"tar-cut-{at:05}.tar", whole[:at], keep=[A] if at >= 1024 else [])
    for i in range(20):
        at = 512 * (i % 4) + (i * 53) % 512
        data = bytearray(whole)
        data[at] ^= 0x55
        yield Input(f"tar-byte-{at:05}.tar", bytes(data), begun=1 if at < 512 else 2)
    for i, name in enumerate(NAMES):
        yield Input(f"tar-name-{i}.tar", tar([sound[0], (name, text("x"), {}), sound[1]]), keep=[A, B])
    for what, kind in (("link", tarfile.SYMTYPE), ("hard-link", tarfile.LNKTYPE), ("device", tarfile.CHRTYPE), ("block", tarfile.BLKTYPE), ("fifo", tarfile.FIFOTYPE), ("folder", tarfile.DIRTYPE),
                       ("contiguous", tarfile.CONTTYPE), ("sparse", tarfile.GNUTYPE_SPARSE), ("unknown", b"Z")):
        for i, target in enumerate(("../outside/canary.txt", "/etc/passwd", f"{A}.txt")):
            yield Input(f"tar-{what}-{i}.tar", tar([sound[0], ("odd.txt", b"", {"type": kind, "linkname": target}), sound[1]]), keep=[A, B] if kind != tarfile.GNUTYPE_SPARSE else [A])
    yield Input("tar-link-over.tar", tar([("a.txt", b"", {"type": tarfile.SYMTYPE, "linkname": "../outside/canary.txt"}), ("a.txt", text(A), {})]), keep=[A])
    yield Input("tar-shifted.tar", whole[:1024] + b"x" * 40 + whole[1024:], keep=[A], rejects=True)
    yield Input("tar-zeros.tar", whole[:1024] + b"\0" * 512 + whole[1024:], keep=[A])
    yield Input("tar-same-name.tar", tar([sound[0], (sound[0][0], text("again"), {}), sound[1]]), keep=[B])
    yield Input("tar-many.tar", tar([sound[0]] + [(f"e{i}", b"", {}) for i in range(20_000)] + [sound[1]]), keep=[A, B])
    for i, size in enumerate((b"77777777777\0", b"-0000000001\0", b"\x80" + b"\xff" * 11, b"xxxxxxxxxxxx", b"00000000000\0")):
        bad = bytearray(tar([("bad.txt", text("x"), {})])[:1024])
        bad[124:136] = size
        total = 256 + sum(bad[:148]) + sum(bad[156:512])
        bad[148:156] = b"%06o\0 " % total
        yield Input(f"tar-size-{i}.tar", tar([sound[0]])[:1024] + bytes(bad) + whole, keep=[A])
    inner = whole
    for depth in range(5):
        inner = tar([(f"in{depth}.tar", inner, {})])
        yield Input(f"tar-nested-{depth}.tar", tar([sound[0]])[:1024] + inner, keep=[A])
    yield Input("tar-big-member.tar", lambda: tar([sound[0], ("big.txt", b"date 2024-03-22\n\n" + b"x" * (BIG + 10), {}), sound[1]]), keep=[A, B], rejects=True, memory=2 * BIG)


def zips():
    sound = [(f"{w}.txt", text(w)) for w in (A, B)]
    whole = zipped(sound)
    yield Input("zip-whole.zip", whole, keep=[A, B], rejects=False, begun=2)
    for i in range(20):
        at = 1 + (len(whole) - 2) * i // 19
        yield Input(f"zip-cut-{at:05}.zip", whole[:at])
    for i in range(24):
        at = len(whole) * i // 24
        data = bytearray(whole)
        data[at] ^= 0x55
        yield Input(f"zip-byte-{at:05}.zip", bytes(data), begun=1)
    for i, name in enumerate(NAMES):
        yield Input(f"zip-name-{i}.zip", zipped([sound[0], (name, text("x")), sound[1]]), keep=[A, B])
    for i, method in enumerate((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)):
        yield Input(f"zip-with-{i}.zip", zipped(sound, method))
    yield Input("zip-same-name.zip", zipped([("same.txt", text("x")), ("same.txt", text(A)), sound[1]]), keep=[A, B])
    for what, offset in (("size", 22), ("packed", 18), ("sum", 14), ("flags", 6), ("method", 8)):
        for value in (0, 1, 0xffff_ffff):
            data, width = bytearray(whole), 4 if offset > 8 else 2
            data[offset:offset + width] = struct.pack("<I", value)[:width]
            yield Input(f"zip-{what}-{value:x}.zip", bytes(data))
    overlap = zipped([("a.txt", text(A))])
    yield Input("zip-twice.zip", overlap + overlap)
    yield Input("zip-junk-before.zip", b"PK\x03\x04" + b"\xff" * 500 + whole)
    yield Input("zip-inside.zip", zipped([sound[0], ("in.zip", zipped([("in.zip", zipped([("in.zip", whole)]))])), sound[1]]), keep=[A, B])
    yield Input("zip-bomb.zip", lambda: zipped([sound[0], ("bomb.txt", b"date 2024-03-22\n\n" + b"a " * (80 << 20)), sound[1]]), keep=[A, B], rejects=True, memory=2 * BIG)
    yield Input("zip-encrypted.zip", whole[:6] + b"\x01" + whole[7:])


# ---- compressions ----

def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


def many_times(pack, data, times):
    for _ in range(times):
        data = pack(data)
    return data


def zeros(size):
    """gzip of that many zeros, made in pieces."""
    out, z = [], zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(size >> 20):
        out.append(z.compress(b"\0" * (1 << 20)))
    return b"".join(out) + z.flush()


def compressions():
    kinds = [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
    if shutil.which("zstd"):
        kinds.append(("zst", zstd))
    for ending, pack in kinds:
        lines = b"".join(b'{"id":"r%d","date":"2024-03-22","body":"The %s harbour."}\n' % (i, w.encode()) for i, w in enumerate((A, B)))
        whole = pack(lines)
        yield Input(f"packed-whole.jsonl.{ending}", whole, keep=[A, B], rejects=False, begun=2)
        for i in range(14):
            at = 1 + (len(whole) - 2) * i // 13
            yield Input(f"packed-cut-{at:04}.jsonl.{ending}", whole[:at])
        for i in range(14):
            at = len(whole) * i // 14
            data = bytearray(whole)
            data[at] ^= 0x55
            yield Input(f"packed-byte-{at:04}.jsonl.{ending}", bytes(data))
        yield Input(f"packed-twice.jsonl.{ending}", whole + pack(b'{"id":"r7","date":"2024-03-22","body":"later"}\n'), keep=[A, B])
        yield Input(f"packed-junk.jsonl.{ending}", whole + b"junk behind it\n")
        yield Input(f"packed-in-itself.jsonl.{ending}", pack(whole))
        yield Input(f"packed-five-times.jsonl.{ending}", many_times(pack, lines, 5), rejects=True)
        yield Input(f"packed-empty.{ending}", pack(b""))
        yield Input(f"packed-big.txt.{ending}", lambda pack=pack: pack(b"date 2024-03-22\n\n" + b"a" * (BIG + 10)), rejects=True, memory=2 * BIG)
    yield Input("bomb.gz", lambda: zeros(600 << 20), memory=2 * BIG)
    yield Input("bomb.tar.gz", lambda: gzip.compress(tar([("bomb.txt", b"date 2024-03-22\n\n" + b"a " * (80 << 20), {})])), rejects=True, memory=2 * BIG)
    yield Input("bomb-in-bomb.gz.gz", lambda: gzip.compress(zeros(600 << 20)), memory=2 * BIG)
