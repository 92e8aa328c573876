/* The list of effects: grows in the turn's arena. */
#include "common/msg/effects.h"

#include <string.h>

#include "common/base/assert.h"

#define EFFECTS_FIRST 64

void okr_effects_init(struct okr_effects *fx, struct okr_arena *arena)
{
    OKR_ASSERT(arena != NULL);
    *fx = (struct okr_effects){.arena = arena};
}

struct okr_fx *okr_effects_add(struct okr_effects *fx,
                               enum okr_effect_kind kind)
{
    OKR_ASSERT(fx->n <= fx->cap);
    if (fx->n == fx->cap) {
        size_t cap = fx->cap == 0 ? EFFECTS_FIRST : fx->cap * 2;
        struct okr_fx *at = okr_arena_array(fx->arena, cap, sizeof *at);
        if (at == NULL)
            return NULL;
        if (fx->n > 0)
            memcpy(at, fx->at, fx->n * sizeof *at);
        fx->at = at;
        fx->cap = cap;
    }
    struct okr_fx *one = &fx->at[fx->n++];
    one->kind = kind;
    return one;
}

enum okr_err okr_effects_send(struct okr_effects *fx,
                              const struct okr_envelope *to,
                              const struct okr_msg *msg)
{
    struct okr_msg *copy = okr_arena_alloc(fx->arena, sizeof *copy);
    struct okr_fx *one = okr_effects_add(fx, OKR_FX_SEND);
    if (copy == NULL || one == NULL)
        return OKR_ERR_NOMEM;
    *copy = *msg;
    one->msg = copy;
    if (to != NULL)
        one->to = *to;
    return OKR_OK;
}
