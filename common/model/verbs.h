/* The table of verbs.def as constants and look-ups; comes with schema.h. */
#ifndef OKR_MODEL_VERBS_H
#define OKR_MODEL_VERBS_H

#include "common/base/id.h"

/* Who may, as bits; see docs/domain.md "Who may". */
enum okr_who {
    OKR_WHO_NOBODY = 0,
    OKR_WHO_EVERYBODY = 1,
    OKR_WHO_SELF = 2,        /* the person whom the new entity names */
    OKR_WHO_AUTHOR = 4,      /* who created it */
    OKR_WHO_OWNER = 8,       /* its owner, or of the objective above */
    OKR_WHO_LEAD = 16,       /* lead of its unit or of one above */
    OKR_WHO_LEAD_ABOVE = 32, /* lead of a unit above; root: management */
    OKR_WHO_CHAMPION = 64,
    OKR_WHO_ADMIN = 128,
    OKR_WHO_COLLABORATOR = 256,
    OKR_WHO_SUBJECT_OWNER = 512,
    OKR_WHO_AUTHORS = 1024, /* both authors of a conflict */
    OKR_WHO_KIND = 4096,    /* as the kind's ADD or CHANGE says */
};

enum okr_verb {
#define VERB(number, NAME, ...) OKR_VERB_##NAME = number,
#define MOVE(...)
#define GATE(...)
#include "common/model/verbs.def"
#undef VERB
#undef MOVE
#undef GATE
};
enum okr_verb_form {
    OKR_FORM_CREATE,
    OKR_FORM_CHANGE,
    OKR_FORM_MOVE_STATE,
    OKR_FORM_CHECKIN,
    OKR_FORM_RESOLVE,
    OKR_FORM_KEYS,
    OKR_FORM_ADOPT,
};
enum okr_attest {
    OKR_ATTEST_NO,
    OKR_ATTEST_YES,
    OKR_ATTEST_KIND,
    OKR_ATTEST_SERVER,
};
struct okr_verb_info {
    uint16_t number;
    const char *word;
    bool makes; /* NEW: creates the entity it names */
    enum okr_verb_form form;
    unsigned who;
    enum okr_attest attest;
};
struct okr_move_info {
    uint16_t kind, field, verb;
    uint32_t from, to;
    int workflow; /* OKR_V_WORKFLOW_*, or -1: any */
};
struct okr_gate_info {
    uint16_t verb, kind;
    unsigned phases; /* 1 << OKR_V_PHASE_* */
    unsigned who;    /* enum okr_who; 0: as the verb says */
};

/* NULL where unknown; words as in schema.h. */
const struct okr_verb_info *okr_verb_info(uint32_t verb);
const struct okr_verb_info *okr_verb_by_word(struct okr_slice word);
/* All arrows: `*at` from 0, NULL at the end. */
const struct okr_move_info *okr_move_next(size_t *at);
/* The field that the arrows of a kind move; 0 where none does. */
uint16_t okr_move_field(uint32_t kind);
const struct okr_gate_info *okr_gate_info(uint32_t verb, uint32_t kind);

#endif
