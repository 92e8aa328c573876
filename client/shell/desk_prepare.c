/* `prepare`: what an author is to sign, composed as if it were to be saved. */
#include "client/shell/desk_impl.h"
#include "common/codec/codec.h"
#include "common/compose/acts.h"

static bool is_for_us(struct okr_slice name)
{
    return okr_slice_is(name, "method") || okr_slice_is(name, "public_key");
}

/* The question that would write it: `method` is its method. */
static enum okr_err inner_of(struct okr_asking *a, struct okr_ask *ret_ask)
{
    const struct okr_ask *ask = a->ask;
    struct okr_arg *args =
        okr_arena_array(a->space.arena, ask->n_args, sizeof *args);
    if (args == NULL)
        return OKR_ERR_NOMEM;
    *ret_ask =
        (struct okr_ask){.method = okr_ask_arg(ask, "method"), .args = args};
    for (size_t i = 0; i < ask->n_args; i++)
        if (!is_for_us(ask->args[i].name))
            args[ret_ask->n_args++] = ask->args[i];
    return OKR_OK;
}

/* He is known by his key; without one, as for any other write. */
static enum okr_err prepare_for(struct okr_asking *a)
{
    struct okr_slice key = okr_ask_arg(a->ask, "public_key");
    if (key.len > 0)
        return okr_who_has_key(&a->space, key, &a->person, &a->snag);
    okr_asking_speaks(a);
    okr_who_needed(&a->person, &a->snag);
    return OKR_OK;
}

static enum okr_err encode(struct okr_asking *a,
                           const struct okr_payload *payload,
                           struct okr_slice *ret_bytes)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, a->space.arena);
    okr_payload_encode(payload, &bytes);
    OKR_TRY(bytes.err);
    *ret_bytes = okr_buf_slice(&bytes);
    return OKR_OK;
}

/* All operations of an act, in order. */
static enum okr_err prepare_acts(struct okr_asking *a,
                                 const struct okr_ask *inner,
                                 struct okr_json *out, struct okr_reply *ret)
{
    struct okr_compose ground;
    struct okr_problem problem;
    struct okr_acts acts = {.n = 0};
    OKR_TRY(okr_desk_ground(a, &ground));
    OKR_TRY(okr_compose_acts(&ground, inner, &acts, &problem));
    if (problem.rule != OKR_RULE_NONE)
        return okr_desk_refused_by(a, &problem, out);
    ret->payloads =
        okr_arena_array(a->space.arena, acts.n, sizeof *ret->payloads);
    if (ret->payloads == NULL)
        return OKR_ERR_NOMEM;
    for (; ret->n_payloads < acts.n; ret->n_payloads++)
        OKR_TRY(encode(a, &acts.at[ret->n_payloads],
                       &ret->payloads[ret->n_payloads]));
    return OKR_OK;
}

static enum okr_err prepare_one(struct okr_asking *a,
                                const struct okr_ask *inner,
                                struct okr_reply *ret)
{
    struct okr_draft_write draft = {.payload = NULL};
    OKR_TRY(okr_desk_compose(a, inner, &draft));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    return encode(a, draft.payload, &ret->payload);
}

static enum okr_err prepare(struct okr_asking *a, struct okr_json *out,
                            struct okr_reply *ret)
{
    struct okr_ask inner;
    bool is_act;
    OKR_TRY(prepare_for(a));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(inner_of(a, &inner));
    OKR_TRY(okr_acts_is_one(&a->space, &inner, &is_act));
    return is_act ? prepare_acts(a, &inner, out, ret)
                  : prepare_one(a, &inner, ret);
}

/* Unless what is in the way was written already. */
static void write_prepared(const struct okr_asking *a, struct okr_json *out)
{
    if (okr_snagged(&a->snag))
        return;
    okr_json_open_object(out);
    okr_json_key(out, "org");
    okr_json_id(out, &a->desk->daemon->ident.org);
    okr_json_key(out, "person");
    okr_json_id(out, &a->person);
    okr_json_key(out, "schema");
    okr_json_uint(out, OKR_SCHEMA_VERSION);
    okr_json_close_object(out);
}

void okr_desk_prepare(struct okr_desk *desk, const struct okr_caller *caller,
                      const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    struct okr_reply reply = {.code = OKR_REPLY_DONE};
    struct okr_buf text;
    struct okr_json json;
    okr_buf_init(&text, desk->daemon->in);
    okr_json_init(&json, &text);
    if (okr_asking_begin(&a, desk->daemon->in))
        okr_asking_world(&a, prepare(&a, &json, &reply));
    okr_asking_end(&a);
    write_prepared(&a, &json);
    reply.json = okr_buf_slice(&text);
    (void)!okr_desk_reply(desk, caller, &a.snag, &reply);
}
