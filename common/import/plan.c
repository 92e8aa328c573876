/* The plan as a whole, and how it is told. */
#include <stdarg.h>
#include <stdio.h>

#include "common/base/assert.h"
#include "common/crypto/hash.h"
#include "common/import/plan_impl.h"

/* Ids ascend with their number, so that what is sorted by id stands as it did
 * in the file: the number fills the 22 bits behind the time. */
struct okr_id okr_plan_id_at(const struct okr_planning *p, uint64_t n)
{
    uint8_t number[8];
    okr_be_put64(number, n);
    const struct okr_slice parts[] = {
        okr_slice_of(p->conf->entropy, sizeof p->conf->entropy),
        okr_slice_of(number, sizeof number)};
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    hash.b[0] = (uint8_t)(n >> 18 & 0x0f);
    hash.b[1] = (uint8_t)(n >> 10);
    hash.b[2] = (uint8_t)(n >> 4 & 0x3f);
    hash.b[3] = (uint8_t)(n << 4 | (hash.b[3] & 0x0f));
    return okr_id_make(p->conf->now, hash.b);
}

struct okr_id okr_plan_id(struct okr_planning *p)
{
    return okr_plan_id_at(p, ++p->made);
}

enum okr_err okr_plan_give_up(struct okr_planning *p, const char *column,
                              const char *rule, const char *format, ...)
{
    struct okr_import_plan *plan = p->plan;
    char text[300];
    va_list args;
    if (plan->impossible != NULL)
        return OKR_OK;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    OKR_TRY(okr_import_say(&plan->errors, plan->arena, 0, column, rule, "%s",
                           text));
    plan->impossible = plan->errors.at[plan->errors.n - 1].message;
    return OKR_OK;
}

static enum okr_err check(struct okr_planning *p,
                          const struct okr_import_doc *doc)
{
    const struct okr_import_conf *conf = p->conf;
    if (conf->cycle.len == 0)
        return okr_plan_give_up(p, "cycle", "missing",
                                "say which cycle it is: --cycle NAME");
    if (conf->has_start != conf->has_end)
        return okr_plan_give_up(p, "cycle", "missing",
                                "--start and --end go together");
    if (conf->has_start && conf->end < conf->start)
        return okr_plan_give_up(p, "cycle", "bad_range",
                                "the cycle would end before it starts");
    if (doc->n_rows == 0)
        return okr_plan_give_up(p, "", "empty",
                                "the file has no line that can be read as "
                                "`1. Owner: Objective` or `1. Owner KR: text`");
    return OKR_OK;
}

static enum okr_err plan_rows(struct okr_planning *p,
                              const struct okr_import_doc *doc)
{
    OKR_TRY(okr_plan_match(p, doc));
    for (size_t i = 0; i < doc->n_rows; i++) {
        p->line = doc->rows[i].line;
        OKR_TRY(okr_plan_row(p, doc, i));
    }
    p->line = 0;
    return okr_plan_batch(p);
}

enum okr_err okr_import_plan(const struct okr_import_conf *conf,
                             const struct okr_import_doc *doc,
                             struct okr_import_plan *ret_plan)
{
    OKR_ASSERT(conf->space.txn != NULL);
    struct okr_import_plan plan = {
        .arena = doc->arena, .errors = doc->errors, .warnings = doc->warnings};
    struct okr_planning p = {.conf = conf, .plan = &plan, .made = doc->n_rows};
    OKR_TRY(check(&p, doc));
    p.batch = okr_plan_id(&p);
    if (plan.impossible == NULL)
        OKR_TRY(okr_plan_ground(&p, doc));
    if (plan.impossible == NULL)
        OKR_TRY(plan_rows(&p, doc));
    OKR_ASSERT(plan.impossible == NULL || plan.n == 0);
    *ret_plan = plan;
    return OKR_OK;
}

/* ---- telling ------------------------------------------------------------- */
static void note_json(struct okr_json *out, uint32_t row, const char *column,
                      const char *rule, const char *message)
{
    okr_json_open_object(out);
    okr_json_key(out, "row");
    okr_json_uint(out, row);
    okr_json_key(out, "column");
    okr_json_cstr(out, column);
    okr_json_key(out, "rule");
    okr_json_cstr(out, rule);
    okr_json_key(out, "message");
    okr_json_cstr(out, message);
    okr_json_close_object(out);
}

static void notes_json(const char *name, const struct okr_import_notes *notes,
                       struct okr_json *out)
{
    char more[60];
    okr_json_key(out, name);
    okr_json_open_array(out);
    for (size_t i = 0; i < notes->n && i < OKR_IMPORT_LISTED; i++) {
        const struct okr_import_note *note = &notes->at[i];
        note_json(out, note->line, note->column, note->rule, note->message);
    }
    if (notes->n > OKR_IMPORT_LISTED) {
        (void)snprintf(more, sizeof more, "%zu more are not listed",
                       notes->n - OKR_IMPORT_LISTED);
        note_json(out, 0, "", "more", more);
    }
    okr_json_close_array(out);
}

static void acts_json(const struct okr_import_plan *plan, struct okr_json *out)
{
    okr_json_key(out, "changes");
    okr_json_open_array(out);
    for (size_t i = 0; i < plan->n_acts && i < OKR_IMPORT_LISTED; i++) {
        const struct okr_import_act *act = &plan->acts[i];
        okr_json_open_object(out);
        okr_json_key(out, "row");
        okr_json_uint(out, act->line);
        okr_json_key(out, "verb");
        okr_json_cstr(out, act->makes ? "create" : "update");
        okr_json_key(out, "kind");
        okr_json_cstr(out, okr_kind_info(act->kind)->word);
        okr_json_key(out, "title");
        okr_json_text(out, act->title);
        okr_json_close_object(out);
    }
    okr_json_close_array(out);
}

void okr_import_json(const struct okr_import_plan *plan, struct okr_json *out)
{
    okr_json_open_object(out);
    okr_json_key(out, "create");
    okr_json_uint(out, plan->create);
    okr_json_key(out, "update");
    okr_json_uint(out, plan->update);
    okr_json_key(out, "unchanged");
    okr_json_uint(out, plan->unchanged);
    acts_json(plan, out);
    notes_json("errors", &plan->errors, out);
    notes_json("warnings", &plan->warnings, out);
    okr_json_close_object(out);
}
