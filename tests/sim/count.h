/* Counting what happened: a simulator that does nothing finds nothing. */
#ifndef OKR_SIM_COUNT_H
#define OKR_SIM_COUNT_H

#include "common/base/verdict.h"
#include "common/msg/msg.h"

#define SIM_COUNT_TABLE(X)                                       \
    X(steps, "steps")                                            \
    X(commits_server, "commits at the server")                   \
    X(commits_site, "commits at sites")                          \
    X(submits, "operations submitted")                           \
    X(drops, "messages dropped")                                 \
    X(duplicates, "messages duplicated")                         \
    X(reorders, "messages reordered")                            \
    X(pub_drops, "PUB frames lost")                              \
    X(gaps, "gaps met")                                          \
    X(pages, "pages applied")                                    \
    X(lines_down, "lines gone down")                             \
    X(stops, "processes stopped")                                \
    X(failed_calls, "store calls failed")                        \
    X(commits_lost, "commits with unknown outcome, not written") \
    X(commits_kept, "commits with unknown outcome, written")     \
    X(crashes_server, "crashes of the server by a store call")   \
    X(crashes_site, "crashes of a site by a store call")         \
    X(replays, "pushes sent again")                              \
    X(moves, "entities moved between scopes")                    \
    X(conflicts, "conflicts kept aside")                         \
    X(resolved, "conflicts resolved")                            \
    X(unparked, "parked operations judged again")                \
    X(revoked, "sites revoked")                                  \
    X(proofs, "proofs verified")                                 \
    X(nonsense, "undecodable frames")                            \
    X(views, "views compared with a rebuild")                    \
    X(tails, "lost tails noticed")                               \
    X(digests, "scope digests compared")                         \
    X(damaged, "scopes damaged")                                 \
    X(repaired, "scopes repaired")                               \
    X(histories, "histories told")

struct sim_counts {
#define X(name, text) uint64_t name;
    SIM_COUNT_TABLE(X)
#undef X
    uint64_t outcome[OKR_OUTCOME_COUNT];
    uint64_t rule[64];
    uint64_t message[32];
    uint64_t verb[64];
};

void sim_counts_add(struct sim_counts *sum, const struct sim_counts *one);
/* Prints all; returns how many that must happen stand at zero. */
unsigned sim_counts_print(const struct sim_counts *counts);

#endif
