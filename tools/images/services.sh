#!/usr/bin/env bash
# services.sh [SERVICE...] [OPTION OF docker build...]: builds fleet/<service>:${FLEET_VERSION:-dev} from
# docker/service.Dockerfile; without names both. On NODE_IMAGE, or else what build.sh has made, or else the official one.
# A registry and certificates that this machine's npm knows of are used during the build and are not in the image.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root" || exit 1

declare -A admin_port=([telemetry-gateway]=9080 [metrics-worker]=9081)
services=() options=()
for word in "$@"; do
  if [ -n "${admin_port[$word]-}" ]; then services+=("$word"); else options+=("$word"); fi
done
[ ${#services[@]} -gt 0 ] || services=(telemetry-gateway metrics-worker)

node_image=${NODE_IMAGE:-}
if [ -z "$node_image" ] && docker image inspect fleet/node:trixie >/dev/null 2>&1; then node_image=fleet/node:trixie; fi
certificates=$(NODE_EXTRA_CA_CERTS= node "$here/own-certificates.mjs" "$(npm config get cafile)" "${NODE_EXTRA_CA_CERTS:-}") || exit 1

arguments=(--build-arg "VERSION=${FLEET_VERSION:-dev}" --build-arg "CA_CERTIFICATES=$certificates")
[ -z "$node_image" ] || arguments+=(--build-arg "NODE_IMAGE=$node_image")
arguments+=(--build-arg "NPM_REGISTRY=$(npm config get registry)")
if commit=$(git log -1 --format='%H %ct' 2>/dev/null); then
  seconds=${commit#* }
  arguments+=(--build-arg "REVISION=${commit% *}" --build-arg "SOURCE_DATE_EPOCH=$seconds")
  arguments+=(--build-arg "CREATED=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)")
fi

for service in "${services[@]}"; do
  tag=fleet/$service:${FLEET_VERSION:-dev}
  echo "images: building $tag" >&2
  # The host's network: the bridge of a machine inside a machine does not always reach the registry.
  docker build --network host --file docker/service.Dockerfile --tag "$tag" --build-arg "SERVICE=$service" \
    --build-arg "ADMIN_PORT=${admin_port[$service]}" "${arguments[@]}" "${options[@]}" . >&2 || exit 1
done
