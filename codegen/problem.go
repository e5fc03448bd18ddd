package codegen

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// A SourceError is something in the source from which no code can be generated.
type SourceError struct {
	Pos token.Position
	// Text names the struct and the field or the handler, says what is wrong with it, and how to mend it.
	Text string
}

// Error returns the text behind file, line and column.
func (p *SourceError) Error() string {
	return p.Pos.String() + ": " + p.Text
}

// problems collects everything that is wrong with a package, so that it can be mended in one go.
type problems struct {
	fset *token.FileSet
	list []*SourceError
}

// addf adds what is wrong at a place.
func (p *problems) addf(pos token.Pos, format string, args ...any) {
	p.list = append(p.list, &SourceError{Pos: p.fset.Position(pos), Text: fmt.Sprintf(format, args...)})
}

// at returns a place for a text about another one: file and line.
func (p *problems) at(pos token.Pos) string {
	place := p.fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(place.Filename), place.Line)
}

// err returns the problems in the order of the source, or nil when there are none.
func (p *problems) err() error {
	slices.SortStableFunc(p.list, func(a, b *SourceError) int {
		return cmp.Or(
			strings.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Offset, b.Pos.Offset),
		)
	})
	errs := make([]error, len(p.list))
	for i, problem := range p.list {
		errs[i] = problem
	}
	return errors.Join(errs...)
}
