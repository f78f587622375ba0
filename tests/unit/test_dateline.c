/* Datelines: what is one, what only looks like one, where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/base/bytes.h"
#include "indexer/format/dateline.h"

/* "PLACE; PLACE | AGENCY | date", or "none". */
static const char *read_as(const char *line)
{
    static char out[400];
    struct dtl_date_hints hints = {0};
    struct dtl_dateline d;
    struct dtl_buffer b = {0};
    char day[DTL_DATE_TEXT];
    if (!dtl_dateline_read(dtl_bytes_of(line), false, &hints, &d))
        return "none";
    assert_true(d.used <= strlen(line));
    for (size_t i = 0; i < d.places; i++)
        dtl_buffer_format(&b, "%s%.*s", i ? "; " : "", (int)d.place[i].n,
                          (const char *)d.place[i].p);
    dtl_buffer_format(&b, " | %.*s | ", (int)d.agency.n,
                      d.agency.n ? (const char *)d.agency.p : "");
    if (dtl_interval_dated(d.date.date) && d.date.used)
        dtl_buffer_text(&b, dtl_date_print(d.date.date, day));
    else if (d.date.used)
        dtl_buffer_format(&b, "%d-%d", d.date.month, d.date.day);
    dtl_buffer_byte(&b, 0);
    snprintf(out, sizeof out, "%s", (const char *)b.p);
    dtl_buffer_release(&b);
    return out;
}

static void reads_what_agencies_print(void **state)
{
    (void)state;
    static const char *const known[][2] = {
        {"PARIS, Nov 23 (AP) - The",                                              "PARIS | AP | 11-23"                      },
        {"WASHINGTON (Reuters) - The",                                            "WASHINGTON | Reuters | "                 },
        {"BERLIN, 5. Mai (dpa) - Die",                                            "BERLIN | dpa | 5-5"                      },
        {"Berlin (dpa) - Die",                                                    "Berlin | dpa | "                         },
        {"Berlin (dpa/tmn) – Die",                                              "Berlin | dpa/tmn | "                     },
        {"Rio de Janeiro (dpa) \xe2\x80\x93 x",                                   "Rio de Janeiro | dpa | "                 },
        {"ROSCOE, South Dakota (AP) _ Robert",                                    "ROSCOE; South Dakota | AP | "            },
        {"NEW YORK, April 7 - The",                                               "NEW YORK |  | 4-7"                       },
        {"ST LOUIS, March 9 -",                                                   "ST LOUIS |  | 3-9"                       },
        {"RICHMOND, Va. Feb 26 - The",                                            "RICHMOND; Va. |  | 2-26"                 },
        {"AMSTERDAM, 2 March - The",                                              "AMSTERDAM |  | 3-2"                      },
        {"PARIS/LONDON, May 5 (Reuters) - x",                                     "PARIS; LONDON | Reuters | 5-5"           },
        {"SAITAMA, Japan, Dec. 9 Kyodo - Urawa",                                  "SAITAMA; Japan | Kyodo | 12-9"           },
        {"YERINGTON, NV, March 08, 2024 /24-7PressRelease/ -- ",
         "YERINGTON; NV | 24-7PressRelease | 2024-03-08"                                                                    },
        {"NEW YORK, May 23, 2024 (GLOBE NEWSWIRE) -- x",                          "NEW YORK | GLOBE NEWSWIRE | 2024-05-23"  },
        {"NEW YORK--(BUSINESS WIRE)--The company",                                "NEW YORK | BUSINESS WIRE | "             },
        {"(ANSA) - ROMA, 23 NOV - Il",                                            "ROMA | ANSA | 11-23"                     },
        {"MADRID, 23 nov. (EFE).- El",                                            "MADRID | EFE | 11-23"                    },
        {"PARIS, 23 nov (AFP) - Le",                                              "PARIS | AFP | 11-23"                     },
        {"МОСКВА, 23 мая. /ТАСС/. Президент",               "МОСКВА | ТАСС | 5-23"          },
        {"MOSCOW, May 23. /TASS/. The",                                           "MOSCOW | TASS | 5-23"                    },
        {"NEW DELHI, May 23 (PTI): The",                                          "NEW DELHI | PTI | 5-23"                  },
        {"**PARIS, Nov 23** (AP) - The",                                          "PARIS | AP | 11-23"                      },
        {"BERLIN (dpa) - 5. Mai ist ein Feiertag.",                               "BERLIN | dpa | "                         },
        {"KANSAS CITY, Mo., Feb 26 - x",                                          "KANSAS CITY; Mo. |  | 2-26"              },
        {"ERIE, Pa., March 4 - x",                                                "ERIE; Pa. |  | 3-4"                      },
        {"LA PAZ, March 4 - x",                                                   "LA PAZ |  | 3-4"                         },
        {"SYDNEY, March 2 (AP) - <Qantas Airways Ltd> has",                       "SYDNEY | AP | 3-2"                       },
        {"HAMBURG, March 4 - Vereins- und Westbank",                              "HAMBURG |  | 3-4"                        },
        {"ASHKELON, ISRAEL and VANCOUVER, BC - May 5, 2025 (NEWMEDIAWIRE) - x",
         "ASHKELON; ISRAEL; VANCOUVER; BC | NEWMEDIAWIRE | 2025-05-05"                                                      },
        {"PARIS, Monday (AP) - The",                                              "PARIS | AP | "                           },
        {"STRATFORD-UPON-AVON, England (AP) - x",                                 "STRATFORD-UPON-AVON; England | AP | "    },
        {"新华社北京5月23日电 国家",                                    "北京 | 新华社 | 5-23"               },
        {"【パリ=AFP】フランス",                                          "パリ | AFP | "                         },
        {"MAINZ-KASTEL, Germany - September 30, 2025 (NEWMEDIAWIRE) - A",
         "MAINZ-KASTEL; Germany | NEWMEDIAWIRE | 2025-09-30"                                                                },
        {"DETROIT, MI, May 02, 2025 /24-7PressRelease/ -- T",
         "DETROIT; MI | 24-7PressRelease | 2025-05-02"                                                                      },
        {"LONDON, UK / STOCKHOLM, SWEDEN,, February 13, 2025 /PRN Wire/ --",
         "LONDON; UK; STOCKHOLM; SWEDEN | PRN Wire | 2025-02-13"                                                            },
        {"ARNHEM, the Netherlands, April 1 - x",                                  "ARNHEM; the Netherlands |  | 4-1"        },
        {"DALLAS, TX -- November 21st, 2025 -- The",                              "DALLAS; TX |  | 2025-11-21"              },
        {"NEW YORK, NY / News Direct/ June 20th, 2024 / Best",
         "NEW YORK; NY | News Direct | 2024-06-20"                                                                          },
        {"SAN FRANCISCO & MUNICH–(BUSINESS WIRE)–x",                          "SAN FRANCISCO; MUNICH | BUSINESS WIRE | "},
        {"MIAMI, FL, December 21, 2024 /24-7PressRelease/  Introduction",
         "MIAMI; FL | 24-7PressRelease | 2024-12-21"                                                                        },
        {"TAIPEI, TAIWAN – Media OutReach Newswire – 17 August 2026 – The",
         "TAIPEI; TAIWAN | Media OutReach Newswire | 2026-08-17"                                                            },
        {"【北京共同】中国",                                              "北京 | 共同 | "                      },
        {"(서울=연합뉴스) 홍길동 기자 =",                              "서울 | 연합뉴스 | "                },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(read_as(known[i][0]), known[i][1]) != 0)
            fail_msg("%s: %s", known[i][0], read_as(known[i][0]));
}

static void leaves_other_beginnings_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "(AP) - x",
        "The bank (BANK) - rose",
        "The bank (BANK) rose",
        "It rose. Then (yes) - it fell",
        "Apple (AAPL) - the maker",
        "On Monday, May 5 - the day",
        "Monday, May 5 - the day",
        "May 5 - the day",
        "UPDATE - the day",
        "LONDON - the day",
        "LONDON, April 7 the day",
        "London, April 7 - the day", /* no capitals and no agency: may be any line */
        "A, B, C, D, E, May 5 - x",
        "PARIS, 31 April (AP) - x",
        "PARIS (Nov 23) went",
        "PARIS (",
        "PARIS, (AP",
        "PARIS /AP",
        "Win/lose/draw - x",
        "He said (AP) - x",
        "FOR PRESS 10 MAY 1978_",
        "FOR MEDIA TUESDAY, 3 JULY 1979 - the day",
        "TOKYO RUBBER (YEN PER KILO) - APRIL 07",
        "THE PRESIDENT (unofficial translation): In",
        "SYDNEY, 9 JULY-] 976",
        "BELGIAN FRANC EMS RATE - APRIL 7 - 42 PCT",
        "LONDON - Shares rose - a lot",
        "12 MONKEYS (AP) - x",
        "ONE TWO THREE FOUR FIVE SIX (AP) - x",
        "新华社北京",
        "（上）今日",
        "[a=b] c",
        "\xff\xfe (AP) -",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(read_as(texts[i]), "none") != 0)
            fail_msg("%s: %s", texts[i], read_as(texts[i]));
}

static void believes_a_field_that_is_one(void **state)
{
    (void)state;
    struct dtl_date_hints hints = {0};
    struct dtl_dateline d;
    assert_true(dtl_dateline_read(DTL_LITERAL("    WASHINGTON -"), true, &hints, &d));
    assert_int_equal(d.places, 1);
    assert_true(dtl_dateline_read(DTL_LITERAL("New York, June 19 -"), true, &hints, &d));
    assert_int_equal(d.date.day, 19);
    assert_false(dtl_dateline_read(DTL_LITERAL("MAR8  --     --"), true, &hints, &d));
    assert_false(dtl_dateline_read(DTL_LITERAL("May 5"), true, &hints, &d));
}

static void finds_the_line(void **state)
{
    (void)state;
    struct dtl_date_hints hints = {0};
    struct dtl_dateline d;
    size_t line = 0;
    struct dtl_bytes text = DTL_LITERAL("FOR RELEASE\n\n   PARIS, Nov 23 (AP) - The\nend");
    assert_true(dtl_dateline_find(text, 3, &hints, &d, &line));
    assert_int_equal(line, 13);
    assert_false(dtl_dateline_find(text, 1, &hints, &d, &line));
    assert_false(dtl_dateline_find(DTL_LITERAL(""), 3, &hints, &d, NULL));
    assert_true(dtl_dateline_find(DTL_LITERAL("PARIS (AP) - x"), 1, &hints, &d, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_agencies_print),
        cmocka_unit_test(leaves_other_beginnings_alone),
        cmocka_unit_test(believes_a_field_that_is_one),
        cmocka_unit_test(finds_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
