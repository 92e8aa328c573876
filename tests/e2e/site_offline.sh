#!/usr/bin/env bash
# A site works on without its server, also when it is killed meanwhile, and
# everything it said was saved is at the server once.  Would catch: a "saved"
# before the commit, a push made twice, a queue that is not read again at
# start, an operation that leaves the outbox before its answer.
set -eu
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"

server_init
server_start
site_join lyon
site_join turin
site_start lyon
site_start turin
until_true 10 is_settled lyon
until_true 10 is_settled turin
server add cycle --name Q1 --kind quarter --start 2026-01-01 \
  --end 2026-03-31 >/dev/null
until_true 5 ask lyon show ref=Q1

say "what a site adds is shown at once, and soon everywhere"
ask lyon add kind=objective cycle=Q1 title=first --as $ADA |
  field pending | grep -qx true
until_true 5 is_settled lyon
until_true 5 sh -c "'$ASK' '$D/turin' list | grep -q first"
same "pending at the other site" false \
  "$(ask turin list | field 0.pending)"

say "the server is killed; 1,000 operations"
stop srv KILL
until_true 10 link_is lyon offline
has "1,000 saved" "1000 done, 0 refused" "$(ask lyon add kind=objective \
  cycle=Q1 title='offline %d' --as $ADA --many 1000 --ms 60000)"
same "pending" 1000 "$(status_of lyon pending)"

say "the site is killed too"
stop lyon KILL
site_start lyon
same "pending after the kill" 1000 "$(status_of lyon pending)"
same "objectives after the kill" 1001 "$(ask lyon list | count)"

say "the server comes back"
server_start
until_true 60 is_settled lyon
until_true 20 is_settled turin
same "objectives at the server" 1001 "$(server list --json | count)"
same "titles at the server" 1001 "$(server list --json |
  grep -o '"title":"[^"]*"' | sort -u | wc -l)"
same "digest of lyon" "$(server_digest)" "$(status_of lyon digest)"
same "digest of turin" "$(server_digest)" "$(status_of turin digest)"
same "nothing refused" 0 "$(status_of lyon refused)"

say "both folders are whole"
stop lyon
stop turin
"$BIN/okr-site" check "$D/lyon" >/dev/null
"$BIN/okr-site" check "$D/turin" >/dev/null
