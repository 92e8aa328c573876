/* Assertions that stay on in release builds: a broken assumption ends the
 * process at once, the supervisor restarts it, the log on disk is intact. */
#ifndef OKR_BASE_ASSERT_H
#define OKR_BASE_ASSERT_H

/* Writes "file:line: assertion failed: text" to stderr and aborts. */
__attribute__((noreturn, cold)) void
okr_assert_fail(const char *text, const char *file, int line);

#define OKR_ASSERT(expr) \
    ((expr) ? (void)0 : okr_assert_fail(#expr, __FILE__, __LINE__))

/* For switch arms that only a bug can reach. */
#define OKR_UNREACHABLE() okr_assert_fail("unreachable", __FILE__, __LINE__)

#endif
