/* `status`: what the core, the store and the link say. */
#include <stdio.h>
#include <string.h>

#include "client/shell/desk_impl.h"
#include "client/shell/status.h"

enum {
    REFUSALS_TOLD = 2, /* handshakes in a row before anybody is told */
    ALERTS_TOLD = 10,  /* of what who asks owes; `todo` tells all */
};

static enum okr_err count_conflicts(struct okr_asking *a, uint64_t *ret_n)
{
    struct okr_ids ids;
    *ret_n = 0;
    OKR_TRY(okr_index_kind(&a->space, OKR_KIND_CONFLICT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *conflict;
        OKR_TRY(okr_entity_get(&a->space, &ids.at[i], &conflict));
        if (okr_record_enum(conflict, OKR_F_CF_STATE,
                            OKR_V_CONFLICT_STATE_OPEN) ==
            OKR_V_CONFLICT_STATE_OPEN)
            ++*ret_n;
    }
    return OKR_OK;
}

static enum okr_err find_names(struct okr_asking *a, struct okr_status *status)
{
    struct okr_ids ids;
    struct okr_record *record;
    OKR_TRY(okr_index_kind(&a->space, OKR_KIND_POLICY, &ids));
    if (ids.n > 0) {
        OKR_TRY(okr_entity_get(&a->space, &ids.at[0], &record));
        status->org = okr_record_text(record, OKR_F_ORG_NAME);
    }
    if (okr_id_is_zero(&a->person))
        return OKR_OK;
    OKR_TRY(okr_entity_get(&a->space, &a->person, &record));
    status->person = okr_record_text(record, OKR_F_MAIL);
    return OKR_OK;
}

/* A wrong key, or something else that listens there. */
static struct okr_slice handshake_trouble(const struct okr_daemon *d,
                                          struct okr_arena *arena)
{
    if (okr_wire_refusals(d->wire) < REFUSALS_TOLD)
        return OKR_SLICE_NONE;
    return okr_slice_str(okr_arena_printf(
        arena,
        "what listens at %s breaks off the handshake: it is not the "
        "server that this site joined",
        d->ident.endpoint));
}

/* Why the server does not want to hear of this site. */
static struct okr_slice refusal_of(const struct okr_site_state *state)
{
    if (state->link != OKR_LINK_REFUSED)
        return OKR_SLICE_NONE;
    switch ((enum okr_refusal)state->refusal) {
    case OKR_REFUSAL_REVOKED:
        return OKR_SLICE_LIT("the server refuses this site: it was revoked");
    case OKR_REFUSAL_VERSION:
        return OKR_SLICE_LIT("the server refuses this site: it speaks another "
                             "version; upgrade the older of both");
    case OKR_REFUSAL_HEALING:
        return OKR_SLICE_LIT("the server was restored and is not settled yet");
    case OKR_REFUSAL_UNKNOWN:
        return OKR_SLICE_LIT("the server does not know this site: it was set "
                             "up anew, or restored from before the enrolment");
    case OKR_REFUSAL_SITE:
    case OKR_REFUSAL_TOKEN:
        break;
    }
    return OKR_SLICE_LIT("the server refuses this site");
}

/* What who asks owes, as `okr todo` tells it. */
static enum okr_err find_alerts(struct okr_asking *a, struct okr_status *status)
{
    const struct okr_query query = okr_asking_query(a);
    struct okr_buf text;
    struct okr_json json;
    okr_buf_init(&text, a->space.arena);
    okr_json_init(&json, &text);
    OKR_TRY(okr_query_alerts(&query, ALERTS_TOLD, &json, &status->owed));
    status->alerts = okr_buf_slice(&text);
    return text.err;
}

enum okr_err okr_desk_status(struct okr_asking *a, struct okr_json *out)
{
    struct okr_daemon *d = a->desk->daemon;
    struct okr_status status = {
        .now = a->now,
        .site = d->ident.site,
        .name = okr_slice_str(d->ident.name),
        .trouble = {okr_slice_str(d->trouble),
                    handshake_trouble(d, a->space.arena)},
    };
    OKR_TRY(okr_site_state(d->site, a->space.txn, &status.state));
    status.trouble[2] = refusal_of(&status.state);
    OKR_TRY(count_conflicts(a, &status.conflicts));
    OKR_TRY(okr_kv_count(a->space.txn, OKR_TABLE_REFUSED, &status.refused));
    OKR_TRY(find_names(a, &status));
    OKR_TRY(find_alerts(a, &status));
    okr_status_write(&status, out);
    return OKR_OK;
}
