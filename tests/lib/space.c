/* Look-ups in two ways: see space.h.  The second way knows nothing of keys,
 * hashes or folding: words that are one name have one number. */
#include "tests/lib/space.h"

#include <stdlib.h>
#include <string.h>

#include "common/model/ref.h"
#include "common/model/value.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])

static const uint16_t kinds[] = {
    OKR_KIND_UNIT,      OKR_KIND_PERSON,     OKR_KIND_KEY,  OKR_KIND_CYCLE,
    OKR_KIND_OBJECTIVE, OKR_KIND_KEY_RESULT, OKR_KIND_TASK, 60 /* unknown */,
};

struct word {
    const char *text;
    int name; /* equal when compared as unique names */
};
static const struct word words[] = {
    {"Ada", 1},
    {"ada", 1},
    {" ADA\t", 1},
    {"Straße", 2},
    {"STRASSE", 2},
    {"ada b", 3},
    {"Ada  B", 3},
    {"adab", 4},
    {"\xef\xbc\xa1"
     "da",
     1}, /* full-width A */
};
static const char *const blobs[] = {"k", "key", "0123456789abcdef"};
#define UNKNOWN_FIELD 900
#define REFS (OKR_TEST_IDS + 1) /* the last one is of the wrong length */

uint16_t okr_test_kind(unsigned n)
{
    return kinds[n % LEN(kinds)];
}

static void die(const char *what)
{
    (void)fprintf(stderr, "tests/lib/space: %s\n", what);
    exit(1);
}

static void need(enum okr_err err)
{
    if (err != OKR_OK)
        die(okr_err_text(err));
}

/* ---- values -------------------------------------------------------------- */

static size_t value_count(const struct okr_field_info *field)
{
    if (field == NULL)
        return 1;
    if (field->type == OKR_TYPE_REF)
        return REFS;
    if (field->type == OKR_TYPE_TITLE)
        return LEN(words);
    return LEN(blobs);
}

/* Value number `i` of those that the tests give to a field. */
static struct okr_slice value_at(const struct okr_field_info *field, size_t i,
                                 struct okr_id *id)
{
    *id = okr_test_id((unsigned)i);
    if (field == NULL)
        return OKR_SLICE_LIT("unknown");
    if (field->type == OKR_TYPE_REF)
        return i + 1 < REFS ? okr_id_slice(id) : OKR_SLICE_LIT("short");
    if (field->type == OKR_TYPE_TITLE)
        return okr_slice_str(words[i].text);
    return okr_slice_str(blobs[i]);
}

static const struct okr_field_info *random_field(uint64_t *random,
                                                 uint16_t kind)
{
    const struct okr_field_info *all[256];
    size_t n = 0;
    for (size_t at = 0; (all[n] = okr_field_next(kind, &at)) != NULL;)
        if (all[n]->number != OKR_F_HOME && ++n == LEN(all))
            die("too many fields");
    return n == 0 ? NULL : all[okr_test_draw(random, n)];
}

struct okr_reg okr_test_random_reg(uint64_t *random, uint16_t kind, okr_lsn lsn,
                                   struct okr_arena *arena)
{
    const struct okr_field_info *field = random_field(random, kind);
    bool no_set = field == NULL || (field->flags & OKR_FLAG_SET) == 0;
    struct okr_reg reg = {.field = UNKNOWN_FIELD, .lsn = lsn};
    if (field != NULL)
        reg.field = field->number;
    bool taken = okr_test_draw(random, 5) == 0;
    reg.form = no_set ? OKR_REG_VALUE : OKR_REG_PRESENT;
    if (taken)
        reg.form = no_set ? OKR_REG_UNSET : OKR_REG_ABSENT;
    if (reg.form == OKR_REG_UNSET)
        return reg;
    struct okr_id id;
    size_t i = (size_t)okr_test_draw(random, value_count(field));
    reg.data = okr_arena_copy(arena, value_at(field, i, &id));
    return reg;
}

/* ---- the questions ------------------------------------------------------- */

enum question_form { GET, KIND, FIND, CHILDREN, REF };

struct question {
    enum question_form form;
    uint16_t kind;
    const struct okr_field_info *field;
    struct okr_slice value; /* or the run of a reference */
    struct okr_id id;       /* or the parent */
};

typedef void answer_fn(const void *who, const struct question *question,
                       struct okr_buf *out);

static void ask_finds(const void *who, uint16_t kind, answer_fn *answer,
                      struct okr_buf *out)
{
    struct question q = {.form = FIND, .kind = kind};
    for (size_t at = 0; (q.field = okr_field_next(kind, &at)) != NULL;) {
        if ((q.field->flags & OKR_FLAG_INDEX) == 0)
            continue;
        for (size_t i = 0; i < value_count(q.field); i++) {
            q.value = value_at(q.field, i, &q.id);
            answer(who, &q, out);
        }
    }
}

static void ask_id(const void *who, unsigned n, answer_fn *answer,
                   struct okr_buf *out)
{
    struct question q = {.form = GET, .id = okr_test_id(n)};
    answer(who, &q, out);
    q.form = CHILDREN;
    answer(who, &q, out);
    for (size_t i = 0; i < LEN(kinds); i++) {
        q.kind = kinds[i];
        answer(who, &q, out);
    }
    char text[OKR_REF_TEXT];
    q.form = REF;
    q.kind = okr_test_kind(n);
    okr_ref_format(q.kind, &q.id, 4, text);
    q.value = okr_slice_str(text + 2);
    answer(who, &q, out);
}

static void ask_all(const void *who, answer_fn *answer, struct okr_buf *out)
{
    for (unsigned n = 0; n < OKR_TEST_IDS; n++)
        ask_id(who, n, answer, out);
    for (size_t i = 0; i < LEN(kinds); i++) {
        answer(who, &(struct question){.form = KIND, .kind = kinds[i]}, out);
        ask_finds(who, kinds[i], answer, out);
    }
    need(out->err);
}

static void put_record(const struct okr_record *record, struct okr_buf *out)
{
    okr_buf_varint(out, record->kind);
    okr_buf_varint(out, record->entered & ~OKR_LSN_PENDING);
    for (size_t i = 0; i < record->n_regs; i++) {
        const struct okr_reg *reg = &record->regs[i];
        okr_buf_varint(out, reg->field);
        okr_buf_u8(out, reg->form);
        okr_buf_varint(out, reg->lsn & ~OKR_LSN_PENDING);
        okr_buf_block(out, reg->data);
    }
}

/* ---- as the space says --------------------------------------------------- */

static void space_get(const struct okr_space *space, const struct okr_id *id,
                      struct okr_buf *out)
{
    struct okr_record *record;
    enum okr_err err = okr_entity_get(space, id, &record);
    if (err == OKR_OK)
        put_record(record, out);
    else if (err != OKR_ERR_NOTFOUND)
        need(err);
}

static void space_answer(const void *who, const struct question *q,
                         struct okr_buf *out)
{
    const struct okr_space *space = who;
    struct okr_ids ids = {0};
    switch (q->form) {
    case GET:
        space_get(space, &q->id, out);
        break;
    case KIND:
        need(okr_index_kind(space, q->kind, &ids));
        break;
    case FIND:
        need(okr_index_find(space, q->kind, q->field->number, q->value, &ids));
        break;
    case CHILDREN:
        need(okr_index_children(space, &q->id, q->kind, &ids));
        break;
    case REF:
        need(okr_index_ref(space, q->kind, q->value, SIZE_MAX, &ids));
        break;
    }
    for (size_t i = 0; i < ids.n; i++)
        okr_buf_put(out, okr_id_slice(&ids.at[i]));
    okr_buf_u8(out, '\n');
}

void okr_test_reads(const struct okr_space *space, struct okr_buf *out)
{
    ask_all(space, space_answer, out);
}

/* ---- as the list says ---------------------------------------------------- */

static int name_of(struct okr_slice text)
{
    for (size_t i = 0; i < LEN(words); i++)
        if (okr_slice_is(text, words[i].text))
            return words[i].name;
    die("a word that is none");
    return 0;
}

static bool same_value(const struct okr_field_info *field, struct okr_slice a,
                       struct okr_slice b)
{
    if (field->type == OKR_TYPE_TITLE && (field->flags & OKR_FLAG_UNIQUE) != 0)
        return name_of(a) == name_of(b);
    return okr_slice_eq(a, b);
}

static bool found(const struct okr_record *record, const struct question *q)
{
    for (size_t i = 0; record->kind == q->kind && i < record->n_regs; i++) {
        const struct okr_reg *reg = &record->regs[i];
        bool is = reg->form == OKR_REG_VALUE || reg->form == OKR_REG_PRESENT;
        if (is && reg->field == q->field->number &&
            same_value(q->field, reg->data, q->value))
            return true;
    }
    return false;
}

static bool parent_of(const struct okr_record *record, struct okr_id *ret)
{
    const struct okr_kind_info *kind = okr_kind_info(record->kind);
    return kind != NULL && kind->home_field != 0 &&
           okr_record_id(record, kind->home_field, ret);
}

static bool is_answer(const struct okr_record *record, const struct question *q)
{
    struct okr_id parent;
    switch (q->form) {
    case GET:
        return false;
    case KIND:
        return record->kind == q->kind;
    case FIND:
        return found(record, q);
    case CHILDREN:
        return parent_of(record, &parent) && okr_id_eq(&parent, &q->id) &&
               (q->kind == 0 || record->kind == q->kind);
    case REF:
        return record->kind == q->kind &&
               okr_ref_matches(&record->id, q->value);
    }
    return false;
}

static void model_answer(const void *who, const struct question *q,
                         struct okr_buf *out)
{
    const struct okr_test_model *model = who;
    for (size_t i = 0; i < OKR_TEST_IDS; i++) {
        const struct okr_record *record = model->at[i];
        if (record != NULL && q->form == GET && okr_id_eq(&record->id, &q->id))
            put_record(record, out);
        else if (record != NULL && is_answer(record, q))
            okr_buf_put(out, okr_id_slice(&record->id));
    }
    okr_buf_u8(out, '\n');
}

void okr_test_model_reads(const struct okr_test_model *model,
                          struct okr_buf *out)
{
    ask_all(model, model_answer, out);
}

uint64_t okr_test_model_index_rows(const struct okr_test_model *model)
{
    uint64_t rows = 0;
    struct okr_id parent;
    for (size_t i = 0; i < OKR_TEST_IDS; i++) {
        const struct okr_record *record = model->at[i];
        if (record == NULL)
            continue;
        rows += 1u + parent_of(record, &parent);
        for (size_t j = 0; j < record->n_regs; j++) {
            const struct okr_reg *reg = &record->regs[j];
            const struct okr_field_info *field =
                okr_field_info(record->kind, reg->field);
            bool is =
                reg->form == OKR_REG_VALUE || reg->form == OKR_REG_PRESENT;
            rows += is && field != NULL && (field->flags & OKR_FLAG_INDEX) != 0;
        }
    }
    return rows;
}
