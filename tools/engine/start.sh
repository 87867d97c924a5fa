#!/usr/bin/env bash
# Starts a container engine on a Debian-like machine, as root. Exits 0 when one answers, whoever started it.
#
# An engine whose processes were killed leaves its pid files and sockets behind, and the next one refuses to start or
# waits for a containerd that is gone. They are removed here when no living engine owns them.

set -u

log=${FLEET_ENGINE_LOG:-/var/log/fleet-dockerd.log}
wait_seconds=${FLEET_ENGINE_WAIT:-60}

say() { echo "engine: $*" >&2; }

answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

install_engine() {
  command -v dockerd >/dev/null && command -v docker >/dev/null && command -v iptables >/dev/null && return 0
  command -v apt-get >/dev/null || { say "dockerd is missing, and apt-get too"; return 1; }
  say "installing docker.io and iptables"
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  local cli
  for attempt in 1 2 3; do
    # A package of its own since Debian 13.
    cli=$(apt-cache search --names-only '^docker-cli$' | cut -d' ' -f1)
    # shellcheck disable=SC2086
    apt-get -y -o Acquire::Retries=3 install --no-install-recommends docker.io $cli iptables >&2 && return 0
    apt-get -y -o Acquire::Retries=3 update >&2
    sleep "$attempt"
  done
  return 1
}

# Does this pid belong to a living process of that name? A pid file may name a process that is dead, or a stranger.
is_alive() {
  local pid=$1 name=$2 state
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$name" ] || return 1
  state=$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null)
  [ -n "$state" ] && [ "$state" != Z ] && [ "$state" != X ]
}

pid_in() { tr -cd '0-9' 2>/dev/null <"$1"; }

# Ends the process of a pid file, if it is what it says, and removes the file.
end_owner() {
  local file=$1 name=$2 pid
  [ -e "$file" ] || return 0
  pid=$(pid_in "$file")
  if is_alive "$pid" "$name"; then
    say "ending $name $pid, which does not answer"
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do is_alive "$pid" "$name" || break; sleep 0.1; done
    is_alive "$pid" "$name" && kill -KILL "$pid" 2>/dev/null
  else
    say "removing $file of a dead $name"
  fi
  rm -f "$file"
}

clear_leftovers() {
  end_owner /var/run/docker.pid dockerd
  end_owner /run/docker/containerd/containerd.pid containerd
  end_owner /run/docker/containerd/docker-containerd.pid containerd
  rm -f /var/run/docker.sock /run/docker/containerd/*.sock /run/docker/containerd/*.sock.ttrpc \
    /run/docker/metrics.sock /run/docker/libnetwork/*.sock
  # Root file systems of containers that nobody runs any more hold the data directory busy.
  awk '$2 ~ "^/run/docker/netns/|/docker[^ ]*/(overlay2|rootfs)" { print $2 }' /proc/mounts |
    sort -r | while read -r mounted; do umount -l "$mounted" 2>/dev/null; done
}

dockerd_pid=
launch() {
  say "starting dockerd $* (log: $log)"
  setsid dockerd "$@" >>"$log" 2>&1 </dev/null &
  dockerd_pid=$!
  for _ in $(seq "$wait_seconds"); do
    answers && return 0
    kill -0 "$dockerd_pid" 2>/dev/null || return 1
    sleep 1
  done
  return 1
}

give_up_on_launch() {
  kill "$dockerd_pid" 2>/dev/null
  for _ in $(seq 50); do kill -0 "$dockerd_pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$dockerd_pid" 2>/dev/null
  clear_leftovers
}

answers && { say "an engine answers already"; exit 0; }
[ "$(id -u)" = 0 ] || { say "root is needed to start one; start Docker and try again"; exit 1; }
install_engine || { say "could not install docker.io"; exit 1; }
answers && exit 0

: >"$log"
clear_leftovers
launch && { say "ready"; exit 0; }
say "it did not start; once more with a new data directory"
tail -n 20 "$log" >&2
give_up_on_launch
launch --data-root "$(mktemp -d /var/lib/fleet-docker-XXXXXX)" && { say "ready"; exit 0; }
give_up_on_launch
say "it did not start. The end of $log:"
tail -n 40 "$log" >&2
exit 1
