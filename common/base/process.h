/* common/base/process.h - what both programs do before anything else, and how they speak to a
 * person. */
#ifndef DTL_BASE_PROCESS_H
#define DTL_BASE_PROCESS_H
#include "common/base/bytes.h"

/**
 * Open descriptors 0 to 2 on /dev/null where cron closed them, refuse to run set-uid, ignore
 * SIGXFSZ (a write past a limit is then an error that is reported), forget XML_CATALOG_FILES and
 * ICU_DATA. Exits with 3 when set-uid.
 */
void dtl_process_start(const char *program);
/** Was this descriptor, 0 to 2, closed when the program started? What is written there is lost. */
bool dtl_process_lacked(int fd);
/**
 * Set LC_CTYPE to C.UTF-8 so that names in archives survive LC_ALL=C. For the program that reads
 * archives: it costs a dozen system calls and a map, which a query does without.
 */
void dtl_process_locale(void);

/**
 * RLIMIT_DATA: private memory beyond `bytes` is refused, and the program ends with "out of memory"
 * instead of slowing the machine down. A lower limit of the caller's stays. Not under sanitizers,
 * whose shadow would be counted.
 */
void dtl_process_limit_data(uint64_t bytes);

/** "PROGRAM: text\n" on standard error in one write, sanitised. */
void dtl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** Say err->text (or the generic words of its code) and return the exit status it stands for. */
int dtl_say_error(const struct dtl_error *err);

/**
 * "PROGRAM: out of memory" and status 4, now: for libraries that cannot go on without the memory
 * they asked for and do not say so (docs/decisions/0230). Takes no memory; safe from any thread.
 */
_Noreturn void dtl_process_out_of_memory(void);

/** The word of `list` (n entries) nearest to `word`, at most 2 edits away (1 for short ones); NULL
 * when none is. */
const char *dtl_nearest(const char *word, const char *const *list, size_t n);

/** Write all of `data` to a descriptor, as often as signals and short writes make it begin again;
 * false, with errno, when that fails: a part may then be written. */
bool dtl_write_whole(int fd, struct dtl_bytes data);
/** Write all of `data` to standard output's stream; failures show at dtl_finish_output. */
void dtl_put(struct dtl_bytes data);
/** The same for what was built in a buffer; that memory was lacking for it shows there too. */
void dtl_put_buffer(const struct dtl_buffer *b);
/** Flush and close standard output: 0, or 4 after one message when a write failed (a full disk). */
int dtl_finish_output(void);

/** "512M", "64K", "2G", plain bytes; false when it is no size. */
bool dtl_size_of(const char *text, uint64_t *bytes);
/** A whole decimal number up to `max`; false when it is none. */
bool dtl_number_of(const char *text, uint64_t max, uint64_t *value);
#endif
