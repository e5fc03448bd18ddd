package codegen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// LockFile is the name of the file that keeps what running peers rely on. It stands beside the messages of a package,
// and is committed with them.
const LockFile = "zebus.lock"

// Errors returned by [Check].
var (
	// ErrBreaking means that peers which run already would misread or miss messages. A [SourceError] says which, for each.
	ErrBreaking = errors.New("codegen: changes that break running peers")
	// ErrNoLock means that a package has messages and no lock file.
	ErrNoLock = errors.New("codegen: no " + LockFile)
	// ErrStaleLock means that a lock file lacks changes that break nobody.
	ErrStaleLock = errors.New("codegen: " + LockFile + " is not up to date")
	// ErrNotBreaking means that something was to be accepted that breaks nobody.
	ErrNotBreaking = errors.New("codegen: nothing to accept")
)

// AcceptAll in [CheckOptions.Accept] accepts every breaking change.
const AcceptAll = "all"

// CheckOptions say which packages are compared with their lock files.
type CheckOptions struct {
	Options

	// Update writes the lock files, unless there is a breaking change that is not accepted.
	Update bool
	// Accept names breaking changes that are made on purpose: PlaceOrder.Customer for a field, Status.Open for a value of
	// an enum, PlaceOrder for the message itself. It implies Update.
	Accept []string
}

// CheckResult is what [Check] found in one package.
type CheckResult struct {
	Package string   // import path
	File    string   // path of the lock file
	Change  Change   // what was done with the file, or what is to be done
	Notes   []string // a sentence for each change that breaks nobody or was accepted; none where there was no file
}

// Check compares the messages of packages with their lock files, and writes those where that is asked for.
//
// There is a result for every package that has messages or a lock file. The error wraps [ErrBreaking], [ErrNoLock],
// [ErrStaleLock] or [ErrNotBreaking], or joins what [Generate] would have returned; a lock file that cannot be read is a
// [SourceError] in it. No file is written when there is an error.
func Check(ctx context.Context, o CheckOptions) ([]CheckResult, error) {
	o.Options = o.withDefaults()
	o.Update = o.Update || len(o.Accept) > 0
	files, err := prepare(ctx, o.Options)
	if err != nil {
		return nil, err
	}
	var locks []*lock
	var errs []error
	for _, f := range files {
		l, err := openLock(f)
		if l != nil {
			locks = append(locks, l)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	err = cmp.Or(accept(locks, o.Accept), o.judge(locks))
	if err == nil && o.Update && !o.DryRun {
		err = writeLocks(locks)
	}
	return resultsOf(locks), err
}

// lock is a lock file and what it was compared with.
type lock struct {
	pkg      string
	path     string
	old      string // content; empty when there is no file
	exists   bool
	compared *evolution
	accepted []string // sentences
}

// openLock compares a package with its lock file. There is no lock where there is nothing to keep.
func openLock(f file) (*lock, error) {
	l := &lock{pkg: f.pkg, path: filepath.Join(filepath.Dir(f.path), LockFile)}
	content, err := os.ReadFile(l.path)
	was := &contract{}
	switch {
	case err == nil:
		l.exists, l.old = true, withoutReturns(string(content))
		if was, err = parseLock(l.path, l.old); err != nil {
			return nil, err
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	case f.contract.isEmpty():
		return nil, nil //nolint:nilnil // most packages have no messages
	}
	l.compared = evolve(was, f.contract)
	return l, nil
}

// accept takes out what is accepted. A name that breaks nothing is an error: it was mistyped, or is left over in a script.
func accept(locks []*lock, names []string) error {
	used := map[string]bool{}
	for _, l := range locks {
		l.accept(names, used)
	}
	var unused []string
	for _, name := range names {
		if !used[name] && name != AcceptAll {
			unused = append(unused, name)
		}
	}
	if len(unused) > 0 {
		return fmt.Errorf("%w: %s breaks nobody", ErrNotBreaking, strings.Join(unused, ", "))
	}
	return nil
}

func (l *lock) accept(names []string, used map[string]bool) {
	l.compared.breaking = slices.DeleteFunc(l.compared.breaking, func(b breakingChange) bool {
		accepted := slices.Contains(names, b.name) || slices.Contains(names, AcceptAll)
		if accepted {
			used[b.name] = true
			what, _, _ := strings.Cut(b.text, ": ")
			l.accepted = append(l.accepted, "accepted: "+b.name+": "+what)
		}
		return accepted
	})
}

// judge says what is wrong.
func (o CheckOptions) judge(locks []*lock) error {
	var breaking, missing, stale []error
	var first string // name of a breaking change
	for _, l := range locks {
		for _, b := range l.compared.breaking {
			breaking = append(breaking, &SourceError{Pos: b.place, Text: b.name + ": " + b.text})
			first = cmp.Or(first, b.name)
		}
		switch {
		case !l.exists:
			missing = append(missing, fmt.Errorf("%w in %s, which has messages: run zebusgen check --update, and commit the file", ErrNoLock, l.pkg))
		case l.change() != Unchanged:
			stale = append(stale, fmt.Errorf("%w in %s: run zebusgen check --update, and commit the file", ErrStaleLock, l.pkg))
		}
	}
	switch {
	case len(breaking) > 0:
		return errors.Join(append(breaking, fmt.Errorf("%w: undo them, or accept one that is meant with --accept %s", ErrBreaking, first))...)
	case o.Update:
		return nil
	default:
		return errors.Join(append(missing, stale...)...)
	}
}

func (l *lock) content() string {
	return l.compared.merged().text()
}

func (l *lock) change() Change {
	if l.exists && l.old == l.content() {
		return Unchanged
	}
	return Written
}

func writeLocks(locks []*lock) error {
	var errs []error
	for _, l := range locks {
		if l.change() == Written {
			errs = append(errs, os.WriteFile(l.path, []byte(l.content()), 0o644)) //nolint:gosec // as source code, for everybody to read
		}
	}
	return errors.Join(errs...)
}

func resultsOf(locks []*lock) []CheckResult {
	results := make([]CheckResult, len(locks))
	for i, l := range locks {
		results[i] = CheckResult{Package: l.pkg, File: l.path, Change: l.change()}
		if l.exists {
			results[i].Notes = slices.Concat(l.compared.safe, l.accepted)
		}
	}
	return results
}
