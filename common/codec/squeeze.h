/* Large bodies compressed: dictionary number u8 ‖ one zstd frame that states
 * the size of its content.  Small ones would grow. */
#ifndef OKR_CODEC_SQUEEZE_H
#define OKR_CODEC_SQUEEZE_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/slice.h"

/* The newest dictionary of this version; a reader has all up to it.  It is
 * proto/dictionary-1.hex. */
#define OKR_DICTIONARY 1
#define OKR_SQUEEZE_MIN 512 /* bytes of a body worth it */

/* `*ret_squeezed` lives in `arena`; none where it would not be smaller. */
OKR_MUST_USE enum okr_err okr_squeeze(struct okr_slice body, uint8_t dictionary,
                                      struct okr_arena *arena,
                                      struct okr_slice *ret_squeezed);
/* What was compressed, `max` bytes at most, which is looked at before a byte
 * is unpacked.  OKR_ERR_FORMAT, LIMIT, NOMEM; VERSION: a dictionary that is
 * not known here. */
OKR_MUST_USE enum okr_err okr_unsqueeze(struct okr_slice squeezed, size_t max,
                                        struct okr_arena *arena,
                                        struct okr_slice *ret_body);

#endif
