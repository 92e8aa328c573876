/* What rows stand on: the cycle, the root unit, the batch. */
#include <stdio.h>
#include <string.h>

#include "common/import/plan_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

/* ---- the cycle ----------------------------------------------------------- */
static enum okr_err find_cycle(struct okr_planning *p, bool *ret_found)
{
    struct okr_ids ids;
    struct okr_record *record;
    *ret_found = false;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_CYCLE, OKR_F_CYCLE_NAME,
                           p->conf->cycle, &ids));
    for (size_t i = 0; i < ids.n && !*ret_found; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (okr_record_archived(record))
            continue;
        p->cycle = record->id;
        p->end = (okr_day)okr_record_int(record, OKR_F_CYCLE_END, 0);
        *ret_found = true;
    }
    return OKR_OK;
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

static enum okr_err choose_period(struct okr_planning *p,
                                  const struct okr_import_doc *doc,
                                  okr_day *start, okr_day *end)
{
    const struct okr_import_conf *conf = p->conf;
    if (conf->has_start && conf->has_end) {
        *start = conf->start;
        *end = conf->end;
    } else if (doc->has_period) {
        *start = doc->start;
        *end = doc->end;
    } else if (quarter_of(conf->cycle, start, end)) {
        return okr_import_say(
            &p->plan->warnings, p->plan->arena, 0, "cycle", "guessed_dates",
            "the calendar quarter is taken from the cycle's name; "
            "--start and --end say otherwise");
    } else {
        return okr_plan_give_up(p, "cycle", "missing",
                                "the cycle is new and the file does not say "
                                "from when to when: give --start and --end");
    }
    return OKR_OK;
}

/* What the dates say it is. */
static uint32_t kind_of(okr_day start, okr_day end)
{
    okr_day days = end - start + 1;
    return days >= 28 && days <= 31     ? OKR_V_CYCLE_KIND_MONTH
           : days >= 89 && days <= 93   ? OKR_V_CYCLE_KIND_QUARTER
           : days >= 180 && days <= 185 ? OKR_V_CYCLE_KIND_HALF
           : days >= 364 && days <= 371 ? OKR_V_CYCLE_KIND_YEAR
                                        : OKR_V_CYCLE_KIND_CUSTOM;
}

static enum okr_err make_cycle(struct okr_planning *p,
                               const struct okr_import_doc *doc)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_made made = {.n = 0};
    okr_day start = 0, end = 0;
    char from[OKR_DAY_TEXT], to[OKR_DAY_TEXT];
    OKR_TRY(choose_period(p, doc, &start, &end));
    if (p->plan->impossible != NULL)
        return OKR_OK;
    p->cycle = okr_plan_id(p);
    p->end = end;
    okr_plan_put_text(&made, OKR_F_CYCLE_NAME, p->conf->cycle);
    okr_plan_put_value(&made, OKR_F_CYCLE_KIND,
                       okr_value_enum(arena, kind_of(start, end)));
    okr_plan_put_value(&made, OKR_F_CYCLE_START, okr_value_int(arena, start));
    okr_plan_put_value(&made, OKR_F_CYCLE_END, okr_value_int(arena, end));
    OKR_TRY(
        okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_CYCLE, &p->cycle, &made, NULL));
    okr_day_format(start, from);
    okr_day_format(end, to);
    return okr_import_say(&p->plan->warnings, arena, 0, "cycle", "made",
                          "cycle \"%.*s\" is made, %s to %s",
                          (int)p->conf->cycle.len,
                          (const char *)p->conf->cycle.data, from, to);
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

enum okr_err okr_plan_ground(struct okr_planning *p,
                             const struct okr_import_doc *doc)
{
    bool found;
    OKR_TRY(find_root(p));
    OKR_TRY(find_cycle(p, &found));
    return found ? OKR_OK : make_cycle(p, doc);
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
