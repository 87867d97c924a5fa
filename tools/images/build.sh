#!/usr/bin/env bash
# build.sh [NAME...]: builds images fleet/NAME:trixie from Debian packages, for machines that reach no image registry:
# compose, nats, node, prometheus, redis; without names nats and redis. What was built from the same files is left as it is.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=trixie
base=debian:$suite-slim
# Where packages come from; empty is what debootstrap knows itself.
mirror=${DEBIAN_MIRROR:-}

say() { echo "images: $*" >&2; }
fail() { say "$*"; exit 1; }

# Tries a command three times: the network is the part that fails.
persist() {
  for attempt in 1 2 3; do
    "$@" && return 0
    say "attempt $attempt failed: $*"
    sleep $((attempt * 2))
  done
  return 1
}

build_base() {
  docker image inspect "$base" >/dev/null 2>&1 && return 0
  [ "$(id -u)" = 0 ] || fail "$base is missing, and making it needs root"
  if ! command -v debootstrap >/dev/null; then
    say "installing debootstrap"
    persist env DEBIAN_FRONTEND=noninteractive apt-get -y install --no-install-recommends debootstrap >&2 || return 1
  fi
  local work
  work=$(mktemp -d)
  say "making $base with debootstrap"
  bootstrap() {
    rm -rf "$work/root"
    debootstrap --variant=minbase "$suite" "$work/root" ${mirror:+"$mirror"} >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; return 1; }
  }
  persist bootstrap || { rm -rf "$work"; return 1; }
  rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/* \
    "$work"/root/usr/share/doc "$work"/root/usr/share/man "$work"/root/usr/share/locale
  tar -C "$work/root" --numeric-owner -c . | docker import --change 'CMD ["bash"]' - "$base" >/dev/null
  local outcome=$?
  rm -rf "$work"
  return "$outcome"
}

# npm as the registry has it, for the image of node.
npm_version=11.19.1

build_image() {
  local name=$1 tag=fleet/$1:$suite hash built context
  hash=$(cd "$here/$name" && { sha256sum ./*; echo "$npm_version"; } | sha256sum | cut -c1-16)
  built=$(docker image inspect --format '{{ index .Config.Labels "fleet.build" }}' "$tag" 2>/dev/null)
  [ "$built" = "$hash" ] && { say "$tag is there already"; return 0; }
  say "building $tag"
  context=$(mktemp -d)
  cp "$here/$name"/* "$context"
  # The host's network: the bridge of a machine inside a machine does not always reach the mirror.
  { [ "$name" != node ] || (cd "$context" && persist npm pack --silent "npm@$npm_version" >&2 && mv npm-*.tgz npm.tgz); } &&
    persist docker build --network host --label "fleet.build=$hash" --tag "$tag" "$context" >&2
  local outcome=$?
  rm -rf "$context"
  return "$outcome"
}

timeout 10 docker version >/dev/null 2>&1 || fail "no container engine answers; tools/engine/start.sh starts one"
build_base || fail "could not make $base"
[ $# -gt 0 ] || set -- nats redis
for name in "$@"; do build_image "$name" || fail "could not build the image of $name"; done
