#!/bin/sh
# check.sh FILE NAME=TEXT... [OPTION...]: as test/Reference/Inputs/check.sh, in the interpreter.
exec sh "$(dirname "$0")/../../Reference/Inputs/check.sh" "$@" --target=interpreter
