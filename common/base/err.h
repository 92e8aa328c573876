/* Errors of the world: disk, memory, limits, damaged files.
 *
 * A program's own bug is OKR_ASSERT (assert.h); what a person asked for and
 * may not have is a verdict (verdict.h).  The three are never mixed. */
#ifndef OKR_BASE_ERR_H
#define OKR_BASE_ERR_H

#define OKR_MUST_USE __attribute__((warn_unused_result))

/* name, text for people */
#define OKR_ERR_TABLE(X)                        \
    X(NOMEM, "out of memory")                   \
    X(IO, "input/output error")                 \
    X(CORRUPT, "stored data is damaged")        \
    X(LIMIT, "a limit is exceeded")             \
    X(NOTFOUND, "not found")                    \
    X(EXISTS, "exists already")                 \
    X(FORMAT, "malformed input")                \
    X(VERSION, "written by a newer version")    \
    X(DENIED, "permission refused")             \
    X(FULL, "no space left")                    \
    X(BUSY, "in use by another process")        \
    X(COMMIT, "outcome of a commit is unknown") \
    X(CLOSED, "the other side is gone")         \
    X(TIMEOUT, "no answer in time")

enum okr_err {
    OKR_OK = 0,
#define OKR_ERR_ENUM(name, text) OKR_ERR_##name,
    OKR_ERR_TABLE(OKR_ERR_ENUM)
#undef OKR_ERR_ENUM
};

/* Text of an error, static, never NULL. */
const char *okr_err_text(enum okr_err err);

/* Returns from the function with the error of `call`, if it has one. */
#define OKR_TRY(call)                       \
    do {                                    \
        enum okr_err okr_try_err_ = (call); \
        if (okr_try_err_ != OKR_OK)         \
            return okr_try_err_;            \
    } while (0)

#endif
