/* One commit for all who write at this moment, then their answers. */
#include <string.h>

#include "client/shell/desk_impl.h"
#include "client/shell/tell.h"
#include "common/base/flaw.h"
#include "common/base/assert.h"
#include "common/model/ref.h"

static struct okr_write *write_of(struct okr_desk *desk,
                                  const struct okr_site_event *event)
{
    for (size_t i = 0; i < desk->n_writes; i++)
        if (event->op == &desk->writes[i].op)
            return &desk->writes[i];
    OKR_UNREACHABLE();
}

static bool is_saved(const struct okr_verdict *verdict)
{
    return okr_verdict_is_in(verdict) ||
           verdict->outcome == OKR_OUTCOME_UNKNOWN_HERE;
}

/* The verdict, while the core still knows it.  What replaces a refused
 * operation takes it along, but only if it is saved itself. */
static void stepped(void *context, struct okr_kv_txn *txn,
                    const struct okr_site_event *event)
{
    struct okr_daemon *d = context;
    struct okr_desk *desk = d->desk;
    (void)txn;
    if (event->kind != OKR_SITE_SUBMIT)
        return;
    struct okr_write *write = write_of(desk, event);
    write->verdict = okr_site_submitted(d->site, NULL);
    okr_verdict_keep(&write->verdict, d->in);
    size_t next = (size_t)(event - desk->events) + 1;
    if (!okr_id_is_zero(&write->retried) && !is_saved(&write->verdict)) {
        OKR_ASSERT(next < desk->n_events);
        desk->events[next].kind = OKR_SITE_TIMEOUT; /* which does nothing */
    }
}

/* ---- answers ------------------------------------------------------------- */

/* It waits for what it names, so that there is nothing to show yet. */
static void write_unknown(const struct okr_write *write, struct okr_json *out)
{
    const struct okr_kind_info *kind = okr_kind_info(write->kind);
    char ref[OKR_REF_TEXT];
    okr_ref_format(write->kind, &write->entity, OKR_REF_CHARS, ref);
    okr_json_open_object(out);
    okr_json_key(out, "id");
    okr_json_id(out, &write->entity);
    okr_json_key(out, "ref");
    okr_json_cstr(out, ref);
    okr_json_key(out, "kind");
    okr_json_cstr(out, kind == NULL ? "" : kind->word);
    okr_json_key(out, "pending");
    okr_json_bool(out, true);
    okr_json_key(out, "unknown_here");
    okr_json_bool(out, true);
    okr_json_close_object(out);
}

enum okr_err okr_desk_refused_by(struct okr_asking *a,
                                 const struct okr_problem *problem,
                                 struct okr_json *out)
{
    struct okr_query query = okr_asking_query(a);
    okr_snag_problem(&a->snag, problem);
    if (problem->n_offences == 0)
        return OKR_OK;
    a->snag.lists = true;
    okr_json_open_object(out);
    okr_json_key(out, "offenders");
    OKR_TRY(okr_query_offences(&query, problem->offences, problem->n_offences,
                               out));
    okr_json_close_object(out);
    return out->out->err;
}

static enum okr_err write_state(struct okr_asking *a,
                                const struct okr_write *write,
                                struct okr_json *out)
{
    struct okr_query query = okr_asking_query(a);
    struct okr_problem problem;
    if (!is_saved(&write->verdict)) {
        okr_problem_of(&write->verdict, write->kind, &problem);
        return okr_desk_refused_by(a, &problem, out);
    }
    enum okr_err err = okr_query_saved(&query, &write->shown, out);
    if (err != OKR_ERR_NOTFOUND)
        return err;
    write_unknown(write, out);
    return OKR_OK;
}

static void answer_saved(struct okr_asking *a, const struct okr_write *write)
{
    struct okr_buf text;
    struct okr_json json;
    okr_arena_reset(a->desk->line);
    okr_buf_init(&text, NULL);
    okr_json_init(&json, &text);
    a->person = write->op.person;
    a->caller = &write->caller;
    a->snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    okr_asking_world(a, write_state(a, write, &json));
    const struct okr_reply reply = {.json = okr_buf_slice(&text)};
    (void)!okr_desk_reply(a->desk, a->caller, &a->snag, &reply);
    okr_buf_close(&text);
}

static void answer_all(struct okr_desk *desk)
{
    const struct okr_ask ask = {.method = OKR_SLICE_LIT("saved")};
    struct okr_asking a = {.desk = desk, .ask = &ask};
    if (!okr_asking_begin(&a, desk->line)) {
        okr_tell(OKR_TELL_ERROR, "saved, and cannot be shown: %s", a.snag.what);
        const struct okr_reply none = {.json = OKR_SLICE_LIT("{}")};
        for (size_t i = 0; i < desk->n_writes; i++)
            (void)!okr_desk_reply(desk, &desk->writes[i].caller, NULL, &none);
        return;
    }
    for (size_t i = 0; i < desk->n_writes; i++)
        answer_saved(&a, &desk->writes[i]);
    okr_asking_end(&a);
}

void okr_desk_disk_full(struct okr_snag *snag)
{
    okr_snag_refuse(snag, "disk_full",
                    "free space on the disk that holds the site's folder",
                    "nothing was saved: the disk is full");
}

static void refuse_all(struct okr_desk *desk, enum okr_err err)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    const struct okr_reply none = {.code = OKR_REPLY_REFUSED};
    if (err == OKR_ERR_COMMIT)
        okr_snag_refuse(&snag, "unknown",
                        "the daemon ends and reads again: see `okr status` "
                        "and `okr show` before you repeat it",
                        "it is not known whether this was saved");
    else if (err == OKR_ERR_FULL)
        okr_desk_disk_full(&snag);
    else
        okr_snag_world(&snag, err, "nothing was saved");
    for (size_t i = 0; i < desk->n_writes; i++)
        (void)!okr_desk_reply(desk, &desk->writes[i].caller, &snag, &none);
}

void okr_desk_save(struct okr_desk *desk)
{
    if (desk->n_writes == 0)
        return;
    enum okr_err err =
        okr_daemon_turn(desk->daemon, desk->events, desk->n_events, stepped);
    if (err == OKR_OK)
        answer_all(desk);
    else
        refuse_all(desk, err);
    desk->n_writes = desk->n_events = 0;
}

void okr_desk_settle(struct okr_desk *desk, const struct okr_caller *caller)
{
    for (size_t i = 0; i < desk->n_writes; i++) {
        const struct okr_caller *other = &desk->writes[i].caller;
        if (other->envelope_len == caller->envelope_len &&
            memcmp(other->envelope, caller->envelope, caller->envelope_len) ==
                0) {
            okr_desk_save(desk);
            return;
        }
    }
}
