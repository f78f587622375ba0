/* random_text.c - see random_text.h. */
#include "tests/model/random_text.h"

#include <stdarg.h>
#include <stdlib.h>

/* Forms of a few stems in several languages; some forms belong to more than one. */
/* clang-format off */
static const char *const vocabulary[] = {
    "run", "running", "runs", "Runner", "RUNNING", "ran", "tax", "taxes", "Taxed", "taxing",
    "taxation", "budget", "budgets", "BUDGET's", "news", "new", "newer", "café", "cafe", "CAFÉS",
    "cafés", "résumé", "resume", "resumed", "Élections", "élection", "elections", "nouvelle",
    "nouvelles", "Häuser", "haus", "über", "uber", "Straße", "strasse", "новости", "новость",
    "Новостей", "the", "The", "of", "to", "be", "or", "not", "der", "die", "le", "les", "et",
    "1987", "2024", "3.5", "AT&T", "U.S.", "well-known", "e-mail", "中国", "中国人民", "人民", "中", "国",
    "東京", "カタカナ", "ニュース", "don't", "don’t", "x", "oil", "oils", "Oil", "oily", "price", "prices",
    "pricing", "priced", "exam-\nple", "example", "examples", "exam", "ple",
    /* without its accents the first has another stem: it is found by its form alone */
    "élevées", "elevees", "élever", "élevé", "eleve", "naïve", "naive", "ÅNGSTRÖM", "angstrom",
    "ﬁnance", "finance", "finances",
};
/* clang-format on */
#define WORDS (sizeof vocabulary / sizeof *vocabulary)

static const char *const languages[] = {"en", "en", "en", "fr", "de", "ru", "zh", "ja", ""};
static const char *const sources[] = {"", "", "Reuters", "AP"};

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

/* A word; small numbers are common, so that some lists are long and most are short. */
static const char *random_word(struct random *r)
{
    uint32_t n = random_below(r, 3) ? 24 : WORDS;
    return vocabulary[(random_below(r, n) + (random_below(r, 2) ? 38u : 0)) % WORDS];
}

static struct dtl_bytes random_words(struct random *r, uint32_t n, struct dtl_arena *arena)
{
    static const char *const between[] = {" ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "", " - "};
    struct dtl_buffer b = {0};
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            dtl_buffer_text(&b, between[random_below(r, 10)]);
        dtl_buffer_text(&b, random_word(r));
    }
    struct dtl_bytes out = {0};
    if (b.n)
        out = dtl_bytes(must(dtl_arena_strndup(arena, (const char *)b.p, b.n)), b.n);
    dtl_buffer_release(&b);
    return out;
}

static struct dtl_interval random_interval(struct random *r)
{
    int year = 2000 + (int)random_below(r, 3), month = 1 + (int)random_below(r, 12);
    dtl_day day = dtl_day_of(year, month, 1 + (int)random_below(r, random_below(r, 2) ? 28 : 3));
    switch (random_below(r, 8)) {
    case 0:
        return dtl_interval_month(year, month);
    case 1:
        return dtl_interval_year(year);
    case 2:
        return (struct dtl_interval){day, day + (dtl_day)random_below(r, 200)};
    case 3:
        return DTL_UNDATED;
    default:
        return dtl_interval_day(day);
    }
}

static struct dtl_bytes printed(struct dtl_arena *arena, const char *fmt, ...)
{
    char text[64];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return dtl_bytes(must(dtl_arena_strndup(arena, text, (size_t)n)), (size_t)n);
}

#define VALUES 4
static const char *const authors[VALUES] = {"Jane Doe", "Doe, John", "Zo\xc3\xab Doe-Ray", "J. D."};
static const char *const sections[VALUES] = {"Sport", "WORLD", "Caf\xc3\xa9s", "Sport"};
static const char *const tags[VALUES] = {"Oil", "oil price", "Gas", "!"};
static const char *const places[VALUES] = {"Tokyo", "Z\xc3\xbcrich", "Bonn",
                                           "\xe5\x8c\x97\xe4\xba\xac"};
static const char *const urls[VALUES] = {"https://www.example.org/2001/a.html",
                                         "http://example.org/2002", "https://news.example.org/b",
                                         "https://example.com/example.org/2001"};

/* None to two of them. */
static struct dtl_values random_values(struct random *r, const char *const *from,
                                       struct dtl_arena *arena)
{
    struct dtl_values out = {.n = random_below(r, 3)};
    out.v = must(dtl_arena_alloc(arena, 2 * sizeof *out.v));
    for (size_t i = 0; i < out.n; i++)
        out.v[i] = dtl_bytes_of(from[random_below(r, VALUES)]);
    return out;
}

void random_article(struct random *r, uint32_t identities, struct dtl_arena *arena,
                    struct dtl_article *out)
{
    uint32_t number = random_below(r, identities);
    *out = (struct dtl_article){0};
    out->id = printed(arena, "%s%u", number % 3 ? "a" : "", number);
    out->source = dtl_bytes_of(sources[random_below(r, 4)]);
    out->path = printed(arena, number % 2 ? "y%u/m%u/file%u" : "file%u", number % 3, number % 5,
                        number % 7);
    out->file_bytes = (uint32_t)out->path.n;
    out->authors = random_values(r, authors, arena);
    out->sections = random_values(r, sections, arena);
    out->tags = random_values(r, tags, arena);
    out->places = random_values(r, places, arena);
    out->agencies = random_values(r, sections, arena);
    if (random_below(r, 3))
        out->url = dtl_bytes_of(urls[random_below(r, VALUES)]);
    out->date = random_interval(r);
    out->date_source = dtl_interval_dated(out->date) ? DTL_DATE_META : DTL_DATE_NONE;
    out->lang = dtl_lang_code_of(dtl_bytes_of(languages[random_below(r, 9)]));
    if (random_below(r, 3))
        out->title = random_words(r, 1 + random_below(r, 6), arena);
    out->body = random_words(r, random_below(r, random_below(r, 4) ? 12 : 80), arena);
}

/* ---- queries ---- */

static struct dtl_node *node(struct dtl_arena *arena, enum dtl_node_kind kind)
{
    struct dtl_node *n = must(dtl_arena_alloc(arena, sizeof *n));
    n->kind = kind;
    n->boost = DTL_BOOST_NONE;
    return n;
}

/* A lone star behind the first blank. */
static void add_gap(struct dtl_node *n, struct dtl_arena *arena)
{
    const uint8_t *blank = n->text.n ? memchr(n->text.p, ' ', n->text.n) : NULL;
    struct dtl_buffer b = {0};
    if (!blank)
        return;
    n->gaps = true;
    dtl_buffer_append(&b, n->text.p, (size_t)(blank - n->text.p));
    dtl_buffer_text(&b, " *");
    dtl_buffer_append(&b, blank, n->text.n - (size_t)(blank - n->text.p));
    n->text = dtl_bytes(must(dtl_arena_strndup(arena, (const char *)b.p, b.n)), b.n);
    dtl_buffer_release(&b);
}

static bool is_ascii(struct dtl_bytes b)
{
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] >= 0x80)
            return false;
    return b.n > 0;
}

/* Put marks into a word: ? for letters, * for some or none. Lower case, as forms are. */
static struct dtl_bytes random_pattern(struct random *r, struct dtl_bytes word,
                                       struct dtl_arena *arena)
{
    char *text = must(dtl_arena_alloc(arena, 2 * word.n + 3));
    size_t n = 0, marks = 0;
    if (random_below(r, 3) == 0)
        text[n++] = '*';
    for (size_t i = 0; i < word.n; i++) {
        uint32_t dice = random_below(r, 8);
        uint8_t c = word.p[i];
        if (!((uint8_t)((c | 32) - 'a') < 26 || (uint8_t)(c - '0') < 10))
            break;
        if (dice == 1)
            text[n++] = '*';
        text[n++] = dice == 0 ? '?' : (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    for (size_t i = 0; i < n; i++)
        marks += text[i] == '*' || text[i] == '?';
    if (marks == n) /* a word has a letter, a pattern a mark */
        text[n++] = (char)('a' + random_below(r, 26));
    else if (marks == 0)
        text[n++] = '?';
    return dtl_bytes(text, n);
}

static struct dtl_node *random_leaf(struct random *r, struct dtl_arena *arena)
{
    bool phrase = random_below(r, 4) == 0;
    struct dtl_node *n = node(arena, phrase ? DTL_NODE_PHRASE : DTL_NODE_WORD);
    n->scope = random_below(r, 6) == 0 ? DTL_SCOPE_TITLE : DTL_SCOPE_TEXT;
    n->exact = phrase || random_below(r, 5) == 0;
    n->prefix = random_below(r, 6) == 0;
    if (phrase)
        n->text = random_words(r, 1 + random_below(r, 3), arena);
    else if (random_below(r, 40) == 0)
        n->text = dtl_bytes_of("--"); /* no word at all */
    else
        n->text = dtl_bytes_of(random_word(r));
    if (random_below(r, 8) == 0)
        *(random_below(r, 2) ? &n->letter_case : &n->accents) = true;
    if (random_below(r, 8) == 0) {
        n->scope = DTL_SCOPE_LEAD + random_below(r, 3);
        n->first = n->scope == DTL_SCOPE_FIRST ? 1 + random_below(r, 20) : 0;
    }
    if (phrase) {
        n->stemmed = random_below(r, 4) == 0;
        n->exact = !n->stemmed;
        n->slop = random_below(r, 3) ? 0 : 1 + random_below(r, 5);
        n->any_order = n->slop && random_below(r, 2);
        if (random_below(r, 5) == 0)
            add_gap(n, arena);
    }
    uint32_t kind = random_below(r, 8);
    bool literal = n->letter_case || n->accents;
    if (!phrase && !n->prefix && kind < 2 && is_ascii(n->text) && n->text.p[0] != '-') {
        n->wildcard = kind == 0;
        n->fuzzy = (uint8_t)(kind == 1 && !literal ? 1 + random_below(r, 2) : 0);
        n->exact = false;
        if (n->wildcard)
            n->text = random_pattern(r, n->text, arena);
    }
    if (n->prefix && !phrase && n->text.n > 2 && n->text.p[0] < 0x80 && n->text.p[1] < 0x80)
        n->text.n = 1 + random_below(r, 2); /* expansions worth the name */
    return n;
}

/* Words, phrases, ORs of them and NEARs of those. */
static struct dtl_node *random_placed(struct random *r, struct dtl_arena *arena, uint32_t depth)
{
    uint32_t dice = random_below(r, 8);
    if (depth == 0 || dice < 4)
        return random_leaf(r, arena);
    struct dtl_node *n = node(arena, dice < 5   ? DTL_NODE_OR
                                     : dice < 6 ? DTL_NODE_ATLEAST
                                                : DTL_NODE_NEAR);
    n->children = n->kind == DTL_NODE_OR     ? 1 + random_below(r, 4)
                  : n->kind == DTL_NODE_NEAR ? 2
                                             : 1;
    n->needed = n->kind == DTL_NODE_ATLEAST ? 1 + random_below(r, 4) : 0;
    n->near = n->kind == DTL_NODE_NEAR ? (enum dtl_near)random_below(r, 5) : 0;
    n->distance = 1 + random_below(r, random_below(r, 4) ? 8 : 300);
    n->child = must(dtl_arena_alloc(arena, n->children * sizeof *n->child));
    for (uint32_t i = 0; i < n->children; i++)
        n->child[i] = random_placed(r, arena, depth - 1);
    return n;
}

struct asked { /* values and patterns that meet the articles', and some that meet none */
    enum dtl_node_field field;
    const char *text;
};

static const struct asked values[] = {
    {DTL_NODE_SOURCE,  "reuters"                 },
    {DTL_NODE_SOURCE,  "AP"                      },
    {DTL_NODE_AUTHOR,  "jane doe"                },
    {DTL_NODE_AUTHOR,  "zoe"                     },
    {DTL_NODE_AUTHOR,  "Doe"                     },
    {DTL_NODE_AUTHOR,  "doe jane"                },
    {DTL_NODE_SECTION, "sport"                   },
    {DTL_NODE_SECTION, "cafes"                   },
    {DTL_NODE_TAG,     "OIL"                     },
    {DTL_NODE_TAG,     "oil price"               },
    {DTL_NODE_TAG,     "price"                   },
    {DTL_NODE_PLACE,   "zurich"                  },
    {DTL_NODE_AGENCY,  "world"                   },
    {DTL_NODE_AGENCY,  "cafes"                   },
    {DTL_NODE_PLACE,   "\xe5\x8c\x97\xe4\xba\xac"},
    {DTL_NODE_LANG,    "en"                      },
    {DTL_NODE_LANG,    "fr"                      },
    {DTL_NODE_URL,     "example.org"             },
    {DTL_NODE_URL,     "example.org/2001"        },
    {DTL_NODE_URL,     "2002"                    },
    {DTL_NODE_PATH,    "file3"                   },
    {DTL_NODE_PATH,    "y1/"                     },
    {DTL_NODE_PATH,    "m2/file1"                },
    {DTL_NODE_ID,      "a7"                      },
    {DTL_NODE_ID,      "12"                      },
};
static const struct asked patterns[] = {
    {DTL_NODE_SOURCE,  "re*"    },
    {DTL_NODE_SOURCE,  "?p"     },
    {DTL_NODE_AUTHOR,  "do?"    },
    {DTL_NODE_AUTHOR,  "*o*"    },
    {DTL_NODE_SECTION, "*s"     },
    {DTL_NODE_TAG,     "oil*"   },
    {DTL_NODE_TAG,     "*"      },
    {DTL_NODE_PLACE,   "?urich" },
    {DTL_NODE_AGENCY,  "w*"     },
    {DTL_NODE_LANG,    "?n"     },
    {DTL_NODE_URL,     "exam*"  },
    {DTL_NODE_URL,     "200?"   },
    {DTL_NODE_PATH,    "y?/*"   },
    {DTL_NODE_PATH,    "y1/**"  },
    {DTL_NODE_PATH,    "*/file*"},
    {DTL_NODE_PATH,    "**3"    },
    {DTL_NODE_ID,      "a*1"    },
    {DTL_NODE_ID,      "?2"     },
};

static struct dtl_node *random_filter(struct random *r, struct dtl_arena *arena)
{
    uint32_t dice = random_below(r, 10);
    struct dtl_node *n = node(arena, dice < 7    ? DTL_NODE_FIELD
                                     : dice == 7 ? DTL_NODE_NUMBER
                                     : dice == 8 ? DTL_NODE_CALENDAR
                                                 : DTL_NODE_ADDED);
    n->wildcard = dice < 3;
    const struct asked *asked = n->wildcard
                                    ? &patterns[random_below(r, sizeof patterns / sizeof *patterns)]
                                    : &values[random_below(r, sizeof values / sizeof *values)];
    n->field = asked->field;
    n->text = dtl_bytes_of(asked->text);
    n->low = random_below(r, 20);
    n->high = random_below(r, 3) ? n->low + random_below(r, 20) : UINT64_MAX;
    n->calendar.kind = (enum dtl_calendar_kind)random_below(r, 3);
    n->calendar.weekday = (uint8_t)(1 + random_below(r, 7));
    n->calendar.month = (uint8_t)(1 + random_below(r, 12));
    n->calendar.day = (uint8_t)(1 + random_below(r, 28));
    n->range = (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
    if (random_below(r, 3) == 0)
        n->range.latest = dtl_day_of(2001, 1, 1);
    return n;
}

static struct dtl_node *random_node(struct random *r, struct dtl_arena *arena, uint32_t depth)
{
    uint32_t dice = random_below(r, 20);
    struct dtl_node *n;
    if (depth > 0 && dice < 2) {
        n = random_placed(r, arena, depth + 1);
        n->boost = random_below(r, 3) ? DTL_BOOST_NONE : 1 + random_below(r, 5000);
        return n;
    }
    if (dice == 7)
        return random_filter(r, arena);
    if (depth == 0 || dice < 8)
        return random_leaf(r, arena);
    if (dice == 8) {
        n = node(arena, DTL_NODE_DATE);
        n->undated = random_below(r, 4) == 0;
        n->range = random_interval(r);
        if (!dtl_interval_dated(n->range))
            n->range = (struct dtl_interval){DTL_DAY_MIN, dtl_day_of(2001, 6, 1)};
        return n;
    }
    if (dice == 9)
        return node(arena, DTL_NODE_ALL);
    n = node(arena, dice < 14   ? DTL_NODE_AND
                    : dice < 17 ? DTL_NODE_OR
                    : dice < 19 ? DTL_NODE_QUORUM
                                : DTL_NODE_NOT);
    n->children = n->kind == DTL_NODE_NOT ? 1 : 1 + random_below(r, random_below(r, 6) ? 4 : 14);
    n->child = must(dtl_arena_alloc(arena, n->children * sizeof *n->child));
    for (uint32_t i = 0; i < n->children; i++) {
        n->child[i] = random_node(r, arena, depth - 1);
        if (n->kind == DTL_NODE_AND && random_below(r, 5) == 0) {
            struct dtl_node *not = node(arena, DTL_NODE_NOT);
            not ->children = 1;
            not ->child = must(dtl_arena_alloc(arena, sizeof *not ->child));
            not ->child[0] = n->child[i];
            n->child[i] = not ;
        }
    }
    n->needed = random_below(r, n->children + 2);
    n->boost = random_below(r, 4) ? DTL_BOOST_NONE : 1 + random_below(r, 9000);
    return n;
}

static bool scores(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return true;
    for (uint32_t i = 0; i < n->children && n->kind != DTL_NODE_NOT; i++) {
        if (scores(n->child[i]))
            return true;
    }
    return false;
}

struct dtl_query *random_query(struct random *r, struct dtl_arena *arena)
{
    struct dtl_query *q = must(dtl_arena_alloc(arena, sizeof *q));
    q->root = random_node(r, arena, 1 + random_below(r, 3));
    q->scoring = scores(q->root);
    q->within = random_below(r, 4) == 0;
    q->dates = (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
    if (random_below(r, 2)) {
        q->has_dates = true;
        q->undated = random_below(r, 8) == 0;
        struct dtl_interval range = random_interval(r);
        if (dtl_interval_dated(range))
            q->dates = range;
        if (random_below(r, 3) == 0)
            q->dates.latest = DTL_DAY_MAX;
    }
    return q;
}
