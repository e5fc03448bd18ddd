#!/usr/bin/env bash
# Makes sure that what the zmq transport is built with is there: a C compiler,
# pkg-config and libzmq 4.
#
#   scripts/native.sh           installs what is missing, with apt or brew
#   scripts/native.sh --check   installs nothing: one sentence with the remedy
#
# Exits 0 when everything is there, 1 when something is missing.
set -eu

if ! command -v go >/dev/null 2>&1; then
	echo "zebus: Go is not on the PATH: install Go 1.26 or newer from https://go.dev/dl" >&2
	exit 1
fi

missing() {
	compiler=$(go env CC) # the one that cgo will call, maybe with flags
	command -v "${compiler%% *}" >/dev/null 2>&1 || echo "a C compiler"
	if ! command -v pkg-config >/dev/null 2>&1; then
		echo "pkg-config"
		echo "libzmq" # nobody can tell without pkg-config; asking for both is harmless
	elif ! pkg-config --exists 'libzmq >= 4'; then
		echo "libzmq"
	fi
}

sentence() { missing | paste -sd, - | sed 's/,/, /g'; }

# One apt call needs root; sudo is used only by those who are not root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

remedy() {
	case "$(uname -s)" in
	Darwin) echo "brew install zeromq pkg-config (and xcode-select --install for the compiler)" ;;
	*) echo "apt-get install libzmq3-dev gcc libc6-dev pkg-config, or the same packages of your system (Fedora: zeromq-devel gcc pkgconf; Alpine: zeromq-dev gcc musl-dev pkgconf)" ;;
	esac
}

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1; }

with_apt() {
	# A fresh machine has no package lists, an old one has stale lists.
	ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || as_root apt-get update -q
	install_with_apt || { as_root apt-get update -q && install_with_apt; }
}

install_with_apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends \
		libzmq3-dev gcc libc6-dev pkg-config </dev/null
}

with_brew() { HOMEBREW_NO_AUTO_UPDATE=1 brew install zeromq pkg-config </dev/null; }

install() {
	if command -v apt-get >/dev/null 2>&1 && can_be_root; then
		echo "zebus: installing with apt: $(sentence)" >&2
		with_apt
	elif command -v brew >/dev/null 2>&1; then
		echo "zebus: installing with brew: $(sentence)" >&2
		with_brew
	else
		return 1
	fi
}

if [ "${1:-}" = --check ]; then
	if [ "$(go env CGO_ENABLED)" = 0 ]; then
		echo "zebus: cgo is switched off, and the zmq transport needs it: unset CGO_ENABLED, or set it to 1, with a C compiler on the PATH" >&2
		exit 1
	fi
	[ -z "$(missing)" ] && exit 0
	echo "zebus: the zmq transport needs $(sentence): run make test, which installs it, or $(remedy)" >&2
	exit 1
fi

[ -z "$(missing)" ] && exit 0
install >&2 && [ -z "$(missing)" ] && exit 0
echo "zebus: $(sentence) could not be installed; install it yourself: $(remedy)" >&2
exit 1
