/* The distance of names: Damerau and Levenshtein, optimal string alignment. */
#include "client/cli/near.h"

#include <stdbool.h>
#include <string.h>

enum { NAME_MAX_LEN = 31, FAR = 99 };

static bool same(char a, char b)
{
    return (a == '_' ? '-' : a) == (b == '_' ? '-' : b);
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

size_t okr_near_distance(const char *a, const char *b)
{
    size_t d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];
    size_t n = strlen(a), m = strlen(b);
    if (n > NAME_MAX_LEN || m > NAME_MAX_LEN)
        return FAR;
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t k = 0; k <= m; k++)
        d[0][k] = k;
    for (size_t i = 1; i <= n; i++)
        for (size_t k = 1; k <= m; k++) {
            size_t cost = same(a[i - 1], b[k - 1]) ? 0 : 1;
            d[i][k] =
                least(d[i - 1][k] + 1, d[i][k - 1] + 1, d[i - 1][k - 1] + cost);
            bool swapped = i > 1 && k > 1 && same(a[i - 1], b[k - 2]) &&
                           same(a[i - 2], b[k - 1]);
            if (swapped && d[i - 2][k - 2] + 1 < d[i][k])
                d[i][k] = d[i - 2][k - 2] + 1;
        }
    return d[n][m];
}

struct okr_near okr_near_to(const char *typed)
{
    return (struct okr_near){.typed = typed, .distance = FAR};
}

void okr_near_try(struct okr_near *near, const char *name)
{
    size_t len = strlen(near->typed);
    size_t allowed = len <= 3 ? 1 : len <= 6 ? 2 : 3;
    size_t distance = okr_near_distance(near->typed, name);
    /* An abbreviation is as good as one wrong letter. */
    if (len >= 2 && strncmp(near->typed, name, len) == 0 && distance > 1)
        distance = 1;
    if (distance <= allowed && distance < near->distance) {
        near->best = name;
        near->distance = distance;
    }
}
