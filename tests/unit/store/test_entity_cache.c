/* What a transaction has read and written is read once, and never old. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/store/entity_cache.h"
#include "common/store/scopes.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define HOME OKR_SCOPE(2, OKR_DEPTH_SUMMARY)
enum { MANY = 20000 }; /* more than are kept */

static struct okr_record *unit_of(struct okr_test_store *s, unsigned n,
                                  const char *name, okr_lsn lsn)
{
    struct okr_record *unit = okr_test_record(s->arena, n, OKR_KIND_UNIT);
    okr_test_home(&unit, s->arena, HOME, lsn);
    okr_test_text(&unit, s->arena, OKR_F_UNIT_NAME, name, lsn);
    return unit;
}

static struct okr_record *get(const struct okr_space *space, unsigned n)
{
    struct okr_id id = okr_test_id(n);
    struct okr_record *record = NULL;
    OK(okr_entity_get(space, &id, &record));
    return record;
}

static const char *name_of(struct okr_test_store *s,
                           const struct okr_record *record)
{
    return okr_arena_str(s->arena, okr_record_text(record, OKR_F_UNIT_NAME));
}

static void what_was_read_is_the_same_record(void **state)
{
    (void)state;
    struct okr_test_store s = {.lmdb = false};
    struct okr_entity_cache cache = {0};
    okr_test_store_open(&s);
    struct okr_space plain = okr_test_space(&s, false), space = plain;
    space.cache = &cache;
    OK(okr_entity_put(&plain, NULL, unit_of(&s, 1, "before", 5)));
    struct okr_record *read = get(&space, 1);
    assert_ptr_equal(read, get(&space, 1));
    assert_ptr_not_equal(read, get(&plain, 1));
    assert_true(read->stored);
    okr_test_store_close(&s);
}

static void what_was_written_takes_its_place(void **state)
{
    (void)state;
    struct okr_test_store s = {.lmdb = false};
    struct okr_entity_cache cache = {0};
    okr_test_store_open(&s);
    struct okr_space plain = okr_test_space(&s, false), space = plain;
    space.cache = &cache;
    OK(okr_entity_put(&space, NULL, unit_of(&s, 1, "before", 5)));
    struct okr_record *old = get(&space, 1);
    OK(okr_entity_put(&space, old, unit_of(&s, 1, "after", 6)));
    assert_string_equal(name_of(&s, get(&space, 1)), "after");
    assert_string_equal(name_of(&s, get(&plain, 1)), "after");
    /* What was kept holds as the next `old`: the store would assert. */
    OK(okr_entity_put(&space, get(&space, 1), unit_of(&s, 1, "last", 7)));
    struct okr_id id = okr_test_id(1);
    OK(okr_entity_drop(&space, get(&space, 1), 8));
    struct okr_record *gone;
    assert_int_equal(okr_entity_get(&space, &id, &gone), OKR_ERR_NOTFOUND);
    okr_test_store_close(&s);
}

static void it_forgets_rather_than_grows(void **state)
{
    (void)state;
    struct okr_test_store s = {.lmdb = false};
    struct okr_entity_cache cache = {0};
    okr_test_store_open(&s);
    struct okr_space space = okr_test_space(&s, false);
    space.cache = &cache;
    for (unsigned n = 1; n <= MANY; n++)
        OK(okr_entity_put(&space, NULL, unit_of(&s, n, "unit", n)));
    assert_true(cache.n < MANY && cache.n_slots < MANY);
    for (unsigned n = 1; n <= MANY; n += 999)
        assert_int_equal(okr_record_elsn(get(&space, n)), n);
    okr_test_store_close(&s);
}

/* The next turn's arena begins where this one's was reset. */
static void another_arena_is_another_life(void **state)
{
    (void)state;
    struct okr_test_store s = {.lmdb = false};
    struct okr_entity_cache cache = {0};
    struct okr_arena *other;
    okr_test_store_open(&s);
    OK(okr_arena_new(OKR_ARENA_UNBOUNDED, &other));
    struct okr_space space = okr_test_space(&s, false);
    space.cache = &cache;
    OK(okr_entity_put(&space, NULL, unit_of(&s, 1, "unit", 5)));
    struct okr_record *kept = get(&space, 1);
    space.arena = other;
    assert_ptr_not_equal(kept, get(&space, 1));
    okr_arena_free(&other);
    okr_test_store_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_the_same_record),
        cmocka_unit_test(what_was_written_takes_its_place),
        cmocka_unit_test(it_forgets_rather_than_grows),
        cmocka_unit_test(another_arena_is_another_life),
    };
    okr_crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
