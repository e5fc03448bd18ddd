package host_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/host"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flags host.LogFlags
		want  string // what an info and a debug line leave behind, without the time
	}{
		"the default is text from warnings on": {host.LogFlags{}, ""},
		"text":                                 {host.LogFlags{Format: "text", Level: "info"}, "level=INFO msg=hello peer=Acme.Echo.0\n"},
		"json":                                 {host.LogFlags{Format: "json", Level: "info"}, `"level":"INFO","msg":"hello","peer":"Acme.Echo.0"}` + "\n"},
		"debug shows more":                     {host.LogFlags{Level: "debug"}, "level=INFO msg=hello peer=Acme.Echo.0\nlevel=DEBUG msg=detail\n"},
		"error shows less":                     {host.LogFlags{Level: "ERROR"}, ""},
		"an offset":                            {host.LogFlags{Level: "info+1"}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			logger, err := tc.flags.Logger(&out)
			if err != nil {
				t.Fatal(err)
			}
			logger.Info("hello", slog.String("peer", "Acme.Echo.0"))
			logger.Debug("detail")
			if got := withoutTime(out.String()); got != tc.want {
				t.Errorf("%+v logs %q, want %q", tc.flags, got, tc.want)
			}
		})
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"":     "level=INFO msg=ready\n",
		"json": `"level":"INFO","msg":"ready"}` + "\n",
	} {
		var out strings.Builder
		notices, err := host.LogFlags{Format: format, Level: "error"}.Notices(&out)
		if err != nil {
			t.Fatal(err)
		}
		notices.Info("ready")
		if got := withoutTime(out.String()); got != want {
			t.Errorf("format %q: %q, want %q, whatever the level", format, got, want)
		}
	}
}

// withoutTime drops the first attribute of every line.
func withoutTime(lines string) string {
	var rest strings.Builder
	for line := range strings.Lines(lines) {
		_, tail, _ := strings.Cut(strings.Replace(line, `,"level"`, ` "level"`, 1), " ")
		rest.WriteString(tail)
	}
	return rest.String()
}

func TestLoggerRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flags host.LogFlags
		want  string
	}{
		"a format of its own": {host.LogFlags{Format: "xml"}, `--log-format: "xml" is neither text nor json`},
		"a level of its own":  {host.LogFlags{Level: "loud"}, `--log-level: "loud" is none of debug, info, warn and error`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.flags.Logger(nil)
			if text(err) != tc.want || !errors.Is(err, host.ErrInvalidValue) {
				t.Errorf("Logger = %v, want %s", err, tc.want)
			}
		})
	}
}
