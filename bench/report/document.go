package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The lines between which a document has the results.
const (
	documentBegin = "<!-- results: written by make bench-doc, changed by nobody -->\n"
	documentEnd   = "<!-- end of the results -->\n"
)

// errNoPlace means that a document does not say where the results go.
var errNoPlace = errors.New("report: the document has no place for the results")

// UpdateDocument puts the results into a document, in the place of those of an earlier run, with plots from folder.
func (r *Report) UpdateDocument(document, folder string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), documentBegin)
	_, after, ends := strings.Cut(rest, documentEnd)
	if !begins || !ends {
		return fmt.Errorf("%w: %s lacks %q or %q", errNoPlace, document, strings.TrimSpace(documentBegin), strings.TrimSpace(documentEnd))
	}
	folder, err = relative(document, folder)
	if err != nil {
		return err
	}
	text = []byte(before + documentBegin + "\n" + r.Markdown(filepath.ToSlash(folder)+"/") + "\n" + documentEnd + after)
	return os.WriteFile(document, text, 0o600) //nolint:gosec // the document that was named on the command line
}

// relative returns where a folder is, as seen from a document.
func relative(document, folder string) (string, error) {
	from, err := filepath.Abs(filepath.Dir(document))
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return filepath.Rel(from, to)
}
