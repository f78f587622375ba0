#!/bin/sh
# Rules of the tree that no compiler knows: headers stand alone, nothing unfinished, nothing of a machine.
set -eu
cd "$(dirname "$0")/.."
failed=0

for h in $(git ls-files 'common/*.h' 'indexer/*.h' 'query/*.h'); do
    ${CC:-cc} -std=gnu17 -D_GNU_SOURCE -fsyntax-only -I. -x c "$h" ||
        { echo "$h does not stand alone" >&2; failed=1; }
done

if git grep -nE '\bTO''DO\b|\bFIX''ME\b|\bX''XX\b|not impl''emented' -- '*.c' '*.h' '*.cc' '*.sh' '*.py' '*.md'; then
    echo "unfinished: the lines above" >&2
    failed=1
fi
if git grep -nE '(^|[^a-z/])/work/|/root/' -- . ':!tools/check_tree.sh'; then
    echo "names a path of one machine: the lines above" >&2
    failed=1
fi
git ls-files -z | xargs -0 -r -n1 sh -c 'test ! -f "$0" || test "$(wc -c <"$0")" -le 1048576 ||
    { echo "$0 is over 1 MB" >&2; exit 255; }' || failed=1
exit $failed
