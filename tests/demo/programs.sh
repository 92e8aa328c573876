# shellcheck shell=bash disable=SC2154 # demo_mail is set by demo.sh
# Sourced by demo.sh: starts and ends the programs, asks them, waits for them.

demo_pids=() # of everything that was started
demo_dir=    # all folders of this run

# ---- starting and ending -----------------------------------------------------

# start NAME COMMAND...: in the background; its pid is in pid_of[NAME].
declare -A pid_of
start() {
  local name=$1
  shift
  "$@" >"$demo_dir/$name.out" 2>>"$demo_dir/$name.err" &
  pid_of[$name]=$!
  demo_pids+=("$!")
}

# stop NAME [SIGNAL]: waits until it is gone.
stop() {
  kill "-${2:-TERM}" "${pid_of[$1]}" 2>/dev/null
  wait "${pid_of[$1]}" 2>/dev/null
  return 0
}

clean_up() {
  local status=$? pid tries=0
  trap - EXIT
  trap '' INT TERM HUP
  for pid in "${demo_pids[@]}"; do
    kill "$pid" 2>/dev/null
  done
  # A daemon ends within a second; nothing of ours may stay behind.
  while kill -0 "${demo_pids[@]}" 2>/dev/null && [ $tries -lt 30 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  for pid in "${demo_pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  [ -z "$demo_dir" ] || rm -rf "$demo_dir"
  exit "$status"
}

# until_so SECONDS TEST...: does the test hold before they are over?
until_so() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# ---- asking ------------------------------------------------------------------

server() { "$OKR_BIN/okr-server" "$@"; }
okr() { "$OKR_BIN/okr" "$@"; }
# okr_at SITE MAIL'S-FIRST-PART WORD...
okr_at() {
  local site=$1 who=$2
  shift 2
  okr --site "$demo_dir/$site" --as "$who@$demo_mail" "$@"
}
look_at() {
  local site=$1
  shift
  okr --site "$demo_dir/$site" "$@"
}

# One value of a JSON object on stdin; the first of that name.
member() {
  grep -o "\"$1\":\\(\"[^\"]*\"\\|[^,}]*\\)" | sed -n '1{s/^"[^"]*"://;s/"//g;p;}'
}

# status_of WHO NAME: WHO is a site's name or `server`.
status_of() {
  if [ "$1" = server ]; then
    # The sum over all scopes comes last.
    server status "$demo_dir/server" --json | grep -o '"digest":"[^"]*"' |
      sed -n '$s/.*:"\(.*\)"/\1/p'
  else
    look_at "$1" status --json 2>/dev/null | member "$2"
  fi
}
digest_of() { status_of "$1" digest; }
# value_at SITE REF FIELD
value_at() { look_at "$1" show "$2" --json | member "$3"; }

is() { [ "$(status_of "$1" "$2")" = "$3" ]; }
same() { [ -n "$1" ] && [ "$1" = "$2" ]; }
differ() { [ -n "$1" ] && [ -n "$2" ] && [ "$1" != "$2" ]; }

# Is the site where the server is, and nothing of its own on the way?
level() {
  local all
  all=$(look_at "$1" status --json 2>/dev/null) || return 1
  case $all in *'"link":"live"'*) ;; *) return 1 ;; esac
  case $all in *'"pending":0,'*) ;; *) return 1 ;; esac
  [ "$(member digest <<<"$all")" = "$(digest_of server)" ]
}
all_level() { level chengdu && level munich; }
