/* Clocks and the table of ./dev bench. */
#include "tests/lib/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

double okr_bench_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double okr_bench_cpu(void)
{
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

double okr_bench_cpu_of(pid_t pid)
{
    char path[64], text[1024];
    unsigned long user, system;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    size_t n = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    if (file != NULL)
        (void)fclose(file);
    okr_bench_need(sscanf(text,
                          "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
                          "%*u %lu %lu",
                          &user, &system) == 2,
                   path);
    return (double)(user + system) / 100;
}

void okr_bench_need(bool good, const char *what)
{
    if (good)
        return;
    (void)fflush(stdout);
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void okr_bench_head(const char *title)
{
    (void)printf("\n%s\n\n| what | measured | floor | times the floor | |\n"
                 "|---|---:|---|---:|---|\n",
                 title);
    (void)fflush(stdout);
}

static void print_number(double value)
{
    (void)printf("%.*f", value < 10 ? 3 : value < 1000 ? 1 : 0, value);
}

void okr_bench_row(const struct okr_bench_row *row)
{
    (void)printf("| %s | ", row->what);
    print_number(row->value);
    (void)printf(" %s | ", row->unit);
    if (row->floor != NULL) {
        (void)printf("%s ", row->floor);
        print_number(row->floor_value);
        (void)printf(" | %.2f", row->value / row->floor_value);
    } else {
        (void)printf("– | –");
    }
    (void)printf(" | %s |\n", row->note == NULL ? "" : row->note);
    (void)fflush(stdout);
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

double okr_bench_quantile(double *at, size_t n, double share)
{
    okr_bench_need(n > 0, "no measurement");
    qsort(at, n, sizeof *at, by_size);
    size_t i = (size_t)(share * (double)n);
    return at[i < n ? i : n - 1];
}
