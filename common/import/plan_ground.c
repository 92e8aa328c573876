/* What rows stand on: the cycle, the root unit, the batch. */
#include <stdio.h>
#include <string.h>

#include "common/import/plan_table.h"
#include "common/model/dates.h"
#include "common/model/value.h"

/* ---- the cycle ----------------------------------------------------------- */
enum okr_err okr_plan_add_cycle(struct okr_planning *p, struct okr_slice name,
                                const struct okr_id *id, okr_day end,
                                size_t *ret_cycle)
{
    if (p->n_cycles == p->cap_cycles) {
        size_t cap = p->cap_cycles == 0 ? 8 : 2 * p->cap_cycles;
        struct okr_plan_cycle *cycles =
            okr_arena_array(p->plan->arena, cap, sizeof *cycles);
        if (cycles == NULL)
            return OKR_ERR_NOMEM;
        if (p->n_cycles > 0)
            memcpy(cycles, p->cycles, p->n_cycles * sizeof *cycles);
        p->cycles = cycles;
        p->cap_cycles = cap;
    }
    *ret_cycle = p->n_cycles;
    p->cycles[p->n_cycles++] = (struct okr_plan_cycle){name, *id, end};
    return OKR_OK;
}

static enum okr_err add_record(struct okr_planning *p,
                               const struct okr_record *cycle,
                               size_t *ret_cycle)
{
    for (size_t i = 0; i < p->n_cycles; i++)
        if (okr_id_eq(&p->cycles[i].id, &cycle->id)) {
            *ret_cycle = i;
            return OKR_OK;
        }
    return okr_plan_add_cycle(
        p, okr_record_text(cycle, OKR_F_CYCLE_NAME), &cycle->id,
        (okr_day)okr_record_int(cycle, OKR_F_CYCLE_END, 0), ret_cycle);
}

static enum okr_err find_cycle(struct okr_planning *p, struct okr_slice name,
                               size_t *ret_cycle)
{
    struct okr_ids ids;
    struct okr_record *record;
    *ret_cycle = OKR_IMPORT_NONE;
    for (size_t i = 0; i < p->n_cycles; i++)
        if (okr_slice_eq(p->cycles[i].name, name)) {
            *ret_cycle = i;
            return OKR_OK;
        }
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_CYCLE, OKR_F_CYCLE_NAME,
                           name, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (!okr_record_archived(record))
            return add_record(p, record, ret_cycle);
    }
    return OKR_OK;
}

enum okr_err okr_plan_cycle_of(struct okr_planning *p,
                               const struct okr_id *entity, size_t *ret_cycle)
{
    const struct okr_space *space = &p->conf->space;
    struct okr_record *record;
    struct okr_id id;
    *ret_cycle = OKR_IMPORT_NONE;
    OKR_TRY(okr_entity_get(space, entity, &record));
    if (record->kind == OKR_KIND_KEY_RESULT &&
        okr_record_id(record, OKR_F_KR_OBJECTIVE, &id))
        OKR_TRY(okr_entity_get(space, &id, &record));
    if (record->kind != OKR_KIND_OBJECTIVE ||
        !okr_record_id(record, OKR_F_O_CYCLE, &id))
        return OKR_OK;
    OKR_TRY(okr_entity_get(space, &id, &record));
    return add_record(p, record, ret_cycle);
}

static size_t digits(struct okr_slice s, size_t from, int *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; from + n < s.len; n++) {
        uint8_t c = s.data[from + n];
        if (c < '0' || c > '9')
            break;
        if (n < 4)
            *ret = *ret * 10 + (c - '0');
    }
    return n;
}

/* "FY20-Q4", "2018-Q4", "Q4 2018": the calendar quarter. */
static bool quarter_of(struct okr_slice name, okr_day *ret_start,
                       okr_day *ret_end)
{
    int year = 0, quarter = 0, number;
    for (size_t i = 0; i < name.len;) {
        size_t n = digits(name, i, &number);
        bool q = n == 1 && i > 0 && (name.data[i - 1] | 32) == 'q';
        if (q && number >= 1 && number <= 4)
            quarter = number;
        if (n == 4 || (n == 2 && year == 0))
            year = n == 4 ? number : 2000 + number;
        i += n > 0 ? n : 1;
    }
    okr_day next;
    if (year < 1900 || quarter == 0 ||
        !okr_day_from_ymd(year, quarter * 3 - 2, 1, ret_start) ||
        !okr_day_from_ymd(quarter == 4 ? year + 1 : year,
                          quarter == 4 ? 1 : quarter * 3 + 1, 1, &next))
        return false;
    *ret_end = next - 1;
    return true;
}

/* False: nothing says from when to when. */
static enum okr_err choose_period(struct okr_planning *p, struct okr_slice name,
                                  okr_day *start, okr_day *end, bool *ret_known)
{
    const struct okr_import_conf *conf = p->conf;
    bool named = conf->cycle.len == 0 || okr_slice_eq(conf->cycle, name);
    bool of_file = p->doc->cycle.len == 0 || okr_slice_eq(p->doc->cycle, name);
    *ret_known = true;
    if (named && conf->has_start && conf->has_end) {
        *start = conf->start;
        *end = conf->end;
    } else if (named && of_file && p->doc->has_period) {
        *start = p->doc->start;
        *end = p->doc->end;
    } else if (quarter_of(name, start, end)) {
        return okr_import_say(
            &p->plan->warnings, p->plan->arena, 0, "cycle", "guessed_dates",
            "the calendar quarter is taken from the cycle's name; "
            "--start and --end say otherwise");
    } else {
        *ret_known = false;
    }
    return OKR_OK;
}

/* What the dates say it is. */
uint32_t okr_plan_cycle_kind(okr_day start, okr_day end)
{
    okr_day days = end - start + 1;
    return days >= 28 && days <= 31     ? OKR_V_CYCLE_KIND_MONTH
           : days >= 89 && days <= 93   ? OKR_V_CYCLE_KIND_QUARTER
           : days >= 180 && days <= 185 ? OKR_V_CYCLE_KIND_HALF
           : days >= 364 && days <= 371 ? OKR_V_CYCLE_KIND_YEAR
                                        : OKR_V_CYCLE_KIND_CUSTOM;
}

static enum okr_err make_cycle(struct okr_planning *p, struct okr_slice name,
                               size_t *ret_cycle)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_made made = {.n = 0};
    okr_day start = 0, end = 0;
    char from[OKR_DAY_TEXT], to[OKR_DAY_TEXT];
    bool known;
    *ret_cycle = OKR_IMPORT_NONE;
    OKR_TRY(choose_period(p, name, &start, &end, &known));
    if (!known)
        return OKR_OK;
    struct okr_id id = okr_plan_id(p);
    okr_plan_put_text(&made, OKR_F_CYCLE_NAME, name);
    okr_plan_put_value(&made, OKR_F_CYCLE_KIND,
                       okr_value_enum(arena, okr_plan_cycle_kind(start, end)));
    okr_plan_put_value(&made, OKR_F_CYCLE_START, okr_value_int(arena, start));
    okr_plan_put_value(&made, OKR_F_CYCLE_END, okr_value_int(arena, end));
    OKR_TRY(okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_CYCLE, &id, &made, NULL));
    OKR_TRY(okr_plan_add_cycle(p, name, &id, end, ret_cycle));
    okr_day_format(start, from);
    okr_day_format(end, to);
    return okr_import_say(&p->plan->warnings, arena, 0, "cycle", "made",
                          "cycle \"%.*s\" is made, %s to %s", (int)name.len,
                          (const char *)name.data, from, to);
}

enum okr_err okr_plan_cycle(struct okr_planning *p, struct okr_slice name,
                            size_t *ret_cycle)
{
    OKR_TRY(find_cycle(p, name, ret_cycle));
    return *ret_cycle != OKR_IMPORT_NONE ? OKR_OK
                                         : make_cycle(p, name, ret_cycle);
}

static enum okr_err find_root(struct okr_planning *p)
{
    struct okr_ids ids;
    struct okr_record *record;
    OKR_TRY(okr_index_kind(&p->conf->space, OKR_KIND_UNIT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (!okr_record_has(record, OKR_F_UNIT_PARENT)) {
            p->root = record->id;
            return OKR_OK;
        }
    }
    return OKR_ERR_NOTFOUND; /* genesis made one */
}

enum okr_err okr_plan_ground(struct okr_planning *p)
{
    size_t cycle;
    struct okr_slice name =
        p->conf->cycle.len > 0 ? p->conf->cycle : p->doc->cycle;
    OKR_TRY(find_root(p));
    if (p->doc->rows[0].cells != NULL)
        return OKR_OK;
    OKR_TRY(okr_plan_cycle(p, name, &cycle));
    if (cycle != OKR_IMPORT_NONE)
        return OKR_OK;
    return okr_plan_give_up(p, "cycle", "missing",
                            "the cycle is new and the file does not say "
                            "from when to when: give --start and --end");
}

/* ---- the batch ----------------------------------------------------------- */
enum okr_err okr_plan_batch(struct okr_planning *p)
{
    struct okr_import_plan *plan = p->plan;
    struct okr_made made = {.n = 0};
    char counts[80];
    if (plan->n == 0)
        return OKR_OK;
    (void)snprintf(counts, sizeof counts,
                   "create %zu, update %zu, unchanged %zu", plan->create,
                   plan->update, plan->unchanged);
    okr_plan_put_value(&made, OKR_F_BATCH_KIND,
                       okr_value_enum(plan->arena, OKR_V_BATCH_KIND_IMPORT));
    if (p->conf->source.len > 0)
        okr_plan_put_text(&made, OKR_F_BATCH_SOURCE, p->conf->source);
    okr_plan_put_text(&made, OKR_F_BATCH_COUNTS,
                      okr_arena_copy(plan->arena, okr_slice_str(counts)));
    struct okr_id id = p->batch;
    OKR_TRY(okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_BATCH, &id, &made, NULL));
    struct okr_payload batch = plan->payloads[plan->n - 1];
    batch.batch = (struct okr_id){{0}};
    memmove(plan->payloads + 1, plan->payloads,
            (plan->n - 1) * sizeof *plan->payloads);
    memmove(plan->lines + 1, plan->lines, (plan->n - 1) * sizeof *plan->lines);
    plan->lines[0] = 0;
    plan->payloads[0] = batch;
    return OKR_OK;
}
