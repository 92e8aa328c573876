/* Names of keys in signed notes.  Private to common/tlog/. */
#ifndef OKR_TLOG_NOTE_NAME_H
#define OKR_TLOG_NOTE_NAME_H

#include "common/base/slice.h"

/* C2SP signed-note: not empty, valid UTF-8, no Unicode space and no '+'; we
 * refuse control characters too, and more than OKR_ORIGIN_MAX bytes. */
bool okr_note_name_valid(struct okr_slice name);

#endif
