#!/bin/sh
# Takes what the official image takes: arguments of redis-server, with or without its name; serves as the user redis, and
# whoever reaches it.
case "${1-}" in
  '' | -*) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
  shift
  set -- redis-server --protected-mode no "$@"
fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown -R redis:redis .
  exec setpriv --reuid redis --regid redis --clear-groups "$@"
fi
exec "$@"
