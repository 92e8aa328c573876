/* One "name=value" a field; bytes as hex. */
#include "tests/lib/show.h"

#include <inttypes.h>

#define NUMBER(name) \
    okr_buf_printf(out, " " #name "=%" PRIu64, (uint64_t)from->name)
#define TIME(name) okr_buf_printf(out, " " #name "=%" PRId64, from->name)
#define SLICE(name) show_bytes(out, #name, from->name)
#define FIXED(name) \
    show_bytes(out, #name, okr_slice_of(from->name, sizeof from->name))
#define INNER(name) \
    show_bytes(out, #name, okr_slice_of(from->name.b, sizeof from->name.b))
#define LIST(name, show)                                        \
    do {                                                        \
        okr_buf_printf(out, " " #name "[%zu]", from->n_##name); \
        for (size_t i_ = 0; i_ < from->n_##name; i_++) {        \
            okr_buf_printf(out, "\n ");                         \
            show(&from->name[i_], out);                         \
        }                                                       \
    } while (0)

static void show_bytes(struct okr_buf *out, const char *name,
                       struct okr_slice s)
{
    okr_buf_printf(out, " %s=", name);
    for (size_t i = 0; i < s.len; i++)
        okr_buf_printf(out, "%02x", s.data[i]);
}

static void show_seen(const struct okr_seen *from, struct okr_buf *out)
{
    NUMBER(form);
    NUMBER(epoch);
    NUMBER(lsn);
    INNER(op);
}

static void show_change(const struct okr_change *from, struct okr_buf *out)
{
    NUMBER(field);
    NUMBER(form);
    SLICE(data);
    show_seen(&from->seen, out);
}

void okr_show_payload(const struct okr_payload *from, struct okr_buf *out)
{
    NUMBER(verb);
    NUMBER(kind);
    INNER(entity);
    LIST(changes, show_change);
    SLICE(reason);
    INNER(batch);
}

void okr_show_op(const struct okr_op *from, struct okr_buf *out)
{
    INNER(id);
    INNER(person);
    TIME(time);
    NUMBER(verb);
    NUMBER(schema);
    SLICE(payload);
    FIXED(salt);
    NUMBER(is_signed);
    FIXED(sig);
}

static void show_scope(const okr_scope *scope, struct okr_buf *out)
{
    okr_buf_printf(out, "%" PRIu32, *scope);
}

void okr_show_answer(const struct okr_answer *from, struct okr_buf *out)
{
    NUMBER(verdict.outcome);
    NUMBER(verdict.rule);
    NUMBER(verdict.field);
    INNER(verdict.about);
    NUMBER(verdict.replaced);
    INNER(op);
    NUMBER(lsn);
    LIST(scopes, show_scope);
    TIME(time);
    SLICE(effects);
    FIXED(meta);
    SLICE(current);
}

static void show_epoch(const struct okr_epoch *from, struct okr_buf *out)
{
    NUMBER(counter);
    FIXED(random);
    NUMBER(began);
}

static void show_cursor(const struct okr_cursor *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(lsn);
}

static void show_hello(const struct okr_hello *from, struct okr_buf *out)
{
    NUMBER(version_min);
    NUMBER(version_max);
    NUMBER(frame_max);
    NUMBER(schema);
    INNER(site);
    NUMBER(incarnation);
    show_epoch(&from->epoch, out);
    LIST(cursors, show_cursor);
    INNER(last_push);
    NUMBER(seen_size);
}

static void show_welcome(const struct okr_welcome *from, struct okr_buf *out)
{
    LIST(epochs, show_epoch);
    LIST(heads, show_cursor);
    SLICE(publish);
    NUMBER(last_seq);
    INNER(last_push);
    NUMBER(spread_ms);
    NUMBER(schema);
    NUMBER(beat_ms);
    TIME(time);
    INNER(org);
    NUMBER(base);
    SLICE(origin);
}

static void show_refuse(const struct okr_refuse *from, struct okr_buf *out)
{
    NUMBER(code);
    NUMBER(retry_ms);
    SLICE(text);
}

static void show_push(const struct okr_push *from, struct okr_buf *out)
{
    NUMBER(incarnation);
    NUMBER(first_seq);
    LIST(ops, okr_show_op);
    FIXED(prev8);
    FIXED(seen_root8);
    NUMBER(seen_size);
    INNER(sig);
}

static void show_pushed(const struct okr_pushed *from, struct okr_buf *out)
{
    NUMBER(incarnation);
    NUMBER(first_seq);
    LIST(answers, okr_show_answer);
}

static void show_want(const struct okr_want *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(since);
    NUMBER(after_elsn);
    INNER(after_id);
    NUMBER(upto);
}

static void show_pull(const struct okr_pull *from, struct okr_buf *out)
{
    LIST(wants, show_want);
    NUMBER(bytes_max);
    NUMBER(wait_s);
    NUMBER(dictionary);
}

static void show_reg(const struct okr_reg *from, struct okr_buf *out)
{
    NUMBER(field);
    NUMBER(form);
    NUMBER(lsn);
    SLICE(data);
}

static void show_row(const struct okr_row *from, struct okr_buf *out)
{
    INNER(id);
    NUMBER(kind);
    NUMBER(elsn);
    NUMBER(all);
    NUMBER(gone);
    LIST(regs, show_reg);
    INNER(last.person);
    INNER(last.site);
    NUMBER(last.verb);
    NUMBER(last.is_signed);
    TIME(last.time);
}

static void show_section(const struct okr_section *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(since);
    LIST(rows, show_row);
    NUMBER(more);
    NUMBER(token_elsn);
    INNER(token_id);
    NUMBER(upto);
    NUMBER(head);
    NUMBER(digest.lo);
    NUMBER(digest.hi);
}

static void show_page(const struct okr_page *from, struct okr_buf *out)
{
    LIST(sections, show_section);
    NUMBER(own_seq);
}

static void show_digest(const struct okr_digest *from, struct okr_buf *out)
{
    NUMBER(lo);
    NUMBER(hi);
}

static void show_repair(const struct okr_repair *from, struct okr_buf *out)
{
    const size_t buckets = OKR_BUCKETS;
    NUMBER(scope);
    NUMBER(cursor);
    for (size_t i = 0; i < buckets; i++)
        show_digest(&from->buckets[i], out);
    NUMBER(from.bucket);
    INNER(from.id);
    NUMBER(bytes_max);
    NUMBER(dictionary);
}

static void show_bucket(const uint32_t *bucket, struct okr_buf *out)
{
    okr_buf_printf(out, "%" PRIu32, *bucket);
}

static void show_repaired(const struct okr_repaired *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(as_of);
    LIST(buckets, show_bucket);
    LIST(rows, show_row);
    NUMBER(more);
    NUMBER(next.bucket);
    INNER(next.id);
}

static void show_history(const struct okr_history_ask *from,
                         struct okr_buf *out)
{
    INNER(entity);
    NUMBER(before);
    NUMBER(max);
    NUMBER(dictionary);
}

static void show_past_change(const struct okr_history_change *from,
                             struct okr_buf *out)
{
    NUMBER(field);
    NUMBER(form_before);
    NUMBER(form_after);
    SLICE(before);
    SLICE(after);
}

static void show_past(const struct okr_history *from, struct okr_buf *out)
{
    NUMBER(lsn);
    INNER(last.person);
    INNER(last.site);
    NUMBER(last.verb);
    NUMBER(last.is_signed);
    TIME(last.time);
    SLICE(reason);
    NUMBER(collapsed);
    LIST(changes, show_past_change);
}

static void show_history_page(const struct okr_history_page *from,
                              struct okr_buf *out)
{
    INNER(entity);
    LIST(rows, show_past);
    NUMBER(more);
}

static void show_mark(const struct okr_mark *from, struct okr_buf *out)
{
    INNER(site);
    NUMBER(incarnation);
    NUMBER(seq);
}

static void show_event(const struct okr_event_msg *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(epoch);
    NUMBER(prev_lsn);
    NUMBER(lsn);
    LIST(rows, show_row);
    LIST(marks, show_mark);
}

static void show_head(const struct okr_head *from, struct okr_buf *out)
{
    NUMBER(scope);
    NUMBER(epoch);
    NUMBER(head);
    NUMBER(digest.lo);
    NUMBER(digest.hi);
    SLICE(checkpoint);
    TIME(time);
}

static void show_error(const struct okr_error_msg *from, struct okr_buf *out)
{
    NUMBER(code);
    SLICE(text);
    NUMBER(last_seq);
}

static void show_enrol(const struct okr_enrol *from, struct okr_buf *out)
{
    FIXED(token_id);
    FIXED(secret);
    INNER(site);
    INNER(site_key);
    INNER(witness_key);
    FIXED(link_key);
    INNER(sig);
}

static void show_hash(const struct okr_hash *hash, struct okr_buf *out)
{
    show_bytes(out, "hash", okr_slice_of(hash->b, sizeof hash->b));
}

static void show_enrolled(const struct okr_enrolled *from, struct okr_buf *out)
{
    INNER(org);
    INNER(server_site);
    SLICE(name);
    INNER(log_key);
    SLICE(checkpoint);
    SLICE(leaf);
    NUMBER(leaf_index);
    LIST(proof, show_hash);
}

static void show_proof(const struct okr_proof_ask *from, struct okr_buf *out)
{
    NUMBER(from);
    NUMBER(to);
    NUMBER(index);
    NUMBER(inclusion);
}

static void show_proved(const struct okr_proved *from, struct okr_buf *out)
{
    LIST(hash, show_hash);
    NUMBER(from);
    NUMBER(to);
    NUMBER(index);
    NUMBER(inclusion);
    SLICE(checkpoint);
}

static void show_cosign(const struct okr_cosign *from, struct okr_buf *out)
{
    SLICE(line);
    SLICE(origin);
    NUMBER(size);
}

static void show_busy(const struct okr_busy *from, struct okr_buf *out)
{
    NUMBER(retry_ms);
}

static void show_body(const struct okr_msg *msg, struct okr_buf *out)
{
    switch (msg->type) {
#define SHOWN(NAME, name)               \
    case OKR_MSG_##NAME:                \
        show_##name(&msg->u.name, out); \
        break;
        SHOWN(HELLO, hello)
        SHOWN(WELCOME, welcome)
        SHOWN(REFUSE, refuse)
        SHOWN(PUSH, push)
        SHOWN(PUSHED, pushed)
        SHOWN(PULL, pull)
        SHOWN(PAGE, page)
        SHOWN(EVENT, event)
        SHOWN(HEAD, head)
        SHOWN(BUSY, busy)
        SHOWN(ERROR, error)
        SHOWN(ENROL, enrol)
        SHOWN(ENROLLED, enrolled)
        SHOWN(PROOF, proof)
        SHOWN(PROVED, proved)
        SHOWN(COSIGN, cosign)
        SHOWN(REPAIR, repair)
        SHOWN(REPAIRED, repaired)
        SHOWN(HISTORY, history)
        SHOWN(HISTORY_PAGE, history_page)
#undef SHOWN
    case OKR_MSG_BEAT:
        break;
    }
}

void okr_show_msg(const struct okr_msg *msg, struct okr_buf *out)
{
    okr_buf_printf(out, "type=%d request=%" PRIu32, (int)msg->type,
                   msg->request);
    show_body(msg, out);
}

static void show_arg(const struct okr_arg *from, struct okr_buf *out)
{
    SLICE(name);
    SLICE(value);
}

void okr_show_ask(const struct okr_ask *from, struct okr_buf *out)
{
    SLICE(method);
    LIST(args, show_arg);
    SLICE(as_mail);
    okr_buf_printf(out, " operation=%d", from->operation != NULL);
    if (from->operation != NULL)
        okr_show_op(from->operation, out);
    LIST(operations, okr_show_op);
    SLICE(blob);
}

void okr_show_reply(const struct okr_reply *from, struct okr_buf *out)
{
    NUMBER(code);
    SLICE(json);
    SLICE(error);
    SLICE(rule);
    SLICE(remedy);
    SLICE(payload);
    for (size_t i = 0; i < from->n_payloads; i++)
        show_bytes(out, "payloads", from->payloads[i]);
    NUMBER(more);
}
