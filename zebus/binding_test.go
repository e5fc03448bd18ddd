package zebus_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/zebus"
)

func routingContent(texts ...string) zebus.RoutingContent {
	content := make(zebus.RoutingContent, len(texts))
	for i, text := range texts {
		content[i] = zebus.RoutingText(text)
	}
	return content
}

func TestBindingKeyMatches(t *testing.T) {
	tests := []struct {
		name, key string
		content   zebus.RoutingContent
		want      bool
	}{
		{"C09 X36 a sharp alone matches a message without routing content", "#", nil, true},
		{"C11 X36 so does the empty key", "", nil, true},
		{"X36 no other key does", "*", nil, false},
		{"X36 nor one with a sharp behind", "a.#", nil, false},
		{"C14 a sharp stands for at least one value", "a.#", routingContent("a"), false},
		{"C14 or for more", "a.#", routingContent("a", "b", "c"), true},
		{"C14 what stands behind a sharp is ignored", "a.#.c", routingContent("a", "b"), true},
		{"C15 a key that is longer than the content", "a.b", routingContent("a"), false},
		{"C16 a key that is shorter than the content", "a", routingContent("a", "b"), false},
		{"C08 a value that is a star is a text", "a", routingContent("*"), false},
		{"C12 texts are equal or not", "A", routingContent("a"), false},
		{"an empty part is the text without characters", ".b", routingContent("", "b"), true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			key := zebus.ParseBindingKey(tc.key)
			if tc.key == zebus.Sharp {
				key = zebus.Key(zebus.Sharp)
			}
			if got := key.Matches(tc.content); got != tc.want {
				t.Errorf("%q matches %q = %t, want %t", tc.key, tc.content, got, tc.want)
			}
		})
	}
}

func TestBindingKeyAccepts(t *testing.T) {
	content := routingContent("1", "toto", "x")
	tests := map[string]bool{
		"1.toto.*": true, "*.toto.*": true, "1.*.*": true, "#": true, "1.#": true, "2.#": false, "2.toto.*": false, "1.tota.*": false,
		"1": true, "1.toto.x.y": true,
	}
	for text, want := range tests {
		t.Run("C27 "+text, func(t *testing.T) {
			if got := zebus.ParseBindingKey(text).Accepts(content); got != want {
				t.Errorf("Accepts(%s) = %t, want %t", content, got, want)
			}
		})
	}
	t.Run("C27 a key of a sharp accepts everything", func(t *testing.T) {
		if !zebus.Key(zebus.Sharp).Accepts(nil) || !zebus.Key(zebus.Sharp).Accepts(content) {
			t.Error("it does not")
		}
	})
}

func TestBindingKeyText(t *testing.T) {
	t.Run("C28 a key of no parts is the empty key and prints as a sharp", func(t *testing.T) {
		for _, key := range []zebus.BindingKey{zebus.Key(), {Parts: []string{}}, zebus.ParseBindingKey(""), zebus.ParseBindingKey("#")} {
			if !key.IsEmpty() || !key.Equal(zebus.BindingKey{}) || key.String() != "#" {
				t.Errorf("%#v prints as %q", key, key)
			}
		}
	})
	t.Run("C28 the empty key, a sharp and an empty part are three keys", func(t *testing.T) {
		keys := []zebus.BindingKey{{}, zebus.Key("#"), zebus.Key("")}
		for i, a := range keys {
			for j, b := range keys {
				if a.Equal(b) != (i == j) {
					t.Errorf("%#v equals %#v = %t", a, b, a.Equal(b))
				}
			}
		}
	})
	t.Run("C32 JSON shows the parts", func(t *testing.T) {
		text, err := json.Marshal(zebus.Key("EU", "*"))
		if err != nil || !strings.Contains(string(text), `["EU","*"]`) {
			t.Errorf("JSON %s, error %v", text, err)
		}
	})
}

func TestBindingKeyPart(t *testing.T) {
	tests := []struct {
		name, key   string
		position    int
		literal     string
		constrained bool
	}{
		{"C29 a literal", "a.b", 1, "b", true},
		{"C29 a star is any", "a.*", 1, "", false},
		{"C29 a sharp is any", "a.#", 1, "", false},
		{"C29 behind a sharp is any", "a.#", 5, "", false},
		{"C29 behind the key is nothing", "a.b", 2, "", true},
		{"C29 the empty key is any everywhere", "", 3, "", false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			literal, constrained := zebus.ParseBindingKey(tc.key).Part(tc.position)
			if constrained != tc.constrained || constrained && literal != tc.literal {
				t.Errorf("Part(%d) = %q, %t, want %q, %t", tc.position, literal, constrained, tc.literal, tc.constrained)
			}
		})
	}
}

// recordedKeys returns the parts of every binding key that stands in the vectors: in messages and in the routing tree.
func recordedKeys(f *testing.F) (keys [][]string) {
	f.Helper()
	all := append(vectors.Under(f, "BindingKey"), recordedTree(f)...)
	for _, list := range vectors.Under(f, "BindingKeys") {
		several, _ := list.([]any)
		all = append(all, several...)
	}
	for _, v := range all {
		list, _ := v.([]any) // nil where .NET wrote no parts
		parts := make([]string, len(list))
		for i := range list {
			parts[i], _ = list[i].(string)
		}
		keys = append(keys, parts)
	}
	return keys
}

func recordedTree(f *testing.F) (keys []any) {
	f.Helper()
	raw, err := os.ReadFile("../directory/internal/registry/testdata/routing-tree.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []struct{ Subscriptions [][2]any }
	if err := json.Unmarshal(raw, &cases); err != nil {
		f.Fatal(err)
	}
	for _, tc := range cases {
		for _, s := range tc.Subscriptions {
			keys = append(keys, s[1])
		}
	}
	return keys
}

// FuzzBindingKey reads any bytes as a key. What is accepted is written and read back as the same key, and its text form
// agrees with it where it can.
func FuzzBindingKey(f *testing.F) {
	for _, key := range []zebus.BindingKey{{}, zebus.Key(""), zebus.Key("#"), zebus.Key("a", "*"), zebus.Key("EU", "#", "x"), zebus.Key("a.b")} {
		f.Add(key.ZebusAppend(nil), "EU", "x")
	}
	for _, parts := range recordedKeys(f) {
		first, second := "", ""
		if len(parts) > 1 {
			first, second = parts[0], parts[1]
		}
		key := zebus.Key(parts...)
		f.Add(key.ZebusAppend(nil), first, second)
	}
	f.Fuzz(func(t *testing.T, raw []byte, first, second string) {
		var key, again zebus.BindingKey
		if key.ZebusUnmarshal(raw) != nil {
			return
		}
		written := key.ZebusAppend(nil)
		if err := again.ZebusUnmarshal(written); err != nil || !again.Equal(key) {
			t.Errorf("%q comes back as %q, error %v", key.Parts, again.Parts, err)
		}
		if !bytes.Equal(written, again.ZebusAppend(nil)) {
			t.Errorf("%q is written in two ways", key.Parts)
		}
		content := routingContent(first, second)
		if key.Matches(content) && !key.Accepts(content) {
			t.Errorf("%q matches %q, and its handler does not accept it", key.Parts, content)
		}
		text := key.String()
		if text == "" || strings.Contains(strings.Join(key.Parts, ""), ".") {
			return // the text is for logs: a key of one empty part, or of parts with dots, cannot be read back
		}
		if parsed := zebus.ParseBindingKey(text); parsed.Matches(content) != key.Matches(content) {
			t.Errorf("%q and its text %q differ about %q", key.Parts, text, content)
		}
	})
}
