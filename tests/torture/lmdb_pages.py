"""Which bytes of a data.mdb count: LMDB's file format (0.9, 64 bit), read by a second reader that shares no code with `check`.

Live is what the newest transaction reaches: fields of pages, nodes, keys and values. Not live: free pages, gaps inside
pages, what follows a value on its last page, fields that LMDB never reads. The key of a branch need not be one that is
there: as good as the right one is any that parts the keys left of it from those right of it.
"""
import struct

META_FLAG, BRANCH, LEAF = 0x08, 0x01, 0x02
BIG, SUB = 0x01, 0x02
NO_PAGE = 0xffffffffffffffff


class Live:
    """live[i] is 1 where byte i of `data` counts; pages[n] names what page n is for."""

    def __init__(self, data):
        self.data, self.live, self.pages = data, bytearray(len(data)), {}
        self.parting = []  # of keys of branches: where, how long, the last key to the left, the first to the right
        size = struct.unpack_from("<I", data, 40)[0]
        self.size = size
        metas = [self.transaction(0), self.transaction(size)]
        newest = metas.index(max(metas)) * size
        for at in (0, size):  # of the older page, what tells that it is the older one
            self.mark(at + 10, 2)
            self.mark(at + 16, 8)
            self.mark(at + 40, 4)
            self.mark(at + 144, 8)
        self.mark(newest + 136, 8)
        self.tree(newest + 40, "free list")
        self.tree(newest + 88, "main")

    def transaction(self, at):
        return struct.unpack_from("<Q", self.data, at + 144)[0]

    def counts(self, at, mask):
        """Does the byte count, and does its flip?"""
        for key, n, left, right in self.parting:
            if key <= at < key + n:
                other = bytearray(self.data[key:key + n])
                other[at - key] ^= mask
                return not left < bytes(other) <= right
        return bool(self.live[at])

    def mark(self, at, n):
        self.live[at:at + n] = b"\1" * n

    def tree(self, record, name):
        """The record of a tree: flags, depth, counts, root; then its pages."""
        root, = struct.unpack_from("<Q", self.data, record + 40)
        self.mark(record + 6, 42)
        if root != NO_PAGE:
            self.page(root, name)

    def page(self, number, name):
        """Marks the page and all below it; its first and last key."""
        at = number * self.size
        self.pages[number] = name
        flags, lower, upper = struct.unpack_from("<HHH", self.data, at + 10)
        self.mark(at, 8)
        self.mark(at + 10, 6)
        keys, last = [], None
        for i in range((lower - 16) // 2):
            self.mark(at + 16 + 2 * i, 2)
            node = at + struct.unpack_from("<H", self.data, at + 16 + 2 * i)[0]
            first, end = self.node(node, flags, i, name)
            if flags & BRANCH and i and name != "free list":  # whose keys are numbers
                self.parting.append((node + 8, struct.unpack_from("<H", self.data, node + 6)[0], last, first))
            last = end
            keys.append(first)
        return keys[0], last

    def node(self, at, flags, i, name):
        """Marks an entry; the first and last key it stands for."""
        low, high, node_flags, key = struct.unpack_from("<HHHH", self.data, at)
        self.mark(at, 8)
        if flags & BRANCH:
            if i:  # the first separator of a branch is nowhere read
                self.mark(at + 8, key)
            else:
                self.live[at + 6:at + 8] = b"\0\0"
            return self.page(low | high << 16 | node_flags << 32, name)
        self.mark(at + 8, key)
        size, value = low | high << 16, at + 8 + key
        if node_flags & BIG:
            page, = struct.unpack_from("<Q", self.data, value)
            self.mark(value, 8)
            self.overflow(page, size, name)
        elif node_flags & SUB:
            self.tree(value, self.data[at + 8:at + 8 + key].decode())
        elif name == "free list":
            # From which transaction on pages may be used again: a slightly smaller number is as good as the right one.
            self.live[at + 8] = 0
            count, = struct.unpack_from("<Q", self.data, value)
            self.mark(value, 8 + 8 * count)
            self.live[value] = 0  # a smaller count: pages that are neither used nor free, which check notes
        else:
            self.mark(value, size)
        return (self.data[at + 8:at + 8 + key],) * 2

    def overflow(self, page, size, name):
        at = page * self.size
        count, = struct.unpack_from("<I", self.data, at + 12)
        self.mark(at, 8)
        self.mark(at + 10, 6)
        if name == "free list":
            entries, = struct.unpack_from("<Q", self.data, at + 16)
            size = 8 + 8 * entries
        self.mark(at + 16, size)
        for n in range(page, page + count):
            self.pages[n] = name + ", value"
