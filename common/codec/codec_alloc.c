/* Unpacking into an arena that counts.
 *
 * protobuf-c makes a struct of some 100 bytes of each 2-byte empty submessage,
 * so a frame of 256 KiB could ask for 16 MiB.  What a message may take is
 * bounded by its length: `TIMES` it when it is unpacked, and twice that while
 * it is: then the library also keeps a list of the fields it has met (32
 * bytes each, 2 bytes on the wire at least), which it gives back at the end
 * of every submessage.  Those lists are large blocks and are used again;
 * anything small that is given back stays counted.
 *
 * Rows of nothing but small registers are the densest honest input: 5 bytes
 * on the wire, 36 in memory. */
#include "common/codec/pb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

enum {
    TIMES = 8,               /* bytes unpacked a byte on the wire, */
    EXTRA_BYTES = 32 * 1024, /* and these for messages of few bytes */
    LARGE_MIN = 1024,        /* bytes from which a block is used again */
    CHUNK = 4096,            /* bytes that small blocks are cut from */
    ALIGN = 8,
};
_Static_assert(_Alignof(Okr__Rows) <= ALIGN, "blocks are aligned to ALIGN");

struct large {
    struct large *next;
    void *data;
    size_t len;
    bool is_free;
};
struct counter {
    struct okr_arena *arena;
    struct large *larges;
    uint8_t *chunk; /* rest of the present one */
    size_t chunk_len;
    size_t live, live_max; /* bytes */
    enum okr_err err;
};

static void *alloc_small(struct counter *c, size_t len)
{
    if (len > c->chunk_len) {
        c->chunk = okr_arena_alloc(c->arena, CHUNK);
        c->chunk_len = c->chunk != NULL ? CHUNK : 0;
    }
    if (len > c->chunk_len)
        return NULL;
    void *data = c->chunk;
    c->chunk += len;
    c->chunk_len -= len;
    return data;
}

static void *alloc_large(struct counter *c, size_t len)
{
    for (struct large *one = c->larges; one != NULL; one = one->next) {
        if (one->is_free && one->len == len) {
            one->is_free = false;
            return one->data;
        }
    }
    struct large *one = okr_arena_alloc(c->arena, sizeof *one);
    void *data = okr_arena_alloc(c->arena, len);
    if (one == NULL || data == NULL)
        return NULL;
    *one = (struct large){.next = c->larges, .data = data, .len = len};
    c->larges = one;
    return data;
}

static void *counted_alloc(void *context, size_t len)
{
    struct counter *c = context;
    OKR_ASSERT(c->live <= c->live_max);
    size_t taken = SIZE_MAX;
    if (len <= c->live_max)
        taken = len == 0 ? ALIGN : (len + ALIGN - 1) / ALIGN * ALIGN;
    if (taken > c->live_max - c->live) {
        c->err = OKR_ERR_LIMIT;
        return NULL;
    }
    void *data =
        taken < LARGE_MIN ? alloc_small(c, taken) : alloc_large(c, taken);
    if (data == NULL)
        c->err = OKR_ERR_NOMEM;
    else
        c->live += taken;
    return data;
}

static void counted_free(void *context, void *data)
{
    struct counter *c = context;
    for (struct large *one = c->larges; one != NULL; one = one->next) {
        if (one->data == data && !one->is_free) {
            OKR_ASSERT(one->len <= c->live);
            one->is_free = true;
            c->live -= one->len;
            return;
        }
    }
}

enum okr_err okr_pb_unpack(const ProtobufCMessageDescriptor *desc,
                           struct okr_slice body, struct okr_arena *arena,
                           ProtobufCMessage **ret_message)
{
    OKR_ASSERT(desc != NULL && arena != NULL && ret_message != NULL);
    if (body.len > OKR_LOCAL_MAX)
        return OKR_ERR_LIMIT;
    size_t result_max = TIMES * body.len + EXTRA_BYTES;
    struct counter c = {.arena = arena, .live_max = 2 * result_max};
    ProtobufCAllocator allocator = {counted_alloc, counted_free, &c};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(desc, &allocator, body.len, body.data);
    if (message == NULL)
        return c.err != OKR_OK ? c.err : OKR_ERR_FORMAT;
    if (c.live > result_max)
        return OKR_ERR_LIMIT;
    *ret_message = message;
    return OKR_OK;
}
