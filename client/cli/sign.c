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

const struct okr_reply *okr_sign_submit(struct okr_run *run,
                                        const struct okr_sign_as *as,
                                        const struct okr_payload *payload)
{
    struct okr_op *op = okr_arena_alloc(run->arena, sizeof *op);
    if (op == NULL || !make_op(run, as, payload, op))
        return NULL;
    struct okr_slice retried = okr_slice_is(run->ask.method, "retry")
                                   ? okr_ask_arg(&run->ask, "op")
                                   : OKR_SLICE_NONE;
    okr_run_ask(run, "submit_signed");
    run->ask.operation = op;
    if (retried.len > 0)
        run->args[run->ask.n_args++] =
            (struct okr_arg){OKR_SLICE_LIT("op"), retried};
    return okr_run_send(run) ? okr_run_next(run, OKR_RUN_WAIT_MS) : NULL;
}

/* ---- looking ------------------------------------------------------------- */

/* Who sits at a terminal is shown what names came to mean. */
static void show(struct okr_run *run, const struct okr_payload *payload)
{
    struct okr_slice text;
    if (isatty(STDERR_FILENO) == 0 || run->line->json ||
        okr_intent_say(payload, run->arena, &text) != OKR_OK)
        return;
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
                     const struct okr_payload *payload)
{
    struct okr_problem problem;
    struct okr_intent intent = {
        .ask = &run->ask, .now = okr_run_now(), .arena = run->arena};
    if (okr_slice_is(run->ask.method, "retry"))
        return confirmed(run, payload);
    if (!read_id(as->person, &intent.person)) {
        odd_answer(run);
        return false;
    }
    enum okr_err err = okr_intent_check(&intent, payload, &problem);
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
static const struct okr_reply *prepared(struct okr_run *run,
                                        const struct okr_ask *typed)
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
        okr_run_send(run) ? okr_run_next(run, OKR_RUN_WAIT_MS) : NULL;
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

static json_t *sign(struct okr_run *run, const struct okr_reply *reply)
{
    struct okr_payload *payload;
    struct okr_signer_who who = {"", ""};
    json_t *said = okr_run_parse(run, reply);
    if (said == NULL)
        return NULL;
    struct okr_sign_as as = {.sk = run->signer.sk};
    const char *org = json_string_value(json_object_get(said, "org"));
    const char *person = json_string_value(json_object_get(said, "person"));
    bool good = org != NULL && person != NULL &&
                okr_act_read(reply->payload, run->arena, &payload) == OKR_OK;
    if (!good)
        odd_answer(run);
    (void)snprintf(who.org, sizeof who.org, "%s", org == NULL ? "" : org);
    (void)snprintf(who.person, sizeof who.person, "%s",
                   person == NULL ? "" : person);
    json_decref(said);
    as.org = who.org;
    as.person = who.person;
    if (!good || !okr_signer_is(run, run->signer.path, &who) ||
        !as_typed(run, &as, payload))
        return NULL;
    const struct okr_reply *done = okr_sign_submit(run, &as, payload);
    if (done != NULL)
        show(run, payload);
    return okr_run_finish(run, done);
}

json_t *okr_sign_answer(struct okr_run *run)
{
    struct okr_ask typed = run->ask;
    if (!okr_signer_find(run))
        return run->trouble.code != 0 ? NULL : okr_run_answer(run);
    const struct okr_reply *reply = prepared(run, &typed);
    if (reply != NULL)
        return sign(run, reply);
    return goes_unsigned(run) ? okr_run_answer(run) : NULL;
}
