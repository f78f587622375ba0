#!/bin/sh
# Runs command-line tests: run.sh BINDIR[:BINDIR...] FILE.test...
#
# A test file is a list of commands with what they must print, run in order in an empty folder:
#
#   # comment
#   $ command          any sh; the programs are in PATH, the archive of the project is $CORPUS
#   > line             standard output, line by line; none: it must be empty
#   *> pattern         the same, with the shell's * ? [...]
#   ! line  *! pattern standard error likewise
#   >..  !..           whatever else the stream holds
#   = N                the exit status (0 when not said)
#
# Exit status 0: all held; 1: the differences are printed.
set -u
umask 022
PATH=$1:$PATH
shift
here=$(cd "$(dirname "$0")" && pwd)
CORPUS=$here/../../corpus
TESTS=$here
export PATH CORPUS TESTS
export DATELINE_INDEX=idx LC_ALL=C TERM=dumb COLUMNS=80 TZ=UTC
unset XDG_DATA_HOME NO_COLOR CLICOLOR_FORCE FORCE_COLOR || :
start=$(pwd)
failed=0
commands=0

# same STREAM EXPECTED ACTUAL: line by line, patterns where they are asked for
same() {
    exec 3<"$2" 4<"$3"
    number=0
    while IFS= read -r want <&3; do
        number=$((number + 1))
        case $want in
        ..) exec 3<&- 4<&-; return 0 ;;
        esac
        if ! IFS= read -r got <&4; then
            [ -n "${got-}" ] || { echo "  $1 ends before line $number: ${want#?}"; return 1; }
        fi
        pattern=${want#?}
        case $want in
        =*) [ "$got" = "$pattern" ] && continue ;;
        # shellcheck disable=SC2254
        *) case $got in $pattern) continue ;; esac ;;
        esac
        printf '  %s line %s\n    wanted: %s\n    got:    %s\n' "$1" "$number" "$pattern" "$got"
        return 1
    done
    if IFS= read -r got <&4 || [ -n "$got" ]; then
        printf '  %s has more: %s\n' "$1" "$got"
        return 1
    fi
    exec 3<&- 4<&-
    return 0
}

finish() { # the command gathered so far
    [ -n "$command" ] || return 0
    commands=$((commands + 1))
    sh -c "$command" >"$work/out" 2>"$work/err" </dev/null
    got_status=$?
    report=$(
        [ "$got_status" = "$status" ] || echo "  exit status $got_status, not $status"
        same stdout "$work/want.out" "$work/out"
        same stderr "$work/want.err" "$work/err"
    )
    if [ -n "$report" ]; then
        printf '%s:%s: %s\n%s\n' "$file" "$command_line" "$command" "$report"
        failed=$((failed + 1))
    fi
    command=
}

for file; do
    if ! [ -r "$file" ]; then
        echo "$file: cannot be read"
        failed=$((failed + 1))
        continue
    fi
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/here"
    HOME=$work/home
    export HOME
    command=
    line_number=0
    path=$(cd "$(dirname "$file")" && pwd)/$(basename "$file")
    cd "$work/here" || exit 1
    while IFS= read -r line || [ -n "$line" ]; do
        line_number=$((line_number + 1))
        case $line in
        '$ '*)
            finish
            command=${line#??}
            command_line=$line_number
            status=0
            : >"$work/want.out"
            : >"$work/want.err"
            ;;
        '>') echo = >>"$work/want.out" ;;
        '!') echo = >>"$work/want.err" ;;
        '> '*) printf '=%s\n' "${line#??}" >>"$work/want.out" ;;
        '*> '*) printf '~%s\n' "${line#???}" >>"$work/want.out" ;;
        '! '*) printf '=%s\n' "${line#??}" >>"$work/want.err" ;;
        '*! '*) printf '~%s\n' "${line#???}" >>"$work/want.err" ;;
        '>..') echo .. >>"$work/want.out" ;;
        '!..') echo .. >>"$work/want.err" ;;
        '= '*) status=${line#??} ;;
        '' | '#'*) ;;
        *)
            echo "$file:$line_number: not a line of a test: $line"
            failed=$((failed + 1))
            ;;
        esac
    done <"$path"
    finish
    cd "$start" || exit 1
    rm -rf "$work"
done
echo "$commands commands, $failed failed"
[ "$failed" = 0 ]
