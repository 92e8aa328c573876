/* What the ground alone can do: signatures, synced commits, CURVE. */
#include "common/crypto/hash.h"
#include "tests/lib/bench.h"

int main(void)
{
    okr_crypto_init();
    okr_bench_head("Floors");
    okr_bench_row(&(struct okr_bench_row){.what = "Ed25519 verifications",
                                          .value = okr_bench_verify(),
                                          .unit = "/s"});
    okr_bench_row(
        &(struct okr_bench_row){.what = "synced commits of 1 put of 100 B",
                                .value = okr_bench_commits(1),
                                .unit = "/s"});
    double commits = okr_bench_commits(64);
    okr_bench_row(&(struct okr_bench_row){
        .what = "synced commits of 64 puts", .value = commits, .unit = "/s"});
    okr_bench_row(&(struct okr_bench_row){
        .what = "puts in commits of 64", .value = commits * 64, .unit = "/s"});
    struct okr_bench_curve curve = okr_bench_curve();
    okr_bench_row(&(struct okr_bench_row){
        .what = "CURVE round trip, p50", .value = curve.p50, .unit = "ms"});
    okr_bench_row(&(struct okr_bench_row){
        .what = "CURVE round trip, p99", .value = curve.p99, .unit = "ms"});
    okr_bench_row(
        &(struct okr_bench_row){.what = "CURVE, 200 KiB frames",
                                .value = okr_bench_curve_bytes() / 1e6,
                                .unit = "MB/s"});
    return 0;
}
