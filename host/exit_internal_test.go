package host

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	_, unreadable := Load("nowhere.toml", "")
	_, badFlag := LogFlags{Level: "loud"}.Logger(os.Stderr)
	_, nameless := NewBuilder(DefaultConfig())
	tests := map[string]struct {
		err  error
		want int
	}{
		"a graceful stop":                {nil, 0},
		"a start that failed":            {fmt.Errorf("register A.0: %w", zebus.ErrNoPeer), 1},
		"a stop that took too long":      {errors.Join(ErrStopTimeout, errors.New("handlers still run: Door")), 1},
		"a second signal":                {ErrKilled, 1},
		"a signal before it had started": {&interruption{start: errors.New("canceled")}, 1},
		"a file that is not there":       {unreadable, 2},
		"a peer without a name":          {nameless, 2},
		"a problem among others":         {fmt.Errorf("settings: %w", errors.Join(errors.New("x"), &Problem{Err: ErrUnknownKey})), 2},
		"a flag for the log":             {badFlag, 2},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ExitCode(tc.err); got != tc.want {
				t.Errorf("ExitCode(%v) = %d, want %d", tc.err, got, tc.want)
			}
		})
	}
}

func TestMainReportsOneLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
		code int
	}{
		"nothing when all is well": {nil, "", ExitOK},
		"the error with the name":  {errors.New("start A.0: port in use"), "shop: start A.0: port in use\n", ExitFailed},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if code := report(&out, "shop", tc.err); code != tc.code || out.String() != tc.want {
				t.Errorf("exits with %d and says %q, want %d and %q", code, &out, tc.code, tc.want)
			}
		})
	}
}
