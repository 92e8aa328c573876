/* Parked operations: they name an entity that is unknown here, because a
 * dependent came before its creator or the server lost it in a restore.
 * Their sequence is taken, their answer is not final.  They are judged again
 * when the entity comes, or turns out never to come. */
#include <string.h>

#include "common/base/assert.h"
#include "server/core/hub_log.h"
#include "server/core/hub_take.h"

/* How many are judged again in one flush: the rest waits for the next. */
enum { AGAIN_MAX = 64 };

enum okr_err okr_hub_park(struct okr_hub_work *work,
                          const struct okr_hub_item *item,
                          const struct okr_decision *decision)
{
    OKR_ASSERT(decision->verdict.outcome == OKR_OUTCOME_PARKED);
    struct okr_parked parked = {
        .op = *item->op,
        .mark = okr_hub_mark(item),
        .first_seq = item->origin->first_seq,
        .waits_for = decision->waits_for,
        .since = okr_hub_log_time(work),
        .authority = item->origin->authority,
    };
    return okr_parked_put(work->txn, &parked, work->arena);
}

/* Gives a parked operation its final answer, with a leaf of its own. */
static enum okr_err settle(struct okr_hub_work *work,
                           const struct okr_parked *parked,
                           const struct okr_decision *decision)
{
    OKR_ASSERT(decision->verdict.outcome != OKR_OUTCOME_PARKED);
    struct okr_hub_origin origin = {
        .site = parked->mark.site,
        .incarnation = parked->mark.incarnation,
        .first_seq = parked->first_seq,
        .authority = parked->authority,
    };
    struct okr_op_print print;
    okr_layout_op_print(&parked->op, &work->hub->org, &print);
    struct okr_hub_item item = {&origin, &parked->op, &print, parked->mark.seq};
    struct okr_answer answer;
    OKR_TRY(okr_parked_del(work->txn, parked));
    OKR_TRY(okr_hub_enter(work, &item, decision, &answer));
    struct okr_buf line;
    okr_buf_init(&line, work->arena);
    okr_hub_say_verdict(&answer.verdict, &line);
    OKR_TRY(line.err);
    char hex[OKR_ID_HEX];
    okr_id_hex(&parked->op.id, hex);
    okr_trace(&work->hub->conf.trace, "unpark op=%.8s ->%.*s", hex,
              (int)line.len, (const char *)line.data);
    return OKR_OK;
}

/* `*ret_moved`: it does not wait for that entity any more. */
static enum okr_err judge_again(struct okr_hub_work *work,
                                const struct okr_id *op, bool *ret_moved)
{
    struct okr_parked parked;
    struct okr_decision decision;
    OKR_TRY(okr_parked_get(work->txn, op, work->arena, &parked));
    struct okr_hub_origin origin = {.site = parked.mark.site,
                                    .authority = parked.authority};
    OKR_TRY(okr_hub_decide(work, &origin, &parked.op, &decision));
    *ret_moved = true;
    if (decision.verdict.outcome != OKR_OUTCOME_PARKED)
        return settle(work, &parked, &decision);
    *ret_moved = !okr_id_eq(&parked.waits_for, &decision.waits_for);
    if (!*ret_moved)
        return OKR_OK;
    OKR_TRY(okr_parked_del(work->txn, &parked));
    parked.waits_for = decision.waits_for;
    return okr_parked_put(work->txn, &parked, work->arena);
}

/* All that wait for `entity`, `*left` at most; `*ret_done`: there is no more
 * to do for it. */
static enum okr_err go_on(struct okr_hub_work *work,
                          const struct okr_id *entity, size_t *left,
                          bool *ret_done)
{
    struct okr_parked_ids ids;
    size_t moved = 0;
    OKR_TRY(okr_parked_for(work->txn, entity, *left, work->arena, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        bool one;
        OKR_TRY(judge_again(work, &ids.op[i], &one));
        moved += one;
    }
    *ret_done = ids.n < *left || moved == 0;
    *left -= ids.n;
    return OKR_OK;
}

/* Judging may bring further entities: they join the end of the list. */
static enum okr_err go_on_came(struct okr_hub_work *work, size_t *left)
{
    struct okr_hub_soft *soft = &work->hub->soft;
    size_t done = 0;
    while (done<soft->n_came && * left> 0) {
        struct okr_id entity = soft->came[done];
        bool all;
        OKR_TRY(go_on(work, &entity, left, &all));
        if (!all)
            break;
        done++;
    }
    if (done > 0)
        memmove(soft->came, soft->came + done,
                (soft->n_came - done) * sizeof *soft->came);
    soft->n_came -= done;
    return OKR_OK;
}

/* The entity is here, or never will be. */
static enum okr_err is_decided(const struct okr_hub_work *work,
                               const struct okr_id *entity, bool *ret_decided)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_record *record;
    okr_lsn refused_at = 0;
    enum okr_err err = okr_entity_get(&space, entity, &record);
    if (err == OKR_ERR_NOTFOUND)
        err = okr_entity_gone(&space, entity, &refused_at);
    else
        refused_at = 1;
    *ret_decided = refused_at != 0;
    return err;
}

/* Nobody remembers what came before the last load: all that is parked is
 * looked at once, a part in each flush. */
static enum okr_err walk(struct okr_hub_work *work, size_t *left)
{
    struct okr_hub *hub = work->hub;
    struct okr_parked_ids ids;
    size_t most = *left;
    OKR_TRY(
        okr_parked_all(work->txn, hub->parked_from, most, work->arena, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        bool decided, moved;
        OKR_TRY(is_decided(work, &ids.waits_for[i], &decided));
        if (decided)
            OKR_TRY(judge_again(work, &ids.op[i], &moved));
        hub->parked_from[0] = ids.waits_for[i];
        hub->parked_from[1] = ids.op[i];
    }
    /* The walk begins with the last one again, so one row is the end. */
    hub->parked_walk = ids.n == most && ids.n > 1;
    *left -= ids.n;
    return OKR_OK;
}

enum okr_err okr_hub_unpark(struct okr_hub_work *work)
{
    struct okr_hub *hub = work->hub;
    bool any;
    if (hub->soft.n_came == 0 && !hub->soft.came_more && !hub->parked_walk)
        return OKR_OK;
    OKR_TRY(okr_parked_any(work->txn, &any));
    if (!any) {
        hub->soft.n_came = 0;
        hub->soft.came_more = hub->parked_walk = false;
        return OKR_OK;
    }
    if (hub->soft.came_more) {
        hub->soft.came_more = false;
        hub->parked_walk = true;
        memset(hub->parked_from, 0, sizeof hub->parked_from);
    }
    size_t left = AGAIN_MAX;
    if (hub->parked_walk)
        OKR_TRY(walk(work, &left));
    return go_on_came(work, &left);
}

enum okr_err okr_hub_expire(struct okr_hub_work *work)
{
    okr_us until = work->now - work->hub->conf.park_ms * 1000;
    struct okr_space space = okr_hub_space(work);
    struct okr_parked_ids ids;
    OKR_TRY(okr_parked_old(work->txn, until, AGAIN_MAX, work->arena, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_parked parked;
        OKR_TRY(okr_parked_get(work->txn, &ids.op[i], work->arena, &parked));
        struct okr_decision decision = {
            .verdict = okr_verdict_reject_about(OKR_RULE_PENDING_EXPIRED, 0,
                                                &parked.waits_for)};
        OKR_TRY(okr_hub_no_effect(&space, &parked.op, &decision));
        OKR_TRY(settle(work, &parked, &decision));
    }
    return OKR_OK;
}
