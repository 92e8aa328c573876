/* The plan as a whole, and how it is told. */
#include <stdarg.h>
#include <stdio.h>

#include "common/base/assert.h"
#include "common/crypto/hash.h"
#include "common/import/plan_table.h"

enum { ROWS_AT_ONCE = 256 };

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

static enum okr_err check(struct okr_planning *p)
{
    const struct okr_import_conf *conf = p->conf;
    const struct okr_import_doc *doc = p->doc;
    if (doc->broken != NULL) {
        p->plan->impossible = doc->broken;
        return OKR_OK;
    }
    if (conf->cycle.len == 0 && doc->cycle.len == 0 && doc->n_rows > 0 &&
        !doc->table)
        return okr_plan_give_up(p, "cycle", "missing",
                                "say which cycle it is: --cycle NAME");
    if (conf->has_start != conf->has_end)
        return okr_plan_give_up(p, "cycle", "missing",
                                "--start and --end go together");
    if (conf->has_start && conf->end < conf->start)
        return okr_plan_give_up(p, "cycle", "bad_range",
                                "the cycle would end before it starts");
    if (doc->n_rows == 0 && doc->table && doc->errors.n > 0)
        p->plan->impossible =
            "there is no line that can be taken; the errors say why";
    else if (doc->n_rows == 0)
        return okr_plan_give_up(p, "", "empty",
                                "the file has no line that can be read as "
                                "`1. Owner: Objective` or `1. Owner KR: text`");
    return OKR_OK;
}

static enum okr_err begin(struct okr_planning *p)
{
    OKR_TRY(check(p));
    p->batch = okr_plan_id(p);
    if (p->plan->impossible == NULL)
        OKR_TRY(okr_plan_ground(p));
    p->phase = p->plan->impossible == NULL ? OKR_PLAN_BASE : OKR_PLAN_DONE;
    return OKR_OK;
}

/* One row of the phase.  Rows that others name come before those. */
static enum okr_err one(struct okr_planning *p, size_t at)
{
    bool base = okr_plan_is_base(p->doc->rows[at].kind);
    p->line = p->doc->rows[at].line;
    switch (p->phase) {
    case OKR_PLAN_BASE:
        return base ? okr_plan_base_row(p, at) : OKR_OK;
    case OKR_PLAN_LEADS:
        return base ? okr_plan_lead(p, at) : OKR_OK;
    case OKR_PLAN_CHECK:
        return base ? OKR_OK : okr_plan_check_row(p, at);
    case OKR_PLAN_MATCH:
        return okr_plan_match_below(p, at);
    case OKR_PLAN_ROWS:
        return base || p->bad[at] ? OKR_OK : okr_plan_row(p, at);
    case OKR_PLAN_BEGIN:
    case OKR_PLAN_END:
    case OKR_PLAN_DONE:
        break;
    }
    OKR_UNREACHABLE();
}

static enum okr_err next_phase(struct okr_planning *p)
{
    p->at = 0;
    p->line = 0;
    p->phase++;
    if (p->phase != OKR_PLAN_MATCH)
        return OKR_OK;
    OKR_TRY(okr_plan_match_begin(p));
    return okr_plan_match_below(p, p->doc->n_rows);
}

enum okr_err okr_import_plan_step(struct okr_planning *p, bool *ret_done)
{
    size_t end = p->at + ROWS_AT_ONCE;
    if (p->phase == OKR_PLAN_BEGIN)
        OKR_TRY(begin(p));
    while (p->phase < OKR_PLAN_END && p->at < end) {
        if (p->at == p->doc->n_rows) {
            OKR_TRY(next_phase(p));
            break;
        }
        OKR_TRY(one(p, p->at++));
    }
    if (p->phase == OKR_PLAN_END) {
        OKR_TRY(okr_plan_batch(p));
        p->phase = OKR_PLAN_DONE;
    }
    *ret_done = p->phase == OKR_PLAN_DONE;
    OKR_ASSERT(!*ret_done || p->plan->impossible == NULL || p->plan->n == 0);
    return OKR_OK;
}

enum okr_err okr_import_plan_begin(const struct okr_import_conf *conf,
                                   const struct okr_import_doc *doc,
                                   struct okr_planning **ret_planning)
{
    OKR_ASSERT(conf->space.txn != NULL);
    struct okr_arena *arena = doc->arena;
    size_t n = doc->n_rows;
    struct okr_planning *p = okr_arena_alloc(arena, sizeof *p);
    if (p == NULL)
        return OKR_ERR_NOMEM;
    *p = (struct okr_planning){.conf = conf, .doc = doc, .made = n};
    p->plan = okr_arena_alloc(arena, sizeof *p->plan);
    p->bad = okr_arena_array(arena, n, sizeof *p->bad);
    p->cycle_of = okr_arena_array(arena, n, sizeof *p->cycle_of);
    p->outside = okr_arena_array(arena, n, sizeof *p->outside);
    p->ids = okr_arena_array(arena, n, sizeof *p->ids);
    p->found = okr_arena_array(arena, n, sizeof *p->found);
    p->keys = okr_arena_array(arena, n, OKR_IMPORT_KEY_LEN);
    if (p->plan == NULL || p->bad == NULL || p->cycle_of == NULL ||
        p->outside == NULL || p->ids == NULL || p->found == NULL ||
        p->keys == NULL)
        return OKR_ERR_NOMEM;
    *p->plan = (struct okr_import_plan){
        .arena = arena, .errors = doc->errors, .warnings = doc->warnings};
    *ret_planning = p;
    return OKR_OK;
}

struct okr_import_plan *okr_import_plan_of(struct okr_planning *planning)
{
    return planning->plan;
}

enum okr_err okr_import_plan(const struct okr_import_conf *conf,
                             const struct okr_import_doc *doc,
                             struct okr_import_plan *ret_plan)
{
    struct okr_planning *planning;
    bool done = false;
    OKR_TRY(okr_import_plan_begin(conf, doc, &planning));
    while (!done)
        OKR_TRY(okr_import_plan_step(planning, &done));
    *ret_plan = *planning->plan;
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
