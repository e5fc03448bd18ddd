package host

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

func TestLocateKeys(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want map[string]int
	}{
		"nothing":                             {"", map[string]int{}},
		"one key":                             {"a = 1", map[string]int{"a": 1}},
		"blank lines and comments count":      {"\n# b = 2\n\n  a = 1 # c = 3\n", map[string]int{"a": 4}},
		"lines of Windows":                    {"a = 1\r\n\r\nb = 2\r\n", map[string]int{"a": 1, "b": 3}},
		"a table and its keys":                {"a = 1\n[t] # x = 1\nb = 2\n", map[string]int{"a": 1, "t": 2, "t.b": 3}},
		"a dotted key":                        {"\nt.a . b= 1", map[string]int{"t": 2, "t.a": 2, "t.a.b": 2}},
		"a dotted table with spaces":          {"[ t . u ]\na=1", map[string]int{"t": 1, "t.u": 1, "t.u.a": 2}},
		"quoted keys":                         {"\"a.b\" = 1\n'c d' = 2\n\"\\u0065\" = 3", map[string]int{`"a.b"`: 1, `"c d"`: 2, "e": 3}},
		"an equals sign in a text":            {"a = \"b = 1\"\nc = 'd = 2'\ne = 3", map[string]int{"a": 1, "c": 2, "e": 3}},
		"a quote behind a backslash":          {"a = \"\\\"\"\nb = '\\'\nc = 1", map[string]int{"a": 1, "b": 2, "c": 3}},
		"a text over several lines":           {"a = \"\"\"\nb = 1\n\\\"\"\"\"\nc = 2", map[string]int{"a": 1, "c": 4}},
		"a literal text over several lines":   {"a = '''\nb = 1\n'''\nc = 2", map[string]int{"a": 1, "c": 4}},
		"quotes before the closing quotes":    {"a = \"\"\"x\"\"\"\"\"\nb = '''y''''\nc = 1", map[string]int{"a": 1, "b": 2, "c": 3}},
		"an empty text":                       {"a = \"\"\nb = ''\nc = \"\"\"\"\"\"\nd = 1", map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}},
		"a list over several lines":           {"a = [ # one\n  \"x\", # b = 2\n  [1, 2],\n]\nc = 3", map[string]int{"a": 1, "c": 5}},
		"a list with brackets in texts":       {"a = [\"]\", ']', \"#\"]\nb = 1", map[string]int{"a": 1, "b": 2}},
		"an inline table":                     {"a = { b = 1, \"c\" = { d = [2] }, e.f = \"}\" }\ng = 1", map[string]int{"a": 1, "a.b": 1, "a.c": 1, "a.c.d": 1, "a.e": 1, "a.e.f": 1, "g": 2}},
		"a list of tables, the first counts":  {"[[a]]\nb = 1\n[[a]]\nb = 2\nc = 3", map[string]int{"a": 1, "a.b": 2, "a.c": 5}},
		"a date with a space":                 {"a = 1979-05-27 07:32:00\nb = 1", map[string]int{"a": 1, "b": 2}},
		"a value directly behind the equals":  {"a=1\nb=[]\nc={}\nd=\"\"", map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}},
		"the mark of editors on Windows":      {"\xef\xbb\xbfa = 1\nb = 2", map[string]int{"a": 1, "b": 2}},
		"a table header behind a longer text": {"a = \"\"\"\n[t]\n\"\"\"\n[u]\nb = 1", map[string]int{"a": 1, "u": 4, "u.b": 5}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := toml.Decode(tc.src, new(map[string]any)); err != nil {
				t.Fatalf("the case is not TOML: %v", err)
			}
			if diff := cmp.Diff(tc.want, locateKeys(tc.src)); diff != "" {
				t.Errorf("locateKeys(%q), want -, got +:\n%s", tc.src, diff)
			}
		})
	}
}

// bareKey is what a key needs no quotes for.
var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Whatever the document, the scanner ends; and it finds every key that the decoder finds, on a
// line that has that key.
func FuzzLocateKeys(f *testing.F) {
	for _, seed := range []string{
		"a = 1", "[t]\nb = 2", "a = \"\"\"\nb = 1\n\"\"\"\"", "a = { b = 1 }", "[[a]]\nb = [[1], {c = 2}]",
		"\"a.b\".c = 1", "a = [\n\"]\", # x\n]", "[", "a", "=", "'", "{}", "]]", "a = ", "\r\n\x00", "a.b.c = {d.e = '''\n'''}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lines := locateKeys(src)
		var document map[string]any
		if _, err := toml.Decode(src, &document); err != nil {
			return
		}
		text := strings.Split(src, "\n")
		for _, key := range paths(nil, document) {
			line := lines[key.String()]
			if line == 0 {
				t.Fatalf("%q: %s was not found in %v", src, key, lines)
			}
			name := key[len(key)-1]
			if bareKey.MatchString(name) && !strings.ContainsAny(text[line-1], `\`) && !strings.Contains(text[line-1], name) {
				t.Fatalf("%q: %s is not on line %d", src, key, line)
			}
		}
	})
}

// paths lists every key of a document and of its tables.
func paths(path toml.Key, table map[string]any) []toml.Key {
	var all []toml.Key
	for name, value := range table {
		key := append(slices.Clone(path), name)
		all = append(all, key)
		if inner, ok := value.(map[string]any); ok {
			all = append(all, paths(key, inner)...)
		}
	}
	return all
}
