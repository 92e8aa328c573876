/* `status` as JSON: names and order are a promise (docs/local.md). */
#include "client/shell/status.h"

#include "common/base/assert.h"
#include "common/base/hex.h"

const char *okr_status_link(enum okr_link link)
{
    switch (link) {
    case OKR_LINK_OFFLINE:
        return "offline";
    case OKR_LINK_CATCHING_UP:
        return "catching_up";
    case OKR_LINK_LIVE:
        return "live";
    case OKR_LINK_REFUSED:
        return "refused";
    }
    OKR_UNREACHABLE();
}

/* Whole seconds since the copy was last known to be complete; a clock that
 * runs behind makes it no younger than that. */
static void write_age(const struct okr_status *s, struct okr_json *out)
{
    okr_us age = s->now - s->state.fresh_at;
    okr_json_key(out, "age_s");
    if (s->state.fresh_at == 0)
        okr_json_null(out);
    else
        okr_json_int(out, age > 0 ? age / 1000000 : 0);
}

static void write_alarms(const struct okr_status *s, struct okr_json *out)
{
    okr_json_key(out, "alarms");
    okr_json_open_array(out);
    for (unsigned bit = 1; bit != 0 && bit <= s->state.alarms; bit <<= 1)
        if ((s->state.alarms & bit) != 0)
            okr_json_cstr(out, okr_site_alarm_text((enum okr_site_alarm)bit));
    for (size_t i = 0; i < sizeof s->trouble / sizeof s->trouble[0]; i++)
        if (s->trouble[i].len > 0)
            okr_json_text(out, s->trouble[i]);
    okr_json_close_array(out);
}

static void write_number(struct okr_json *out, const char *key, uint64_t v)
{
    okr_json_key(out, key);
    okr_json_uint(out, v);
}

static void write_text(struct okr_json *out, const char *key,
                       struct okr_slice text)
{
    okr_json_key(out, key);
    if (text.len > 0)
        okr_json_text(out, text);
    else
        okr_json_null(out);
}

void okr_status_write(const struct okr_status *s, struct okr_json *out)
{
    uint8_t digest[OKR_B2_LEN];
    char hex[2 * OKR_B2_LEN + 1];
    okr_digest_bytes(&s->state.digest, digest);
    okr_hex_encode(okr_slice_of(digest, sizeof digest), hex);
    okr_json_open_object(out);
    okr_json_key(out, "link");
    okr_json_cstr(out, okr_status_link(s->state.link));
    write_number(out, "lsn", s->state.lsn);
    write_number(out, "head", s->state.head);
    write_age(s, out);
    write_number(out, "pending", s->state.pending);
    write_number(out, "conflicts", s->conflicts);
    write_number(out, "epoch", s->state.epoch);
    okr_json_key(out, "site");
    okr_json_id(out, &s->site);
    write_number(out, "scopes", s->state.scopes);
    write_alarms(s, out);
    okr_json_key(out, "digest");
    okr_json_cstr(out, hex);
    write_text(out, "name", s->name);
    write_text(out, "org", s->org);
    write_text(out, "person", s->person);
    write_number(out, "refused", s->refused);
    write_number(out, "owed", s->owed);
    okr_json_key(out, "alerts");
    okr_json_raw(out, s->alerts.len > 0 ? s->alerts : OKR_SLICE_LIT("[]"));
    okr_json_close_object(out);
}
