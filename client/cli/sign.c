/* Prepare, look, sign, submit.  The daemon says what names mean and what was
 * seen; everything else is made here from what was typed. */
#include "client/cli/sign.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/act.h"
#include "common/base/hex.h"
#include "common/compose/intent.h"
#include "common/lang/text.h"

static void fail(struct okr_run *run, enum okr_err err)
{
    if (err != OKR_OK)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed", "", "%s",
                        okr_err_text(err));
}

static void odd_answer(struct okr_run *run)
{
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "malformed",
                    N_("upgrade okr and okr-site to one version"),
                    _("the daemon's answer cannot be read"));
}

/* ---- signing ------------------------------------------------------------- */

static bool read_id(const char *hex, struct okr_id *ret)
{
    return hex != NULL &&
           okr_hex_decode(okr_slice_str(hex), ret->b, sizeof ret->b) == OKR_OK;
}

static bool make_op(struct okr_run *run, const struct okr_sign_as *as,
                    const struct okr_payload *payload, struct okr_op *ret_op)
{
    struct okr_act act = {.sk = as->sk, .now = okr_run_now()};
    if (!read_id(as->org, &act.org) || !read_id(as->person, &act.person)) {
        odd_answer(run);
        return false;
    }
    enum okr_err err = okr_act_sign(&act, payload, run->arena, ret_op);
    fail(run, err);
    return err == OKR_OK;
}

/* What is to be signed: one operation, or all of an act, in order. */
struct batch {
    struct okr_payload **at;
    size_t n;
    bool is_act;
};

static struct okr_op *make_ops(struct okr_run *run,
                               const struct okr_sign_as *as,
                               const struct batch *batch)
{
    struct okr_op *ops = okr_arena_array(run->arena, batch->n, sizeof *ops);
    if (ops == NULL)
        fail(run, OKR_ERR_NOMEM);
    for (size_t i = 0; ops != NULL && i < batch->n; i++)
        if (!make_op(run, as, batch->at[i], &ops[i]))
            return NULL;
    return ops;
}

static const struct okr_reply *submit(struct okr_run *run,
                                      const struct okr_sign_as *as,
                                      const struct batch *batch, okr_ms wait_ms)
{
    /* Of an act the cycle that answers, else the operation that is retried. */
    bool retry = okr_slice_is(run->ask.method, "retry");
    struct okr_arg more = {OKR_SLICE_LIT("op"), OKR_SLICE_NONE};
    struct okr_op *ops = make_ops(run, as, batch);
    if (ops == NULL)
        return NULL;
    if (batch->is_act)
        more = (struct okr_arg){OKR_SLICE_LIT("ref"),
                                okr_ask_arg(&run->ask, "ref")};
    else if (retry)
        more.value = okr_ask_arg(&run->ask, "op");
    okr_run_ask(run, "submit_signed");
    if (batch->is_act) {
        run->ask.operations = ops;
        run->ask.n_operations = batch->n;
    } else {
        run->ask.operation = ops;
    }
    if (more.value.len > 0)
        run->args[run->ask.n_args++] = more;
    return okr_run_send(run) ? okr_run_next(run, wait_ms) : NULL;
}

const struct okr_reply *okr_sign_submit(struct okr_run *run,
                                        const struct okr_sign_as *as,
                                        struct okr_payload *payload)
{
    const struct batch one = {.at = &payload, .n = 1};
    return submit(run, as, &one, OKR_RUN_WAIT_MS);
}

/* ---- looking ------------------------------------------------------------- */

/* Who sits at a terminal is shown what names came to mean. */
static void show(struct okr_run *run, const struct batch *batch)
{
    struct okr_slice text;
    if (isatty(STDERR_FILENO) == 0 || run->line->json)
        return;
    for (size_t i = 0; i < batch->n; i++)
        if (okr_intent_say(batch->at[i], run->arena, &text) == OKR_OK)
            (void)fprintf(stderr, _("signed: %.*s\n"), (int)text.len,
                          (const char *)text.data);
}

/* Nobody typed what is issued anew: a person reads it, and says yes. */
static bool confirmed(struct okr_run *run, const struct okr_payload *payload)
{
    struct okr_slice text;
    char line[16] = "";
    if (okr_line_option(run->line, "yes") != NULL)
        return true;
    if (isatty(STDIN_FILENO) != 0 &&
        okr_intent_say(payload, run->arena, &text) == OKR_OK) {
        (void)fprintf(stderr, _("%.*s\nsign this? (y/n) "), (int)text.len,
                      (const char *)text.data);
        if (fgets(line, sizeof line, stdin) != NULL &&
            (line[0] == 'y' || line[0] == 'Y'))
            return true;
    }
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "not_confirmed",
                    N_("answer y, or say --yes to sign it unseen"),
                    _("nothing was signed"));
    return false;
}

static bool as_typed(struct okr_run *run, const struct okr_sign_as *as,
                     const struct batch *batch)
{
    struct okr_problem problem;
    struct okr_intent intent = {
        .ask = &run->ask, .now = okr_run_now(), .arena = run->arena};
    if (!batch->is_act && okr_slice_is(run->ask.method, "retry"))
        return confirmed(run, batch->at[0]);
    if (!read_id(as->person, &intent.person)) {
        odd_answer(run);
        return false;
    }
    enum okr_err err =
        batch->is_act
            ? okr_intent_check_acts(&intent, batch->at, batch->n, &problem)
            : okr_intent_check(&intent, batch->at[0], &problem);
    fail(run, err);
    if (err != OKR_OK)
        return false;
    if (problem.rule != OKR_RULE_NONE)
        okr_trouble_say(
            &run->trouble, OKR_REPLY_REFUSED, "not_as_typed",
            okr_arena_str(run->arena, okr_slice_str(problem.remedy)), "%s",
            problem.what);
    return problem.rule == OKR_RULE_NONE;
}

/* ---- preparing ----------------------------------------------------------- */

/* The question within the question, and by which key it will be signed. */
static const struct okr_reply *
prepared(struct okr_run *run, const struct okr_ask *typed, okr_ms wait_ms)
{
    size_t n = typed->n_args;
    struct okr_arg *args = okr_arena_array(run->arena, n + 2, sizeof *args);
    if (args == NULL) {
        fail(run, OKR_ERR_NOMEM);
        return NULL;
    }
    memcpy(args, typed->args, n * sizeof *args);
    args[n] = (struct okr_arg){OKR_SLICE_LIT("method"), typed->method};
    args[n + 1] = (struct okr_arg){OKR_SLICE_LIT("public_key"),
                                   okr_slice_str(run->signer.hex)};
    run->ask = (struct okr_ask){.method = OKR_SLICE_LIT("prepare"),
                                .args = args,
                                .n_args = n + 2,
                                .language = typed->language};
    const struct okr_reply *reply =
        okr_run_send(run) ? okr_run_next(run, wait_ms) : NULL;
    run->ask = *typed;
    return reply;
}

/* A key that nobody knows yet is no reason not to work: unless it was asked
 * for by name. */
static bool goes_unsigned(struct okr_run *run)
{
    if (run->signer.chosen || run->trouble.rule == NULL ||
        strcmp(run->trouble.rule, "unknown_key") != 0)
        return false;
    run->trouble = (struct okr_trouble){.code = 0};
    (void)fprintf(stderr,
                  _("okr: not signed: headquarters does not know the key in %s "
                    "yet (okr key new --code CODE)\n"),
                  run->signer.path);
    return true;
}

/* A cycle is published or closed with all that is in it, never by itself. */
static bool is_whole(const struct batch *batch)
{
    return batch->is_act || batch->at[0]->kind != OKR_KIND_CYCLE ||
           (batch->at[0]->verb != OKR_VERB_PUBLISH &&
            batch->at[0]->verb != OKR_VERB_CLOSE);
}

static bool read_batch(struct okr_run *run, const struct okr_reply *reply,
                       struct batch *ret)
{
    bool is_act = reply->n_payloads > 0;
    const struct okr_slice *from = is_act ? reply->payloads : &reply->payload;
    *ret =
        (struct batch){.n = is_act ? reply->n_payloads : 1, .is_act = is_act};
    ret->at = okr_arena_array(run->arena, ret->n, sizeof *ret->at);
    for (size_t i = 0; ret->at != NULL && i < ret->n; i++)
        if (okr_act_read(from[i], run->arena, &ret->at[i]) != OKR_OK)
            return false;
    return ret->at != NULL && is_whole(ret);
}

static json_t *sign(struct okr_run *run, const struct okr_reply *reply,
                    okr_ms wait_ms)
{
    struct batch batch;
    struct okr_signer_who who = {"", ""};
    json_t *said = okr_run_parse(run, reply);
    if (said == NULL)
        return NULL;
    struct okr_sign_as as = {.sk = run->signer.sk};
    const char *org = json_string_value(json_object_get(said, "org"));
    const char *person = json_string_value(json_object_get(said, "person"));
    bool good = org != NULL && person != NULL && read_batch(run, reply, &batch);
    if (!good)
        odd_answer(run);
    (void)snprintf(who.org, sizeof who.org, "%s", org == NULL ? "" : org);
    (void)snprintf(who.person, sizeof who.person, "%s",
                   person == NULL ? "" : person);
    json_decref(said);
    as.org = who.org;
    as.person = who.person;
    if (!good || !okr_signer_is(run, run->signer.path, &who) ||
        !as_typed(run, &as, &batch))
        return NULL;
    const struct okr_reply *done = submit(run, &as, &batch, wait_ms);
    if (done != NULL)
        show(run, &batch);
    return okr_run_finish(run, done);
}

static json_t *answer_unsigned(struct okr_run *run, okr_ms wait_ms)
{
    if (!okr_run_send(run))
        return NULL;
    return okr_run_finish(run, okr_run_next(run, wait_ms));
}

json_t *okr_sign_within(struct okr_run *run, okr_ms wait_ms)
{
    struct okr_ask typed = run->ask;
    if (!okr_signer_find(run))
        return run->trouble.code != 0 ? NULL : answer_unsigned(run, wait_ms);
    const struct okr_reply *reply = prepared(run, &typed, wait_ms);
    if (reply != NULL)
        return sign(run, reply, wait_ms);
    return goes_unsigned(run) ? answer_unsigned(run, wait_ms) : NULL;
}

json_t *okr_sign_answer(struct okr_run *run)
{
    return okr_sign_within(run, OKR_RUN_WAIT_MS);
}
