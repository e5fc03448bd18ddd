package zebus

import (
	"errors"
	"fmt"
)

// answerIn returns the answer that an error of a handler is or holds; nil when there is none.
func answerIn(err error) *CommandError {
	answer, _ := errors.AsType[*CommandError](err)
	return answer // a nil pointer that somebody wrapped is none
}

// sound returns err, or what stands for an error that cannot be looked at: most often a nil pointer to a type of error, which
// is no nil error, and whose methods panic. The bus looks at errors when the handler is long done, where a panic would
// take along the answer that the sender of a command waits for.
func sound(err error) error {
	if err == nil { // small enough to be inlined: nearly all handlers return nothing else
		return nil
	}
	return lookedAt(err)
}

func lookedAt(err error) (seen error) {
	defer func() {
		if value := recover(); value != nil {
			seen = fmt.Errorf("%w: %T: %v", ErrUnsoundError, err, value)
		}
	}()
	_ = err.Error()
	_ = answerIn(err) // it asks every error that err holds
	return err
}
