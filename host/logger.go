package host

import (
	"fmt"
	"io"
	"log/slog"
	"os"
)

// LogFlags are what a program takes as --log-format and --log-level.
type LogFlags struct {
	Format string // "text" or "json"; empty means text
	Level  string // "debug", "info", "warn" or "error", or with an offset, "info+2"; empty means warn
}

// Logger returns a logger that writes to w as the flags say. The error names the flag that is
// wrong and wraps [ErrInvalidValue].
func (f LogFlags) Logger(w io.Writer) (*slog.Logger, error) {
	level, err := f.level()
	if err != nil {
		return nil, err
	}
	return f.logger(w, level)
}

// Notices returns a logger of the same format for the few lines that a program writes whatever the level: that it is ready,
// that it stops. They have the level info.
func (f LogFlags) Notices(w io.Writer) (*slog.Logger, error) {
	return f.logger(w, slog.LevelInfo)
}

func (f LogFlags) logger(w io.Writer, level slog.Level) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: level}
	switch f.Format {
	case "", "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("--log-format: %w", invalid("%q is neither text nor json", f.Format))
	}
}

func (f LogFlags) level() (slog.Level, error) {
	level := slog.LevelWarn
	if f.Level == "" {
		return level, nil
	}
	if err := level.UnmarshalText([]byte(f.Level)); err != nil {
		return level, fmt.Errorf("--log-level: %w", invalid("%q is none of debug, info, warn and error", f.Level))
	}
	return level, nil
}

// loggerOf returns the logger of a program that has said nothing about logs: warnings and up go to standard error.
func loggerOf(l *slog.Logger) *slog.Logger {
	return orStandardError(l, slog.LevelWarn)
}

// noticesOf returns where a program says that it is ready, and that it stops: to its logger, and without one to standard
// error all the same.
func noticesOf(l *slog.Logger) *slog.Logger {
	return orStandardError(l, slog.LevelInfo)
}

func orStandardError(l *slog.Logger, level slog.Level) *slog.Logger {
	if l == nil {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	}
	return l
}
