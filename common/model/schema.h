/* The tables of schema.def, and of verbs.def by verbs.h, as constants and
 * look-ups. */
#ifndef OKR_MODEL_SCHEMA_H
#define OKR_MODEL_SCHEMA_H

#include "common/model/verbs.h"

#define OKR_SCHEMA_VERSION 1

enum okr_kind {
    OKR_KIND_ANY = 0,
#define KIND(number, NAME, ...) OKR_KIND_##NAME = number,
#define FIELD(...)
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};
#define OKR_KIND_MAX 63

/* Field numbers: OKR_F_O_TITLE … (16 and up repeat from kind to kind). */
enum okr_field {
#define KIND(...)
#define FIELD(KIND_, number, NAME, ...) OKR_F_##NAME = number,
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};
#define OKR_FIELD_COMMON_MAX 15

/* Words: OKR_V_METRIC_INCREASE … */
enum okr_value_number {
#define KIND(...)
#define FIELD(...)
#define VALUE(ENUM, number, NAME, word) OKR_V_##ENUM##_##NAME = number,
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};

enum okr_type {
    OKR_TYPE_BOOL,
    OKR_TYPE_INT,
    OKR_TYPE_DEC,
    OKR_TYPE_DAY,
    OKR_TYPE_TIME,
    OKR_TYPE_TITLE, /* one line, at most OKR_TITLE_CHARS_MAX */
    OKR_TYPE_TEXT,  /* at most OKR_TEXT_CHARS_MAX */
    OKR_TYPE_ENUM,
    OKR_TYPE_REF,
    OKR_TYPE_BYTES,
    OKR_TYPE_LIST,
};

/* The vocabularies an ENUM field draws from, and the shapes of a LIST. */
/* clang-format off */
enum okr_vocabulary {
    OKR_ENUM_WORKFLOW = 1, OKR_ENUM_ROLLUP, OKR_ENUM_ROLE, OKR_ENUM_KEY_STATE,
    OKR_ENUM_SITE_ROLE, OKR_ENUM_INVITE_STATE, OKR_ENUM_CYCLE_KIND,
    OKR_ENUM_PHASE, OKR_ENUM_BATCH_KIND, OKR_ENUM_OBJECTIVE_KIND,
    OKR_ENUM_OBJECTIVE_STATE, OKR_ENUM_ORIGIN, OKR_ENUM_METRIC,
    OKR_ENUM_TASK_STATE, OKR_ENUM_TASK_KIND, OKR_ENUM_REACTION_KIND,
    OKR_ENUM_PROPOSAL_STATE, OKR_ENUM_ASSESSMENT_KIND, OKR_ENUM_REVIEW_KIND,
    OKR_ENUM_HORIZON, OKR_ENUM_LIGHT, OKR_ENUM_CONFLICT_STATE,
    OKR_ENUM_CARRY,
};
/* clang-format on */
enum okr_list_shape {
    OKR_LIST_DEC_DEC, /* (decimal, decimal)… ascending by the first */
    OKR_LIST_DAY_DEC, /* (day, decimal)… ascending by the first */
};

enum okr_merge {
    OKR_MERGE_LAST,
    OKR_MERGE_KEPT,
    OKR_MERGE_SWAP,
    OKR_MERGE_ONCE,
    OKR_MERGE_DERIVED,
};

enum okr_field_flag {
    OKR_FLAG_REQUIRED = 1,
    OKR_FLAG_PUBLISH = 2,
    OKR_FLAG_SET = 4,
    OKR_FLAG_INDEX = 8,
    OKR_FLAG_UNIQUE = 16,
    OKR_FLAG_ACYCLIC = 32,
    OKR_FLAG_PRIVATE = 64,
    OKR_FLAG_KEY = 128,
};

enum okr_home {
    OKR_HOME_DIRECTORY,
    OKR_HOME_UNIT,
    OKR_HOME_PARENT,
};
/* What a scope of a root holds; its number is root_no * 4 + depth. */
enum okr_depth {
    OKR_DEPTH_SUMMARY = 0,
    OKR_DEPTH_DETAIL = 1,
    OKR_DEPTH_PRIVATE = 2,
};

struct okr_kind_info {
    uint16_t number;
    const char *word; /* "key_result" */
    char letter;
    enum okr_home home;
    uint16_t home_field;
    enum okr_depth depth;
    unsigned add, change; /* enum okr_who bits */
};
struct okr_field_info {
    uint16_t kind; /* OKR_KIND_ANY: common to all */
    uint16_t number;
    const char *word;
    enum okr_type type;
    uint16_t of; /* vocabulary, kind of the reference (0: any), or shape */
    enum okr_merge merge;
    unsigned flags;
};

/* NULL where unknown. */
const struct okr_kind_info *okr_kind_info(uint32_t kind);
/* By word; "kr" and "checkin" are accepted too, '-' reads as '_'. */
const struct okr_kind_info *okr_kind_by_word(struct okr_slice word);
const struct okr_kind_info *okr_kind_by_letter(char letter);
/* The field `number` of `kind`, common fields included. */
const struct okr_field_info *okr_field_info(uint32_t kind, uint32_t number);
const struct okr_field_info *okr_field_by_word(uint32_t kind,
                                               struct okr_slice word);
/* All fields of a kind: `*at` from 0, NULL at the end; common ones first. */
const struct okr_field_info *okr_field_next(uint32_t kind, size_t *at);
const struct okr_kind_info *okr_kind_next(size_t *at);
/* The word of a vocabulary's number, or NULL; and back (false: none). */
const char *okr_enum_word(uint16_t vocabulary, uint32_t number);
bool okr_enum_number(uint16_t vocabulary, struct okr_slice word,
                     uint32_t *ret_number);
const char *okr_enum_next(uint16_t vocabulary, size_t *at); /* words */
const char *okr_type_word(enum okr_type type); /* for messages: "decimal" */

/* The field of `kind` that holds its title or name, state, owner, unit,
 * subject …, by word; 0 where the kind has none. */
uint16_t okr_field_named(uint32_t kind, const char *word);

#endif
