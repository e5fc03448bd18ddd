#!/usr/bin/env bash
# Runs every fuzz test of the tree for FUZZTIME each (60s when unset), one after
# the other. PKG narrows it to some packages (./... when unset).
set -eu
cd "$(dirname "$0")/.."

# go test -list prints the names of a package's tests, then "ok <package>".
found=$(go test -list '^Fuzz' "${PKG:-./...}" | awk '/^Fuzz/ {names[++n] = $1} /^ok/ {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
[ -n "$found" ] || { echo "fuzz: no fuzz test found" >&2; exit 1; }

failed=0
while read -r package name; do
	echo "== $package $name"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-60s}" "$package" </dev/null || failed=1
done <<<"$found"
exit "$failed"
