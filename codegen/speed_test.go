package codegen_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/codegen"
)

// manyMessages is a package of n messages that look like those of people.
func manyMessages(n int) string {
	var b strings.Builder
	b.WriteString("// Package shop is large.\n//\n//zebus:package namespace=Shop\npackage shop\n\n" +
		"import (\n\t\"time\"\n\n\t\"github.com/zebus-go/zebus/wire\"\n\t\"github.com/zebus-go/zebus/zebus\"\n)\n")
	for i := range n {
		fmt.Fprintf(&b, "\n// Order%d is one of many.\n//\n//zebus:event\ntype Order%[1]d struct {\n", i)
		b.WriteString("\tID int64 `zebus:\"1,required\"`\n\tStation string `zebus:\"2,routing=1\"`\n\tPeer zebus.PeerID `zebus:\"3\"`\n" +
			"\tAt time.Time `zebus:\"4\"`\n\tPrice wire.Decimal `zebus:\"5\"`\n\tCounts []int32 `zebus:\"6,packed\"`\n\tNote *string `zebus:\"7\"`\n")
		fmt.Fprintf(&b, "\tByName map[string]*Order%d `zebus:\"8\"`\n\tRest []*Order%d `zebus:\"9\"`\n}\n", i/2, i/3)
	}
	return b.String()
}

// BenchmarkGenerate compares generating a large package with compiling the result, which should take longer.
func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	dir := module(b, map[string]string{"warm/order.go": strings.Replace(order, "package shop", "package warm", 1), "order.go": manyMessages(500)})
	if _, err := codegen.Generate(b.Context(), codegen.Options{Dir: dir, Patterns: []string{"./warm"}}); err != nil {
		b.Fatal(err)
	}
	compile(b, dir, "./warm") // what everything stands on is compiled once
	var generating, compiling time.Duration
	for b.Loop() {
		g, c := generateAndCompile(b, dir)
		generating, compiling = generating+g, compiling+c
	}
	b.ReportMetric(generating.Seconds()/float64(b.N), "s-generating")
	b.ReportMetric(compiling.Seconds()/float64(b.N), "s-compiling")
	b.ReportMetric(generating.Seconds()/compiling.Seconds(), "generating/compiling")
}

// generateAndCompile says how long each of them takes. A constant that changes makes the compiler work every time.
func generateAndCompile(tb testing.TB, dir string) (generating, compiling time.Duration) {
	tb.Helper()
	write(tb, dir, map[string]string{"salt.go": fmt.Sprintf("package shop\n\nconst salt = %d\n", time.Now().UnixNano())})
	start := time.Now()
	if _, err := codegen.Generate(tb.Context(), codegen.Options{Dir: dir}); err != nil {
		tb.Fatal(err)
	}
	generating = time.Since(start)
	start = time.Now()
	compile(tb, dir, ".")
	return generating, time.Since(start)
}

func compile(tb testing.TB, dir, pattern string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "go", "build", pattern)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go build %s: %v\n%s", pattern, err, out)
	}
}
