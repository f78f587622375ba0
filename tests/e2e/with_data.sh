#!/bin/sh
# with_data.sh NEEDED COMMAND...: run the command, or say that it is skipped because NEEDED is not there.
needed=$1
shift
if [ -n "$needed" ] && [ ! -e "$needed" ]; then
    echo "skipped: no $needed"
    exit 77
fi
exec "$@"
