/* Changes of what is there: what was seen, sets, states, conflicts. */
#include "tests/unit/compose/asking.h"

static struct okr_id add_kr(struct asking *a, struct okr_id *ret_objective)
{
    struct okr_acme *c = &a->c;
    struct okr_id o =
        okr_acme_add(c, OKR_KIND_OBJECTIVE, "cycle", okr_acme_hex(c, &c->q2),
                     "title", "Grow", "owner", okr_acme_hex(c, &c->bob), "unit",
                     okr_acme_hex(c, &c->sales), "state", "published", NULL);
    if (ret_objective != NULL)
        *ret_objective = o;
    return okr_acme_add(c, OKR_KIND_KEY_RESULT, "objective",
                        okr_acme_hex(c, &o), "title", "More", "owner",
                        okr_acme_hex(c, &c->bob), NULL);
}

static const char *arg(struct asking *a, const char *name,
                       const struct okr_id *id)
{
    return okr_arena_printf(a->c.arena, "%s=%s", name, okr_acme_hex(&a->c, id));
}

static enum okr_err pending_op(void *context, uint64_t seq,
                               struct okr_id *ret_op)
{
    (void)context;
    *ret_op = (struct okr_id){{(uint8_t)seq}};
    return OKR_OK;
}

/* Each field has its own: the newest lsn of the record would hide what others
 * wrote to this one. */
static void each_change_says_what_was_seen(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    okr_lsn made = a->c.lsn;
    okr_acme_set(&a->c, &kr, 0, "target", "5", NULL);
    okr_lsn set = a->c.lsn;
    ask(a, "set", arg(a, "ref", &kr), "change=title=Most", "change=target=7",
        "change=due=2026-06-01", "change=low=", NULL);
    assert_done(a);
    assert_int_equal(a->payload.n_changes, 4);
    assert_true(okr_id_eq(&a->payload.entity, &kr));
    const struct okr_seen want[] = {
        {.form = OKR_SEEN_LSN, .epoch = 3, .lsn = made},
        {.form = OKR_SEEN_LSN, .epoch = 3, .lsn = set},
        {.form = OKR_SEEN_LSN, .epoch = 3, .lsn = 0},
        {.form = OKR_SEEN_LSN, .epoch = 3, .lsn = 0},
    };
    for (size_t i = 0; i < 4; i++) {
        const struct okr_seen *seen = &a->payload.changes[i].seen;
        assert_int_equal(seen->form, want[i].form);
        assert_int_equal(seen->epoch, want[i].epoch);
        assert_int_equal(seen->lsn, want[i].lsn);
    }
    assert_int_equal(a->payload.changes[3].form, OKR_REG_UNSET);
    assert_int_equal(a->payload.changes[3].data.len, 0);
}

static void an_own_pending_value_was_seen_as_such(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    okr_acme_set(&a->c, &kr, OKR_LSN_PENDING | 9, "target", "5", NULL);
    a->c.space.view = true;
    a->ground.pending_op = pending_op;
    ask(a, "set", arg(a, "ref", &kr), "change=target=7", "change=title=x",
        NULL);
    assert_done(a);
    assert_int_equal(a->payload.n_changes, 2);
    const struct okr_change *changes = a->payload.changes;
    assert_int_equal(changes[0].field, OKR_F_TARGET);
    assert_int_equal(changes[0].seen.form, OKR_SEEN_OP);
    assert_int_equal(changes[0].seen.op.b[0], 9);
    assert_int_equal(changes[1].seen.form, OKR_SEEN_LSN);
}

struct element {
    const char *role;
    uint8_t form;
};

static void assert_roles(struct asking *a, const struct element *want, size_t n)
{
    const struct okr_field_info *field =
        okr_field_info(OKR_KIND_PERSON, OKR_F_ROLES);
    assert_done(a);
    assert_int_equal(a->payload.n_changes, n);
    for (size_t i = 0; i < n; i++) {
        const struct okr_change *change = &a->payload.changes[i];
        assert_string_equal(okr_value_text(field, change->data, 0, a->c.arena),
                            want[i].role);
        assert_int_equal(change->form, want[i].form);
        assert_int_equal(change->seen.form, OKR_SEEN_NOTHING);
    }
}

/* Ann is admin and champion. */
static void sets_are_added_to_taken_from_and_replaced(void **state)
{
    struct asking *a = *state;
    const struct element plus[] = {{"auditor", OKR_REG_PRESENT}};
    const struct element minus[] = {{"admin", OKR_REG_ABSENT}};
    const struct element all[] = {{"admin", OKR_REG_PRESENT},
                                  {"auditor", OKR_REG_PRESENT},
                                  {"champion", OKR_REG_ABSENT}};
    const struct element none[] = {{"admin", OKR_REG_ABSENT},
                                   {"champion", OKR_REG_ABSENT}};
    ask(a, "set", "ref=ann@acme.test", "change=roles+=auditor", NULL);
    assert_roles(a, plus, 1);
    ask(a, "set", "ref=ann@acme.test", "change=roles-=admin", NULL);
    assert_roles(a, minus, 1);
    ask(a, "set", "ref=ann@acme.test", "change=roles=admin,auditor", NULL);
    assert_roles(a, all, 3);
    ask(a, "set", "ref=ann@acme.test", "change=roles=", NULL);
    assert_roles(a, none, 2);
    /* One who was taken out before is not taken out again. */
    okr_acme_set(&a->c, &a->c.ann, 0, "roles", "-admin", NULL);
    ask(a, "set", "ref=ann@acme.test", "change=roles=", NULL);
    assert_roles(a, &none[1], 1);
}

static void slips_in_an_assignment(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL), o;
    (void)add_kr(a, &o);
    const char *ref = arg(a, "ref", &kr);
    ask(a, "set", ref, "change=title", NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "\"title\" is no change", "due=2026");
    ask(a, "set", ref, "change=titel=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_FIELD,
                   "the kind key result has no field \"titel\"; its fields: "
                   "objective, title",
                   "--help");
    ask(a, "set", ref, "change=target+=3", NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "target: it holds one value",
                   "target=value");
    ask(a, "set", ref, "change=value=3", NULL);
    assert_refused(a, OKR_RULE_NOT_SETTABLE, "value: set cannot write it",
                   "okr checkin");
    ask(a, "set", arg(a, "ref", &o), "change=state=closed", NULL);
    assert_refused(a, OKR_RULE_NOT_SETTABLE, "state: set cannot write it",
                   "use okr publish, okr submit, okr return, okr approve, "
                   "okr close, okr abandon");
    ask(a, "set", ref, NULL);
    assert_refused(a, OKR_RULE_MISSING, "set changes nothing", "field=value");
    assert_true(a->problem.usage);
    ask(a, "set", ref, "change=+=3", NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "\"+=3\" is no change", "");
    assert_true(a->problem.usage);
    ask(a, "set", "change=a=b", NULL);
    assert_refused(a, OKR_RULE_MISSING, "set needs a reference", "okr list");
    ask(a, "set", ref, "change=title=", NULL);
    assert_refused(a, OKR_RULE_MISSING, "title", "give the field");
    ask(a, "set", "ref=2026-Q2", "change=phase=closed", NULL);
    assert_refused(a, OKR_RULE_NOT_SETTABLE, "phase", "use okr advance");
}

static void some_fields_never_change(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    struct okr_id cm =
        okr_acme_add(&a->c, OKR_KIND_COMMENT, "subject",
                     okr_acme_hex(&a->c, &kr), "text", "x", NULL);
    ask(a, "set", arg(a, "ref", &cm), "change=subject=sales", NULL);
    assert_refused(a, OKR_RULE_NOT_SETTABLE,
                   "subject: it is given when the comment is made and never",
                   "a new one");
    assert_true(a->problem.usage);
}

static void archive_restore_leave(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    ask(a, "archive", arg(a, "ref", &kr), "reason=not ours", NULL);
    assert_done(a);
    assert_field(a, OKR_F_ARCHIVED, "true");
    assert_true(okr_slice_is(a->payload.reason, "not ours"));
    ask(a, "restore", arg(a, "ref", &kr), NULL);
    assert_done(a);
    assert_field(a, OKR_F_ARCHIVED, "false");
    ask(a, "leave", "ref=cy@acme.test", NULL);
    assert_done(a);
    assert_field(a, OKR_F_LEFT, "2026-04-15");
    ask(a, "leave", arg(a, "ref", &kr), NULL);
    assert_refused(a, OKR_RULE_WRONG_KIND,
                   "(More) is of kind key result: there is no leave for it",
                   "kind");
}

static void revise_and_score(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    ask(a, "revise", arg(a, "ref", &kr), "target=9", NULL);
    assert_refused(a, OKR_RULE_NEEDS_REASON, "needs a reason", "--reason");
    ask(a, "revise", arg(a, "ref", &kr), "change=target=9", "reason=market",
        NULL);
    assert_done(a);
    assert_field(a, OKR_F_TARGET, "9");
    ask(a, "score", arg(a, "ref", &kr), "score=0.7", "reason=half a year",
        NULL);
    assert_done(a);
    assert_field(a, OKR_F_KR_SCORE, "0.7");
    assert_field(a, OKR_F_KR_SCORE_REASON, "half a year");
    ask(a, "score", arg(a, "ref", &kr), "score=0.7", NULL);
    assert_refused(a, OKR_RULE_NEEDS_REASON, "needs a reason", "--reason");
    ask(a, "score", arg(a, "ref", &kr), "change=score=", NULL);
    assert_done(a);
    assert_int_equal(a->payload.n_changes, 1);
    ask(a, "score", arg(a, "ref", &kr), "target=9", NULL);
    assert_refused(a, OKR_RULE_NOT_SETTABLE, "target: score cannot write it",
                   "");
}

static void a_move_names_the_state_it_leads_to(void **state)
{
    struct asking *a = *state;
    struct okr_id o;
    (void)add_kr(a, &o);
    ask(a, "close", arg(a, "ref", &o), NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_CLOSE);
    assert_int_equal(a->payload.n_changes, 1);
    assert_field(a, OKR_F_O_STATE, "closed");
    assert_int_equal(a->payload.changes[0].seen.form, OKR_SEEN_LSN);
    assert_true(a->payload.changes[0].seen.lsn > 0);
    ask(a, "approve", arg(a, "ref", &o), NULL);
    assert_refused(a, OKR_RULE_WRONG_STATE,
                   "(Grow) is published: no approve from there",
                   "possible here: close, abandon");
    assert_false(a->problem.usage);
    okr_acme_set(&a->c, &o, 0, "state", "closed", NULL);
    ask(a, "close", arg(a, "ref", &o), NULL);
    assert_refused(a, OKR_RULE_WRONG_STATE, "is closed: no close from there",
                   "nothing leads out");
}

/* A draft is published at once only where the workflow is light. */
static void moves_follow_the_workflow(void **state)
{
    struct asking *a = *state;
    struct okr_id o;
    (void)add_kr(a, &o);
    okr_acme_set(&a->c, &o, 0, "state", "draft", NULL);
    ask(a, "publish", arg(a, "ref", &o), NULL);
    assert_done(a);
    assert_field(a, OKR_F_O_STATE, "published");
    okr_acme_set(&a->c, &a->c.policy, 0, "workflow", "formal", NULL);
    ask(a, "publish", arg(a, "ref", &o), NULL);
    assert_refused(a, OKR_RULE_WRONG_STATE,
                   "is draft: no publish from there in the formal workflow",
                   "submit");
}

static struct okr_id add_conflict(struct asking *a, const struct okr_id *kr,
                                  const char *field)
{
    return okr_acme_add(&a->c, OKR_KIND_CONFLICT, "subject",
                        okr_acme_hex(&a->c, kr), "field", field, "mine", "4d",
                        "theirs", "54", NULL);
}

static void a_conflict_is_resolved_by_a_choice(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    struct okr_id x = add_conflict(a, &kr, "17");
    ask(a, "resolve", arg(a, "ref", &x), "choice=mine", NULL);
    assert_done(a);
    assert_true(okr_id_eq(&a->payload.entity, &x));
    assert_int_equal(a->payload.kind, OKR_KIND_CONFLICT);
    assert_int_equal(a->payload.n_changes, 1);
    assert_int_equal(a->payload.changes[0].field, OKR_F_MINE);
    assert_int_equal(a->payload.changes[0].data.len, 0);
    /* By what it is about, while there is only one. */
    ask(a, "resolve", arg(a, "ref", &kr), "choice=theirs", NULL);
    assert_done(a);
    assert_true(okr_id_eq(&a->payload.entity, &x));
    assert_int_equal(a->payload.changes[0].field, OKR_F_THEIRS);
    ask(a, "resolve", arg(a, "ref", &kr), "choice=Both of us", NULL);
    assert_done(a);
    assert_int_equal(a->payload.changes[0].field, OKR_F_BASE);
    assert_true(okr_slice_is(a->payload.changes[0].data, "Both of us"));
}

static void which_conflict_must_be_clear(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    ask(a, "resolve", arg(a, "ref", &kr), "choice=mine", NULL);
    assert_refused(a, OKR_RULE_NOT_OPEN, "has no open conflict",
                   "okr conflicts");
    struct okr_id x = add_conflict(a, &kr, "17");
    ask(a, "resolve", arg(a, "ref", &x), NULL);
    assert_refused(a, OKR_RULE_MISSING, "choice: which text", "mine, theirs");
    struct okr_id due = add_conflict(a, &kr, "27");
    ask(a, "resolve", arg(a, "ref", &kr), "choice=mine", NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "has 2 open conflicts",
                   "okr conflicts");
    ask(a, "resolve", arg(a, "ref", &due), "choice=later", NULL);
    assert_refused(a, OKR_RULE_BAD_VALUE, "\"later\"", "");
    ask(a, "resolve", arg(a, "ref", &due), "choice=2026-06-30", NULL);
    assert_done(a); /* a third value, of the field's own type */
    assert_int_equal(a->payload.changes[0].field, OKR_F_BASE);
    okr_acme_set(&a->c, &x, 0, "state", "resolved", NULL);
    ask(a, "resolve", arg(a, "ref", &x), "choice=mine", NULL);
    assert_refused(a, OKR_RULE_NOT_OPEN, "has no open conflict", "");
}

static void the_reason_is_text(void **state)
{
    struct asking *a = *state;
    ask(a, "archive", "ref=sales", "reason=two\r\nlines", NULL);
    assert_done(a);
    assert_true(okr_slice_is(a->payload.reason, "two\nlines"));
    ask(a, "archive", "ref=sales", "reason=\x01", NULL);
    assert_refused(a, OKR_RULE_BAD_TEXT, "--reason: ", "UTF-8");
    ask(a, "archive", "ref=sales", "colour=red", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_FIELD,
                   "colour: archive takes no such argument", "");
}

/* Each allocation in turn fails: told as such, and nothing is half done. */
static void memory_may_end_anywhere(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, NULL);
    char hex[OKR_ID_HEX];
    okr_id_hex(&kr, hex);
    struct okr_arg args[][3] = {
        {{OKR_SLICE_LIT("ref"), OKR_SLICE_LIT("ann ace")},
         {OKR_SLICE_LIT("change"), OKR_SLICE_LIT("roles=auditor")},
         {OKR_SLICE_LIT("reason"), OKR_SLICE_LIT("why")}},
        {{OKR_SLICE_LIT("key_result"), okr_slice_str(hex)},
         {OKR_SLICE_LIT("value"), OKR_SLICE_LIT("7%")},
         {OKR_SLICE_LIT("observed_at"), OKR_SLICE_LIT("2026-04-01")}},
    };
    const char *const methods[] = {"set", "checkin"};
    for (size_t i = 0; i < 2; i++) {
        struct okr_ask question = {
            .method = okr_slice_str(methods[i]), .args = args[i], .n_args = 3};
        enum okr_err err = OKR_ERR_NOMEM;
        for (unsigned n = 1; err != OKR_OK; n++) {
            memset(&a->payload, 0, sizeof a->payload);
            okr_arena_fail_at(a->c.arena, n);
            err = okr_compose(&a->ground, &question, &a->payload, &a->problem);
            okr_arena_fail_at(a->c.arena, 0);
            assert_true(err == OKR_OK || err == OKR_ERR_NOMEM);
            assert_int_equal(a->payload.verb != 0, err == OKR_OK);
            assert_in_range(n, 1, 500);
        }
        assert_done(a);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        T(each_change_says_what_was_seen),
        T(an_own_pending_value_was_seen_as_such),
        T(sets_are_added_to_taken_from_and_replaced),
        T(slips_in_an_assignment),
        T(some_fields_never_change),
        T(archive_restore_leave),
        T(revise_and_score),
        T(a_move_names_the_state_it_leads_to),
        T(moves_follow_the_workflow),
        T(a_conflict_is_resolved_by_a_choice),
        T(which_conflict_must_be_clear),
        T(the_reason_is_text),
        T(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
