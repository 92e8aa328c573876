/* Soft state: sorted, found again, bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/hub_soft.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)

static struct okr_id id_of(uint64_t *random)
{
    struct okr_id id;
    for (size_t i = 0; i < sizeof id.b; i++)
        id.b[i] = (uint8_t)okr_test_draw(random, 256);
    return id;
}

static void test_links_are_found_and_bounded(void **state)
{
    (void)state;
    struct okr_hub_soft soft = {0};
    struct okr_hub_link *link;
    uint64_t random = 7;
    okr_hub_soft_reset(&soft);
    for (uint32_t i = 0; i < OKR_HUB_LINKS_MAX; i++) {
        struct okr_id id = id_of(&random);
        assert_null(okr_hub_soft_find(&soft, &id));
        OK(okr_hub_soft_link(&soft, &id, &link));
        assert_non_null(link);
        link->request = i;
        struct okr_want want = {.scope = i + 1, .since = i};
        OK(okr_hub_soft_wait(link, &want, 1));
    }
    for (size_t i = 1; i < soft.n_links; i++)
        assert_true(okr_id_cmp(&soft.links[i - 1].site, &soft.links[i].site) <
                    0);
    random = 7;
    for (uint32_t i = 0; i < OKR_HUB_LINKS_MAX; i++) {
        struct okr_id id = id_of(&random);
        OK(okr_hub_soft_link(&soft, &id, &link));
        assert_int_equal(link->request, i);
        assert_int_equal(link->wants[0].scope, i + 1);
        assert_int_equal(link->wants[0].lsn, i);
    }
    /* One more is served, and not remembered. */
    struct okr_id more = id_of(&random);
    OK(okr_hub_soft_link(&soft, &more, &link));
    assert_null(link);
    okr_hub_soft_reset(&soft);
    assert_null(okr_hub_soft_find(&soft, &more));
    OK(okr_hub_soft_link(&soft, &more, &link));
    assert_false(link->waits);
    okr_hub_soft_free(&soft);
}

static void test_a_wait_may_grow_and_shrink(void **state)
{
    (void)state;
    struct okr_hub_soft soft = {0};
    struct okr_hub_link *link;
    struct okr_id id = okr_test_id(1);
    struct okr_want wants[40];
    for (okr_scope i = 0; i < 40; i++)
        wants[i] = (struct okr_want){.scope = i + 1, .since = 100 + i};
    OK(okr_hub_soft_link(&soft, &id, &link));
    const size_t sizes[] = {3, 40, 1};
    for (size_t i = 0; i < 3; i++) {
        OK(okr_hub_soft_wait(link, wants, sizes[i]));
        assert_true(link->waits);
        assert_int_equal(link->n_wants, sizes[i]);
        assert_int_equal(link->wants[sizes[i] - 1].lsn, 99 + sizes[i]);
    }
    okr_hub_soft_free(&soft);
}

static void test_tips_are_kept_in_order(void **state)
{
    (void)state;
    struct okr_hub_soft soft = {0};
    struct okr_hub_tip *tip;
    const struct okr_mark mark = {.seq = 5};
    for (okr_scope i = 0; i < 500; i++) {
        okr_scope scope = i * 7919 % 500 + 1;
        OK(okr_hub_soft_tip(&soft, scope, &tip));
        assert_int_equal(tip->lsn, 0);
        tip->lsn = scope;
    }
    for (okr_scope scope = 1; scope <= 500; scope++) {
        assert_int_equal(soft.tips[scope - 1].scope, scope);
        assert_int_equal(okr_hub_soft_find_tip(&soft, scope)->lsn, scope);
    }
    assert_null(okr_hub_soft_find_tip(&soft, 501));
    assert_false(soft.dirty);
    OK(okr_hub_soft_wrote(&soft, 77, &mark));
    assert_true(soft.dirty && okr_hub_soft_find_tip(&soft, 77)->dirty);
    assert_int_equal(soft.wrote[0].mark.seq, 5);
    assert_int_equal(soft.n_tips, 500);
    okr_hub_soft_free(&soft);
}

static void test_too_many_that_came_are_counted_as_all(void **state)
{
    (void)state;
    struct okr_hub_soft soft = {0};
    for (unsigned i = 0; i < OKR_HUB_CAME_MAX; i++) {
        struct okr_id id = okr_test_id(i);
        OK(okr_hub_soft_came(&soft, &id));
    }
    assert_false(soft.came_more);
    struct okr_id id = okr_test_id(OKR_HUB_CAME_MAX);
    OK(okr_hub_soft_came(&soft, &id));
    assert_true(soft.came_more);
    assert_int_equal(soft.n_came, OKR_HUB_CAME_MAX);
    okr_hub_soft_free(&soft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_are_found_and_bounded),
        cmocka_unit_test(test_a_wait_may_grow_and_shrink),
        cmocka_unit_test(test_tips_are_kept_in_order),
        cmocka_unit_test(test_too_many_that_came_are_counted_as_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
