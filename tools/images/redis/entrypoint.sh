#!/bin/sh
# Takes what the official image takes: arguments of redis-server, with or without its name; serves as the user redis.
case "${1-}" in
  '' | -*) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown -R redis:redis .
  exec setpriv --reuid redis --regid redis --clear-groups "$@"
fi
exec "$@"
