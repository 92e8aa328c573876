/* Runs a fuzz target on each file of a corpus, without libFuzzer, so that
 * what the fuzzer once found is a plain test in every build.
 *
 *     fuzz_NAME CORPUS-FOLDER-OR-FILE...
 *
 * Exit: 0 all inputs ran; 1 an input could not be read; 77 there is no
 * corpus.  A failing input aborts; its name is the last line printed. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_count;

static void fail(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

/* Each input is a heap block of its exact size: a read beyond it is seen. */
static void run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);

    if (file == NULL || data == NULL)
        fail(path);
    if (fread(data, 1, size, file) != size)
        fail(path);
    fclose(file);
    printf("%s (%zu bytes)\n", path, size);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    run_count++;
}

static void run_path(const char *path);

static void run_folder(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);

    if (n < 0)
        fail(path);
    for (int i = 0; i < n; i++) {
        char child[4096];
        int len = snprintf(child, sizeof(child), "%s/%s", path,
                           entries[i]->d_name);

        if (len < 0 || (size_t)len >= sizeof(child)) {
            errno = ENAMETOOLONG;
            fail(path);
        }
        if (entries[i]->d_name[0] != '.')
            run_path(child);
        free(entries[i]);
    }
    free(entries);
}

static void run_path(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        if (errno != ENOENT)
            fail(path);
        return;
    }
    if (S_ISDIR(st.st_mode))
        run_folder(path);
    else
        run_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
    const uint8_t nothing[1] = {0};

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    if (run_count == 0) {
        printf("skipped: no corpus in %s\n", argc > 1 ? argv[1] : "?");
        return 77;
    }
    printf("%d inputs\n", run_count);
    return 0;
}
