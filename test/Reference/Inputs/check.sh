#!/bin/sh
# check.sh FILE NAME=TEXT... [OPTION...]: replaces every ${NAME} in the file by
# its text, then checks every function of the file against the reference.
set -e
file=$1
shift
script=
while [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; do
  script="$script;s/[$]{${1%%=*}}/${1#*=}/g"
  shift
done
for function in $(sed -n 's/^func.func @\([a-z0-9_]*\).*/\1/p' "$file"); do
  sed "$script" "$file" | gdr-run - --check --function="$function" "$@"
done
