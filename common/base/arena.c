/* Arenas: chained blocks, each twice the one before, filled front to back. */
#include "common/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

/* Under the address sanitizer everything not handed out is poisoned, so that
 * a use after the reset is found although the memory still exists. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#endif

enum {
    BLOCK_MIN = 16 * 1024,   /* bytes of the first block */
    BLOCK_MAX = 1024 * 1024, /* blocks double up to here */
    ALIGN = _Alignof(max_align_t),
};

struct block {
    struct block *next;
    size_t used, cap; /* bytes of `data` */
    max_align_t data[];
};

/* Blocks in the order they were made; only the last has room. */
struct okr_arena {
    struct block *first, *last;
    size_t used, bytes_max;
    unsigned fail_in; /* allocations until one fails; 0: none will */
};

enum okr_err okr_arena_new(size_t bytes_max, struct okr_arena **ret_arena)
{
    OKR_ASSERT(ret_arena != NULL);
    struct okr_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return OKR_ERR_NOMEM;
    arena->bytes_max = bytes_max;
    *ret_arena = arena;
    return OKR_OK;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->cap);
        free(block);
        block = next;
    }
}

void okr_arena_free(struct okr_arena **arena)
{
    OKR_ASSERT(arena != NULL);
    if (*arena == NULL)
        return;
    free_blocks((*arena)->first);
    free(*arena);
    *arena = NULL;
}

void okr_arena_reset(struct okr_arena *arena)
{
    struct block *first = arena->first;
    arena->used = 0;
    if (first == NULL)
        return;
    free_blocks(first->next);
    first->next = NULL;
    first->used = 0;
    arena->last = first;
    ASAN_POISON_MEMORY_REGION(first->data, first->cap);
}

size_t okr_arena_used(const struct okr_arena *arena)
{
    return arena->used;
}

static size_t next_block_bytes(const struct okr_arena *arena, size_t bytes)
{
    size_t cap = BLOCK_MIN;
    if (arena->last != NULL && arena->last->cap <= BLOCK_MAX / 2)
        cap = arena->last->cap * 2;
    else if (arena->last != NULL)
        cap = BLOCK_MAX;
    size_t left = arena->bytes_max - arena->used;
    if (cap > left)
        cap = left;
    return cap > bytes ? cap : bytes;
}

static struct block *add_block(struct okr_arena *arena, size_t bytes)
{
    size_t cap = next_block_bytes(arena, bytes);
    if (cap > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = malloc(sizeof *block + cap);
    if (block == NULL)
        return NULL;
    *block = (struct block){.cap = cap};
    ASAN_POISON_MEMORY_REGION(block->data, cap);
    if (arena->last != NULL)
        arena->last->next = block;
    else
        arena->first = block;
    arena->last = block;
    return block;
}

static bool must_fail(struct okr_arena *arena)
{
    if (arena->fail_in == 0)
        return false;
    return --arena->fail_in == 0;
}

void *okr_arena_alloc(struct okr_arena *arena, size_t bytes)
{
    OKR_ASSERT(arena->used <= arena->bytes_max);
    if (must_fail(arena) || bytes > SIZE_MAX - ALIGN)
        return NULL;
    /* Nothing asked for still takes room, so that it is bounded too. */
    size_t taken = bytes == 0 ? ALIGN : (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (taken > arena->bytes_max - arena->used)
        return NULL;
    struct block *block = arena->last;
    if (block == NULL || taken > block->cap - block->used)
        block = add_block(arena, taken);
    if (block == NULL)
        return NULL;
    OKR_ASSERT(block->used % ALIGN == 0);
    uint8_t *at = (uint8_t *)block->data + block->used;
    block->used += taken;
    arena->used += taken;
    ASAN_UNPOISON_MEMORY_REGION(at, bytes);
    return memset(at, 0, bytes);
}

void *okr_arena_array(struct okr_arena *arena, size_t n, size_t size)
{
    OKR_ASSERT(size > 0);
    if (n > SIZE_MAX / size)
        return NULL;
    return okr_arena_alloc(arena, n * size);
}

struct okr_slice okr_arena_copy(struct okr_arena *arena, struct okr_slice s)
{
    void *data = okr_arena_alloc(arena, s.len);
    if (data == NULL)
        return OKR_SLICE_NONE;
    if (s.len > 0)
        memcpy(data, s.data, s.len);
    return okr_slice_of(data, s.len);
}

char *okr_arena_str(struct okr_arena *arena, struct okr_slice s)
{
    if (s.len == SIZE_MAX)
        return NULL;
    char *str = okr_arena_alloc(arena, s.len + 1);
    if (str != NULL && s.len > 0)
        memcpy(str, s.data, s.len);
    return str;
}

char *okr_arena_printf(struct okr_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *str = NULL;
    if (len >= 0)
        str = okr_arena_alloc(arena, (size_t)len + 1);
    if (str != NULL)
        (void)vsnprintf(str, (size_t)len + 1, format, again);
    va_end(again);
    return str;
}

void okr_arena_fail_at(struct okr_arena *arena, unsigned n)
{
    arena->fail_in = n;
}
