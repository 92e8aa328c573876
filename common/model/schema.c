/* The tables of schema.def and verbs.def, indexed by number when compiled.
 * Words are looked up by walking: there are few, and only people use them. */
#include "common/model/schema.h"

#include "common/base/assert.h"

enum {
    FIELD_END = 64,      /* above every field number */
    VERB_END = 64,       /* above every verb number */
    VOCABULARY_END = 32, /* above every enum okr_vocabulary */
    WORDS_END = 16,      /* above every number of a vocabulary */
};

/* ---- the names that the columns of the tables use ------------------------ */
enum {
    R = OKR_FLAG_REQUIRED,
    P = OKR_FLAG_PUBLISH,
    S = OKR_FLAG_SET,
    I = OKR_FLAG_INDEX,
    U = OKR_FLAG_UNIQUE,
    A = OKR_FLAG_ACYCLIC,
    X = OKR_FLAG_PRIVATE,
    K = OKR_FLAG_KEY,
};
enum {
    NOBODY = OKR_WHO_NOBODY,
    EVERYBODY = OKR_WHO_EVERYBODY,
    SELF = OKR_WHO_SELF,
    AUTHOR = OKR_WHO_AUTHOR,
    OWNER = OKR_WHO_OWNER,
    LEAD = OKR_WHO_LEAD,
    LEAD_ABOVE = OKR_WHO_LEAD_ABOVE,
    CHAMPION = OKR_WHO_CHAMPION,
    ADMIN = OKR_WHO_ADMIN,
    COLLABORATOR = OKR_WHO_COLLABORATOR,
    SUBJECT_OWNER = OKR_WHO_SUBJECT_OWNER,
    AUTHORS = OKR_WHO_AUTHORS,
    KIND = OKR_WHO_KIND,
};
enum { OKR_F_0 = 0 }; /* no home field */
enum { MAKES_OLD = false, MAKES_NEW = true };
enum {
    WORKFLOW_ANY = -1,
    WORKFLOW_LIGHT = OKR_V_WORKFLOW_LIGHT,
    WORKFLOW_FORMAL = OKR_V_WORKFLOW_FORMAL,
};

/* What the column `of` means depends on the type. */
#define OF_BOOL(of) 0
#define OF_INT(of) 0
#define OF_DEC(of) 0
#define OF_DAY(of) 0
#define OF_TIME(of) 0
#define OF_TITLE(of) 0
#define OF_TEXT(of) 0
#define OF_BYTES(of) 0
#define OF_ENUM(of) OKR_ENUM_##of
#define OF_REF(of) OKR_KIND_##of
#define OF_LIST(of) OKR_LIST_##of

/* ---- schema.def ------------------------------------------------------- */
static const struct okr_kind_info kinds[OKR_KIND_MAX + 1] = {
#define KIND(NUMBER, NAME, WORD, LETTER, HOME, FIELD, DEPTH, ADD, CHANGE) \
    [NUMBER] = {                                                          \
        .number = (NUMBER),                                               \
        .word = (WORD),                                                   \
        .letter = (LETTER),                                               \
        .home = OKR_HOME_##HOME,                                          \
        .home_field = OKR_F_##FIELD,                                      \
        .depth = OKR_DEPTH_##DEPTH,                                       \
        .add = (ADD),                                                     \
        .change = (CHANGE),                                               \
    },
#define FIELD(...)
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};

static const struct okr_field_info fields[] = {
#define KIND(...)
#define FIELD(KIND_, NUMBER, NAME, WORD, TYPE, OF, MERGE, FLAGS) \
    {                                                            \
        .kind = OKR_KIND_##KIND_,                                \
        .number = (NUMBER),                                      \
        .word = (WORD),                                          \
        .type = OKR_TYPE_##TYPE,                                 \
        .of = OF_##TYPE(OF),                                     \
        .merge = OKR_MERGE_##MERGE,                              \
        .flags = (FLAGS),                                        \
    },
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};

/* Position of each field in `fields`. */
enum {
#define KIND(...)
#define FIELD(KIND_, NUMBER, NAME, ...) AT_##NAME,
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
    AT_END
};
_Static_assert(AT_END < UINT8_MAX, "the index holds a byte a field");

/* 1 + position in `fields` by kind and number; 0: no such field. */
static const uint8_t field_index[OKR_KIND_MAX + 1][FIELD_END] = {
#define KIND(...)
#define FIELD(KIND_, NUMBER, NAME, ...) \
    [OKR_KIND_##KIND_][NUMBER] = 1 + AT_##NAME,
#define VALUE(...)
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};

static const char *const words[VOCABULARY_END][WORDS_END] = {
#define KIND(...)
#define FIELD(...)
#define VALUE(ENUM, NUMBER, NAME, WORD) [OKR_ENUM_##ENUM][NUMBER] = (WORD),
#include "common/model/schema.def"
#undef KIND
#undef FIELD
#undef VALUE
};

/* ---- verbs.def -------------------------------------------------------- */
static const struct okr_verb_info verbs[VERB_END] = {
#define VERB(NUMBER, NAME, WORD, ENTITY, FORM, WHO, ATTEST) \
    [NUMBER] = {                                            \
        .number = (NUMBER),                                 \
        .word = (WORD),                                     \
        .makes = MAKES_##ENTITY,                            \
        .form = OKR_FORM_##FORM,                            \
        .who = (WHO),                                       \
        .attest = OKR_ATTEST_##ATTEST,                      \
    },
#define MOVE(...)
#define GATE(...)
#include "common/model/verbs.def"
#undef VERB
#undef MOVE
#undef GATE
};

/* The vocabulary of a field that moves. */
#define STATE_O_STATE(NAME) OKR_V_OBJECTIVE_STATE_##NAME
#define STATE_T_STATE(NAME) OKR_V_TASK_STATE_##NAME
#define STATE_PHASE(NAME) OKR_V_PHASE_##NAME

static const struct okr_move_info moves[] = {
#define VERB(...)
#define GATE(...)
#define MOVE(KIND_, FIELD, VERB_, FROM, TO, WORKFLOW) \
    {                                                 \
        .kind = OKR_KIND_##KIND_,                     \
        .field = OKR_F_##FIELD,                       \
        .verb = OKR_VERB_##VERB_,                     \
        .from = STATE_##FIELD(FROM),                  \
        .to = STATE_##FIELD(TO),                      \
        .workflow = WORKFLOW_##WORKFLOW,              \
    },
#include "common/model/verbs.def"
#undef VERB
#undef MOVE
#undef GATE
};

/* The phases of verbs.def's gates, as bits. */
enum {
#define PHASE_BIT(NAME) NAME = 1 << OKR_V_PHASE_##NAME
    PHASE_BIT(DRAFTING),
    PHASE_BIT(REVIEW),
    PHASE_BIT(PUBLISHED),
    PHASE_BIT(RUNNING),
    PHASE_BIT(ASSESSING),
    PHASE_BIT(REFLECTING),
    PHASE_BIT(CLOSED),
};

static const struct okr_gate_info gates[] = {
#define VERB(...)
#define MOVE(...)
#define GATE(VERB_, KIND_, PHASES, WHO) \
    {                                   \
        .verb = OKR_VERB_##VERB_,       \
        .kind = OKR_KIND_##KIND_,       \
        .phases = (PHASES),             \
        .who = (WHO),                   \
    },
#include "common/model/verbs.def"
#undef VERB
#undef MOVE
#undef GATE
};

/* ---- look-ups --------------------------------------------------------- */

/* Equal words, '-' read as '_'. */
static bool same_word(struct okr_slice typed, const char *word)
{
    if (typed.len > 0 && typed.data[0] != (uint8_t)word[0] && word[0] != '_')
        return false; /* most differ there */
    size_t i = 0;
    for (; i < typed.len && word[i] != '\0'; i++) {
        char c = (char)typed.data[i];
        if ((c == '-' ? '_' : c) != word[i])
            return false;
    }
    return i == typed.len && word[i] == '\0';
}

const struct okr_kind_info *okr_kind_info(uint32_t kind)
{
    if (kind > OKR_KIND_MAX || kinds[kind].word == NULL)
        return NULL;
    OKR_ASSERT(kinds[kind].number == kind);
    return &kinds[kind];
}

const struct okr_kind_info *okr_kind_next(size_t *at)
{
    OKR_ASSERT(at != NULL);
    while (*at <= OKR_KIND_MAX) {
        const struct okr_kind_info *kind = &kinds[(*at)++];
        if (kind->word != NULL)
            return kind;
    }
    return NULL;
}

const struct okr_kind_info *okr_kind_by_word(struct okr_slice word)
{
    if (okr_slice_is(word, "kr"))
        return okr_kind_info(OKR_KIND_KEY_RESULT);
    if (okr_slice_is(word, "checkin"))
        return okr_kind_info(OKR_KIND_CHECK_IN);
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (same_word(word, kind->word))
            return kind;
    return NULL;
}

const struct okr_kind_info *okr_kind_by_letter(char letter)
{
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->letter == letter)
            return kind;
    return NULL;
}

const struct okr_field_info *okr_field_info(uint32_t kind, uint32_t number)
{
    if (number >= FIELD_END)
        return NULL;
    if (kind != OKR_KIND_ANY && okr_kind_info(kind) == NULL)
        return NULL;
    if (number <= OKR_FIELD_COMMON_MAX)
        kind = OKR_KIND_ANY;
    uint8_t index = field_index[kind][number];
    OKR_ASSERT(index <= AT_END);
    return index == 0 ? NULL : &fields[index - 1];
}

/* The first field of `kind` from `number` on, or NULL.  Fields of a kind stand
 * together and ascend, so behind a field stands the next one: gaps and ends
 * are not walked over, because every judgement comes here again and again. */
static const struct okr_field_info *field_from(uint32_t kind, size_t number)
{
    if (number > 0 && number <= FIELD_END) {
        uint8_t behind = field_index[kind][number - 1];
        if (behind != 0)
            return behind < AT_END && fields[behind].kind == kind
                       ? &fields[behind]
                       : NULL;
    }
    for (; number < FIELD_END; number++)
        if (field_index[kind][number] != 0)
            return &fields[field_index[kind][number] - 1];
    return NULL;
}

const struct okr_field_info *okr_field_next(uint32_t kind, size_t *at)
{
    const struct okr_field_info *field = NULL;
    OKR_ASSERT(at != NULL);
    if (kind != OKR_KIND_ANY && okr_kind_info(kind) == NULL)
        return NULL;
    if (*at <= OKR_FIELD_COMMON_MAX)
        field = field_from(OKR_KIND_ANY, *at);
    if (field == NULL && kind != OKR_KIND_ANY)
        field = field_from(
            kind, *at > OKR_FIELD_COMMON_MAX ? *at : OKR_FIELD_COMMON_MAX + 1);
    *at = field == NULL ? FIELD_END : (size_t)field->number + 1;
    return field;
}

const struct okr_field_info *okr_field_by_word(uint32_t kind,
                                               struct okr_slice word)
{
    const struct okr_field_info *field;
    for (size_t at = 0; (field = okr_field_next(kind, &at)) != NULL;)
        if (same_word(word, field->word))
            return field;
    return NULL;
}

uint16_t okr_field_named(uint32_t kind, const char *word)
{
    OKR_ASSERT(word != NULL);
    const struct okr_field_info *field =
        okr_field_by_word(kind, okr_slice_str(word));
    return field == NULL ? 0 : field->number;
}

const struct okr_verb_info *okr_verb_info(uint32_t verb)
{
    if (verb >= VERB_END || verbs[verb].word == NULL)
        return NULL;
    OKR_ASSERT(verbs[verb].number == verb);
    return &verbs[verb];
}

const struct okr_verb_info *okr_verb_by_word(struct okr_slice word)
{
    for (size_t i = 0; i < VERB_END; i++)
        if (verbs[i].word != NULL && same_word(word, verbs[i].word))
            return &verbs[i];
    return NULL;
}

const struct okr_move_info *okr_move_next(size_t *at)
{
    OKR_ASSERT(at != NULL);
    if (*at >= sizeof moves / sizeof moves[0])
        return NULL;
    return &moves[(*at)++];
}

uint16_t okr_move_field(uint32_t kind)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (moves[i].kind == kind)
            return moves[i].field;
    return 0;
}

const struct okr_gate_info *okr_gate_info(uint32_t verb, uint32_t kind)
{
    for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++)
        if (gates[i].verb == verb && gates[i].kind == kind)
            return &gates[i];
    return NULL;
}

const char *okr_enum_word(uint16_t vocabulary, uint32_t number)
{
    if (vocabulary >= VOCABULARY_END || number >= WORDS_END)
        return NULL;
    return words[vocabulary][number];
}

const char *okr_enum_next(uint16_t vocabulary, size_t *at)
{
    OKR_ASSERT(at != NULL);
    while (*at < WORDS_END) {
        const char *word = okr_enum_word(vocabulary, (uint32_t)(*at)++);
        if (word != NULL)
            return word;
    }
    return NULL;
}

bool okr_enum_number(uint16_t vocabulary, struct okr_slice word,
                     uint32_t *ret_number)
{
    const char *known;
    for (size_t at = 0; (known = okr_enum_next(vocabulary, &at)) != NULL;) {
        if (!same_word(word, known))
            continue;
        *ret_number = (uint32_t)(at - 1);
        return true;
    }
    return false;
}

const char *okr_type_word(enum okr_type type)
{
    static const char *const type_words[] = {
        [OKR_TYPE_BOOL] = "true or false", [OKR_TYPE_INT] = "whole number",
        [OKR_TYPE_DEC] = "decimal",        [OKR_TYPE_DAY] = "date",
        [OKR_TYPE_TIME] = "time",          [OKR_TYPE_TITLE] = "line of text",
        [OKR_TYPE_TEXT] = "text",          [OKR_TYPE_ENUM] = "word",
        [OKR_TYPE_REF] = "reference",      [OKR_TYPE_BYTES] = "bytes",
        [OKR_TYPE_LIST] = "list",
    };
    OKR_ASSERT((size_t)type < sizeof type_words / sizeof type_words[0]);
    return type_words[type];
}
