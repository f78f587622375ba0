/*
 * indexer/build/temp.h - files without a name in the index directory: what does not fit in memory
 * waits there, and is gone with the process however it ends.
 */
#ifndef DTL_BUILD_TEMP_H
#define DTL_BUILD_TEMP_H
#include "common/base/bytes.h"

enum dtl_status dtl_temp_open(const char *dir, int *fd, struct dtl_error *err) DTL_MUST_USE;
/** All of `data` at offset `at`. DTL_EFULL, DTL_EIO. */
enum dtl_status dtl_temp_write(int fd, uint64_t at, struct dtl_bytes data,
                               struct dtl_error *err) DTL_MUST_USE;
/** Map [at, at + n) to read and write; `at` a multiple of 4096, n > 0. Unmap with munmap. */
enum dtl_status dtl_temp_map(int fd, uint64_t at, size_t n, void **p,
                             struct dtl_error *err) DTL_MUST_USE;
/** A zeroed array of n bytes in a file of its own, space reserved on the disk; free with munmap. */
enum dtl_status dtl_temp_array(const char *dir, size_t n, void **p,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
