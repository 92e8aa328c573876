/* Files that tests need: vectors of the tree, shared data beside it, and a
 * folder of their own. */
#ifndef OKR_TESTS_LIB_FILES_H
#define OKR_TESTS_LIB_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OKR_TEST_PATH_MAX 512

/* Opens tests/data/NAME of the tree ($OKR_SOURCE_DIR, else the working
 * folder); ends the process with a message if it is not there. */
FILE *okr_test_data(const char *name);
/* Opens NAME below $OKR_SHARED, else below ../shared of the tree.  NULL if it
 * is not there, after saying so: the test then exits with OKR_TEST_SKIP. */
FILE *okr_test_shared(const char *name);
#define OKR_TEST_SKIP 77

/* Makes a new folder for a test, 0700, below $TMPDIR or /tmp. */
void okr_test_dir_make(char ret_path[OKR_TEST_PATH_MAX]);
/* Removes it with the files and folders in it. */
void okr_test_dir_remove(const char *path);
/* "PATH/NAME" */
void okr_test_path(const char *path, const char *name,
                   char ret_path[OKR_TEST_PATH_MAX]);

#endif
