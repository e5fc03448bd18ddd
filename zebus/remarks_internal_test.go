package zebus

import (
	"math"
	"testing"
)

func TestEpochsBeginAgain(t *testing.T) {
	const before, after = math.MaxUint32, 0 // after four billion messages in one place
	t.Run("what is said too late of a message changes nothing for the first of the next round", func(t *testing.T) {
		var rs remarks
		rs.setCode(before, 1, "of the last")
		rs.end(before)
		rs.setCode(after, 2, "of the first")
		rs.setCode(before, 3, "too late")
		if got := rs.of(after); got.code != 2 {
			t.Errorf("code %d, want 2", got.code)
		}
	})
	t.Run("what is said of the first message of a round counts, whatever was said of one before", func(t *testing.T) {
		var rs remarks
		rs.setCode(before, 1, "too late: its place is another's")
		rs.setCode(after, 2, "of the first")
		if got := rs.of(after); got.code != 2 {
			t.Errorf("code %d, want 2", got.code)
		}
	})
}
