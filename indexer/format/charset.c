/*
 * charset.c - which character set a text is in, and the text as UTF-8. iconv does the tables.
 *
 * What a page declares is what somebody once typed into a template, so it must be borne out: the
 * sample must convert with hardly a fault. The names of the web are read as the web reads them: who
 * says iso-8859-1 means windows-1252, who says gb2312 uses what came after it.
 */
#include "indexer/format/charset.h"

#include "common/base/process.h"
#include "common/base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>

#define DECLARED_BYTES 4096 /* of a head, looked at for a declaration */
#define SAMPLE_BYTES   ((size_t)64 << 10)
#define FAULTS_BORNE   500 /* one wrong byte in so many does not refute a declaration */
#define STRAY_LIKELY   8   /* characters of UTF-8 for each byte that is none: it is UTF-8 */
#define STRAY_DECLARED 2   /* the same where UTF-8 is what the text declares */
#define GUESS_FLOOR    40  /* of 100: a guess below it is no better than windows-1252 */
#define GUESS_FOREIGN  12  /* bytes beyond ASCII a guess must have to go on */

const char *dtl_charset_by_text(enum dtl_charset_by by)
{
    static const char *const texts[DTL_CHARSET_BYS] = {
        [DTL_CHARSET_VALID] = "utf-8",       [DTL_CHARSET_BOM] = "bom",
        [DTL_CHARSET_STATED] = "stated",     [DTL_CHARSET_DECLARED] = "declared",
        [DTL_CHARSET_DETECTED] = "detected", [DTL_CHARSET_FALLBACK] = "fallback",
    };
    return texts[by];
}

/* May a library of tables still be mapped? */
static bool is_room(void)
{
    size_t n = (size_t)1 << 20;
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && munmap(p, n) == 0;
}

iconv_t dtl_charset_open(const char *name)
{
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd != (iconv_t)-1)
        return cd;
    /* glibc calls a set unknown whose tables it had no memory to load, but not twice */
    if (errno == EINVAL && is_room())
        cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1 && errno != EINVAL)
        dtl_process_out_of_memory();
    return cd;
}

bool dtl_encoding_known(const char *encoding)
{
    iconv_t cd = dtl_charset_open(encoding);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}

bool dtl_charset_is_utf8(const char *name)
{
    return strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0;
}

/* ---- what a text declares ---- */

static struct dtl_bytes value_at(struct dtl_bytes t, size_t at)
{
    while (at < t.n && (t.p[at] == ' ' || t.p[at] == '=' || t.p[at] == '"' || t.p[at] == '\''))
        at++;
    size_t end = at;
    while (end < t.n && end - at < DTL_CHARSET_NAME &&
           (dtl_is_alnum(t.p[end]) || strchr("-_.:+", t.p[end])) && t.p[end])
        end++;
    return dtl_bytes(t.p + at, end - at);
}

struct dtl_bytes dtl_charset_declared(struct dtl_bytes head)
{
    if (head.n > DECLARED_BYTES)
        head.n = DECLARED_BYTES;
    struct dtl_bytes none = {0};
    bool xml = false;
    for (size_t at = 0; at + 9 < head.n; at++) {
        const char *p = (const char *)head.p + at;
        if (strncasecmp(p, "<?xml", 5) == 0)
            xml = true;
        else if (xml && *p == '>')
            xml = false;
        else if ((xml && strncasecmp(p, "encoding", 8) == 0) || strncasecmp(p, "charset=", 8) == 0)
            return value_at(head, at + 8);
    }
    return none;
}

/* The web's meaning of a name; NULL: iconv does not know it. */
static const char *meant(struct dtl_bytes declared, char room[DTL_CHARSET_NAME])
{
    static const char *const names[][2] = {
        {"iso-8859-1",     "windows-1252"},
        {"iso8859-1",      "windows-1252"},
        {"latin1",         "windows-1252"},
        {"us-ascii",       "windows-1252"},
        {"ascii",          "windows-1252"},
        {"iso-8859-9",     "windows-1254"},
        {"iso-8859-11",    "CP874"       },
        {"tis-620",        "CP874"       },
        {"gb2312",         "GB18030"     },
        {"gbk",            "GB18030"     },
        {"x-gbk",          "GB18030"     },
        {"euc-kr",         "CP949"       },
        {"ks_c_5601-1987", "CP949"       },
        {"shift_jis",      "CP932"       },
        {"x-sjis",         "CP932"       },
        {"big5",           "BIG5-HKSCS"  },
        {"utf-16",         "UTF-16LE"    },
        {"unicode",        "UTF-16LE"    },
        {"x-mac-roman",    "MACINTOSH"   },
    };
    if (!declared.n || declared.n >= DTL_CHARSET_NAME)
        return NULL;
    memcpy(room, declared.p, declared.n);
    room[declared.n] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(room, names[i][0]) == 0)
            snprintf(room, DTL_CHARSET_NAME, "%s", names[i][1]);
    return dtl_encoding_known(room) ? room : NULL;
}

/* ---- conversion ---- */

uint32_t dtl_charset_stray(uint8_t c)
{
    static const uint16_t high[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    if (c < 0x80 || c >= 0xa0)
        return c;
    return high[c - 0x80] ? high[c - 0x80] : 0xfffd;
}

void dtl_charset_mend(uint8_t *p, size_t n)
{
    for (size_t at = 0; (at += dtl_utf8_valid_prefix(dtl_bytes(p + at, n - at))) < n;)
        p[at] = '?';
}

/* As convert, of what is UTF-8 but for a few bytes; iconv lets numbers pass that are none. */
static size_t convert_utf8(struct dtl_bytes in, bool strict, struct dtl_buffer *out, size_t *at)
{
    size_t faults = 0;
    for (size_t i = 0; i < in.n && !out->failed; i++) {
        size_t valid = dtl_utf8_valid_prefix(dtl_bytes(in.p + i, in.n - i));
        dtl_buffer_append(out, in.p + i, valid);
        i += valid;
        if (i == in.n)
            break;
        faults++;
        *at = i;
        if (strict)
            break;
        dtl_utf8_append(out, dtl_charset_stray(in.p[i]));
    }
    return faults;
}

/*
 * All of `in` into `out`, which may have a limit. Returns the number of faults, each put out as one
 * character; stops at the first with `strict`, *at being its place.
 */
static size_t convert(iconv_t cd, struct dtl_bytes in, bool strict, struct dtl_buffer *out,
                      size_t *at)
{
    char *p;
    size_t left = in.n, faults = 0;
    memcpy(&p, &in.p, sizeof p); /* iconv takes its input without const and does not change it */
    while (left && !out->failed) {
        if (!dtl_buffer_reserve(out, left + 16 < 65536 ? left + 16 : 65536))
            break;
        char *to = (char *)out->p + out->n;
        size_t room = out->capacity - out->n, before = room;
        size_t r = iconv(cd, &p, &left, &to, &room);
        int why = errno;
        out->n += before - room;
        if (r != (size_t)-1 || why == E2BIG)
            continue;
        faults++;
        *at = in.n - left;
        if (strict)
            break;
        dtl_utf8_append(out, 0xfffd);
        p++;
        left--;
    }
    if (out->n)
        dtl_charset_mend(out->p, out->n);
    return faults;
}

enum dtl_status dtl_charset_convert(struct dtl_bytes in, const struct dtl_charset *from,
                                    struct dtl_arena *arena, struct dtl_bytes *out,
                                    struct dtl_error *err)
{
    size_t mark = from->mark < in.n ? from->mark : in.n;
    struct dtl_bytes text = dtl_bytes(in.p + mark, in.n - mark);
    bool utf8 = dtl_charset_is_utf8(from->name);
    if (utf8 && dtl_utf8_valid_prefix(text) == text.n)
        return dtl_bytes_copy(arena, text, out) ? DTL_OK
                                                : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    iconv_t cd = dtl_charset_open(from->name);
    if (cd == (iconv_t)-1)
        return dtl_fail(err, DTL_EINPUT, 0, "no such encoding: %.40s", from->name);
    struct dtl_buffer b = {.limit = DTL_FORMAT_RECORD_MAX};
    size_t at = 0;
    enum dtl_status st = DTL_OK;
    bool strict = from->by == DTL_CHARSET_STATED;
    size_t faults = utf8 ? convert_utf8(text, strict, &b, &at) : convert(cd, text, strict, &b, &at);
    if (faults && strict && !b.failed)
        st = dtl_fail(err, DTL_EINPUT, at,
                      "byte %zu is not %.40s; name the encoding with --encoding", at, from->name);
    else if (b.over)
        st = dtl_fail(err, DTL_EINPUT, 0, "article over %zu MiB", DTL_FORMAT_RECORD_MAX >> 20);
    else if (b.failed || !dtl_bytes_copy(arena, dtl_buffer_view(&b), out))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    dtl_buffer_release(&b);
    iconv_close(cd);
    return st;
}

/* ---- the decision ---- */

static void take(struct dtl_charset *out, const char *name, enum dtl_charset_by by)
{
    snprintf(out->name, sizeof out->name, "%s", name);
    out->by = by;
}

static bool take_marked(struct dtl_charset *out, const char *name, size_t mark)
{
    take(out, name, DTL_CHARSET_BOM);
    out->mark = mark;
    return true;
}

/* A mark, or a '<', a letter or a digit between zeros. */
bool dtl_charset_marked(struct dtl_bytes h, struct dtl_charset *out)
{
    const uint8_t *p = h.p;
    if (dtl_bytes_starts(h, DTL_LITERAL("\xef\xbb\xbf")))
        return take_marked(out, "UTF-8", 3);
    if (h.n >= 4 && p[0] == 0xff && p[1] == 0xfe && !p[2] && !p[3])
        return take_marked(out, "UTF-32LE", 4);
    if (h.n >= 4 && !p[0] && !p[1] && p[2] == 0xfe && p[3] == 0xff)
        return take_marked(out, "UTF-32BE", 4);
    if (dtl_bytes_starts(h, DTL_LITERAL("\xff\xfe")))
        return take_marked(out, "UTF-16LE", 2);
    if (dtl_bytes_starts(h, DTL_LITERAL("\xfe\xff")))
        return take_marked(out, "UTF-16BE", 2);
    if (h.n < 4)
        return false;
    if (p[0] && !p[1] && !p[2] && !p[3])
        return take_marked(out, "UTF-32LE", 0);
    if (!p[0] && !p[1] && !p[2] && p[3])
        return take_marked(out, "UTF-32BE", 0);
    if (p[0] && !p[1] && p[2] && !p[3])
        return take_marked(out, "UTF-16LE", 0);
    if (!p[0] && p[1] && !p[2] && p[3])
        return take_marked(out, "UTF-16BE", 0);
    return false;
}

static size_t foreign_bytes(struct dtl_bytes t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        n += t.p[i] >= 0x80;
    return n;
}

/* Does the sample convert with hardly a fault? A sample's last character may be cut. */
static bool bears_out(struct dtl_bytes sample, bool is_all, const char *name)
{
    iconv_t cd = dtl_charset_open(name);
    if (cd == (iconv_t)-1)
        return false;
    struct dtl_buffer b = {0};
    size_t at, faults = convert(cd, sample, false, &b, &at);
    iconv_close(cd);
    if (b.failed)
        dtl_process_out_of_memory();
    dtl_buffer_release(&b);
    size_t borne = foreign_bytes(sample) / FAULTS_BORNE + (is_all ? 0 : 4);
    return faults <= borne;
}

/* At least `likely` characters of UTF-8 beyond ASCII for each byte that belongs to none? Chance
 * makes few of them: text put together from two sources, or cut by somebody who counted bytes. */
static bool nearly_utf8(struct dtl_bytes sample, bool is_all, size_t likely)
{
    size_t good = 0, bad = 0, at = 0;
    while (at < sample.n) {
        struct dtl_bytes rest = dtl_bytes(sample.p + at, sample.n - at);
        size_t valid = dtl_utf8_valid_prefix(rest);
        for (size_t i = 0; i < valid; i++)
            good += rest.p[i] >= 0xc0;
        bad += valid < rest.n && (is_all || rest.n - valid >= 4);
        at += valid + 1;
    }
    return good && good >= bad * likely;
}

/* The part of `head` that shows most: around the first byte that is not UTF-8, from a line's
 * begin. */
static struct dtl_bytes sample_of(struct dtl_bytes head, size_t valid)
{
    size_t from = valid > SAMPLE_BYTES / 2 ? valid - SAMPLE_BYTES / 2 : 0;
    const uint8_t *line = from ? memchr(head.p + from, '\n', valid - from) : NULL;
    if (line)
        from = (size_t)(line + 1 - head.p);
    size_t left = head.n - from;
    return dtl_bytes(head.p + from, left < SAMPLE_BYTES ? left : SAMPLE_BYTES);
}

void dtl_charset_decide(struct dtl_bytes head, bool is_all, const char *stated,
                        struct dtl_bytes declared, bool markup, struct dtl_charset *out)
{
    *out = (struct dtl_charset){.name = "UTF-8"};
    if (dtl_charset_marked(head, out))
        return;
    char room[DTL_CHARSET_NAME];
    const char *name = meant(declared, room);
    size_t valid = dtl_utf8_valid_prefix(head);
    bool says_utf8 = name && dtl_charset_is_utf8(name);
    /* 7-bit and wide sets are valid UTF-8 too, but text does not hold their marks */
    bool marks = (stated || (name && !says_utf8)) && head.n &&
                 (memchr(head.p, 0, head.n) || memchr(head.p, 0x1b, head.n) ||
                  (name && strcasecmp(name, "UTF-7") == 0));
    if (!marks && (valid == head.n || (!is_all && head.n - valid < 4)))
        return;
    if (stated) {
        take(out, stated, DTL_CHARSET_STATED);
        return;
    }
    struct dtl_bytes sample = sample_of(head, valid);
    is_all = is_all && sample.p + sample.n == head.p + head.n;
    if (!marks && nearly_utf8(sample, is_all, says_utf8 ? STRAY_DECLARED : STRAY_LIKELY))
        return;
    if (name && !says_utf8 && bears_out(sample, is_all, name)) {
        take(out, name, DTL_CHARSET_DECLARED);
        return;
    }
    int sure = foreign_bytes(sample) >= GUESS_FOREIGN ? dtl_charset_guess(sample, markup, room) : 0;
    name = sure >= GUESS_FLOOR ? meant(dtl_bytes_of(room), room) : NULL;
    if (name && bears_out(sample, is_all, name))
        take(out, name, DTL_CHARSET_DETECTED);
    else
        take(out, "windows-1252", DTL_CHARSET_FALLBACK);
}

/* ---- a file that is one article ---- */

/* CR LF and CR become LF, in place. */
static size_t plain_lines(uint8_t *p, size_t n)
{
    const uint8_t *cr = n ? memchr(p, '\r', n) : NULL;
    if (!cr)
        return n;
    size_t m = (size_t)(cr - p);
    for (size_t at = m; at < n; at++) {
        if (p[at] != '\r')
            p[m++] = p[at];
        else if (at + 1 == n || p[at + 1] != '\n')
            p[m++] = '\n';
    }
    return m;
}

enum dtl_status dtl_format_whole_text(struct dtl_input *in, const struct dtl_charset_said *said,
                                      bool markup, struct dtl_arena *arena, struct dtl_bytes *out,
                                      struct dtl_record *record, struct dtl_error *err)
{
    struct dtl_bytes all, text, declared = {0};
    struct dtl_charset set;
    enum dtl_status st = dtl_input_peek(in, DTL_FORMAT_RECORD_MAX + 1, &all, err);
    if (st < 0)
        return st;
    if (all.n > DTL_FORMAT_RECORD_MAX)
        return dtl_fail(err, DTL_EINPUT, 0, "article over %zu MiB: divide the file",
                        DTL_FORMAT_RECORD_MAX >> 20);
    if (said->declared)
        declared = dtl_bytes_of(said->declared);
    else if (markup)
        declared = dtl_charset_declared(all);
    dtl_charset_decide(all, true, said->encoding, declared, markup, &set);
    st = dtl_charset_convert(all, &set, arena, &text, err);
    if (st < 0)
        return st;
    size_t consumed = all.n;
    uint8_t *p = dtl_arena_alloc(arena, text.n + 1);
    if (!p)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (text.n)
        memcpy(p, text.p, text.n);
    *out = dtl_bytes(p, plain_lines(p, text.n));
    record->charset =
        dtl_charset_is_utf8(set.name) ? NULL : dtl_arena_strndup(arena, set.name, strlen(set.name));
    record->charset_by = set.by;
    dtl_input_skip(in, consumed);
    return DTL_OK;
}
