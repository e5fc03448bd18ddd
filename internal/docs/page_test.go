package docs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/internal/docs"
)

func TestBlocks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		page string
		want []docs.Block
	}{
		"a page without blocks has none": {"# Title\n\ntext\n", nil},
		"a block knows its language, its words and its line": {
			"# Title\n\n```sh run\nls\n```\n",
			[]docs.Block{{Page: "p.md", Line: 4, Lang: "sh", Words: []string{"run"}, Text: "ls\n"}},
		},
		"a comment can hide a block": {
			"<!--go\nvar x int\n-->\n",
			[]docs.Block{{Page: "p.md", Line: 2, Lang: "go", Text: "var x int\n"}},
		},
		"a longer fence holds shorter ones": {
			"````md\n```go\n```\n````\n",
			[]docs.Block{{Page: "p.md", Line: 2, Lang: "md", Words: []string{}, Text: "```go\n```\n"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := docs.Blocks("p.md", tc.page)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Blocks(%q): %s", tc.page, diff)
			}
		})
	}
}

func TestGoSource(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, dir, want string
	}{
		"a file stays as it is, in a package of its name":  {"package shop\n", "p_shop", "package shop\n"},
		"declarations get the imports they need":           {"var d time.Duration\n", "p", "import \"time\"\n"},
		"statements become the body of a function":         {"err := bus.Stop(ctx)\n", "p", "bus *zebus.Bus) error {"},
		"the compiler reports lines of the page, not ours": {"var d int\n", "p", "//line p.md:7\nvar d int\n"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := docs.GoSource(docs.Block{Page: "p.md", Line: 7, Lang: "go", Text: tc.text})
			if err != nil || got.Dir != tc.dir || !strings.Contains(got.Text, tc.want) {
				t.Errorf("GoSource(%q) = %+v, %v; want dir %q and text with %q", tc.text, got, err, tc.dir, tc.want)
			}
		})
	}
	t.Run("what is no Go is an error that says where", func(t *testing.T) {
		t.Parallel()
		_, err := docs.GoSource(docs.Block{Page: "p.md", Line: 7, Lang: "go", Text: "func {\n"})
		if err == nil || !strings.Contains(err.Error(), "p.md:7") {
			t.Errorf("GoSource = %v, want an error that names p.md:7", err)
		}
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	text := "# A title, here\n[a](b.md#x) [c](https://d.example)\n```md\n[no](no.md)\n```\n"
	if diff := cmp.Diff([]string{"b.md#x"}, docs.Links(text)); diff != "" {
		t.Error(diff)
	}
	if !docs.HasHeading(text, "a-title-here") || docs.HasHeading(text, "a-title") {
		t.Error("HasHeading does not form anchors as GitHub does")
	}
}
