package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// routine notes when a periodic action runs, in seconds since it was made.
type routine struct {
	begun time.Time
	at    []int
	takes func(run int) time.Duration // nil for no time
	fails func(run int) error         // nil for never
}

func newRoutine() *routine { return &routine{begun: time.Now()} }

func (r *routine) do(context.Context) error {
	run := len(r.at)
	r.at = append(r.at, int(time.Since(r.begun)/time.Second))
	if r.takes != nil {
		<-time.After(r.takes(run))
	}
	if r.fails != nil {
		return r.fails(run)
	}
	return nil
}

func TestPeriodic(t *testing.T) {
	boom := errors.New("boom")
	secondRunTakes := func(d time.Duration) func(int) time.Duration {
		return func(run int) time.Duration {
			if run == 1 {
				return d
			}
			return 0
		}
	}
	cases := map[string]struct {
		action zebus.Periodic
		takes  func(int) time.Duration
		fails  func(int) error
		want   []int // seconds at which it runs, in the first 60
	}{
		"T05 each period, first after one": {action: zebus.Periodic{Every: 15 * time.Second}, want: []int{15, 30, 45}},
		"T05 a period of zero is never":    {action: zebus.Periodic{}},
		"T05 nor is a negative one":        {action: zebus.Periodic{Every: -time.Second}},
		"T05 T07 never beside itself: what it missed comes at once": {
			action: zebus.Periodic{Every: 10 * time.Second}, takes: secondRunTakes(25 * time.Second), want: []int{10, 20, 45, 45, 50},
		},
		"T07 or is skipped": {
			action: zebus.Periodic{Every: 10 * time.Second, SkipMissed: true}, takes: secondRunTakes(25 * time.Second), want: []int{10, 20, 50},
		},
		"T06 after failures in a row it pauses, and goes on": {
			action: zebus.Periodic{Every: time.Second, FailuresBeforePause: 3, Pause: 20 * time.Second},
			fails:  func(int) error { return boom }, want: []int{1, 2, 3, 23, 24, 25, 45, 46, 47},
		},
		"T06 a panic is a failure": {
			action: zebus.Periodic{Every: time.Second, FailuresBeforePause: 2, Pause: time.Minute},
			fails:  func(int) error { panic("boom") }, want: []int{1, 2},
		},
		"T06 after ten where nothing is said": {
			action: zebus.Periodic{Every: time.Second}, fails: func(int) error { return boom }, want: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		},
		"T06 failures that are not in a row do not count": {
			action: zebus.Periodic{Every: 10 * time.Second, FailuresBeforePause: 2, Pause: time.Hour},
			fails: func(run int) error {
				if run%2 == 0 {
					return boom
				}
				return nil
			}, want: []int{10, 20, 30, 40, 50},
		},
	}
	for name, c := range cases {
		inTown(t, name, func(t *testing.T, town *town) {
			r := newRoutine()
			r.takes, r.fails = c.takes, c.fails
			c.action.Do = r.do
			svc := town.start(town.builder("Svc.0").WithPeriodic(c.action))
			<-time.After(59*time.Second + time.Millisecond)
			if err := svc.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			<-time.After(time.Hour)
			if !slices.Equal(r.at, c.want) {
				t.Errorf("ran at %v, want %v, and never after the stop", r.at, c.want)
			}
		})
	}
}

func TestPeriodicThatIsDue(t *testing.T) {
	for name, c := range map[string]struct {
		due  time.Duration // from the start of the bus
		want []int
	}{
		"T05 at the due time":                              {7 * time.Second, []int{7, 27, 47}},
		"T05 a due time that is over counts in periods":    {-25 * time.Second, []int{15, 35, 55}},
		"T05 a due time of this moment is now":             {0, []int{0, 20, 40}},
		"T05 a due time some periods ago to the second is": {-40 * time.Second, []int{0, 20, 40}},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			r := newRoutine()
			svc := town.start(town.builder("Svc.0").WithPeriodic(zebus.Periodic{Every: 20 * time.Second, Due: time.Now().Add(c.due), Do: r.do}))
			<-time.After(59 * time.Second)
			if err := svc.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if !slices.Equal(r.at, c.want) {
				t.Errorf("ran at %v, want %v", r.at, c.want)
			}
		})
	}
}

func TestPeriodicThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		on   bool
		want string
	}{
		"T08 an error is published":       {errors.New("boom"), true, "boom"},
		"T08 unless that is switched off": {errors.New("boom"), false, ""},
		"T08 or it is an answer":          {zebus.Fail(1, "no"), true, ""},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			var got []string
			town.peer("News.0", zebus.HandleEvent(func(_ context.Context, e *zebus.CustomProcessingFailed) error {
				got = append(got, e.ExceptionMessage, e.SourceTypeFullName)
				return nil
			}))
			town.start(town.builder("Svc.0").WithErrorPublication(c.on).WithPeriodic(zebus.Periodic{
				Name: "sweep", Every: time.Minute, Do: func(context.Context) error { return c.err },
			}))
			<-time.After(time.Minute)
			synctest.Wait()
			if want := strings.Fields(c.want + " sweep"); c.want != "" && !slices.Equal(got, want) || c.want == "" && got != nil {
				t.Errorf("published %q, want %q", got, want)
			}
		})
	}
}

func TestPeriodicAndStop(t *testing.T) {
	inTown(t, "T05 a stop waits for the action for two seconds, and may leave it behind", func(t *testing.T, town *town) {
		released := make(chan struct{})
		svc := town.start(town.builder("Svc.0").WithPeriodic(zebus.Periodic{Every: time.Second, Do: func(ctx context.Context) error {
			<-ctx.Done()
			<-released
			return nil
		}}))
		<-time.After(1500 * time.Millisecond)
		begin := time.Now()
		if err := svc.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("the stop took %v, want 2s", took)
		}
		close(released)
	})
	inTown(t, "T05 an action that runs when the stop begins may still publish", func(t *testing.T, town *town) {
		var svc *zebus.Bus
		result := errors.New("not run")
		svc = town.start(town.builder("Svc.0").WithPeriodic(zebus.Periodic{Every: time.Second, Do: func(ctx context.Context) error {
			<-time.After(time.Second)
			result = svc.Publish(ctx, &zebus.CustomProcessingFailed{})
			return nil
		}}))
		<-time.After(1500 * time.Millisecond)
		if err := svc.Stop(t.Context()); err != nil || result != nil {
			t.Errorf("Stop() = %v; the action published: %v", err, result)
		}
	})
	t.Run("an action without anything to do is refused", func(t *testing.T) {
		_, err := zebus.NewBuilder("A.0").WithPeriodic(zebus.Periodic{Name: "sweep"}).Build()
		if err == nil || !strings.Contains(err.Error(), `"sweep"`) {
			t.Errorf("Build() = %v", err)
		}
	})
}
