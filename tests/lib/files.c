/* Files for tests: see files.h. */
#include "tests/lib/files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *env_or(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

__attribute__((noreturn)) static void die(const char *what, const char *path)
{
    (void)fprintf(stderr, "%s: ", what);
    perror(path);
    exit(1);
}

void okr_test_path(const char *path, const char *name,
                   char ret_path[OKR_TEST_PATH_MAX])
{
    int len = snprintf(ret_path, OKR_TEST_PATH_MAX, "%s/%s", path, name);
    if (len < 0 || len >= OKR_TEST_PATH_MAX)
        die("path too long", path);
}

FILE *okr_test_data(const char *name)
{
    char folder[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX];
    okr_test_path(env_or("OKR_SOURCE_DIR", "."), "tests/data", folder);
    okr_test_path(folder, name, path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die("test data", path);
    return file;
}

FILE *okr_test_shared(const char *name)
{
    char beside[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX];
    okr_test_path(env_or("OKR_SOURCE_DIR", "."), "../shared", beside);
    okr_test_path(env_or("OKR_SHARED", beside), name, path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        (void)fprintf(stderr, "SKIPPED: no %s; set OKR_SHARED\n", path);
    return file;
}

void okr_test_dir_make(char ret_path[OKR_TEST_PATH_MAX])
{
    okr_test_path(env_or("TMPDIR", "/tmp"), "okr-test-XXXXXX", ret_path);
    if (mkdtemp(ret_path) == NULL)
        die("folder for a test", ret_path);
}

static void remove_entry(const char *folder, const char *name)
{
    char path[OKR_TEST_PATH_MAX];
    struct stat st;
    okr_test_path(folder, name, path);
    if (lstat(path, &st) != 0)
        die("removing", path);
    if (S_ISDIR(st.st_mode))
        okr_test_dir_remove(path);
    else if (unlink(path) != 0)
        die("removing", path);
}

void okr_test_dir_remove(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        die("removing", path);
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_entry(path, entry->d_name);
    }
    (void)closedir(dir);
    if (rmdir(path) != 0)
        die("removing", path);
}
