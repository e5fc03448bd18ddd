package budgets

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Errors of [Compare] and [Read].
var (
	// ErrOver means that a path allocates more than its budget.
	ErrOver = errors.New("budgets: more than the budget")
	// ErrUnder means that a path allocates less than its budget.
	ErrUnder = errors.New("budgets: less than the budget")
	// ErrUnpaired means that a budget is for no path, or a path has no budget.
	ErrUnpaired = errors.New("budgets: budget and path do not go together")
	// ErrLine means that a line of the file cannot be read.
	ErrLine = errors.New("budgets: want a name, and a number of allocations at the end of the line")
)

// Budgets are allocations per operation, by the name of the path.
type Budgets map[string]int

// Read reads a file of budgets: a line each, the number last. Lines that are empty or begin with # are passed over.
func Read(r io.Reader) (Budgets, error) {
	budgets := Budgets{}
	var errs []error
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		name := strings.Join(words[:len(words)-1], " ")
		allocations, err := strconv.Atoi(words[len(words)-1])
		if _, twice := budgets[name]; err != nil || name == "" || allocations < 0 || twice {
			errs = append(errs, fmt.Errorf("line %d, %q: %w", number, line, ErrLine))
			continue
		}
		budgets[name] = allocations
	}
	return budgets, errors.Join(append(errs, lines.Err())...)
}

// Compare returns an error for each path whose measured allocations are not its budget.
func (b Budgets) Compare(measured Budgets) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(measured)) {
		if budget, ok := b[name]; ok {
			errs = append(errs, compare(name, budget, measured[name]))
		} else {
			errs = append(errs, fmt.Errorf("%w: %q allocates %d times an operation and has no budget: add a line", ErrUnpaired, name, measured[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if _, ok := measured[name]; !ok {
			errs = append(errs, fmt.Errorf("%w: %q is measured nowhere: remove its line, or name the path as it is called", ErrUnpaired, name))
		}
	}
	return errors.Join(errs...)
}

func compare(name string, budget, measured int) error {
	switch {
	case measured > budget:
		return fmt.Errorf("%w: %q allocates %d times an operation, its budget is %d: find what allocates (go test -memprofile), "+
			"or raise the budget together with an ADR in docs/adr that says what it buys", ErrOver, name, measured, budget)
	case measured < budget:
		return fmt.Errorf("%w: %q allocates %d times an operation, its budget is %d: lower the budget to keep the gain", ErrUnder, name, measured, budget)
	default:
		return nil
	}
}
