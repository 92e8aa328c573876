/* What people do: a workday's acts, typed as a person would type them, about
 * entities that the person sees — and now and then about one that he cannot
 * see yet. */
#include <stdio.h>
#include <string.h>

#include "client/store/outbox.h"
#include "common/base/assert.h"
#include "tests/sim/sim.h"

static enum okr_err pending_op(void *context, uint64_t seq,
                               struct okr_id *ret_op)
{
    struct okr_space *space = context;
    struct okr_out out;
    OKR_TRY(okr_outbox_get(space->txn, seq, space->arena, &out));
    *ret_op = out.op.id;
    return OKR_OK;
}

static void seal(struct sim_world *w, const struct okr_id *person,
                 const struct okr_payload *payload, struct okr_op *ret_op)
{
    struct okr_buf bytes;
    uint8_t random[10];
    okr_arena_reset(w->hand); /* one operation at a time */
    okr_buf_init(&bytes, w->hand);
    okr_payload_encode(payload, &bytes);
    OKR_ASSERT(bytes.err == OKR_OK);
    sim_bytes(w, random, sizeof random);
    *ret_op = (struct okr_op){.id = okr_id_make(w->now, random),
                              .person = *person,
                              .time = w->now,
                              .verb = payload->verb,
                              .schema = OKR_SCHEMA_VERSION,
                              .payload = okr_buf_slice(&bytes)};
    sim_bytes(w, ret_op->salt, sizeof ret_op->salt);
}

/* words: method, then name and value in turn, NULL.  False: what was typed
 * makes no sense here. */
bool sim_compose(struct sim_world *w, struct okr_space *space,
                 const struct okr_id *person, const char *const *words,
                 struct okr_op *ret_op)
{
    struct okr_arg args[24];
    struct okr_ask ask = {.method = okr_slice_str(words[0]), .args = args};
    for (size_t i = 1; words[i] != NULL; i += 2) {
        const char *name = words[i];
        /* `kind` twice: the entity's, then the cycle's own field */
        if (strcmp(name, "cycle_kind") == 0)
            name = "kind";
        args[ask.n_args++] =
            (struct okr_arg){okr_slice_str(name), okr_slice_str(words[i + 1])};
    }
    struct okr_compose ground = {.space = *space,
                                 .person = *person,
                                 .epoch = 1,
                                 .now = w->now,
                                 .pending_op = pending_op,
                                 .context = space};
    sim_bytes(w, ground.entropy, sizeof ground.entropy);
    struct okr_payload payload;
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    OKR_ASSERT(okr_compose(&ground, &ask, &payload, &problem) == OKR_OK);
    if (problem.rule != OKR_RULE_NONE || problem.usage) {
        struct okr_trace trace = sim_trace(w);
        okr_trace(&trace, "compose %s: %s", words[0], problem.what);
        return false;
    }
    seal(w, person, &payload, ret_op);
    return true;
}

/* ---- choosing ------------------------------------------------------------ */
struct acting {
    struct sim_world *w;
    struct sim_site *site;
    struct okr_space space;
    struct okr_id person;
    char ref[OKR_ID_HEX], other[OKR_ID_HEX], text[80];
};

static bool pick(struct acting *a, uint16_t kind, char out[OKR_ID_HEX])
{
    struct okr_ids ids;
    OKR_ASSERT(okr_index_kind(&a->space, kind, &ids) == OKR_OK);
    if (ids.n == 0)
        return false;
    /* Half of the time the newest: where people meet. */
    size_t at = sim_chance(a->w, 500) ? ids.n - 1 : sim_below(a->w, ids.n);
    okr_id_hex(&ids.at[at], out);
    return true;
}

static bool pick_person(struct acting *a)
{
    char mail[60];
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    (void)snprintf(mail, sizeof mail, "office%d%d@sim.example", a->site->index,
                   (int)sim_below(a->w, 3));
    OKR_ASSERT(okr_resolve(&a->space, OKR_KIND_PERSON, okr_slice_str(mail),
                           &a->person, &problem) == OKR_OK);
    return problem.rule == OKR_RULE_NONE && !okr_id_is_zero(&a->person);
}

static const char *word(struct acting *a, const char *what)
{
    (void)snprintf(a->text, sizeof a->text, "%s %u of 办公室 %d", what,
                   (unsigned)sim_below(a->w, 1000), a->site->index);
    return a->text;
}

/* ---- acts: each fills in what a person types ----------------------------- */
#define WORDS_MAX 24
typedef bool sim_act(struct acting *a, const char *words[WORDS_MAX]);

#define TYPE(...)                                  \
    do {                                           \
        const char *typed[] = {__VA_ARGS__, NULL}; \
        memcpy(words, typed, sizeof typed);        \
    } while (0)

static bool add_objective(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("add", "kind", "objective", "cycle", "Q1", "title",
         word(a, "objective"), sim_chance(a->w, 300) ? "state" : "description",
         "draft");
    return true;
}

static bool add_kr(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("add", "kind", "key_result", "objective", a->ref, "title",
         word(a, "result"), "metric", "increase", "start", "0", "target",
         "100");
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool check_in(struct acting *a, const char *words[WORDS_MAX])
{
    static const char *const values[] = {"1", "20", "33.5", "99"};
    TYPE("checkin", "key_result", a->ref, "value", values[sim_below(a->w, 4)],
         "confidence", "7", "note", word(a, "note"));
    return pick(a, OKR_KIND_KEY_RESULT, a->ref);
}

static bool amend(struct acting *a, const char *words[WORDS_MAX])
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_id id, kr;
    struct okr_record *record;
    if (!pick(a, OKR_KIND_CHECK_IN, a->other))
        return false;
    OKR_ASSERT(okr_resolve(&a->space, 0, okr_slice_str(a->other), &id,
                           &problem) == OKR_OK);
    if (okr_entity_get(&a->space, &id, &record) != OKR_OK ||
        !okr_record_id(record, OKR_F_CI_KEY_RESULT, &kr))
        return false;
    okr_id_hex(&kr, a->ref);
    TYPE("checkin", "key_result", a->ref, "value", "42", "amends", a->other);
    return true;
}

static bool comment(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("comment", "subject", a->ref, "text", word(a, "comment"));
    return pick(
        a, sim_chance(a->w, 500) ? OKR_KIND_OBJECTIVE : OKR_KIND_KEY_RESULT,
        a->ref);
}

static bool retitle(struct acting *a, const char *words[WORDS_MAX])
{
    static char change[120];
    (void)snprintf(change, sizeof change, "title=%s", word(a, "title"));
    TYPE("set", "ref", a->ref, "change", change);
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool weigh(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("set", "ref", a->ref, "change",
         sim_chance(a->w, 500) ? "weight=30" : "weight=70");
    return pick(a, OKR_KIND_KEY_RESULT, a->ref);
}

static bool hang(struct acting *a, const char *words[WORDS_MAX])
{
    static char change[120];
    if (!pick(a, OKR_KIND_OBJECTIVE, a->ref) ||
        !pick(a,
              sim_chance(a->w, 500) ? OKR_KIND_OBJECTIVE : OKR_KIND_KEY_RESULT,
              a->other))
        return false;
    (void)snprintf(change, sizeof change, "contributes_to=%s", a->other);
    TYPE("set", "ref", a->ref, "change", change);
    return true;
}

/* Another office's unit: a move with all that hangs below. */
static bool move(struct acting *a, const char *words[WORDS_MAX])
{
    static char change[120];
    (void)snprintf(change, sizeof change, "unit=office%d",
                   (int)sim_below(a->w, (uint64_t)a->w->n_sites));
    TYPE("set", "ref", a->ref, "change", change);
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool rehang(struct acting *a, const char *words[WORDS_MAX])
{
    static char change[120];
    if (!pick(a, OKR_KIND_KEY_RESULT, a->ref) ||
        !pick(a, OKR_KIND_OBJECTIVE, a->other))
        return false;
    (void)snprintf(change, sizeof change, "objective=%s", a->other);
    TYPE("set", "ref", a->ref, "change", change);
    return true;
}

static bool archive(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE(sim_chance(a->w, 600) ? "restore" : "archive", "ref", a->ref);
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool publish(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE(sim_chance(a->w, 900) ? "publish" : "abandon", "ref", a->ref);
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool add_task(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("add", "kind", "task", "subject", a->ref, "title", word(a, "task"));
    return pick(a, OKR_KIND_KEY_RESULT, a->ref);
}

static bool do_task(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE(sim_chance(a->w, 500) ? "start" : "finish", "ref", a->ref);
    return pick(a, OKR_KIND_TASK, a->ref);
}

/* ---- the workflow: of a company that turns it on and off ---------------- */

static bool draft(struct acting *a, const char *words[WORDS_MAX])
{
    static char unit[40];
    (void)snprintf(unit, sizeof unit, "team%d", a->site->index);
    TYPE("add", "kind", "objective", "cycle", a->ref, "title", word(a, "draft"),
         "state", "draft", "unit", unit);
    return pick(a, OKR_KIND_CYCLE, a->ref);
}

static bool move_on(struct acting *a, const char *words[WORDS_MAX])
{
    static const char *const verbs[] = {"submit", "approve", "return",
                                        "publish", "close"};
    TYPE(verbs[sim_below(a->w, 5)], "ref", a->ref, "reason", "so it goes");
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool phase(struct acting *a, const char *words[WORDS_MAX])
{
    static const char *const verbs[] = {"advance", "advance", "publish",
                                        "close"};
    TYPE(verbs[sim_below(a->w, 4)], "ref", a->ref);
    return pick(a, OKR_KIND_CYCLE, a->ref);
}

static bool add_cycle(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("add", "kind", "cycle", "name", word(a, "cycle"), "cycle_kind",
         "quarter", "start", "2026-01-01", "end", "2026-03-31");
    return true;
}

static bool turn(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("set", "ref", a->ref, "change",
         sim_chance(a->w, 700) ? "workflow=formal" : "workflow=light");
    return pick(a, OKR_KIND_POLICY, a->ref);
}

static bool revise(struct acting *a, const char *words[WORDS_MAX])
{
    bool exceptional = sim_chance(a->w, 500);
    TYPE("revise", "ref", a->ref, "change", "target=90", "reason", "less is so",
         exceptional ? "exceptional" : NULL, "true");
    return pick(a, OKR_KIND_KEY_RESULT, a->ref);
}

static bool score(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("score", "ref", a->ref, "change",
         sim_chance(a->w, 700) ? "score=0.7" : "not_applicable=true", "reason",
         "as it was");
    return pick(a, OKR_KIND_KEY_RESULT, a->ref);
}

static bool carry(struct acting *a, const char *words[WORDS_MAX])
{
    TYPE("carry", "ref", a->ref, "carried", "keep");
    return pick(a, OKR_KIND_OBJECTIVE, a->ref);
}

static bool depend(struct acting *a, const char *words[WORDS_MAX])
{
    static char change[120];
    if (!pick(a, OKR_KIND_TASK, a->ref) || !pick(a, OKR_KIND_TASK, a->other))
        return false;
    (void)snprintf(change, sizeof change, "depends_on+=%s", a->other);
    TYPE("set", "ref", a->ref, "change", change);
    return true;
}

static bool resolve(struct acting *a, const char *words[WORDS_MAX])
{
    static const char *const choices[] = {"mine", "theirs", "a third text"};
    TYPE("resolve", "ref", a->ref, "choice", choices[sim_below(a->w, 3)]);
    return pick(a, OKR_KIND_CONFLICT, a->ref);
}

static const struct {
    sim_act *act;
    unsigned weight;
} acts[] = {
    {add_objective, 8}, {add_kr, 12},  {check_in, 20}, {amend, 3},
    {comment, 8},       {retitle, 14}, {weigh, 10},    {hang, 6},
    {move, 5},          {rehang, 4},   {archive, 4},   {publish, 5},
    {add_task, 5},      {do_task, 6},  {resolve, 6},   {draft, 8},
    {move_on, 12},      {phase, 4},    {add_cycle, 1}, {turn, 4},
    {revise, 4},        {score, 3},    {carry, 2},     {depend, 2},
};

/* In a restless company objectives go to and fro between offices. */
static unsigned weight_of(const struct sim_world *w, size_t i)
{
    return acts[i].act == move && w->restless ? 60 : acts[i].weight;
}

static sim_act *choose(struct sim_world *w)
{
    unsigned sum = 0, at;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        sum += weight_of(w, i);
    at = (unsigned)sim_below(w, sum);
    for (size_t i = 0;; i++) {
        if (at < weight_of(w, i))
            return acts[i].act;
        at -= weight_of(w, i);
    }
}

/* Somebody heard of an entity by telephone: its maker has saved it, but it is
 * not at this site, and maybe not at the server. */
static bool by_telephone(struct acting *a, struct okr_op *ret_op)
{
    struct okr_id subject, id;
    uint8_t random[10];
    if (!sim_check_unseen(a->w, &subject))
        return false;
    sim_bytes(a->w, random, sizeof random);
    id = okr_id_make(a->w->now, random);
    struct okr_change changes[2] = {
        {.field = OKR_F_CM_SUBJECT,
         .form = OKR_REG_VALUE,
         .data = okr_id_slice(&subject)},
        {.field = OKR_F_CM_TEXT,
         .form = OKR_REG_VALUE,
         .data = OKR_SLICE_LIT("heard of it")},
    };
    struct okr_payload payload = {.verb = OKR_VERB_ADD,
                                  .kind = OKR_KIND_COMMENT,
                                  .entity = id,
                                  .changes = changes,
                                  .n_changes = 2};
    seal(a->w, &a->person, &payload, ret_op);
    return true;
}

void sim_work(struct sim_world *w, struct sim_site *site)
{
    struct acting a = {.w = w, .site = site};
    const char *words[WORDS_MAX] = {NULL};
    struct okr_op op;
    bool made = false;
    okr_arena_reset(w->scratch);
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &a.space.txn) == OKR_OK);
    a.space.arena = w->scratch;
    a.space.view = true;
    if (pick_person(&a)) {
        if (sim_chance(w, 30))
            made = by_telephone(&a, &op);
        else if (choose(w)(&a, words))
            made = sim_compose(w, &a.space, &a.person, words, &op);
    }
    okr_kv_abort(&a.space.txn);
    if (!made)
        return;
    w->counts->submits++;
    w->counts->verb[op.verb]++;
    struct okr_site_event event = {.kind = OKR_SITE_SUBMIT, .op = &op};
    sim_site_step(w, site, &event);
    okr_arena_reset(w->scratch);
}
