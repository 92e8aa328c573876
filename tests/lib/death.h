/* For tests of assertions: does an act end the process as it should? */
#ifndef OKR_TESTS_LIB_DEATH_H
#define OKR_TESTS_LIB_DEATH_H

#include <stdbool.h>

#define OKR_DEATH_SAID_MAX 512

/* Runs `act` in a child process; true if abort() ended it.  `ret_said` gets
 * what it wrote to stderr, cut to fit, with a NUL; it may be NULL. */
bool okr_death_of(void (*act)(void), char ret_said[OKR_DEATH_SAID_MAX]);

#endif
