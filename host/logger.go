package host

import (
	"fmt"
	"io"
	"log/slog"
)

// LogFlags are what a program takes as --log-format and --log-level.
type LogFlags struct {
	Format string // "text" or "json"; empty means text
	Level  string // "debug", "info", "warn" or "error", or with an offset, "info+2"; empty means info
}

// Logger returns a logger that writes to w as the flags say. The error names the flag that is
// wrong and wraps [ErrInvalidValue].
func (f LogFlags) Logger(w io.Writer) (*slog.Logger, error) {
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	switch f.Format {
	case "", "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("--log-format: %w", invalid("%q is neither text nor json", f.Format))
	}
}

func (f LogFlags) options() (*slog.HandlerOptions, error) {
	var level slog.Level // zero is info
	if f.Level == "" {
		return &slog.HandlerOptions{Level: level}, nil
	}
	if err := level.UnmarshalText([]byte(f.Level)); err != nil {
		return nil, fmt.Errorf("--log-level: %w", invalid("%q is none of debug, info, warn and error", f.Level))
	}
	return &slog.HandlerOptions{Level: level}, nil
}
