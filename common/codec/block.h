/* common/codec/block.h - the unit of a posting list: 128 documents and frequencies. Format: docs/FORMAT.md. */
#ifndef DTL_CODEC_BLOCK_H
#define DTL_CODEC_BLOCK_H
#include "common/base/bytes.h"

#define DTL_BLOCK 128u

/* completed by the owner of common/codec */
#endif
