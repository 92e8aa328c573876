/* Judging: an entity from another server's export, taken over as it stood
 * there, with its author, its time and what had followed from verbs. */
#include "common/base/assert.h"
#include "common/replica/judge_impl.h"

/* Only the server itself adopts, while it is empty.  A large entity comes in
 * parts: the first one makes it, and each writes over what is there. */
enum okr_err okr_judge_adopt(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    struct okr_record *there;
    if (!j->ground->authority) {
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, 0, &j->op->person);
        return OKR_OK;
    }
    enum okr_err err = okr_draft_get(j->draft, &p->entity, &there);
    if (err == OKR_ERR_NOTFOUND)
        err = okr_draft_create(j->draft, &p->entity, p->kind);
    else if (err == OKR_OK && there->kind != p->kind)
        okr_judging_refuse(j, OKR_RULE_WRONG_KIND, 0, &p->entity);
    if (err != OKR_OK || !okr_judging_on(j))
        return err;
    struct okr_reg *regs =
        okr_arena_array(j->draft->space.arena, p->n_changes, sizeof *regs);
    if (regs == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < p->n_changes; i++)
        regs[i] = (struct okr_reg){.field = p->changes[i].field,
                                   .form = p->changes[i].form,
                                   .data = p->changes[i].data};
    return okr_draft_write(j->draft, &p->entity, regs, p->n_changes);
}
