/* `calendar`: the meetings and windows that follow from the cycles and the
 * policy.  Nobody enters them. */
#include <stdio.h>

#include "common/query/cycles.h"
#include "common/query/emit.h"
#include "common/rules/calendar.h"

/* Stable for as long as the cycle is: a calendar that is fetched again knows
 * its events again. */
static void emit_uid(struct okr_session *s, const struct okr_id *cycle,
                     enum okr_event_kind kind)
{
    char hex[OKR_ID_HEX], uid[OKR_ID_HEX + 32];
    okr_id_hex(cycle, hex);
    (void)snprintf(uid, sizeof uid, "%s-%s@okr", hex, okr_event_word(kind));
    okr_json_key(s->out, "uid");
    okr_json_cstr(s->out, uid);
}

static void emit_day(struct okr_session *s, const char *key, bool known,
                     okr_day day)
{
    okr_json_key(s->out, key);
    if (known)
        okr_emit_day(s, day);
    else
        okr_json_null(s->out);
}

static enum okr_err emit_event(struct okr_session *s,
                               const struct okr_node *cycle,
                               const struct okr_event *event)
{
    okr_day next = 0;
    bool comes = okr_event_next(event, s->today, &next);
    okr_json_open_object(s->out);
    emit_uid(s, &cycle->id, event->kind);
    okr_json_key(s->out, "event");
    okr_json_cstr(s->out, okr_event_word(event->kind));
    okr_json_key(s->out, "cycle");
    OKR_TRY(okr_emit_name(s, &cycle->id));
    emit_day(s, "start", true, event->first);
    emit_day(s, "end", true, event->last);
    okr_json_key(s->out, "every_days");
    okr_json_int(s->out, event->every_days);
    emit_day(s, "until", event->every_days > 0, event->until);
    emit_day(s, "next", comes, next);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_calendar(struct okr_session *s,
                                const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct okr_node **cycles;
    size_t n;
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_TRY(okr_cycles_ahead(s, &filter, &cycles, &n));
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++) {
        struct okr_period p = okr_period_of(cycles[i]->record);
        const struct okr_rhythm rhythm = {
            p.start, p.end, s->thresholds.cadence_days, s->midterm_days};
        for (int kind = 0; p.known && kind < OKR_EVENTS; kind++) {
            struct okr_event event;
            if (okr_event_of(&rhythm, (enum okr_event_kind)kind, &event))
                OKR_TRY(emit_event(s, cycles[i], &event));
        }
    }
    okr_json_close_array(s->out);
    return s->out->out->err;
}
