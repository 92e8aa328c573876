/* Nodes: what was read and worked out while one question is answered. */
#include "common/query/session.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "common/replica/home.h"
#include "common/replica/standing.h"
#include "common/store/scopes.h"

enum { SLOTS_FIRST = 256, MIDTERM_DAYS = 14 };

static size_t slot_of(const struct okr_session *s, const struct okr_id *id)
{
    uint64_t hash; /* the tail of an id is random */
    memcpy(&hash, id->b + OKR_ID_LEN - sizeof hash, sizeof hash);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & (s->n_slots - 1);
    while (s->slots[at] != NULL && !okr_id_eq(&s->slots[at]->id, id))
        at = (at + 1) & (s->n_slots - 1);
    return at;
}

static enum okr_err grow(struct okr_session *s)
{
    size_t n_old = s->n_slots;
    struct okr_node **old = s->slots;
    size_t n_slots = n_old == 0 ? SLOTS_FIRST : n_old * 4;
    struct okr_node **slots =
        okr_arena_array(s->space.arena, n_slots, sizeof *slots);
    if (slots == NULL)
        return OKR_ERR_NOMEM;
    s->slots = slots;
    s->n_slots = n_slots;
    for (size_t i = 0; i < n_old; i++)
        if (old[i] != NULL)
            slots[slot_of(s, &old[i]->id)] = old[i];
    return OKR_OK;
}

enum okr_err okr_session_node(struct okr_session *s, const struct okr_id *id,
                              struct okr_node **ret_node)
{
    OKR_ASSERT(id != NULL && ret_node != NULL);
    size_t at = slot_of(s, id);
    if (s->slots[at] != NULL) {
        *ret_node = s->slots[at];
        return OKR_OK;
    }
    struct okr_node *node = okr_arena_alloc(s->space.arena, sizeof *node);
    if (node == NULL)
        return OKR_ERR_NOMEM;
    node->id = *id;
    enum okr_err err = okr_entity_get(&s->space, id, &node->record);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    s->slots[at] = node;
    s->n++;
    if (s->n > s->n_slots / 2)
        OKR_TRY(grow(s));
    *ret_node = node;
    return OKR_OK;
}

enum okr_err okr_session_follow(struct okr_session *s,
                                const struct okr_record *record, uint16_t field,
                                struct okr_node **ret_node)
{
    struct okr_id id;
    if (field == 0 || !okr_record_id(record, field, &id)) {
        *ret_node = NULL;
        return OKR_OK;
    }
    return okr_session_node(s, &id, ret_node);
}

enum okr_err okr_session_objective(struct okr_session *s,
                                   const struct okr_record *record,
                                   struct okr_node **ret_node)
{
    const struct okr_record *at = record;
    struct okr_node *node = NULL;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        const struct okr_kind_info *kind = okr_kind_info(at->kind);
        if (kind == NULL || kind->home != OKR_HOME_PARENT)
            break;
        OKR_TRY(okr_session_follow(s, at, kind->home_field, &node));
        if (node == NULL || node->record == NULL)
            break;
        at = node->record;
        if (at->kind == OKR_KIND_OBJECTIVE) {
            *ret_node = node;
            return OKR_OK;
        }
    }
    *ret_node = NULL;
    return OKR_OK;
}

enum okr_err okr_session_key_results(struct okr_session *s,
                                     struct okr_node *objective,
                                     const struct okr_ids **ret_ids)
{
    struct okr_ids *ids = &objective->key_results;
    *ret_ids = ids;
    if (objective->has_key_results)
        return OKR_OK;
    OKR_TRY(okr_index_children(&s->space, &objective->id, OKR_KIND_KEY_RESULT,
                               ids));
    size_t n = 0;
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *kr;
        OKR_TRY(okr_session_node(s, &ids->at[i], &kr));
        if (kr->record != NULL && !okr_record_archived(kr->record))
            ids->at[n++] = ids->at[i];
    }
    ids->n = n;
    objective->has_key_results = true;
    return OKR_OK;
}

uint32_t okr_session_state(const struct okr_record *objective)
{
    OKR_ASSERT(objective->kind == OKR_KIND_OBJECTIVE);
    return okr_record_enum(objective, OKR_F_O_STATE,
                           OKR_V_OBJECTIVE_STATE_PUBLISHED);
}

struct okr_period okr_period_of(const struct okr_record *cycle)
{
    OKR_ASSERT(cycle->kind == OKR_KIND_CYCLE);
    uint32_t phase = okr_record_enum(cycle, OKR_F_PHASE, 0);
    return (struct okr_period){
        .known = okr_record_has(cycle, OKR_F_CYCLE_START) &&
                 okr_record_has(cycle, OKR_F_CYCLE_END),
        .closed = phase == OKR_V_PHASE_CLOSED,
        .start = (okr_day)okr_record_int(cycle, OKR_F_CYCLE_START, 0),
        .end = (okr_day)okr_record_int(cycle, OKR_F_CYCLE_END, 0),
    };
}

enum okr_err okr_session_period(struct okr_session *s,
                                const struct okr_record *objective,
                                struct okr_period *ret)
{
    struct okr_node *cycle;
    *ret = (struct okr_period){.known = false};
    OKR_TRY(okr_session_follow(s, objective, OKR_F_O_CYCLE, &cycle));
    if (cycle != NULL && cycle->record != NULL &&
        cycle->record->kind == OKR_KIND_CYCLE)
        *ret = okr_period_of(cycle->record);
    return OKR_OK;
}

bool okr_session_gone(const struct okr_session *s,
                      const struct okr_record *person)
{
    return okr_record_archived(person) ||
           (okr_record_has(person, OKR_F_LEFT) &&
            okr_record_int(person, OKR_F_LEFT, 0) <= s->today);
}

/* ---- who may see what ---------------------------------------------------- */

static bool is_private(const struct okr_record *record)
{
    if (OKR_SCOPE_DEPTH(okr_record_home(record)) == OKR_DEPTH_PRIVATE)
        return true;
    return record->kind == OKR_KIND_OBJECTIVE &&
           okr_session_state(record) < OKR_V_OBJECTIVE_STATE_PUBLISHED;
}

/* Those who work on a draft: who wrote it, who owns it, who decides on it. */
static enum okr_err works_on(struct okr_session *s,
                             const struct okr_record *record, bool *ret_works)
{
    const unsigned working = OKR_WHO_AUTHOR | OKR_WHO_OWNER | OKR_WHO_LEAD |
                             OKR_WHO_LEAD_ABOVE | OKR_WHO_CHAMPION;
    unsigned holds = 0;
    *ret_works = false;
    if (s->person == NULL)
        return OKR_OK;
    enum okr_err err = okr_standing(&s->draft, s->person, record, &holds);
    if (err == OKR_ERR_NOTFOUND) /* its unit is not here */
        return OKR_OK;
    *ret_works = (holds & working) != 0;
    return err;
}

enum okr_err okr_session_visible(struct okr_session *s, struct okr_node *node,
                                 bool *ret_visible)
{
    OKR_ASSERT(node->record != NULL);
    if (node->visible == OKR_KNOWN_NOT) {
        bool works = s->query->everything;
        struct okr_node *objective;
        OKR_TRY(okr_session_objective(s, node->record, &objective));
        bool hidden = is_private(node->record) ||
                      (objective != NULL && is_private(objective->record));
        if (!works && hidden)
            OKR_TRY(works_on(s, node->record, &works));
        node->visible = works || !hidden ? OKR_KNOWN_YES : OKR_KNOWN_NO;
    }
    *ret_visible = node->visible == OKR_KNOWN_YES;
    return OKR_OK;
}

static enum okr_err follows_detail(const struct okr_session *s, uint32_t root,
                                   bool *ret_detail)
{
    struct okr_scope_row row;
    *ret_detail = true;
    if (!s->site)
        return OKR_OK;
    OKR_TRY(
        okr_scope_get(s->space.txn, OKR_SCOPE(root, OKR_DEPTH_DETAIL), &row));
    *ret_detail = row.followed;
    return OKR_OK;
}

enum okr_err okr_session_detail(struct okr_session *s,
                                const struct okr_record *record,
                                bool *ret_detail)
{
    okr_scope home = okr_record_home(record);
    *ret_detail = true;
    return OKR_SCOPE_DEPTH(home) != OKR_DEPTH_SUMMARY
               ? OKR_OK
               : follows_detail(s, OKR_SCOPE_ROOT(home), ret_detail);
}

enum okr_err okr_session_unit_detail(struct okr_session *s,
                                     const struct okr_record *unit,
                                     bool *ret_detail)
{
    uint32_t root;
    enum okr_err err = okr_home_root(&s->draft, &unit->id, &root);
    *ret_detail = false;
    if (err == OKR_ERR_NOTFOUND) /* a unit above it is not here */
        return OKR_OK;
    OKR_TRY(err);
    return follows_detail(s, root, ret_detail);
}

/* ---- the beginning ------------------------------------------------------- */

static void read_policy(struct okr_session *s, const struct okr_record *policy)
{
    struct okr_dec dec;
    struct okr_thresholds *t = &s->thresholds;
    s->offset_min = (int)okr_record_int(policy, OKR_F_UTC_OFFSET_MIN, 0);
    s->strict_limits = okr_record_bool(policy, OKR_F_STRICT_LIMITS);
    s->mean_status = okr_record_enum(policy, OKR_F_OBJECTIVE_STATUS,
                                     OKR_V_ROLLUP_WORST) == OKR_V_ROLLUP_MEAN;
    if (okr_record_dec(policy, OKR_F_ON_TRACK, &dec))
        t->on_track_from = okr_dec_rate(dec);
    if (okr_record_dec(policy, OKR_F_AT_RISK, &dec))
        t->at_risk_from = okr_dec_rate(dec);
    t->cadence_days =
        (int)okr_record_int(policy, OKR_F_CADENCE_DAYS, t->cadence_days);
    s->midterm_days =
        (int)okr_record_int(policy, OKR_F_MIDTERM_DAYS, MIDTERM_DAYS);
}

static enum okr_err load_policy(struct okr_session *s)
{
    struct okr_ids ids;
    struct okr_record *policy;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&s->space, &ids.at[0], &policy));
    read_policy(s, policy);
    return OKR_OK;
}

static enum okr_err load_person(struct okr_session *s)
{
    struct okr_node *node;
    if (okr_id_is_zero(&s->query->person))
        return OKR_OK;
    OKR_TRY(okr_session_node(s, &s->query->person, &node));
    if (node->record != NULL && node->record->kind == OKR_KIND_PERSON)
        s->person = node->record;
    return OKR_OK;
}

enum okr_err okr_session_init(struct okr_session *s,
                              const struct okr_query *query,
                              struct okr_json *out, struct okr_problem *problem)
{
    OKR_ASSERT(query != NULL && out != NULL && problem != NULL);
    *s = (struct okr_session){.query = query,
                              .space = query->space,
                              .out = out,
                              .problem = problem,
                              .thresholds = okr_thresholds_default(),
                              .midterm_days = MIDTERM_DAYS};
    *problem = (struct okr_problem){0};
    OKR_TRY(okr_draft_init(&s->draft, &s->space));
    OKR_TRY(grow(s));
    OKR_TRY(load_policy(s));
    OKR_TRY(load_person(s));
    s->today = okr_day_at(query->now, s->offset_min);
    struct okr_scope_row company;
    OKR_TRY(okr_scope_get(s->space.txn, OKR_SCOPE_COMPANY, &company));
    s->site = company.followed; /* a site always follows it, a server none */
    return OKR_OK;
}
