/* `prepare`: what an author is to sign, composed as if it were to be saved. */
#include "client/shell/desk_impl.h"
#include "common/codec/codec.h"

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

static enum okr_err prepare(struct okr_asking *a, struct okr_buf *payload)
{
    struct okr_ask inner;
    struct okr_draft_write draft = {.payload = NULL};
    OKR_TRY(prepare_for(a));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(inner_of(a, &inner));
    OKR_TRY(okr_desk_compose(a, &inner, &draft));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    okr_payload_encode(draft.payload, payload);
    return payload->err;
}

static void write_prepared(const struct okr_asking *a, struct okr_json *out)
{
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
    struct okr_buf payload, text;
    struct okr_json json;
    okr_buf_init(&payload, desk->daemon->in);
    okr_buf_init(&text, desk->daemon->in);
    okr_json_init(&json, &text);
    if (okr_asking_begin(&a, desk->daemon->in))
        okr_asking_world(&a, prepare(&a, &payload));
    okr_asking_end(&a);
    write_prepared(&a, &json);
    const struct okr_reply reply = {.json = okr_buf_slice(&text),
                                    .payload = okr_buf_slice(&payload)};
    (void)!okr_desk_reply(desk, caller, &a.snag, &reply);
}
