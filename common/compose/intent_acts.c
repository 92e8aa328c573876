/* An act of several operations that is to be signed, compared with what was
 * typed: each of them as if a person had typed it. */
#include "common/base/assert.h"
#include "common/compose/intent_impl.h"
#include "common/compose/work.h"
#include "common/model/value.h"

enum { ARGS = 4 };

struct acts {
    const struct okr_intent *in;
    struct okr_payload *const *at;
    size_t n, next; /* the next that nothing typed was found for */
    struct okr_problem *problem;
    struct okr_id to; /* the cycle that copies go to; zero: none yet */
};

static bool on(const struct acts *a)
{
    return a->problem->rule == OKR_RULE_NONE;
}

static void differs(struct acts *a, const char *word)
{
    okr_intent_differs(a->problem, word);
}

/* ---- one operation ------------------------------------------------------- */

static struct okr_slice hex_of(const struct acts *a, const struct okr_id *id)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(id, hex);
    return okr_arena_copy(a->in->arena, okr_slice_str(hex));
}

/* The next one is what `ask` says. */
static enum okr_err want(struct acts *a, const struct okr_ask *ask)
{
    struct okr_intent one = *a->in;
    if (!on(a))
        return OKR_OK;
    if (a->next == a->n) {
        differs(a, "operations");
        return OKR_OK;
    }
    one.ask = ask;
    return okr_intent_check(&one, a->at[a->next++], a->problem);
}

/* One of the batch, with the reason that was typed. */
static enum okr_err want_of_batch(struct acts *a, struct okr_slice method,
                                  const struct okr_arg *args, size_t n)
{
    struct okr_arg all[ARGS];
    struct okr_ask ask = {.method = method, .args = all};
    struct okr_slice reason = okr_ask_arg(a->in->ask, "reason");
    OKR_ASSERT(n + 2 <= ARGS);
    for (; ask.n_args < n; ask.n_args++)
        all[ask.n_args] = args[ask.n_args];
    struct okr_slice batch = hex_of(a, &a->at[0]->entity);
    if (batch.data == NULL)
        return OKR_ERR_NOMEM;
    all[ask.n_args++] = (struct okr_arg){OKR_SLICE_LIT("batch"), batch};
    if (reason.len > 0)
        all[ask.n_args++] = (struct okr_arg){OKR_SLICE_LIT("reason"), reason};
    return want(a, &ask);
}

static struct okr_slice data_of(const struct okr_payload *payload,
                                uint16_t field)
{
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == field &&
            payload->changes[i].form == OKR_REG_VALUE)
            return payload->changes[i].data;
    return OKR_SLICE_NONE;
}

/* Its source is the cycle's name, as the daemon knows it. */
static enum okr_err want_batch(struct acts *a, const char *kind, size_t count)
{
    char *counts = okr_arena_printf(a->in->arena, "%zu", count);
    if (counts == NULL)
        return OKR_ERR_NOMEM;
    if (a->n == 0) {
        differs(a, "operations");
        return OKR_OK;
    }
    struct okr_arg args[] = {
        {OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("batch")},
        {OKR_SLICE_LIT("kind"), okr_slice_str(kind)},
        {OKR_SLICE_LIT("source"), data_of(a->at[0], OKR_F_BATCH_SOURCE)},
        {OKR_SLICE_LIT("counts"), okr_slice_str(counts)},
    };
    const struct okr_ask ask = {
        .method = OKR_SLICE_LIT("add"), .args = args, .n_args = 4};
    return want(a, &ask);
}

/* ---- publishing and closing a cycle -------------------------------------- */

static enum okr_err check_ending(struct acts *a)
{
    struct okr_slice method = a->in->ask->method;
    bool gate = a->n > 1 && a->at[1]->kind == OKR_KIND_CYCLE;
    size_t before = gate ? 2 : 1;
    struct okr_arg ref = {OKR_SLICE_LIT("ref"), okr_ask_arg(a->in->ask, "ref")};
    if (a->n < 2)
        differs(a, "operations");
    OKR_TRY(want_batch(a,
                       okr_slice_is(method, "close") ? "close" : "publication",
                       a->n - before));
    if (gate)
        OKR_TRY(want_of_batch(a, method, &ref, 1));
    while (on(a) && a->next < a->n) {
        const struct okr_payload *one = a->at[a->next];
        if (one->kind != OKR_KIND_OBJECTIVE)
            differs(a, "kind");
        ref.value = hex_of(a, &one->entity);
        if (ref.value.data == NULL)
            return OKR_ERR_NOMEM;
        OKR_TRY(want_of_batch(a, method, &ref, 1));
    }
    return OKR_OK;
}

/* ---- carrying over ------------------------------------------------------- */

static bool is_of(const struct okr_payload *payload, uint16_t field,
                  const struct okr_id *id)
{
    struct okr_id got;
    return okr_value_as_id(data_of(payload, field), &got) &&
           okr_id_eq(&got, id);
}

static bool is_draft(const struct okr_payload *objective)
{
    uint32_t state;
    return okr_value_as_enum(data_of(objective, OKR_F_O_STATE), &state) &&
           state == OKR_V_OBJECTIVE_STATE_DRAFT;
}

/* Something new in the batch of `carry`, and nothing but values. */
static bool is_copy(const struct okr_payload *copy,
                    const struct okr_payload *carry)
{
    for (size_t i = 0; i < copy->n_changes; i++)
        if (copy->changes[i].form != OKR_REG_VALUE)
            return false;
    return copy->verb == OKR_VERB_ADD &&
           okr_id_eq(&copy->batch, &carry->batch) &&
           okr_slice_eq(copy->reason, carry->reason);
}

/* All go to the one cycle that was named. */
static void check_cycle(struct acts *a, const struct okr_payload *objective)
{
    struct okr_slice to = okr_ask_arg(a->in->ask, "to");
    struct okr_id cycle;
    if (!okr_value_as_id(data_of(objective, OKR_F_O_CYCLE), &cycle) ||
        to.len == 0 || !okr_intent_names(a->in, to, &cycle) ||
        (!okr_id_is_zero(&a->to) && !okr_id_eq(&a->to, &cycle)))
        differs(a, "cycle");
    else
        a->to = cycle;
}

/* A draft of what `carry` is about, then its key results. */
static void check_copies(struct acts *a, const struct okr_payload *carry,
                         size_t end)
{
    const struct okr_payload *first = a->at[a->next];
    if (first->kind != OKR_KIND_OBJECTIVE || !is_copy(first, carry) ||
        !is_of(first, OKR_F_CARRIED_FROM, &carry->entity))
        differs(a, "carried_from");
    else if (!is_draft(first))
        differs(a, "state");
    else
        check_cycle(a, first);
    for (a->next++; on(a) && a->next < end; a->next++) {
        const struct okr_payload *kr = a->at[a->next];
        if (kr->kind != OKR_KIND_KEY_RESULT || !is_copy(kr, carry) ||
            !is_of(kr, OKR_F_KR_OBJECTIVE, &first->entity))
            differs(a, "objective");
    }
}

static enum okr_err check_decision(struct acts *a, struct okr_slice ref,
                                   const char *decision)
{
    const struct okr_arg args[] = {
        {OKR_SLICE_LIT("ref"), ref},
        {OKR_SLICE_LIT("carried"), okr_slice_str(decision)},
    };
    bool copied = !okr_slice_is(okr_slice_str(decision), "abandon");
    size_t end = a->next;
    while (end < a->n && a->at[end]->verb == OKR_VERB_ADD)
        end++;
    if (end == a->n || copied != (end > a->next))
        differs(a, "operations");
    else if (copied)
        check_copies(a, a->at[end], end);
    return want_of_batch(a, OKR_SLICE_LIT("carry"), args, 2);
}

static const char *const decisions[] = {"keep", "modify", "abandon"};

static size_t count_decisions(const struct acts *a)
{
    struct okr_slice refs, ref;
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t at = 0; okr_ask_next(a->in->ask, decisions[i], &at, &refs);)
            while (okr_work_part(&refs, &ref))
                n++;
    return n;
}

static enum okr_err check_carrying(struct acts *a)
{
    struct okr_slice refs, ref;
    OKR_TRY(want_batch(a, "carry_over", count_decisions(a)));
    for (size_t i = 0; i < 3; i++)
        for (size_t at = 0; okr_ask_next(a->in->ask, decisions[i], &at, &refs);)
            while (on(a) && okr_work_part(&refs, &ref))
                OKR_TRY(check_decision(a, ref, decisions[i]));
    return OKR_OK;
}

/* ---- which act ----------------------------------------------------------- */

enum okr_err okr_intent_check_acts(const struct okr_intent *intent,
                                   struct okr_payload *const *payloads,
                                   size_t n, struct okr_problem *ret_problem)
{
    OKR_ASSERT(intent != NULL && payloads != NULL && ret_problem != NULL);
    struct okr_slice method = intent->ask->method;
    struct acts a = {
        .in = intent, .at = payloads, .n = n, .problem = ret_problem};
    *ret_problem = (struct okr_problem){.rule = OKR_RULE_NONE};
    if (okr_slice_is(method, "publish") || okr_slice_is(method, "close"))
        OKR_TRY(check_ending(&a));
    else if (okr_slice_is(method, "carry_over"))
        OKR_TRY(check_carrying(&a));
    else
        differs(&a, "verb");
    if (a.next < n)
        differs(&a, "operations");
    return OKR_OK;
}
