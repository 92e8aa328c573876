/* What each verb may carry; the part of okr_validate_shape that knows verbs. */
#ifndef OKR_RULES_VALIDATE_VERB_H
#define OKR_RULES_VALIDATE_VERB_H

#include "common/base/verdict.h"
#include "common/model/op.h"

/* May the verb be said of the kind at all?  (Who may is permit.h.) */
bool okr_verb_fits(uint16_t verb, uint16_t kind);
/* May the verb carry a change of the field? */
bool okr_verb_may_set(const struct okr_verb_info *verb,
                      const struct okr_field_info *field);
/* Has the author to say why?  Revising and returning always; scoring unless
 * `score_reason` says it. */
bool okr_verb_needs_reason(const struct okr_payload *payload);
/* What else the verb asks of its changes, each of which is well formed. */
struct okr_verdict okr_verb_check(const struct okr_payload *payload);

#endif
