package zebus_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

const recordedTime = "2006-01-02T15:04:05.0000000"

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestMessageIDAgainstRecordedBytes(t *testing.T) {
	var cases []struct{ Time, Text, Bytes, TimeFromID string }
	readJSON(t, "message-ids.json", &cases)
	for _, c := range cases {
		t.Run("B12 time of "+c.Text, func(t *testing.T) {
			at, err := time.Parse(recordedTime, c.Time)
			if err != nil {
				t.Fatal(err)
			}
			recorded := readID(t, c.Bytes)
			if got := recorded.String(); got != c.Text {
				t.Errorf("String() = %s, want %s", got, c.Text)
			}
			if got := recorded.Time().Format(recordedTime); got != c.TimeFromID {
				t.Errorf("Time() = %s, want %s", got, c.TimeFromID)
			}
			ours := zebus.NewMessageIDSource(func() time.Time { return at }).Next()
			if got := ours.Time(); !got.Equal(at) {
				t.Errorf("time of an ID made at %v = %v", at, got)
			}
			if [8]byte(ours[:8]) != [8]byte(recorded[:8]) {
				t.Errorf("time half of our ID = %x, want %x", ours[:8], recorded[:8])
			}
			if ours[8]&0xc0 != 0x80 {
				t.Errorf("variant bits of %s = %02x, want 10xxxxxx", ours, ours[8])
			}
		})
	}
}

func readID(t *testing.T, content string) (id zebus.MessageID) {
	t.Helper()
	b, err := hex.DecodeString(content)
	if err != nil {
		t.Fatal(err)
	}
	// The recording is the GUID alone; the ID is a message with the GUID as its field 1.
	var m zebus.MessageExecutionCompleted
	if err := m.ZebusUnmarshal(append([]byte{0x0a, byte(len(b) + 2), 0x0a, byte(len(b))}, b...)); err != nil {
		t.Fatal(err)
	}
	return m.SourceCommandID
}

func TestMessageIDSource(t *testing.T) {
	t.Run("B09 ids of two goroutines are distinct and increase", func(t *testing.T) {
		const each = 100_000
		source := zebus.NewMessageIDSource(nil)
		made := make([][]zebus.MessageID, 2)
		var wg sync.WaitGroup
		for g := range made {
			wg.Go(func() {
				for range each {
					made[g] = append(made[g], source.Next())
				}
			})
		}
		wg.Wait()
		seen := make(map[zebus.MessageID]bool, 2*each)
		for _, ids := range made {
			for i, id := range ids {
				if seen[id] {
					t.Fatalf("%s was made twice", id)
				}
				seen[id] = true
				if i > 0 && !ids[i-1].Time().Before(id.Time()) {
					t.Fatalf("%s does not follow %s", id, ids[i-1])
				}
			}
		}
	})
	t.Run("B11 the time of an id is exact to 100 ns, in the past too", func(t *testing.T) {
		at := time.Date(1969, 12, 31, 23, 59, 59, 999_999_900, time.UTC)
		id := zebus.NewMessageIDSource(func() time.Time { return at }).Next()
		if got := id.Time(); !got.Equal(at) {
			t.Errorf("Time() = %v, want %v", got, at)
		}
	})
	t.Run("B12 a frozen clock gives one tick more each time", func(t *testing.T) {
		at := time.Date(2024, 3, 15, 13, 45, 30, 123_456_700, time.UTC)
		source := zebus.NewMessageIDSource(func() time.Time { return at })
		for i := range 3 {
			want := at.Add(time.Duration(i) * 100)
			if got := source.Next().Time(); !got.Equal(want) {
				t.Errorf("time of id %d = %v, want %v", i, got, want)
			}
		}
	})
	t.Run("B13 sources started at the same instant do not collide", func(t *testing.T) {
		at := time.Date(2024, 3, 15, 0, 0, 0, 0, time.UTC)
		now := func() time.Time { return at }
		seen := map[zebus.MessageID]bool{}
		for range 1000 {
			id := zebus.NewMessageIDSource(now).Next()
			if seen[id] {
				t.Fatalf("%s was made twice", id)
			}
			seen[id] = true
		}
	})
}

func BenchmarkMessageIDSource(b *testing.B) {
	source := zebus.NewMessageIDSource(nil)
	b.ReportAllocs()
	for b.Loop() {
		source.Next()
	}
}
