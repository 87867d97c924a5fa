#!/bin/sh
# Takes what the official image takes: arguments of nats-server, with or without its name.
[ "$1" = nats-server ] && shift
case "${1-}" in
  '' | -*) exec /usr/sbin/nats-server "$@" ;;
  *) exec "$@" ;;
esac
