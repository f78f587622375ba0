/* indexer/format/charset_by.h - whose word is taken for a text's character set (charset.h). */
#ifndef DTL_FORMAT_CHARSET_BY_H
#define DTL_FORMAT_CHARSET_BY_H

enum dtl_charset_by { /* who decided which character set a text is in, most believed first */
                      DTL_CHARSET_VALID,  /* it is UTF-8, ASCII included, but for a few stray bytes
                                             at most */
                      DTL_CHARSET_BOM,    /* a byte order mark, or zeros that only UTF-16 and UTF-32
                                             have */
                      DTL_CHARSET_STATED, /* --encoding */
                      DTL_CHARSET_DECLARED, /* the text itself, borne out by its bytes */
                      DTL_CHARSET_DETECTED, /* statistics, above a floor */
                      DTL_CHARSET_FALLBACK, /* nobody: windows-1252 */
                      DTL_CHARSET_BYS
};

/** "utf-8", "bom", "stated", "declared", "detected", "fallback". */
const char *dtl_charset_by_text(enum dtl_charset_by by);
#endif
