package main

import "testing"

// The same cases as ordinary benchmarks, for benchstat and for profiles.

func BenchmarkMarshal(b *testing.B) {
	for _, c := range comparisons() {
		benchmark(b, c.marshal())
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	for _, c := range comparisons() {
		benchmark(b, c.unmarshal())
	}
}

func benchmark(b *testing.B, c benchCase) {
	b.Helper()
	for who, name := range [contenders]string{ours: "zebusgen", google: "google", vtproto: "vtprotobuf"} {
		b.Run(c.message+"/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do[who]()
			}
		})
	}
}

// A comparison is worth something only when all contenders do the same.
func TestContendersAgree(t *testing.T) {
	for _, c := range comparisons() {
		if err := c.check(); err != nil {
			t.Error(err)
		}
	}
}
