# How tools/dev speaks: one line a step, with the time it took; the rest is in a log whose end is
# shown on failure.

say() { printf '%s\n' "$*"; }

die() {
  printf 'tools/dev: %s\n' "$*" >&2
  exit 1
}

duration() {
  if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# step TEXT COMMAND...: runs the command (which may be a function) with its output in a log. On a
# terminal the line is kept moving with the time and the log's last line. The command runs as a
# process group of its own, so that an interruption reaches all of it.
step() {
  local text=$1 start=$SECONDS status=0 pid log
  shift
  log=$cache/logs/$(printf %s "${text,,}" | tr -cs 'a-z0-9.' '-').log
  set -m
  (
    set +m -e
    exec 7>&- 8>&-
    "$@"
  ) >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  trap 'kill -- -'$pid' 2>/dev/null; exit 130' INT TERM HUP
  if [[ -t 1 ]]; then
    local width
    while kill -0 $pid 2>/dev/null; do
      width=$(($(tput cols 2>/dev/null || echo 100) - ${#text} - 16))
      printf '\r\e[K%s  %s  \e[2m%s\e[0m' "$text" "$(duration $((SECONDS - start)))" \
        "$(tail -n 1 "$log" | tr -d '\r\033' | cut -c "1-$((width > 0 ? width : 1))")"
      sleep 0.1
    done
    printf '\r\e[K'
  fi
  wait $pid || status=$?
  trap - INT TERM HUP
  if ((status == 0)); then
    say "$text  $(duration $((SECONDS - start)))"
    return 0
  fi
  say "$text  FAILED after $(duration $((SECONDS - start))); the end of $log:"
  tail -n "${failure_lines:-40}" "$log"
  exit 1
}

# lock FD FILE: holds FILE's lock until this shell ends (a step's children do not inherit it).
lock() {
  eval "exec $1>\"\$2\""
  flock -n "$1" && return
  say "waiting for another tools/dev that holds $2"
  flock "$1"
}
