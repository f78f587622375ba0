"""What a malformed input is, and the ways of spoiling one that fit every form: made by rule, so the set is always the same."""
from dataclasses import dataclass, field

CANARY = "canaryword"  # stands in a file outside the given paths, which hostile inputs point at
BIG = 64 << 20  # bytes of a token no article needs


@dataclass
class Input:
    """One file. `keep`: words of its sound records, which must be found; `rejects`: must something be reported?
    None: either way, as long as nothing vanished. `begun`: records that have begun, each of which must be
    accounted for as an article, rejected or skipped. `memory`: bytes it may honestly take more than others."""
    name: str
    data: object  # bytes, or a function that gives them
    keep: list = field(default_factory=list)
    rejects: object = None
    begun: int = 0
    memory: int = 0

    def content(self):
        return self.data() if callable(self.data) else self.data


class Document:
    """A sound file of several records: head, (record, its word) ..., tail."""

    def __init__(self, name, ending, head, records, tail=b""):
        self.name, self.ending, self.head, self.records, self.tail = name, ending, head, records, tail
        self.data = head + b"".join(r for r, _ in records) + tail
        at, self.spans = len(head), []
        for record, word in records:
            self.spans.append((at, at + len(record), word))
            at += len(record)

    def words(self):
        return [word for _, word in self.records]

    def input(self, what, data, **more):
        return Input(f"{self.name}-{what}{self.ending}", data, **more)

    def whole(self):
        return self.input("whole", self.data, keep=self.words(), rejects=False, begun=len(self.records))

    def cuts(self, count, keeps=True):
        """Cut short at `count` places. keeps: records are read one after another, those before the cut stay."""
        for i in range(count):
            at = 1 + (len(self.data) - 2) * i // max(1, count - 1)
            keep = [w for _, end, w in self.spans if end <= at] if keeps else []
            begun = sum(b + 12 < at for b, _, _ in self.spans)
            yield self.input(f"cut-{at:05}", self.data[:at], keep=keep, begun=begun if keeps else min(1, begun))

    def spoiled(self, count, keeps=True):
        """One byte after another replaced by what its form does not expect. keeps: that costs the record it is in."""
        signs = [0x00, 0xff, ord("<"), ord('"'), ord("{"), 0x80, ord("&"), 0x1b, ord("\n"), ord("]"), ord("="), ord("%")]
        for i in range(count):
            at = len(self.data) * (2 * i + 1) // (2 * count)
            data = bytearray(self.data)
            data[at] = signs[i % len(signs)]
            keep = [w for b, end, w in self.spans if not b <= at < end and len(self.head) <= at < len(self.data) - len(self.tail)]
            yield self.input(f"byte-{at:05}-{signs[i % len(signs)]:02x}", bytes(data), keep=keep if keeps else [], begun=1)

    def among(self, what, bad, rejects=None, **more):
        """A bad record between the sound ones, all of which stay."""
        first, rest = self.records[0][0], b"".join(r for r, _ in self.records[1:])
        data = (lambda: self.head + first + bad() + rest + self.tail) if callable(bad) else \
            self.head + first + bad + rest + self.tail
        return self.input(what, data, keep=self.words(), rejects=rejects, begun=len(self.records), **more)


BAD_DATES = ["0000-00-00", "2024-02-30", "2023-13-01", "10000-01-01", "-0044-03-15", "9999-99-99", "not a day", "2024-06-31T25:61:61Z",
             "99999999999999999999", "31 February 2024"]
ODD_DATES = ["0001-01-01", "9999-12-31", "1582-10-10", "2024-03-22T23:59:60Z"]


def words(*numbers):
    """Words that stand in no other input and survive stemming: keepword and a letter."""
    return ["keepword" + "abcdefghijklmnopqrstuvwxyz"[n] * 2 for n in numbers]
