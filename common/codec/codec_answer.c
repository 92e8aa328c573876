/* What became of one operation: in Pushed, and as it is kept. */
#include "common/codec/codec.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/flaw.h"
#include "common/base/limits.h"
#include "common/codec/pb.h"

static Okr__Offence *pack_offence(struct okr_pack *p,
                                  const struct okr_offence *from)
{
    Okr__Offence *pb = okr_pack_new(p, &okr__offence__descriptor);
    pb->flaw = (uint32_t)from->flaw;
    pb->about = okr_pack_id_optional(&from->about);
    pb->count = from->count;
    return pb;
}

/* A flaw of a newer server keeps its number, as rules do. */
static void unpack_offence(struct okr_unpack *u, const Okr__Offence *pb,
                           struct okr_offence *ret)
{
    ret->flaw = (enum okr_flaw)pb->flaw;
    okr_unpack_optional(u, pb->about, ret->about.b, OKR_ID_LEN);
    ret->count = pb->count;
}

static void unpack_offences(struct okr_unpack *u, const Okr__Answer *pb,
                            struct okr_verdict *ret)
{
    struct okr_offence *offences;
    okr_unpack_need(u, pb->n_offence <= OKR_OFFENCES_MAX, OKR_ERR_LIMIT);
    OKR_UNPACK_LIST(u, offences, ret->n_offences, pb, offence, unpack_offence);
    ret->offences = offences;
}

Okr__Answer *okr_pack_answer(struct okr_pack *p, const struct okr_answer *from)
{
    Okr__Answer *pb = okr_pack_new(p, &okr__answer__descriptor);
    pb->outcome = (uint32_t)from->verdict.outcome;
    pb->rule = (uint32_t)from->verdict.rule;
    pb->field = from->verdict.field;
    pb->about = okr_pack_id_optional(&from->verdict.about);
    pb->replaced = from->verdict.replaced;
    pb->op = okr_pack_id(&from->op);
    pb->lsn = from->lsn;
    pb->scope = from->scopes;
    pb->n_scope = from->n_scopes;
    pb->time_us = from->time;
    pb->effects = okr_pack_slice(from->effects);
    pb->meta = okr_pack_optional(from->meta, sizeof from->meta);
    pb->current = okr_pack_slice(from->current);
    OKR_PACK_LIST(p, pb, offence, from->verdict.offences,
                  from->verdict.n_offences, pack_offence);
    return pb;
}

/* Outcomes and rules of a newer server keep their numbers: what is not known
 * is shown as such, and the answer still ends the operation's wait. */
void okr_unpack_answer(struct okr_unpack *u, const Okr__Answer *pb,
                       struct okr_answer *ret)
{
    ret->verdict.outcome = (enum okr_outcome)pb->outcome;
    ret->verdict.rule = (enum okr_rule)pb->rule;
    ret->verdict.field = okr_unpack_u16(u, pb->field);
    okr_unpack_optional(u, pb->about, ret->verdict.about.b, OKR_ID_LEN);
    ret->verdict.replaced = okr_unpack_number(u, pb->replaced);
    okr_unpack_fixed(u, pb->op, ret->op.b, OKR_ID_LEN);
    ret->lsn = okr_unpack_number(u, pb->lsn);
    ret->scopes = okr_unpack_array(u, pb->n_scope, sizeof *ret->scopes);
    ret->n_scopes = ret->scopes != NULL ? pb->n_scope : 0;
    for (size_t i = 0; i < ret->n_scopes; i++)
        ret->scopes[i] = pb->scope[i];
    ret->time = okr_unpack_time(u, pb->time_us);
    ret->effects = okr_unpack_slice(pb->effects);
    okr_unpack_optional(u, pb->meta, ret->meta, sizeof ret->meta);
    ret->current = okr_unpack_slice(pb->current);
    unpack_offences(u, pb, &ret->verdict);
}

void okr_answer_encode(const struct okr_answer *answer, struct okr_buf *out)
{
    struct okr_pack p;
    OKR_ASSERT(answer != NULL && out != NULL);
    if (!okr_pack_begin(&p, out))
        return;
    okr_pack_put(&p, okr_pack_answer(&p, answer), out);
    okr_pack_end(&p, out);
}

enum okr_err okr_answer_decode(struct okr_slice s, struct okr_arena *arena,
                               struct okr_answer *ret_answer)
{
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    struct okr_answer answer = {0};
    if (s.len > OKR_FRAME_MAX)
        return OKR_ERR_LIMIT;
    OKR_TRY(okr_pb_unpack(&okr__answer__descriptor, s, arena, &message));
    okr_unpack_answer(&u, (const Okr__Answer *)message, &answer);
    if (u.err == OKR_OK)
        *ret_answer = answer;
    return u.err;
}
