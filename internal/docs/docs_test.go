package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/docs"
)

const root = "../.."

// pages returns the text of every page, by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			texts[filepath.ToSlash(name)] = string(text)
		}
	}
	if len(texts) == 0 {
		t.Fatal("no page found")
	}
	return texts
}

func TestEveryPageIsInTheIndex(t *testing.T) {
	t.Parallel()
	texts := pages(t)
	for page := range texts {
		name, inDocs := strings.CutPrefix(page, "docs/")
		if inDocs && name != "README.md" && !strings.Contains(texts["docs/README.md"], "("+name+")") {
			t.Errorf("docs/README.md does not link to %s", name)
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	texts := pages(t)
	for page, text := range texts {
		for _, link := range docs.Links(text) {
			target, anchor := docs.Resolve(page, link)
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(target))); err != nil {
				t.Errorf("%s: the link %q leads nowhere", page, link)
				continue
			}
			if anchor != "" && !docs.HasHeading(texts[target], anchor) {
				t.Errorf("%s: the link %q names no heading of %s", page, link, target)
			}
		}
	}
}
