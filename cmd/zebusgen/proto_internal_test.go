package main

import (
	"os"
	"strings"
	"testing"
)

func TestProto(t *testing.T) {
	enter(t, source)
	steps := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"--check fails when a file is missing", []string{"proto", "--check"}, exitFailed, "proto/Shop/shop.proto: not up to date\n"},
		{"it writes the files into a folder", []string{"proto", "--verbose"}, exitOK, "proto/Shop/shop.proto: written\n"},
		{"--check is content then", []string{"proto", "--check"}, exitOK, ""},
		{"--output names another folder", []string{"proto", "-v", "-o", "contract", "./..."}, exitOK, "contract/Shop/shop.proto: written\n"},
		{"--help says what for", []string{"proto", "--help"}, exitOK, "protoc -I proto"},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if code := run(t.Context(), step.args, &stdout, &stderr); code != step.code {
				t.Errorf("exit code %d, want %d: %s", code, step.code, &stderr)
			}
			expect(t, "standard output", stdout.String(), step.want)
		})
	}
	if text, err := os.ReadFile("proto/Shop/shop.proto"); err != nil || !strings.Contains(string(text), "optional int64 number = 1;") {
		t.Errorf("%v\n%s", err, text)
	}
}
