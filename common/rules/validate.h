/* Is an operation well formed, and is what it would leave behind sensible?
 * Pure: payload and records in, rule out. */
#ifndef OKR_RULES_VALIDATE_H
#define OKR_RULES_VALIDATE_H

#include "common/base/verdict.h"
#include "common/model/op.h"

/* Shape, from the tables alone: verb and kind known and fitting, every field
 * of the kind, settable by this verb, of its type, no field twice, required
 * ones there when it creates, at most OKR_CHANGES_MAX.  The verdict is
 * accepted, or rejected with rule and field. */
struct okr_verdict okr_validate_shape(const struct okr_payload *payload);

/* Sense, of the whole record (of a known kind) after the change: confidence
 * 0..10, score 0..1, start <= end, low <= high, weights >= 0, lists ascending
 * with shares in 0..1, codes without white space, offset within 14 hours, one
 * e-mail address in `mail`, at most OKR_SET_MAX elements, nothing above or
 * waiting for itself … */
struct okr_verdict okr_validate_sense(const struct okr_record *after);

#endif
