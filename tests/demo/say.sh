# shellcheck shell=bash
# Sourced by demo.sh: what the viewer reads, in English and in Chinese.

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) demo_zh=1 ;; *) demo_zh= ;; esac
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  demo_bold=$'\e[1m' demo_plain=$'\e[0m'
else
  demo_bold='' demo_plain=''
fi

# say ENGLISH CHINESE: one line each, the reader's own language first.
say() {
  if [ "$demo_zh" ]; then
    printf '%s\n%s\n' "$2" "$1"
  else
    printf '%s\n%s\n' "$1" "$2"
  fi
}

# A new part of the story.
part() {
  demo_part=$((${demo_part:-0} + 1))
  printf '\n%s' "$demo_bold"
  if [ "$demo_zh" ]; then
    printf '%s. %s · %s' "$demo_part" "$2" "$1"
  else
    printf '%s. %s · %s' "$demo_part" "$1" "$2"
  fi
  printf '%s\n' "$demo_plain"
}

# shown COMMAND...: the command as one would type it, then what it says.
shown() {
  local word line=''
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:@=,+-]*) line+=" \"$word\"" ;;
      *) line+=" $word" ;;
    esac
  done
  printf '  $%s\n' "${line//"$demo_dir"\//}"
  "$@" >"$demo_dir/shown" 2>&1 || {
    sed 's/^/    /' "$demo_dir/shown"
    fail "this command should have worked:$line"
  }
  sed 's/^/    /' "$demo_dir/shown"
}

# fail TEXT...: the end, with what the programs logged.
fail() {
  printf '\n%sThe demo failed · 演示失败%s: %s\n' "$demo_bold" "$demo_plain" \
    "$*" >&2
  for log in "$demo_dir"/*.err; do
    [ -s "$log" ] || continue
    printf -- '-- %s\n' "${log##*/}" >&2
    tail -n 5 "$log" >&2
  done
  exit 1
}

# held ENGLISH CHINESE TEST...: a promise, and whether it is kept.
held() {
  local english=$1 chinese=$2
  shift 2
  "$@" || fail "not so: $english · $chinese"
  printf '  [ok] '
  if [ "$demo_zh" ]; then
    printf '%s · %s\n' "$chinese" "$english"
  else
    printf '%s · %s\n' "$english" "$chinese"
  fi
}
