/* A whole data.mdb of any bytes: the checker's reader ends, finds or accepts, and never faults. */
#include "common/store/pages.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_page_meta meta;
    struct dtl_error err = {0};
    int fd = memfd_create("data.mdb", MFD_CLOEXEC);
    if (fd < 0 || (size && write(fd, data, size) != (ssize_t)size))
        abort();
    if (dtl_page_meta_read(fd, "fuzz", &meta, &err) == DTL_OK) {
        enum dtl_status st = dtl_check_file(fd, &meta, NULL, NULL, NULL, &err);
        if (st != DTL_OK && st != DTL_ECORRUPT && st != DTL_ENOMEM)
            abort();
    }
    close(fd);
    return 0;
}
