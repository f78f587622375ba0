/*
 * versions.c - what the terms of an index depend on beside the text: other versions, other terms.
 */
#include "common/text/analyzer.h"
#include "common/text/unicode.h"

#include <pthread.h>
#include <stdio.h>

#define SNOWBALL_VERSION                                                                           \
    "2.2.0" /* libstemmer cannot be asked; that of the package it is built against */

static char versions[96];

static void format_versions(void)
{
    UVersionInfo v;
    char icu[U_MAX_VERSION_STRING_LENGTH], unicode[U_MAX_VERSION_STRING_LENGTH];
    dtl_unicode_prepare();
    u_getVersion(v);
    u_versionToString(v, icu);
    u_getUnicodeVersion(v);
    u_versionToString(v, unicode);
    snprintf(versions, sizeof versions, "icu %s unicode %s snowball %s", icu, unicode,
             SNOWBALL_VERSION);
}

const char *dtl_text_versions(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, format_versions);
    return versions;
}
