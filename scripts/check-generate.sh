#!/usr/bin/env bash
# Fails when generating the code again changes anything, and shows what. The
# work tree is compared with itself before and after, so that edits which are
# not committed yet do no harm. Then fails when our messages are not as running
# peers know them.
set -eu
cd "$(dirname "$0")/.."

# tree writes the work tree, untracked files included, as a git tree. A private
# index keeps the user's own untouched.
tree() {
	GIT_INDEX_FILE="$index" git add -A .
	GIT_INDEX_FILE="$index" git write-tree
}

index=$(mktemp)
trap 'rm -f "$index" "$index.lock"' EXIT
rm -f "$index"

before=$(tree)
go generate ./...
after=$(tree)
if [ "$before" != "$after" ]; then
	git --no-pager diff --stat -p "$before" "$after"
	echo "check-generate: generated code is not up to date: run make generate and commit the result" >&2
	exit 1
fi

go run ./cmd/zebusgen check ./zebus ./directory ./persistence ./examples/echo
