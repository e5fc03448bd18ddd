package registry

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

// planting is one tree, grown and cut key by key.
type planting struct {
	t     *testing.T
	r     *Registry
	ix    *index
	peers map[string]*peer
}

func plant(t *testing.T) *planting {
	t.Helper()
	return &planting{t: t, r: New(), ix: newIndex(), peers: map[string]*peer{}}
}

func (g *planting) peer(name string) *peer {
	if g.peers[name] == nil {
		p := &peer{ordinal: len(g.peers)}
		p.current.Store(&zebus.Peer{ID: zebus.PeerID(name)})
		g.peers[name] = p
	}
	return g.peers[name]
}

func (g *planting) add(name string, parts ...string) {
	g.edit(func(e *edit) { g.ix.add(e, g.peer(name), zebus.Key(parts...)) })
}

func (g *planting) remove(name string, parts ...string) {
	g.edit(func(e *edit) { g.ix.remove(e, g.peer(name), zebus.Key(parts...)) })
}

func (g *planting) edit(f func(*edit)) {
	e := &edit{r: g.r}
	f(e)
	e.commit()
}

func (g *planting) empty() bool {
	tree := g.ix.published.Load()
	return len(g.ix.members) == 0 && len(tree.everyone) == 0 && len(tree.all) == 0 && tree.root == nil
}

// find returns the names found, sorted, by the rule for recipients.
func (g *planting) find(content ...zebus.RoutingValue) []string {
	tree := g.ix.published.Load()
	var found []zebus.Peer
	if len(content) == 0 {
		found = tree.everyone.appendTo(nil)
	} else {
		found = tree.appendMatching(nil, content)
	}
	return sortedNames(found)
}

func sortedNames(peers []zebus.Peer) []string {
	names := make([]string, 0, len(peers))
	for _, p := range peers {
		names = append(names, string(p.ID))
	}
	slices.Sort(names)
	return names
}

func (g *planting) want(content []zebus.RoutingValue, want ...string) {
	g.t.Helper()
	slices.Sort(want)
	if got := g.find(content...); !slices.Equal(got, want) {
		g.t.Errorf("lookup %q = %q, want %q", zebus.RoutingContent(content), got, want)
	}
}

func (g *planting) wantEmpty(want bool) {
	g.t.Helper()
	if got := g.empty(); got != want {
		g.t.Errorf("empty = %t, want %t", got, want)
	}
}

func values(texts ...string) []zebus.RoutingValue {
	content := make([]zebus.RoutingValue, len(texts))
	for i, text := range texts {
		content[i] = zebus.RoutingText(text)
	}
	return content
}

// parts reads the keys of the cases: parts between dots, and nothing for the empty key.
func parts(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ".")
}

func TestTreeMatches(t *testing.T) {
	set := zebus.RoutingSet(values("A", "B", "C")...)
	one := values("1")[0]
	tests := []struct {
		name    string
		key     string
		content []zebus.RoutingValue
		want    bool
	}{
		{"C08 a star matches one value, whatever it is", "*", values("whatever"), true},
		{"C08 a star matches the value star", "*", values("*"), true},
		{"C08 a star matches the value sharp", "*", values("#"), true},
		{"C08 a star matches null", "*", []zebus.RoutingValue{zebus.RoutingNull()}, true},
		{"C09 a sharp matches one value", "#", values("a"), true},
		{"C09 a sharp matches many values", "#", values("a", "b", "c"), true},
		{"C09 a sharp matches no value", "#", nil, true},
		{"C10 the empty key matches any content", "", values("a", "b"), true},
		{"C11 the empty key matches the empty content", "", nil, true},
		{"C12 a literal matches its text", "a", values("a"), true},
		{"C12 a literal matches no other text", "a", values("d"), false},
		{"C12 case matters", "a", values("A"), false},
		{"C13 stars match as many values", "*.*.*", values("", "*", "x"), true},
		{"C14 literals then a star", "a.b.*", values("a", "b", "c"), true},
		{"C14 a literal then stars", "a.*.*", values("a", "b", "c"), true},
		{"C14 a star in the middle", "a.*.c", values("a", "b", "c"), true},
		{"C14 a star at the start", "*.b.c", values("a", "b", "c"), true},
		{"C14 a sharp stands for one value", "a.b.#", values("a", "b", "c"), true},
		{"C14 a sharp stands for two values", "a.#", values("a", "b", "c"), true},
		{"C14 a sharp stands for no less than one value", "a.#", values("a"), false},
		{"C14 what follows a sharp is ignored", "a.#.c", values("a", "x", "y"), true},
		{"C15 a content that is too short", "*.a", values("a"), false},
		{"C15 a content that is too long", "*.a", values("a", "b", "a"), false},
		{"C16 a wrong second value", "a.b", values("a", "d"), false},
		{"C16 a wrong second value and one too many", "a.b", values("a", "d", "c"), false},
		{"C16 two values too many", "a.b", values("a", "b", "c", "d"), false},
		{"C17 another first value before a star", "d.*", values("a", "b", "c", "d"), false},
		{"C17 another first value before a sharp", "d.#", values("a", "b", "c", "d"), false},
		{"C18 a sharp matches a collection", "#", []zebus.RoutingValue{one, set}, true},
		{"C18 a star matches a collection", "1.*", []zebus.RoutingValue{one, set}, true},
		{"C18 a literal matches the first item", "*.A", []zebus.RoutingValue{one, set}, true},
		{"C18 a literal matches the second item", "*.B", []zebus.RoutingValue{one, set}, true},
		{"C18 a literal matches the last item", "1.C", []zebus.RoutingValue{one, set}, true},
		{"C18 the other value must match as well", "2.*", []zebus.RoutingValue{one, set}, false},
		{"C18 a literal that no item equals", "*.D", []zebus.RoutingValue{one, set}, false},
		{"C18 an item does not help another position", "2.A", []zebus.RoutingValue{one, set}, false},
		{"C18 a wrong first value", "X.A", []zebus.RoutingValue{one, set}, false},
		{"C18 a literal does not match an empty collection", "1.A", []zebus.RoutingValue{one, zebus.RoutingSet()}, false},
		{"C18 a star matches an empty collection", "1.*", []zebus.RoutingValue{one, zebus.RoutingSet()}, true},
		{"C12 a literal does not match null", "a", []zebus.RoutingValue{zebus.RoutingNull()}, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			g := plant(t)
			g.add("P", parts(tc.key)...)
			if got := len(g.find(tc.content...)) == 1; got != tc.want {
				t.Errorf("%q finds %v = %t, want %t", tc.key, tc.content, got, tc.want)
			}
			if key := zebus.Key(parts(tc.key)...); key.Matches(tc.content) != tc.want {
				t.Errorf("%q matches %v = %t, want %t", tc.key, tc.content, !tc.want, tc.want)
			}
		})
	}
}

func TestTree(t *testing.T) {
	t.Run("C19 a message without routing content reaches whoever wants any of the type", func(t *testing.T) {
		for _, key := range []string{"*", "#", "foo", "foo.#", "foo.bar.*", "foo.*.baz", "", "a.#.b"} {
			g := plant(t)
			g.add("A", parts(key)...)
			g.add("B", "foo", "bar")
			g.want(nil, "A", "B")
		}
	})

	keys := []string{"#", "a.b", "a.*", "b.*.c", "b.*.f", "d.*.c", "a", "*.*", "a.#", "*"}
	forest := func(t *testing.T) *planting {
		t.Helper()
		g := plant(t)
		for _, key := range keys {
			g.add(key, parts(key)...)
		}
		return g
	}
	t.Run("C20 three values among ten peers", func(t *testing.T) {
		forest(t).want(values("b", "1", "c"), "#", "b.*.c")
	})
	t.Run("C21 two values among ten peers", func(t *testing.T) {
		forest(t).want(values("a", "1"), "#", "a.*", "*.*", "a.#")
	})
	t.Run("C22 one value among ten peers", func(t *testing.T) {
		forest(t).want(values("a"), "#", "a", "*")
	})

	t.Run("C23 adding a key twice counts once", func(t *testing.T) {
		for _, key := range []string{"", "#", "a.b", "*", "a.#", "a.#.b"} {
			g := plant(t)
			g.add("P", parts(key)...)
			g.add("P", parts(key)...)
			g.want(nil, "P")
			g.remove("P", parts(key)...)
			g.wantEmpty(true)
		}
	})
	t.Run("C23 removing what is not there changes nothing", func(t *testing.T) {
		g := plant(t)
		g.add("P", "a", "b")
		for _, key := range []string{"", "#", "a", "a.b.c", "a.*", "*.b", "a.#"} {
			g.remove("P", parts(key)...)
			g.remove("Q", parts(key)...)
		}
		g.want(values("a", "b"), "P")
	})
	t.Run("C24 a tree is empty when the last key is gone", func(t *testing.T) {
		g := plant(t)
		all := []string{"", "a", "a.b", "*.c", "d.#"}
		for _, key := range all {
			g.add("P", parts(key)...)
		}
		for _, key := range all {
			g.wantEmpty(false)
			g.remove("P", parts(key)...)
		}
		g.wantEmpty(true)
	})
	t.Run("C25 a tree is empty when the last key is gone, in any order", func(t *testing.T) {
		for _, key := range []string{"#", "a.#", "a.b.c", "a.*", "*", "a.*.b"} {
			for _, otherFirst := range []bool{true, false} {
				g := plant(t)
				first, second := key, "other"
				if otherFirst {
					first, second = second, first
				}
				g.add("P", parts(key)...)
				g.add("P", "other")
				g.remove("P", parts(first)...)
				g.wantEmpty(false)
				g.remove("P", parts(second)...)
				g.wantEmpty(true)
			}
		}
	})
	t.Run("C24 the empty key and the sharp key are two", func(t *testing.T) {
		g := plant(t)
		g.add("P")
		g.add("P", "#")
		g.remove("P")
		g.want(values("x"), "P")
		g.remove("P", "#")
		g.wantEmpty(true)
	})
	t.Run("C25 keys that differ behind a sharp are two", func(t *testing.T) {
		g := plant(t)
		g.add("P", "a", "#", "b")
		g.add("P", "a", "#", "c")
		g.add("P", "a", "#", "b", "c")
		g.remove("P", "a", "#", "b")
		g.remove("P", "a", "#", "c")
		g.want(values("a", "x"), "P")
		g.remove("P", "a", "#", "b", "c")
		g.wantEmpty(true)
	})
	t.Run("C22 a key of a million parts takes no room and finds its peer without content", func(t *testing.T) {
		g := plant(t)
		long := slices.Repeat([]string{"a"}, 1_000_000)
		g.add("P", long...)
		g.want(nil, "P")
		g.want(values("a"))
		g.remove("P", long...)
		g.wantEmpty(true)
	})
}

func TestTreeAgreesWithMatcher(t *testing.T) {
	content := zebus.RoutingContent{
		zebus.RoutingText("A"), zebus.RoutingSet(values("1", "2", "3")...), zebus.RoutingSet(values("101", "102")...),
	}
	tests := map[string]bool{
		"#": true, "*.*.*": true, "A.*.*": true, "9.*.*": false, "*.1.*": true, "*.9.*": false, "*.*.101": true,
		"*.*.999": false, "A.3.102": true, "A.3.999": false, "A.9.102": false, "9.3.102": false,
	}
	for text, want := range tests {
		t.Run("C26 "+text, func(t *testing.T) {
			g := plant(t)
			g.add("P", parts(text)...)
			key := zebus.Key(parts(text)...)
			got := [3]bool{len(g.find(content...)) == 1, key.Matches(content), key.Accepts(content)}
			if got != [3]bool{want, want, want} {
				t.Errorf("tree, matcher, handler = %v, want all %t", got, want)
			}
		})
	}
}

// TestTreeVectors compares with what .NET answered.
func TestTreeVectors(t *testing.T) {
	var cases []struct {
		Subscriptions [][2]any
		Removed       [][2]any
		Empty         bool
		Lookups       []struct {
			Content []any
			Peers   []string
		}
	}
	raw, err := os.ReadFile("testdata/routing-tree.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for i, tc := range cases {
		t.Run(fmt.Sprint("C20 case ", i), func(t *testing.T) {
			g := plant(t)
			each(tc.Subscriptions, g.add)
			each(tc.Removed, g.remove)
			g.wantEmpty(tc.Empty)
			for _, lookup := range tc.Lookups {
				g.want(contentOf(lookup.Content), lookup.Peers...)
			}
		})
	}
}

func each(keys [][2]any, f func(string, ...string)) {
	for _, pair := range keys {
		f(pair[0].(string), textsOf(pair[1].([]any))...)
	}
}

func textsOf(list []any) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = v.(string)
	}
	return texts
}

func contentOf(list []any) []zebus.RoutingValue {
	content := make([]zebus.RoutingValue, len(list))
	for i, v := range list {
		switch v := v.(type) {
		case string:
			content[i] = zebus.RoutingText(v)
		case nil:
			content[i] = zebus.RoutingNull()
		case []any:
			content[i] = zebus.RoutingSet(contentOf(v)...)
		}
	}
	return content
}

// TestTreeModel grows and cuts trees at random and compares every lookup with a list that is searched from end to end.
func TestTreeModel(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "a", "b", "*", "#", "c"}
	for range 300 {
		g := plant(t)
		model := map[string][]string{} // peer and key → key
		for range 40 {
			name := fmt.Sprint("P", rnd.IntN(30))
			key := randomTexts(rnd, words)
			id := name + " " + canonical(key)
			if rnd.IntN(3) == 0 {
				g.remove(name, key...)
				delete(model, id)
			} else {
				g.add(name, key...)
				model[id] = key
			}
		}
		for range 20 {
			content := values(randomTexts(rnd, words)...)
			want := map[string]bool{}
			for id, key := range model {
				if len(content) == 0 || zebus.Key(key...).Matches(content) {
					want[strings.Fields(id)[0]] = true
				}
			}
			g.want(content, sortedKeys(want)...)
		}
		g.wantEmpty(len(model) == 0)
	}
}

func randomTexts(rnd *rand.Rand, words []string) []string {
	texts := make([]string, rnd.IntN(4))
	for i := range texts {
		texts[i] = words[rnd.IntN(len(words))]
	}
	return texts
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// TestTrieCollisions puts texts into a trie that share every bit of a hash.
func TestTrieCollisions(t *testing.T) {
	e := &edit{}
	var root *trie
	const same = 7
	left, right := &node{text: "left"}, &node{text: "right"}
	// What put does for a third text is decided by its true hash, so two is what can be forced.
	root = root.put(e, left, position{hash: same})
	deep := root.slots[0].sub.put(e, left, position{hash: rehash("left", hashDepth), depth: hashDepth})
	deep = deep.put(e, right, position{hash: rehash("right", hashDepth), depth: hashDepth})
	for range hashDepth - 1 {
		deep = &trie{owner: e, bitmap: 1, slots: []slot{{sub: deep}}}
	}
	root = &trie{owner: e, bitmap: 1 << same, slots: []slot{{sub: deep}}}
	if root.find("left", same) != left || root.find("right", same) != right {
		t.Error("texts with one hash are not told apart")
	}
	root = root.remove(e, "left", position{hash: same})
	if root.find("left", same) != nil || root.find("right", same) != right {
		t.Error("removing one of two texts with one hash removed the wrong one")
	}
	if root.only() != right {
		t.Error("the text that is left did not move up")
	}
}
