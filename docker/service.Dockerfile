# One image for every service, built from the root of the repository:
#
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=metrics-worker --build-arg ADMIN_PORT=9081 .
#
# It needs no more of a builder than `docker build` has always had, and takes any base with node and npm.

# The current LTS; a release build pins its digest: node:24-trixie-slim@sha256:...
ARG NODE_IMAGE=node:24-trixie-slim

# The manifests alone: what is installed is kept while only sources change.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /fleet
COPY . .
RUN find . -type f ! -name package.json ! -path ./package-lock.json -delete \
 && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS compiled
ARG SERVICE
WORKDIR /fleet
COPY --from=manifests /fleet ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx tsc -b "apps/${SERVICE}/tsconfig.build.json" \
 && find apps libs -path '*/node_modules' -prune -o -path '*/dist/*' -type f ! -name '*.js' -exec rm {} +

FROM ${NODE_IMAGE} AS installed
ARG SERVICE
ARG SOURCE_DATE_EPOCH=0
WORKDIR /fleet
COPY --from=manifests /fleet ./
# A library's development dependencies would come along: npm counts a linked workspace as one that runs.
RUN npm pkg delete devDependencies --workspaces \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund "--workspace=apps/${SERVICE}"
COPY --from=compiled /fleet/apps/${SERVICE}/dist apps/${SERVICE}/dist
COPY --from=compiled /fleet/libs /compiled
# Only what the service links to, every file as old as the commit, nothing for the service's user to write to.
RUN for lib in libs/*/; do name=$(basename "$lib"); \
      if [ -e "node_modules/@fleet/$name" ]; then cp -r "/compiled/$name/dist" "libs/$name/dist"; else rm -r "libs/$name"; fi; \
    done \
 && find apps -mindepth 1 -maxdepth 1 ! -name "${SERVICE}" -exec rm -r {} + \
 && rm -rf tools package-lock.json node_modules/.package-lock.json \
 && find . -exec touch -h -d "@${SOURCE_DATE_EPOCH}" {} +

FROM ${NODE_IMAGE}
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE_URL=https://github.com/fleet/fleet-telemetry
ARG ADMIN_PORT=9080
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE_URL}"
ENV NODE_ENV=production \
    ADMIN_PORT=${ADMIN_PORT}
COPY --from=installed /fleet /fleet
WORKDIR /fleet/apps/${SERVICE}
USER 1000:1000
# Alive, not ready: a container is not restarted because NATS or Redis is away.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=4 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# node is process 1: it has handlers for SIGTERM and SIGINT and starts no children, so there is nothing to reap. Where
# something else does start processes in the container, run it with --init. The services' garbage dies young: a larger
# nursery keeps it from being copied about.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/main.js"]
