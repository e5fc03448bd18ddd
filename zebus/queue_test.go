package zebus_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestQueues(t *testing.T) {
	inTown(t, "J10 a queue that is held up does not hold up another", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("slow"),
			zebus.HandleRequest(echo).OnQueue("fast"))
		slow := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := svc.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Error(err)
		}
		if got := svc.Stats(); got.PendingCommands != 1 {
			t.Errorf("stats %+v", got)
		}
		close(release)
		if err := slow.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "J04 a command is done when the last of its handlers is", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { return nil }).OnQueue("a"),
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("b"))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		select {
		case <-p.Done():
			t.Error("done while a handler runs")
		default:
		}
		close(release)
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "J09 J18 E12 what arrives during the start is handled after it", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		var order []string
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error {
			order = append(order, "handled")
			return nil
		})
		svc, err := town.builder("Svc.0", note).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		sender := town.peer("Sender.0")
		book.whileRegister = func(zebus.PeerSender) {
			if err := sender.PublishTo(t.Context(), &interop.Note{}, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint()}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			order = append(order, "registered")
		}
		if err := svc.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []string{"registered", "handled"}; !slices.Equal(order, want) {
			t.Errorf("order %q, want %q", order, want)
		}
		if err := svc.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
