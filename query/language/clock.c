/*
 * clock.c - what today is: --now and --tz, read once per process.
 *
 * Only "today" depends on a time zone; no date of an article ever does. A zone is an IANA name
 * whose file exists, because the C library takes any other text for UTC without a word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "query/language/dates.h"

static bool zone_exists(const char *tz)
{
    if (strcmp(tz, "UTC") == 0 || strcmp(tz, "Etc/UTC") == 0)
        return true;
    for (const char *c = tz; *c; c++)
        if (!((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
              strchr("_-+/", *c)))
            return false;
    if (!*tz || tz[0] == '/' || strlen(tz) > 64)
        return false;
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", tz);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static enum dtl_status use_zone(const char *tz, struct dtl_error *err)
{
    if (tz && !zone_exists(tz))
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--tz '%.60s' is not a time zone known here; write an IANA name such as "
                        "Europe/Paris, or UTC",
                        tz);
    if (tz && setenv("TZ", tz, 1) != 0)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    tzset();
    return DTL_OK;
}

dtl_day dtl_clock_day(int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    if (!localtime_r(&t, &tm) || !dtl_civil_valid(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
        return (dtl_day)(seconds / 86400);
    return dtl_day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

enum dtl_status dtl_clock_of(const char *now, const char *tz, struct dtl_clock *out,
                             struct dtl_error *err)
{
    enum dtl_status st = use_zone(tz, err);
    if (st < 0)
        return st;
    if (!now) {
        struct timespec t;
        if (clock_gettime(CLOCK_REALTIME, &t) != 0)
            return dtl_fail(err, DTL_EIO, 0, "the system clock cannot be read");
        *out = (struct dtl_clock){dtl_clock_day(t.tv_sec), t.tv_sec};
        return DTL_OK;
    }
    struct dtl_interval day = {0, 0};
    struct dtl_instant instant = {0};
    st = dtl_date_parse(dtl_bytes_of(now), &day, &instant, NULL);
    if (st < 0 || day.earliest != day.latest)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--now '%.60s' is not an instant; write 2024-04-10T12:00:00Z or "
                        "2024-04-10",
                        now);
    if (instant.known)
        *out = (struct dtl_clock){dtl_clock_day(instant.seconds), instant.seconds};
    else
        *out = (struct dtl_clock){day.earliest, (int64_t)day.earliest * 86400};
    return DTL_OK;
}
