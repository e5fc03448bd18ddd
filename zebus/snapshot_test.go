package zebus_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// observant is a directory that lets a test play the news about subscriptions.
type observant struct {
	*phoneBook
	types []zebus.MessageTypeID
	tell  func(zebus.PeerID, []zebus.Subscription)
}

func (o *observant) Observe(types []zebus.MessageTypeID, changed func(zebus.PeerID, []zebus.Subscription)) {
	o.types, o.tell = types, changed
}

func TestSnapshots(t *testing.T) {
	inTown(t, "T01 T03 T04 what a source makes goes to the new subscriber alone", func(t *testing.T, town *town) {
		heard := map[zebus.PeerID][]int32{}
		price := func(id zebus.PeerID) zebus.Handler {
			return zebus.HandleEvent(func(_ context.Context, e *interop.PriceChanged) error {
				heard[id] = append(heard[id], e.ID)
				return nil
			}).Mode(zebus.SubscribeAuto)
		}
		var asked []string
		source := zebus.Snapshot[interop.PriceChanged](func(_ context.Context, who zebus.PeerID, key zebus.BindingKey) ([]zebus.Event, error) {
			asked = append(asked, string(who)+" "+key.String())
			switch key.String() {
			case "two":
				return []zebus.Event{&interop.PriceChanged{ID: 1}, &interop.PriceChanged{ID: 2}}, nil
			case "none":
				return nil, nil
			case "null":
				return []zebus.Event{nil}, nil
			default:
				return nil, errors.New("no such key")
			}
		})
		book := &observant{phoneBook: &phoneBook{town: town}}
		town.peer("A.0", price("A.0"))
		town.peer("B.0", price("B.0"))
		var failed []string
		town.start(town.builder("Src.0").WithSnapshots(source).WithDirectory(book).WithObserver(zebus.Observer{
			HandlerFailed: func(handler string, _ *zebus.TransportMessage, err error) {
				failed = append(failed, handler+": "+err.Error())
			},
		}))
		for _, key := range []string{"two", "none", "null", "bad"} {
			book.tell("A.0", []zebus.Subscription{prices(key)})
		}
		book.tell("Src.0", []zebus.Subscription{prices("two")})
		book.tell("Gone.0", []zebus.Subscription{prices("two")})
		synctest.Wait()
		if want := []string{"A.0 two", "A.0 none", "A.0 null", "A.0 bad", "Gone.0 two"}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
		if want := []string{"snapshot of Interop.Messages.PriceChanged: no such key"}; !slices.Equal(failed, want) {
			t.Errorf("failed %q, want %q", failed, want)
		}
		if !slices.Equal(heard["A.0"], []int32{1, 2}) || heard["B.0"] != nil {
			t.Errorf("heard %v", heard)
		}
	})
	inTown(t, "T02 the directory is asked to observe the types that have sources", func(t *testing.T, town *town) {
		source := zebus.Snapshot[interop.Note](func(context.Context, zebus.PeerID, zebus.BindingKey) ([]zebus.Event, error) { return nil, nil })
		for _, c := range []struct {
			sources []zebus.SnapshotSource
			want    []zebus.MessageTypeID
		}{{nil, nil}, {[]zebus.SnapshotSource{source}, []zebus.MessageTypeID{notesType}}} {
			book := &observant{phoneBook: &phoneBook{town: town}}
			if _, err := town.builder("Src.0").WithSnapshots(c.sources...).WithDirectory(book).Build(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(book.types, c.want) {
				t.Errorf("observed %v, want %v", book.types, c.want)
			}
		}
	})
}
