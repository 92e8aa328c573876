/* A refused operation issued anew: which ids are replaced, what is seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/shell/retry.h"
#include "common/model/ref.h"
#include "tests/lib/acme.h"

static struct okr_acme c;

static int open_acme(void **state)
{
    (void)state;
    okr_acme_open(&c);
    return 0;
}

static int close_acme(void **state)
{
    (void)state;
    okr_acme_close(&c);
    return 0;
}

static struct okr_change change(uint16_t field, uint8_t form,
                                struct okr_slice data)
{
    return (struct okr_change){.field = field, .form = form, .data = data};
}

static const char *ref_of(uint16_t kind, const struct okr_id *id)
{
    static char ref[OKR_REF_TEXT];
    okr_ref_format(kind, id, OKR_REF_CHARS, ref);
    return ref;
}

/* An objective whose owner, unit and supports are all over the place. */
struct sample {
    struct okr_change changes[6];
    struct okr_payload payload;
};

static void make(struct sample *s)
{
    *s = (struct sample){
        .changes = {change(OKR_F_O_OWNER, OKR_REG_VALUE, okr_id_slice(&c.bob)),
                    change(OKR_F_O_TITLE, OKR_REG_VALUE, okr_id_slice(&c.bob)),
                    change(OKR_F_O_UNIT, OKR_REG_VALUE, okr_id_slice(&c.sales)),
                    change(OKR_F_SUPPORTS, OKR_REG_PRESENT,
                           okr_id_slice(&c.bob)),
                    change(OKR_F_CONTRIBUTES_TO, OKR_REG_UNSET, OKR_SLICE_NONE),
                    change(999, OKR_REG_VALUE, okr_id_slice(&c.bob))},
        .payload = {.verb = OKR_VERB_ADD,
                    .kind = OKR_KIND_OBJECTIVE,
                    .entity = c.q2,
                    .n_changes = 6}};
    s->payload.changes = s->changes;
}

static bool names(const struct sample *s, size_t i, const struct okr_id *id)
{
    return okr_slice_eq(s->changes[i].data, okr_id_slice(id));
}

/* References only: a text of the same bytes is a text, and what a field of a
 * newer version holds is not known. */
static void every_reference_and_nothing_else(void **state)
{
    (void)state;
    struct sample s;
    make(&s);
    struct okr_slice hex = okr_slice_str(okr_acme_hex(&c, &c.bob));
    assert_int_equal(okr_retry_replace(&s.payload, hex, &c.cy), 2);
    assert_true(names(&s, 0, &c.cy) && names(&s, 3, &c.cy));
    assert_true(names(&s, 1, &c.bob) && names(&s, 2, &c.sales));
    assert_true(names(&s, 5, &c.bob));
    assert_int_equal(s.changes[4].form, OKR_REG_UNSET);
    assert_true(okr_id_eq(&s.payload.entity, &c.q2));
}

static void the_entity_and_its_batch(void **state)
{
    (void)state;
    struct sample s;
    make(&s);
    s.payload.batch = c.q2;
    struct okr_slice hex = okr_slice_str(okr_acme_hex(&c, &c.q2));
    assert_int_equal(okr_retry_replace(&s.payload, hex, &c.cy), 2);
    assert_true(okr_id_eq(&s.payload.entity, &c.cy));
    assert_true(okr_id_eq(&s.payload.batch, &c.cy));
    /* No batch is not an id of zeros that could be named. */
    make(&s);
    assert_int_equal(
        okr_retry_replace(&s.payload,
                          OKR_SLICE_LIT("00000000000000000000000000000000"),
                          &c.cy),
        0);
    assert_true(okr_id_is_zero(&s.payload.batch));
}

static void by_reference_too(void **state)
{
    (void)state;
    struct sample s;
    make(&s);
    struct okr_slice ref = okr_slice_str(ref_of(OKR_KIND_UNIT, &c.sales));
    assert_int_equal(okr_retry_replace(&s.payload, ref, &c.acme), 1);
    assert_true(names(&s, 2, &c.acme));
}

static void what_it_does_not_name(void **state)
{
    (void)state;
    struct sample s;
    static const char *const none[] = {"", "x", "sales", "bob@acme.test",
                                       "o-zzzzz"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        make(&s);
        assert_int_equal(
            okr_retry_replace(&s.payload, okr_slice_str(none[i]), &c.cy), 0);
        assert_true(names(&s, 0, &c.bob));
    }
}

/* ---- seen ---------------------------------------------------------------- */

static enum okr_err pending_op(void *context, uint64_t seq,
                               struct okr_id *ret_op)
{
    (void)context;
    memset(ret_op, (int)seq, sizeof *ret_op);
    return OKR_OK;
}

/* Else one's own retry would conflict with what one saw before retrying. */
static void what_is_shown_now_was_seen(void **state)
{
    (void)state;
    struct okr_id goal = okr_acme_add(
        &c, OKR_KIND_OBJECTIVE, "title", "Win", "owner",
        okr_acme_hex(&c, &c.bob), "supports", okr_acme_hex(&c, &c.ann), NULL);
    okr_lsn lsn = c.lsn;
    okr_acme_set(&c, &goal, OKR_LSN_PENDING | 7, "weight", "2", NULL);
    struct okr_change changes[] = {
        change(OKR_F_O_TITLE, OKR_REG_VALUE, OKR_SLICE_LIT("x")),
        change(OKR_F_O_WEIGHT, OKR_REG_UNSET, OKR_SLICE_NONE),
        change(OKR_F_DESCRIPTION, OKR_REG_VALUE, OKR_SLICE_LIT("x")),
        change(OKR_F_SUPPORTS, OKR_REG_ABSENT, okr_id_slice(&c.ann)),
    };
    for (size_t i = 0; i < 4; i++) /* as it was seen then */
        changes[i].seen =
            (struct okr_seen){.form = OKR_SEEN_LSN, .epoch = 1, .lsn = 1};
    struct okr_payload payload = {.verb = OKR_VERB_SET,
                                  .kind = OKR_KIND_OBJECTIVE,
                                  .entity = goal,
                                  .changes = changes,
                                  .n_changes = 4};
    struct okr_compose ground = {
        .space = c.space, .epoch = 3, .pending_op = pending_op};
    ground.space.view = true;
    assert_int_equal(okr_retry_see(&ground, &payload), OKR_OK);
    assert_int_equal(changes[0].seen.form, OKR_SEEN_LSN);
    assert_int_equal(changes[0].seen.lsn, lsn);
    assert_int_equal(changes[0].seen.epoch, 3);
    assert_int_equal(changes[1].seen.form, OKR_SEEN_OP);
    assert_int_equal(changes[1].seen.op.b[15], 7);
    assert_int_equal(changes[2].seen.form, OKR_SEEN_LSN);
    assert_int_equal(changes[2].seen.lsn, 0);
    assert_int_equal(changes[3].seen.form, OKR_SEEN_NOTHING);
    /* What makes an entity has seen nothing of it. */
    payload.entity.b[0] ^= 1;
    assert_int_equal(okr_retry_see(&ground, &payload), OKR_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(changes[i].seen.form, OKR_SEEN_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_and_nothing_else),
        cmocka_unit_test(the_entity_and_its_batch),
        cmocka_unit_test(by_reference_too),
        cmocka_unit_test(what_it_does_not_name),
        cmocka_unit_test(what_is_shown_now_was_seen),
    };
    return cmocka_run_group_tests(tests, open_acme, close_acme);
}
