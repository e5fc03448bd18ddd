//go:build soak && !race

package codegen_test

import (
	"strings"
	"testing"

	"github.com/zebus-go/zebus/codegen"
)

func TestGeneratingTakesNoLongerThanCompiling(t *testing.T) {
	dir := module(t, map[string]string{"warm/order.go": strings.Replace(order, "package shop", "package warm", 1), "order.go": manyMessages(500)})
	if _, err := codegen.Generate(t.Context(), codegen.Options{Dir: dir, Patterns: []string{"./warm"}}); err != nil {
		t.Fatal(err)
	}
	compile(t, dir, "./warm")
	generating, compiling := generateAndCompile(t, dir)
	t.Logf("500 messages: generating %v, compiling %v", generating, compiling)
	if generating > compiling {
		t.Errorf("generating 500 messages takes %v, and compiling the result %v", generating, compiling)
	}
}
