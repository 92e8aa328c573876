#!/usr/bin/env bash
# A company with two offices, one line cut, both edit, the edits meet.
#
#   ./dev demo            stays up until Ctrl-C
#   ./dev demo --once     ends by itself: 0 only if every promise was kept
#
# OKR_DEMO_BREAK=1|2|3 plants a fault, after which --once must fail:
#   1  the line is never mended
#   2  nobody resolves the conflict
#   3  the cut office's store is exchanged for a copy from before its edits,
#      so that what was saved is lost
# shellcheck disable=SC2317 # tests are called by name, through held and until_so
set -uo pipefail
demo_source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OKR_BIN=$(cd "${OKR_BIN:-$demo_source/../../build/bin}" && pwd) || exit 2
# shellcheck source=tests/demo/say.sh
. "$demo_source/say.sh"
# shellcheck source=tests/demo/programs.sh
. "$demo_source/programs.sh"
# shellcheck source=tests/demo/company.sh
. "$demo_source/company.sh"

demo_org='北斗水壶 Beidou Kettles'
demo_slug=beidou
demo_mail=beidou.example
demo_break=${OKR_DEMO_BREAK:-}
once=
case ${1:-} in
  '') ;;
  --once) once=1 ;;
  *) echo "usage: ./dev demo [--once]" >&2; exit 2 ;;
esac
for program in okr-server okr-site okr okr-demo-relay; do
  [ -x "$OKR_BIN/$program" ] || {
    echo "demo: no $OKR_BIN/$program: run ./dev build" >&2
    exit 2
  }
done

# ---- the scenes --------------------------------------------------------------

declare -A line_of=([chengdu]=127.0.0.2 [munich]=127.0.0.3)

# The line of an office: a relay of its own, at an address of its own.
mend_line() {
  start "line-$1" "$OKR_BIN/okr-demo-relay" "${line_of[$1]}" 127.0.0.1 \
    "$port_link" "$port_publish"
}
line_is_up() { grep -qs ready "$demo_dir/line-$1.out"; }
server_is_up() { grep -qs ^ready "$demo_dir/server.out"; }

open_headquarters() {
  server init "$demo_dir/server" --org "$demo_org" --slug "$demo_slug" \
    --admin "梅雪 <mei.xue@$demo_mail>" --utc-offset 480 >"$demo_dir/made" ||
    fail 'okr-server init'
  start server "$OKR_BIN/okr-server" serve "$demo_dir/server" \
    --listen 'tcp://127.0.0.1:*'
  until_so 20 server_is_up || fail 'the server does not start'
  # ready listen tcp://127.0.0.1:P publish tcp://127.0.0.1:Q fingerprint …
  local words
  read -ra words < <(grep ^ready "$demo_dir/server.out")
  port_link=${words[2]##*:}
  port_publish=${words[4]##*:}
}

run_site() { start "$1" "$OKR_BIN/okr-site" run "$demo_dir/$1"; }

open_office() {
  local token
  mend_line "$1"
  until_so 10 line_is_up "$1" || fail "the line of $1 does not open"
  token=$(server site invite "$demo_dir/server" "$1" \
    --endpoint "tcp://${line_of[$1]}:$port_link") || fail "invite $1"
  "$OKR_BIN/okr-site" join "$demo_dir/$1" "$token" >"$demo_dir/made" ||
    fail "$1 could not join"
  # Tries again twice a second, so that nobody waits for the demo.
  echo 'retry_max = "500ms"' >"$demo_dir/$1/site.conf"
  run_site "$1"
}

open_company() {
  each 'unit|person|lead|cycle' make_directory
  until_so 20 all_level || fail 'the offices do not get the directory'
  each 'objective|kr' make_goal
  until_so 20 all_level || fail 'the offices do not get the objectives'
  each 'checkin|task|comment' make_work
  until_so 20 all_level || fail 'the offices do not come level'
}

print_digests() {
  digest_server=$(digest_of server)
  digest_chengdu=$(digest_of chengdu)
  digest_munich=$(digest_of munich)
  printf '  digest %-8s server   %s\n' "$1" "$digest_server"
  printf '  digest %-8s chengdu  %s\n' "$1" "$digest_chengdu"
  printf '  digest %-8s munich   %s\n' "$1" "$digest_munich"
}

all_equal() {
  same "$digest_server" "$digest_chengdu" &&
    same "$digest_server" "$digest_munich"
}

scene_start() {
  part 'A company starts' '一家公司开始使用'
  say "$demo_org: a server in Shanghai, a site each in Chengdu and Munich." \
    '上海一台服务器，成都和慕尼黑各一个站点。'
  open_headquarters
  open_office chengdu
  open_office munich
  until_so 20 all_level || fail 'the offices do not connect'
  open_company
  say "$(count_of person) people, $(count_of objective) objectives, $(
    count_of kr) key results, $(count_of 'checkin|task|comment') check-ins, \
tasks and comments." \
    "$(count_of person) 人，$(count_of objective) 个目标，$(
      count_of kr) 个关键结果，$(count_of 'checkin|task|comment') 条签到、任务和评论。"
  shown okr --site "$demo_dir/munich" tree
  print_digests before
  held 'server and both offices hold the same' '三处数据一致' all_equal
}

scene_cut() {
  part 'The line to Chengdu is cut' '成都断网'
  stop line-chengdu
  # Long before anything can arrive, so that it misses nothing.
  start watch "$OKR_BIN/okr" --site "$demo_dir/munich" watch
  held 'Chengdu knows that it is alone' '成都知道自己断线了' \
    until_so 10 is chengdu link offline
  held 'Munich notices nothing' '慕尼黑不受影响' is munich link live
}

# What break 3 brings back.
keep_old_store() {
  stop chengdu
  cp -r "$demo_dir/chengdu/store" "$demo_dir/old-store"
  run_site chengdu
  until_so 10 is chengdu link offline || fail 'chengdu does not start again'
}
lose_store() {
  stop chengdu
  rm -rf "$demo_dir/chengdu/store"
  mv "$demo_dir/old-store" "$demo_dir/chengdu/store"
  run_site chengdu
  until_so 10 is chengdu link offline || fail 'chengdu does not start again'
}

# The key result that both sides change; Lena owns it, Tang Min is champion.
title_chengdu='S7 在一米处的沸腾噪声'
title_munich='Noise of the boiling S7, measured at one metre with the lid closed'
title_agreed='S7 沸腾噪声（一米处，合盖）· Boiling noise of the S7 at 1 m, lid closed'
note_chengdu='断网的时候也签到 · checked in while the line was cut'

ref_of() { value_at munich "${id_of[$1]}" ref; }

edit_both() {
  noise=$(ref_of k-noise) yield=$(ref_of k-yield) branch=$(ref_of o-silent)
  local due=${end_of[now]}
  due_munich=$(TZ=UTC-8 date -d "$due -14 days" +%F)
  due_chengdu=$(TZ=UTC-8 date -d "$due -7 days" +%F)
  say 'Chengdu works on: a check-in, a due date, a title, a comment.' \
    '成都继续工作：签到、截止日期、标题、评论。'
  edit chengdu xie.chunhua checkin "$yield" 96.8 -c 8 -m "$note_chengdu"
  edit chengdu tang.min set "$noise" "due=$due_chengdu"
  edit chengdu tang.min set "$noise" "title=$title_chengdu"
  edit chengdu peng.zhiyuan comment "$noise" '倒角收到，样件已试装。'
  say 'Munich does, too: the same due date, the same title, a check-in.' \
    '慕尼黑也在改：同一个截止日期、同一个标题，还有签到。'
  edit munich lena.hofmann set "$noise" "due=$due_munich"
  edit munich lena.hofmann set "$noise" "title=$title_munich"
  edit munich lena.hofmann checkin "$noise" 55.5 -c 8 -m 'Dritter Prototyp'
}

edit() {
  local site=$1 who=$2
  shift 2
  okr_at "$site" "$who" "$@" >"$demo_dir/made" 2>&1 ||
    fail "$site: $* -> $(cat "$demo_dir/made")"
  printf '  %-8s %-13s okr %s\n' "$site" "$who" "$*"
}

scene_edit() {
  part 'Both offices go on working' '两地继续工作'
  [ "$demo_break" != 3 ] || keep_old_store
  edit_both
  say 'One branch of the tree, as each of them sees it now (* is pending):' \
    '两地此刻看到的同一棵树（* 表示等待总部确认）：'
  shown okr --site "$demo_dir/chengdu" tree "$branch"
  shown okr --site "$demo_dir/munich" tree "$branch"
  pending=$(status_of chengdu pending)
  age=$(status_of chengdu age_s)
  say "Chengdu: $pending changes saved and pending; its data is $age s old." \
    "成都：$pending 项已保存、等待发送；数据是 $age 秒前的。"
  until_so 10 level munich || fail 'Munich does not reach the server'
  print_digests during
  held 'Chengdu keeps what it saved' '成都的改动已保存' same "$pending" 4
  held 'Munich is with the server' '慕尼黑与服务器一致' \
    same "$digest_munich" "$digest_server"
  held 'Chengdu is not' '成都与服务器不同' \
    differ "$digest_chengdu" "$digest_server"
}

scene_meet() {
  part 'The line is mended' '线路恢复'
  [ "$demo_break" != 3 ] || lose_store
  local from=$SECONDS seen at
  seen=$(wc -l <"$demo_dir/watch.out")
  [ "$demo_break" = 1 ] || mend_line chengdu
  until_so 15 all_level || fail 'Chengdu does not catch up · 成都没有追上'
  say "Caught up within $((SECONDS - from + 1)) s. What arrived in Munich:" \
    "$((SECONDS - from + 1)) 秒内追平。慕尼黑收到："
  until_so 3 munich_was_told
  stop watch
  tail -n +$((seen + 1)) "$demo_dir/watch.out" | sed 's/^/    /'
  for at in chengdu munich; do
    held "the check-in made offline is in $at" "$at 有断网时的签到" \
      same "$(value_at "$at" "$yield" value)" 96.8
    held "the check-in of Munich is in $at" "$at 有慕尼黑的签到" \
      same "$(value_at "$at" "$noise" value)" 55.5
    held "the due date: the later one holds in $at" "截止日期：后到者生效（$at）" \
      same "$(value_at "$at" "$noise" due)" "$due_chengdu"
  done
  held 'Munich was told that its date gave way' '慕尼黑得知其日期被替换' \
    munich_was_told
  say 'The date that gave way is not lost; the log names both:' \
    '被替换的日期没有丢失，日志里两个都有：'
  shown okr --site "$demo_dir/munich" log "$noise"
  held 'the log has both dates' '日志里有两个日期' both_dates_told
}

munich_was_told() {
  grep -qF "$due_munich → $due_chengdu" "$demo_dir/watch.out"
}
both_dates_told() {
  grep -q "$due_munich" "$demo_dir/shown" &&
    grep -q "$due_chengdu" "$demo_dir/shown"
}

scene_conflict() {
  part 'One title, two authors' '一个标题，两位作者'
  say 'Neither text is thrown away: people decide.' '两个文本都保留，由人来决定。'
  held 'Chengdu shows the conflict' '成都看到冲突' is chengdu conflicts 1
  held 'Munich shows the conflict' '慕尼黑看到冲突' is munich conflicts 1
  shown okr --site "$demo_dir/chengdu" conflicts
  if [ "$demo_break" != 2 ]; then
    shown okr --site "$demo_dir/chengdu" \
      --as "tang.min@$demo_mail" resolve "$noise" "$title_agreed"
  fi
  held 'resolved in Chengdu' '成都已解决' until_so 10 is chengdu conflicts 0
  held 'resolved in Munich' '慕尼黑已解决' until_so 10 is munich conflicts 0
}

scene_end() {
  part 'Where everybody stands' '最终状态'
  until_so 15 all_level || fail 'the offices do not come level'
  shown okr --site "$demo_dir/munich" tree "$branch"
  print_digests after
  held 'server and both offices hold the same' '三处数据一致' all_equal
  held 'both show the agreed title' '两地标题一致' \
    same "$(value_at munich "$noise" title)" \
    "$(value_at chengdu "$noise" title)"
  held 'every signature and hash of the server verifies' '服务器全部校验通过' \
    server_is_sound
  printf '\n'
  say 'You saw: an office without a line went on working; nothing it saved was
lost; a date merged, a title became a conflict that people decided; and in the
end all three places hold the same, bit by bit.' \
    '你看到了：断网的办公室照常工作，保存的内容没有丢失；
日期自动合并，标题成为冲突并由人决定；最后三处数据逐位一致。'
}

server_is_sound() {
  server check "$demo_dir/server" >"$demo_dir/made" 2>&1 || {
    cat "$demo_dir/made" >&2
    return 1
  }
}

stay_up() {
  printf '\n'
  say 'It stays up until Ctrl-C.  Try in another terminal:' \
    '演示保持运行，按 Ctrl-C 结束。可在另一个终端试试：'
  cat <<END
  export PATH=$OKR_BIN:\$PATH
  okr --site $demo_dir/chengdu tree
  okr --site $demo_dir/munich watch
  okr --site $demo_dir/chengdu --as tang.min@$demo_mail comment $branch "你好"
  okr --site $demo_dir/munich log $noise
  okr-server status $demo_dir/server
  kill ${pid_of[line-chengdu]}  # cuts Chengdu off again
  okr-demo-relay ${line_of[chengdu]} 127.0.0.1 $port_link $port_publish  # mends it
END
  wait "${pid_of[server]}"
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
demo_dir=$(mktemp -d "${TMPDIR:-/tmp}/okr-demo.XXXXXX") || exit 2
scene_start
scene_cut
scene_edit
scene_meet
scene_conflict
scene_end
[ "$once" ] || stay_up
exit 0
