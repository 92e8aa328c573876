/* What both checks of what is signed need.  Private to common/compose. */
#ifndef OKR_COMPOSE_INTENT_IMPL_H
#define OKR_COMPOSE_INTENT_IMPL_H

#include "common/compose/intent.h"

/* May `text` mean this id?  A name may mean any: only the daemon knows. */
bool okr_intent_names(const struct okr_intent *intent, struct okr_slice text,
                      const struct okr_id *id);
/* The first difference is the one that is told. */
void okr_intent_differs(struct okr_problem *problem, const char *word);

#endif
