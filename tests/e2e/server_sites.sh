#!/usr/bin/env bash
# Inviting, listing and revoking sites; codes for persons.  Would catch: a
# token that nobody can use, one that lives for ever, a revoked site that goes
# on reading, or takes the others down with it.
. "$OKR_SOURCE_DIR/tests/lib/e2e.sh"
SERVER=$BIN/okr-server
server_init
code_of() { # of an entity's kind: how many there are
  server list --kind "$1" --json | count
}

say "where the server listens has to be known"
fails 2 server_site invite Paris
has "what to do" "--endpoint tcp://HOST:PORT" "$SAID"
start srv "$SERVER" serve "$D/srv" --listen 'tcp://*:*'
stop srv
fails 2 server_site invite Paris
has "a wildcard" "listens on every address" "$SAID"
server_start
token=$(server_site invite Paris)
[[ $token =~ ^okr1-[0-9a-z]+$ ]] || die "token: $token"
same "tokens on stdout" 1 "$(wc -w <<<"$token")"
stop srv
json=$(server_site invite Paris --json) # known from the last time
has "token" '"token":"okr1-' "$json"
same "fingerprint" "$(server status --json | field fingerprint)" \
  "$(field fingerprint <<<"$json")"

say "what is refused makes no invitation"
before=$(code_of invite)
while read -r code why args; do
  # shellcheck disable=SC2086
  fails "$code" server_site invite $args
  has "$args" "$why" "$SAID"
done <<'END'
2 --expires x --expires 25h
2 --expires x --expires 0h
2 --expires x --expires 24
2 --expires x --expires -1h
2 --expires x --expires 99999999999h
2 boss x --role boss
1 no x --units nowhere
2 nothing x --endpoint here
2 nothing x --endpoint tcp://*:1
2 nothing x --endpoint tcp://0.0.0.0:1
1 server server
1 nobody@x x --as nobody@x
END
fails 2 server_site invite x --endpoint "tcp://$(printf 'a%.0s' {1..200}):1"
has "a host of 200 characters" "longer" "$SAID"
same "invitations" "$before" "$(code_of invite)"
server add unit --name Sales --code sales --parent acme >/dev/null
server add person --name Bo --mail bo@acme.example --unit sales >/dev/null
fails 1 server_site invite x --as bo@acme.example
has "not his to give" "not_permitted" "$SAID"

say "what it says is what the site gets"
server_start
"$BIN/okr-site" join "$D/lyon" "$(server_site invite Lyon --units sales \
  --role auditor --expires 1h)" >/dev/null
show=$(server_site show Lyon --json)
same "name" Lyon "$(field name <<<"$show")"
same "role" auditor "$(field role <<<"$show")"
same "units" sales "$(field units.0 <<<"$show")"
same "state" active "$(field state <<<"$show")"
same "key" 64 "$(field link_key <<<"$show" | tr -d '\n' | wc -c)"
same "sites" 2 "$(server status --json | field sites)"
fails 1 server_site invite LYON
has "one name, one site" "duplicate" "$SAID"
fails 1 server_site show Nizza

say "revoked, with serve: cut off at once, the others go on"
site_join a
site_join b
site_start a
site_start b
until_true 10 is_settled a
until_true 10 is_settled b
fails 1 server_site revoke server
has "itself" "server's own site" "$SAID"
server_site revoke a --reason 'laptop stolen' --json | grep -q '"revoked"'
until_true 5 link_is a refused
fails 1 server_site revoke a
has "once" "not_open" "$SAID"
server add unit --name New --code new --parent acme >/dev/null
until_true 10 ask b show ref=new
fails 1 ask a show ref=new
until_true 10 is_settled b
same "the same" "$(server_digest)" "$(status_of b digest)"
grep -q "^<5>site .*: revoked" "$D/srv.err" || die "the log does not say it"

say "it comes back: refused again, and it sees nothing"
stop a
site_start a
until_true 10 link_is a refused
server add unit --name Newer --code newer --parent acme >/dev/null
until_true 10 ask b show ref=newer
sleep 0.5
fails 1 ask a show ref=newer

say "revoked, without serve"
stop srv KILL
id=$(server_site show b --json | field id)
server_site revoke "$id" >/dev/null
server_start
until_true 20 link_is b refused
same "active sites" 2 "$(server status --json | field sites)"

say "codes for persons"
code=$("$SERVER" person invite "$D/srv" bo@acme.example)
[[ $code =~ ^([0-9a-z]{5}-){3}[0-9a-z]{5}$ ]] || die "code: $code"
other=$("$SERVER" person invite "$D/srv" bo@acme.example --json)
[ "$(field code <<<"$other")" != "$code" ] || die "the same code twice"
fails 1 "$SERVER" person invite "$D/srv" nobody@acme.example
has "who" "nobody@acme.example" "$SAID"
fails 1 "$SERVER" person invite "$D/srv" $ADA --as bo@acme.example
has "not his to give" "not_permitted" "$SAID"
"$SERVER" check "$D/srv" >/dev/null
