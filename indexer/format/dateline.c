/*
 * dateline.c - PLACE[, REGION][, DATE] [(AGENCY)] - and its kin.
 *
 *     PARIS, Nov 23 (AP) - ...                     (ANSA) - ROMA, 23 NOV - ...
 *     WASHINGTON (Reuters) - ...                   MADRID, 23 nov. (EFE).- ...
 *     BERLIN, 5. Mai (dpa) - ...                   SAITAMA, Japan, Dec. 9 Kyodo - ...
 *     NEW YORK, April 7 - ...                      BOSTON, May 5, 2024 /PRNewswire/ -- ...
 *     NEW YORK--(BUSINESS WIRE)--...               МОСКВА, 23 мая. /ТАСС/. ...
 *
 * There is no list of the world's towns here: the shape must speak for itself, and what does not is
 * left alone. A wrong place makes a facet nobody can explain; a missed one is a word of the text
 * that is found all the same.
 */
#include "indexer/format/dateline.h"

#include "common/base/utf8.h"
#include "common/text/months.h"
#include "indexer/format/dateline_han.h"
#include "indexer/format/format.h"

#include <strings.h>

enum {
    LINE_BYTES = 400, /* of a line are looked at */
    PLACE_BYTES = 70, /* of all places */
    PLACE_WORDS = 5,  /* of one */
    AGENCY_BYTES = 40,
};

struct scan {
    struct dtl_bytes t;
    size_t at;
};

static struct dtl_bytes rest_of(const struct scan *s)
{
    return dtl_bytes(s->t.p + s->at, s->t.n - s->at);
}

static int peek(const struct scan *s)
{
    return s->at < s->t.n ? s->t.p[s->at] : -1;
}

/* Blanks, and the stars and underlines that Markdown sets a dateline between. */
static void skip_blanks(struct scan *s)
{
    for (;;) {
        if (dtl_bytes_starts(rest_of(s), DTL_LITERAL("\xc2\xa0")))
            s->at += 2;
        else if (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '*')
            s->at++;
        else
            return;
    }
}

static bool is_upper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(int c)
{
    return c >= 'a' && c <= 'z';
}

/* The length of a dash at s->at: - _ and the long ones; 0: none is there. */
static size_t dash_at(const struct scan *s)
{
    struct dtl_bytes r = rest_of(s);
    if (r.n && (r.p[0] == '-' || r.p[0] == '_'))
        return 1;
    if (r.n >= 3 && r.p[0] == 0xe2 && r.p[1] == 0x80 && r.p[2] >= 0x92 && r.p[2] <= 0x95)
        return 3;
    return 0;
}

/* One dash or several, blanks around them. */
static bool pass_dashes(struct scan *s)
{
    size_t from = s->at, n, any = 0;
    skip_blanks(s);
    while ((n = dash_at(s))) {
        s->at += n;
        any += n;
        skip_blanks(s);
    }
    if (!any)
        s->at = from;
    return any;
}

/* ---- agencies ---- */

/* The names by which an agency is known where nothing else says that it is one. */
static bool is_known(struct dtl_bytes name)
{
    static const char *const known[] = {
        "AA",
        "AFP",
        "AFX",
        "AGI",
        "ANI",
        "ANP",
        "ANSA",
        "Antara",
        "AP",
        "APA",
        "ATS",
        "Belga",
        "Bernama",
        "Bloomberg",
        "BNS",
        "BTA",
        "CNA",
        "CNN",
        "CP",
        "CTK",
        "dapd",
        "ddp",
        "Dow Jones",
        "dpa",
        "dts",
        "EFE",
        "epd",
        "GNA",
        "Hina",
        "IANS",
        "Interfax",
        "IRNA",
        "ITAR-TASS",
        "Jiji",
        "JTA",
        "Kathpress",
        "KNA",
        "KUNA",
        "Kyodo",
        "LETA",
        "Lusa",
        "MENA",
        "MTI",
        "MNA",
        "NAN",
        "NTB",
        "PA",
        "PANA",
        "PAP",
        "PTI",
        "QNA",
        "Reuter",
        "Reuters",
        "RFE",
        "RIA",
        "Ritzau",
        "SAPA",
        "SANA",
        "SDA",
        "SID",
        "SPA",
        "STA",
        "STT",
        "Tanjug",
        "TASS",
        "TT",
        "UPI",
        "UNI",
        "VOA",
        "WAM",
        "Xinhua",
        "Yonhap",
        "GLOBE NEWSWIRE",
        "BUSINESS WIRE",
        "PRNewswire",
        "Marketwire",
        "Thomson Reuters Foundation",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!name.n || ((name.p[0] ^ (uint8_t)known[i][0]) & ~0x20))
            continue;
        size_t n = strlen(known[i]);
        if (name.n >= n && strncasecmp((const char *)name.p, known[i], n) == 0 &&
            (name.n == n || !dtl_is_alnum(name.p[n])))
            return true;
    }
    static const char *const kinds[] = {"wire", "news", "press"}; /* 24-7PressRelease */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t at = 0, n = strlen(kinds[i]); at + n <= name.n; at++)
            if (strncasecmp((const char *)name.p + at, kinds[i], n) == 0)
                return true;
    return false;
}

/* Can it be an agency's name? Words of letters, few. */
static bool is_agency(struct dtl_bytes name)
{
    size_t letters = 0, words = 1;
    if (!name.n || name.n > AGENCY_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        letters += is_upper(c) || is_lower(c) || c >= 0x80;
        words += c == ' ';
        if (!(dtl_is_alnum(c) || c >= 0x80 || strchr(" /-.&'", c)))
            return false;
    }
    return letters > 1 && words <= 4;
}

/* (AGENCY) or /AGENCY/ at s->at. */
static bool agency_at(struct scan *s, struct dtl_bytes *name)
{
    int open = peek(s);
    if (open != '(' && open != '/')
        return false;
    const uint8_t *from = s->t.p + s->at + 1, *end;
    size_t left = s->t.n - s->at - 1;
    end = memchr(from, open == '(' ? ')' : '/', left);
    if (!end)
        return false;
    struct dtl_bytes n = dtl_bytes_trim(dtl_bytes(from, (size_t)(end - from)));
    if (open == '/' && end + 1 < s->t.p + s->t.n && (dtl_is_alnum(end[1]) || end[1] >= 0x80))
        return false; /* and/or/else */
    /* (Marketwired - May 5, 2014) has more than the name */
    const uint8_t *dash = memmem(n.p, n.n, " - ", 3);
    if (open == '(' && dash)
        n.n = (size_t)(dash - n.p);
    if (!is_agency(n))
        return false;
    *name = n;
    s->at += (size_t)(end - from) + 2;
    return true;
}

/* ---- places ---- */

/* A word of a place at s->at ends at the result; s->at: there is none. */
static size_t word_end(const struct scan *s)
{
    struct scan w = *s;
    while (w.at < w.t.n) {
        int c = peek(&w);
        bool hyphen = c == '-' && w.at > s->at && w.at + 1 < w.t.n &&
                      (dtl_is_alnum(w.t.p[w.at + 1]) || w.t.p[w.at + 1] >= 0x80);
        bool inside = dtl_is_alnum((uint8_t)c) || c == '\'' || c == '.' || hyphen || c == '&';
        if (c >= 0x80) {
            size_t next = w.at;
            uint32_t point = dtl_utf8_next(w.t, &next);
            inside = point > 0xbf && point != 0xfffd && point != 0x2026 &&
                     !(point >= 0x2010 && point <= 0x2015) && !(point >= 0x3000 && point <= 0x303f);
            if (inside)
                w.at = next - 1;
        }
        if (!inside)
            break;
        w.at++;
    }
    return w.at;
}

/* de, la, am: they stand small inside the names of places. */
static bool is_small(struct dtl_bytes w)
{
    static const char *const small[] = {"de",  "la", "le",  "les", "do",  "da",  "del", "der", "am",
                                        "an",  "im", "of",  "on",  "the", "al",  "el",  "di",  "du",
                                        "sur", "en", "den", "van", "dos", "das", "bei", "upon"};
    for (size_t i = 0; i < sizeof small / sizeof *small && w.n <= 4; i++)
        if (w.n && w.p[0] == (uint8_t)small[i][0] && dtl_bytes_is(w, small[i]))
            return true;
    return false;
}

/* Can `w` be a word of a place? *capitals: all its letters are. */
static bool is_place_word(struct dtl_bytes w, bool first, bool *capitals)
{
    size_t upper = 0, lower = 0, digits = 0, other = 0, dots = 0;
    for (size_t i = 0; i < w.n; i++) {
        upper += is_upper(w.p[i]);
        lower += is_lower(w.p[i]);
        digits += w.p[i] >= '0' && w.p[i] <= '9';
        other += w.p[i] >= 0x80;
        dots += w.p[i] == '.';
    }
    if (!first && is_small(w))
        return true;
    *capitals &= lower == 0;
    bool abbreviation = !dots || upper + lower + other <= 6; /* Calif. D.C. St. */
    return !digits && abbreviation && upper + other && (is_upper(w.p[0]) || w.p[0] >= 0x80);
}

static bool is_day(struct dtl_bytes w)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    if (w.n < 6 || w.n > 9 || (w.p[w.n - 1] | 0x20) != 'y')
        return false;
    for (size_t i = 0; i < 7; i++)
        if (((w.p[0] ^ (uint8_t)days[i][0]) & ~0x20) == 0 && strlen(days[i]) == w.n &&
            strncasecmp((const char *)w.p, days[i], w.n) == 0)
            return true;
    return false;
}

/* A date has digits near its beginning: they cost nothing to see. */
static bool digits_near(const struct scan *s)
{
    struct dtl_bytes r = rest_of(s);
    for (size_t i = 0; i < r.n && i < 24; i++)
        if (r.p[i] >= '0' && r.p[i] <= '9')
            return true;
    return false;
}

/* A date at s->at, which then is behind it. */
static bool date_at(struct scan *s, const struct dtl_date_hints *hints, struct dtl_dateline *d)
{
    struct dtl_bytes r = rest_of(s);
    if (!digits_near(s) || dtl_printed_date(r, hints, false, &d->date) != DTL_OK) {
        d->date = (struct dtl_printed_date){.used = 0};
        return false;
    }
    s->at += d->date.used;
    return true;
}

/*
 * PLACE[/PLACE][, REGION][, DATE]: up to what is none of it. False: it begins with no place.
 * *capitals: the town is in capital letters; *divided: a comma stands before the date.
 */
static bool read_places(struct scan *s, const struct dtl_date_hints *hints, bool *capitals,
                        bool *divided, struct dtl_dateline *d)
{
    size_t from = s->at, words = 0, end = s->at, begin = s->at;
    *capitals = true;
    *divided = false;
    for (;;) {
        bool unused = true;
        size_t word = word_end(s);
        struct dtl_bytes w = dtl_bytes(s->t.p + s->at, word - s->at);
        /* MI and Mo. are states, and days in German; the PAZ of La Paz is a Sunday in Turkish */
        bool letters = w.n && w.p[0] > '9', dot = w.n && w.p[w.n - 1] == '.';
        bool short_word = letters && w.n == 2 + (size_t)dot;
        bool may_be_date = (d->places || words) && !short_word && digits_near(s);
        bool in_name = may_be_date && letters && words && dtl_weekday_named(w);
        if (may_be_date && !in_name && date_at(s, hints, d))
            break;
        if (!w.n || !is_place_word(w, !words && !d->places, d->places ? &unused : capitals) ||
            ++words > PLACE_WORDS || word - from > PLACE_BYTES)
            break;
        if (words > 1 && is_day(w)) /* FOR MEDIA TUESDAY */
            return false;
        if (!d->places && words == 1 && (is_day(w) || (w.n > 3 && dtl_english_month(w))))
            return false;
        end = s->at = word;
        skip_blanks(s);
        struct dtl_bytes agency;
        struct scan ahead = *s;
        bool comma = peek(s) == ',', stroke = peek(s) == '/' && !agency_at(&ahead, &agency);
        *divided |= comma;
        bool joined = dtl_bytes_starts(rest_of(s), DTL_LITERAL("and "));
        if (!comma && !stroke && !joined && peek(s) != '&')
            continue;
        if (d->places == DTL_DATELINE_PLACES)
            return false;
        d->place[d->places++] = dtl_bytes(s->t.p + begin, end - begin);
        words = 0;
        do {
            s->at += joined ? strlen("and") : 1;
            skip_blanks(s);
        } while (comma && peek(s) == ',');
        begin = end = s->at;
    }
    if (end > begin) {
        struct dtl_bytes last = dtl_bytes(s->t.p + begin, end - begin);
        if (d->places == DTL_DATELINE_PLACES)
            return false;
        if (!is_day(last)) /* PARIS, Monday (AP) - */
            d->place[d->places++] = last;
    }
    return d->places && d->place[0].n > 1;
}

/* A name without marks before a dash: Dec. 9 Kyodo - */
static bool bare_agency_at(struct scan *s, struct dtl_bytes *name)
{
    struct scan w = *s;
    size_t from = w.at, end;
    bool capitals = true;
    for (int words = 0; words < 3 && (end = word_end(&w)) > w.at; words++) {
        struct dtl_bytes word = dtl_bytes(w.t.p + w.at, end - w.at);
        if (!is_place_word(word, true, &capitals) || word.p[word.n - 1] == '.')
            return false;
        w.at = end;
        skip_blanks(&w);
        if (dash_at(&w)) {
            *name = dtl_bytes(s->t.p + from, end - from);
            *s = w;
            return is_agency(*name);
        }
    }
    return false;
}

/* ---- the whole ---- */

/*
 * What stands behind the places, in whatever order an agency has it: dashes, the date, the agency.
 * True: it ends as a dateline does, in a dash or a sign behind the agency. *dashed: by a dash.
 */
static bool read_end(struct scan *s, const struct dtl_date_hints *hints, bool *dashed,
                     struct dtl_dateline *d)
{
    struct dtl_dateline whole = *d; /* as it was where it could end */
    struct scan there = *s;
    bool ended = false, could_end = false;
    *dashed = false;
    for (int i = 0; i < 8; i++) {
        if (ended) {
            whole = *d;
            there = *s;
            could_end = true;
        }
        bool date = d->date.used != 0, agency = d->agency.n != 0;
        skip_blanks(s);
        int c = peek(s);
        struct scan ahead = *s;
        struct dtl_bytes name;
        if (dash_at(s) && (c != '_' || agency) && pass_dashes(s)) {
            ended = *dashed = true;
        } else if (!agency && agency_at(s, &d->agency)) {
            ended = c == '/';
            *dashed = false;
        } else if (agency && !ended && (c == ':' || c == '=' || c == '.')) {
            s->at++;
            ended = true;
        } else if (!date && (ended || agency) && date_at(s, hints, d)) {
            ended = *dashed = false;
        } else if (!agency && (date || ended) && bare_agency_at(&ahead, &name) && is_known(name)) {
            d->agency = name; /* others are words of the story: "LONDON, May 5 - Shares - " */
            *s = ahead;
            ended = *dashed = false;
        } else if ((c == ',' || (c == '.' && date) || (c == '/' && agency && date)) && !*dashed) {
            s->at++;
            ended |= c == '/';
        } else {
            break;
        }
    }
    if (!ended && could_end) { /* "BERLIN (dpa) - 5. Mai was" goes on with a date of the story */
        *d = whole;
        *s = there;
        *dashed = true;
    }
    return ended || could_end;
}

/* (ANSA) - ROMA, 23 NOV - */
static bool agency_first(struct scan *s, struct dtl_dateline *d)
{
    return agency_at(s, &d->agency) && is_known(d->agency) && pass_dashes(s);
}

bool dtl_dateline_read(struct dtl_bytes line, bool sure, const struct dtl_date_hints *hints,
                       struct dtl_dateline *out)
{
    struct scan s = {line, 0};
    struct dtl_dateline d = {.places = 0};
    bool capitals, divided, dashed;
    if (s.t.n > LINE_BYTES)
        s.t.n = LINE_BYTES;
    while (s.at < s.t.n && (s.t.p[s.at] == '_' || s.t.p[s.at] == '#' || s.t.p[s.at] == '"' ||
                            dtl_is_blank(s.t.p[s.at]) || s.t.p[s.at] == '*'))
        s.at++;
    if (dtl_dateline_han(line, hints, out))
        return true;
    if (peek(&s) == '(' && !agency_first(&s, &d))
        return false;
    if (!read_places(&s, hints, &capitals, &divided, &d))
        return false;
    if (!read_end(&s, hints, &dashed, &d))
        return false;
    bool dated = d.date.used && divided;
    bool enough = sure || (d.agency.n ? is_known(d.agency) || (dated && capitals)
                                      : dated && capitals && dashed);
    struct dtl_bytes story = rest_of(&s);
    bool company = story.n > 1 && story.p[0] == '<' && is_upper(story.p[1]); /* <Qantas Ltd> said */
    if (!enough || (story.n && !company && strchr("])}|<>~;", story.p[0])))  /* none goes on so */
        return false;
    d.used = s.at;
    *out = d;
    return true;
}

bool dtl_dateline_find(struct dtl_bytes text, size_t lines, const struct dtl_date_hints *hints,
                       struct dtl_dateline *out, size_t *line)
{
    for (size_t at = 0; at < text.n && lines;) {
        const uint8_t *lf = memchr(text.p + at, '\n', text.n - at);
        size_t end = lf ? (size_t)(lf - text.p) : text.n;
        struct dtl_bytes one = dtl_bytes(text.p + at, end - at);
        struct dtl_bytes said = dtl_bytes_trim(one);
        if (said.n && dtl_dateline_read(one, false, hints, out)) {
            if (line)
                *line = at;
            return true;
        }
        lines -= said.n > 0;
        at = end + 1;
    }
    return false;
}
