# One image for every service, built from the root of the repository:
#
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=metrics-worker --build-arg ADMIN_PORT=9081 .
#
# tools/images/services.sh does that for both, with what the commit says of itself. It needs no more of a builder than
# `docker build` has always had, and takes any base with node and npm.

# The current LTS; a release build pins its digest: node:24-trixie-slim@sha256:...
ARG NODE_IMAGE=node:24-trixie-slim

# What a network of one's own needs stays in the stages that are left behind: another registry than npm's, and
# certificates (PEM) to be trusted beside those that node knows.
FROM ${NODE_IMAGE} AS builder
ARG NPM_REGISTRY=
ARG CA_CERTIFICATES=
# A value that was never used before builds everything anew, beside what is kept.
ARG FRESH=
RUN printf '%s\n' "${CA_CERTIFICATES}" >/certificates.pem
ENV npm_config_registry=${NPM_REGISTRY} \
    npm_config_update_notifier=false \
    NODE_EXTRA_CA_CERTS=${CA_CERTIFICATES:+/certificates.pem}
WORKDIR /fleet

# The manifests alone: what is installed is kept while only sources change. Of the tools the compiler and its types stay.
# A library's development dependencies would come along otherwise: npm counts a linked workspace as one that runs.
FROM builder AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -path ./package-lock.json -delete \
 && find . -type d -empty -delete \
 && npm pkg delete devDependencies --workspaces \
 && node -e 'const { devDependencies: all } = require("./package.json"); \
      for (const name in all) if (!/^(typescript$|@types\/)/.test(name)) console.log(`devDependencies[${name}]`)' \
    | xargs npm pkg delete

FROM builder AS compiled
COPY --from=manifests /fleet ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx tsc -b apps/*/tsconfig.build.json \
 && find apps libs -path '*/node_modules' -prune -o -path '*/dist/*' -type f ! -name '*.js' -exec rm {} +

FROM builder AS installed
ARG SERVICE
# One directory deeper than it will be: what a copy makes itself has the time of the build.
WORKDIR /image/fleet
COPY --from=manifests /fleet ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund "--workspace=apps/${SERVICE}"
COPY --from=compiled /fleet/apps/${SERVICE}/dist apps/${SERVICE}/dist
COPY --from=compiled /fleet/libs /compiled
ARG SOURCE_DATE_EPOCH=0
# Only what the service links to, every file as old as the commit and with the same rights whoever checked it out, nothing
# for the service's user to write to.
RUN for lib in libs/*/; do name=$(basename "$lib"); \
      if [ -e "node_modules/@fleet/$name" ]; then cp -r "/compiled/$name/dist" "libs/$name/dist"; else rm -r "libs/$name"; fi; \
    done \
 && find apps -mindepth 1 -maxdepth 1 ! -name "${SERVICE}" -exec rm -r {} + \
 && rm -rf tools package-lock.json node_modules/.package-lock.json \
 && chmod -R u=rwX,go=rX . \
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
COPY --from=installed /image /
WORKDIR /fleet/apps/${SERVICE}
USER 1000:1000
# Alive, not ready: a container is not restarted because NATS or Redis is away.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=4 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# node is process 1: it has handlers for SIGTERM and SIGINT and starts no children, so there is nothing to reap. Where
# something else does start processes in the container, run it with --init. The services' garbage dies young: a larger
# nursery keeps it from being copied about.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/main.js"]
