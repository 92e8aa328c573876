/* Written from docs/protocol.md, not from the decoder. */
#include "tests/lib/believed.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/utf8.h"

#define LSN_MAX ((UINT64_C(1) << 63) - 1)
#define TIME_MAX (INT64_C(1) << 61)

#define BELIEVE(condition)     \
    do {                       \
        if (!(condition))      \
            return #condition; \
    } while (0)
#define BELIEVE_EACH(list, n, check)               \
    do {                                           \
        BELIEVE((n) == 0 || (list) != NULL);       \
        for (size_t i_ = 0; i_ < (n); i_++) {      \
            const char *why_ = check(&(list)[i_]); \
            if (why_ != NULL)                      \
                return why_;                       \
        }                                          \
    } while (0)

static bool time_good(okr_us t)
{
    return t >= -TIME_MAX && t <= TIME_MAX;
}

static bool text_good(struct okr_slice s)
{
    if (!okr_utf8_valid(s))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            return false;
        if (c == 0xc2 && s.data[i + 1] < 0xa0)
            return false;
    }
    return true;
}

static const char *change(const struct okr_change *c)
{
    BELIEVE(c->field != 0 && c->form <= OKR_REG_ABSENT);
    BELIEVE(c->form != OKR_REG_UNSET || c->data.len == 0);
    BELIEVE(c->seen.form <= OKR_SEEN_OP && c->seen.lsn <= LSN_MAX);
    return NULL;
}

const char *okr_payload_unbelievable(const struct okr_payload *payload)
{
    BELIEVE(payload->n_changes <= OKR_CHANGES_MAX);
    BELIEVE_EACH(payload->changes, payload->n_changes, change);
    BELIEVE(payload->reason.len <= OKR_OP_MAX);
    return NULL;
}

static const char *op(const struct okr_op *o)
{
    static const uint8_t none[OKR_OP_SIG_LEN];
    BELIEVE(o->payload.len <= OKR_OP_MAX);
    BELIEVE(time_good(o->time));
    BELIEVE(o->is_signed || memcmp(o->sig, none, sizeof none) == 0);
    return NULL;
}

static const char *answer(const struct okr_answer *a)
{
    BELIEVE(a->lsn <= LSN_MAX && a->verdict.replaced <= LSN_MAX);
    BELIEVE(time_good(a->time));
    BELIEVE(a->n_scopes == 0 || a->scopes != NULL);
    return NULL;
}

static const char *epoch(const struct okr_epoch *e)
{
    BELIEVE(e->began <= LSN_MAX);
    return NULL;
}

static const char *cursor(const struct okr_cursor *c)
{
    BELIEVE(c->lsn <= LSN_MAX);
    return NULL;
}

static const char *want(const struct okr_want *w)
{
    BELIEVE(w->since <= LSN_MAX && w->after_elsn <= LSN_MAX);
    BELIEVE(w->upto <= LSN_MAX);
    return NULL;
}

static bool ascending(const struct okr_reg *a, const struct okr_reg *b)
{
    if (a->field != b->field)
        return a->field < b->field;
    return a->form >= OKR_REG_PRESENT && b->form >= OKR_REG_PRESENT &&
           okr_slice_cmp(a->data, b->data) < 0;
}

static const char *row(const struct okr_row *r)
{
    BELIEVE(r->elsn <= LSN_MAX && time_good(r->last.time));
    BELIEVE(r->n_regs == 0 || r->regs != NULL);
    for (size_t i = 0; i < r->n_regs; i++) {
        const struct okr_reg *reg = &r->regs[i];
        BELIEVE(reg->field != 0 && reg->form <= OKR_REG_ABSENT);
        BELIEVE(reg->lsn <= r->elsn);
        BELIEVE(reg->form != OKR_REG_UNSET || reg->data.len == 0);
        BELIEVE(i == 0 || ascending(reg - 1, reg));
    }
    return NULL;
}

static const char *section(const struct okr_section *s)
{
    BELIEVE(s->since <= LSN_MAX && s->token_elsn <= LSN_MAX);
    BELIEVE(s->upto <= LSN_MAX && s->head <= LSN_MAX);
    BELIEVE_EACH(s->rows, s->n_rows, row);
    return NULL;
}

static const char *mark(const struct okr_mark *m)
{
    BELIEVE(m->seq <= LSN_MAX);
    return NULL;
}

static const char *link_good(const struct okr_msg *msg)
{
    const struct okr_welcome *w = &msg->u.welcome;
    const struct okr_hello *h = &msg->u.hello;
    if (msg->type == OKR_MSG_HELLO) {
        BELIEVE_EACH(h->cursors, h->n_cursors, cursor);
        BELIEVE(h->epoch.began <= LSN_MAX && h->seen_size <= LSN_MAX);
    } else if (msg->type == OKR_MSG_WELCOME) {
        BELIEVE(w->n_epochs <= OKR_EPOCHS_MAX);
        BELIEVE_EACH(w->epochs, w->n_epochs, epoch);
        BELIEVE_EACH(w->heads, w->n_heads, cursor);
        BELIEVE(w->last_seq <= LSN_MAX && w->base <= LSN_MAX);
        BELIEVE(time_good(w->time));
        BELIEVE(text_good(w->publish) && text_good(w->origin));
    } else if (msg->type == OKR_MSG_REFUSE) {
        BELIEVE(text_good(msg->u.refuse.text));
    } else if (msg->type == OKR_MSG_ERROR) {
        BELIEVE(text_good(msg->u.error.text));
        BELIEVE(msg->u.error.last_seq <= LSN_MAX);
    }
    return NULL;
}

static const char *data_good(const struct okr_msg *msg)
{
    const struct okr_event_msg *e = &msg->u.event;
    const struct okr_pull *pull = &msg->u.pull;
    const struct okr_page *page = &msg->u.page;
    if (msg->type == OKR_MSG_PULL) {
        BELIEVE(pull->n_wants <= OKR_SCOPES_PER_PULL_MAX);
        BELIEVE_EACH(pull->wants, pull->n_wants, want);
    } else if (msg->type == OKR_MSG_PAGE) {
        BELIEVE(page->n_sections <= OKR_SCOPES_PER_PULL_MAX);
        BELIEVE_EACH(page->sections, page->n_sections, section);
        BELIEVE(page->own_seq <= LSN_MAX);
    } else if (msg->type == OKR_MSG_EVENT) {
        BELIEVE(e->prev_lsn <= LSN_MAX && e->lsn <= LSN_MAX);
        BELIEVE_EACH(e->rows, e->n_rows, row);
        BELIEVE_EACH(e->marks, e->n_marks, mark);
    } else if (msg->type == OKR_MSG_HEAD) {
        BELIEVE(msg->u.head.head <= LSN_MAX && time_good(msg->u.head.time));
    }
    return NULL;
}

static const char *past(const struct okr_history *h)
{
    BELIEVE(h->lsn <= LSN_MAX && time_good(h->last.time));
    BELIEVE(h->n_changes == 0 || h->changes != NULL);
    for (size_t i = 0; i < h->n_changes; i++) {
        const struct okr_history_change *c = &h->changes[i];
        BELIEVE(c->field != 0 && c->form_before <= OKR_REG_ABSENT &&
                c->form_after <= OKR_REG_ABSENT);
        BELIEVE(c->form_before != OKR_REG_UNSET || c->before.len == 0);
        BELIEVE(c->form_after != OKR_REG_UNSET || c->after.len == 0);
    }
    return NULL;
}

static const char *repair_good(const struct okr_msg *msg)
{
    const struct okr_repair *repair = &msg->u.repair;
    const struct okr_repaired *repaired = &msg->u.repaired;
    const struct okr_history_page *history = &msg->u.history_page;
    if (msg->type == OKR_MSG_REPAIR) {
        BELIEVE(repair->cursor <= LSN_MAX && repair->buckets != NULL);
        BELIEVE(repair->from.bucket < OKR_BUCKETS);
    } else if (msg->type == OKR_MSG_REPAIRED) {
        BELIEVE(repaired->as_of <= LSN_MAX);
        BELIEVE(repaired->n_buckets <= OKR_BUCKETS);
        for (size_t i = 0; i < repaired->n_buckets; i++)
            BELIEVE(repaired->buckets[i] < OKR_BUCKETS);
        BELIEVE_EACH(repaired->rows, repaired->n_rows, row);
        BELIEVE(repaired->next.bucket < OKR_BUCKETS);
    } else if (msg->type == OKR_MSG_HISTORY) {
        BELIEVE(msg->u.history.before <= LSN_MAX);
    } else if (msg->type == OKR_MSG_HISTORY_PAGE) {
        BELIEVE(history->n_rows <= OKR_HISTORY_MAX);
        BELIEVE_EACH(history->rows, history->n_rows, past);
        for (size_t i = 1; i < history->n_rows; i++)
            BELIEVE(history->rows[i - 1].lsn < history->rows[i].lsn);
    }
    return NULL;
}

static const char *push_good(const struct okr_msg *msg)
{
    const struct okr_push *push = &msg->u.push;
    const struct okr_pushed *pushed = &msg->u.pushed;
    if (msg->type == OKR_MSG_PUSH) {
        BELIEVE(push->n_ops <= OKR_PUSH_OPS_MAX);
        BELIEVE_EACH(push->ops, push->n_ops, op);
        BELIEVE(push->first_seq <= LSN_MAX && push->seen_size <= LSN_MAX);
    } else if (msg->type == OKR_MSG_PUSHED) {
        BELIEVE(pushed->n_answers <= OKR_PUSH_OPS_MAX);
        BELIEVE_EACH(pushed->answers, pushed->n_answers, answer);
        BELIEVE(pushed->first_seq <= LSN_MAX);
    }
    return NULL;
}

static const char *proof_good(const struct okr_msg *msg)
{
    if (msg->type == OKR_MSG_ENROLLED) {
        BELIEVE(msg->u.enrolled.n_proof <= OKR_PROOF_MAX);
        BELIEVE(text_good(msg->u.enrolled.name));
        BELIEVE(msg->u.enrolled.leaf_index <= LSN_MAX);
    } else if (msg->type == OKR_MSG_PROVED) {
        BELIEVE(msg->u.proved.n_hash <= OKR_PROOF_MAX);
        BELIEVE(msg->u.proved.to <= LSN_MAX);
    } else if (msg->type == OKR_MSG_COSIGN) {
        BELIEVE(text_good(msg->u.cosign.line));
        BELIEVE(text_good(msg->u.cosign.origin));
    }
    return NULL;
}

const char *okr_msg_unbelievable(const struct okr_msg *msg)
{
    const char *(*const checks[])(const struct okr_msg *) = {
        link_good, data_good, push_good, proof_good, repair_good};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *why = checks[i](msg);
        if (why != NULL)
            return why;
    }
    return NULL;
}

static const char *arg(const struct okr_arg *a)
{
    BELIEVE(text_good(a->name));
    return NULL;
}

const char *okr_ask_unbelievable(const struct okr_ask *ask)
{
    BELIEVE(ask->n_args <= OKR_ARGS_MAX);
    BELIEVE_EACH(ask->args, ask->n_args, arg);
    BELIEVE(text_good(ask->method) && text_good(ask->as_mail));
    BELIEVE_EACH(ask->operations, ask->n_operations, op);
    return ask->operation != NULL ? op(ask->operation) : NULL;
}

const char *okr_reply_unbelievable(const struct okr_reply *reply)
{
    BELIEVE(text_good(reply->json) && text_good(reply->error));
    BELIEVE(text_good(reply->rule) && text_good(reply->remedy));
    BELIEVE(reply->n_payloads == 0 || reply->payloads != NULL);
    return NULL;
}
