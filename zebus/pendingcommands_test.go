package zebus_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestPendingCommandsEnd(t *testing.T) {
	inTown(t, "with its context", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, client.Send(ctx, &interop.Fail{}), context.DeadlineExceeded, "Interop.Messages.Fail")
		p := client.SendAsync(ctx, &interop.Fail{})
		<-p.Done()
		wantError(t, p.Wait(t.Context()), context.DeadlineExceeded)
	})
	inTown(t, "with the context of SendAsync, when nobody waits", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		ctx, cancel := context.WithCancel(t.Context())
		p := client.SendAsync(ctx, &interop.Fail{})
		synctest.Wait()
		cancel()
		<-p.Done()
		if n := client.PendingCommands(); n != 0 {
			t.Errorf("%d commands are left in the table", n)
		}
	})
	inTown(t, "after the default command timeout, where the context has no deadline", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.start(town.builder("Client.0").WithDefaultCommandTimeout(time.Second))
		begin := time.Now()
		wantError(t, client.Send(t.Context(), &interop.Fail{}), zebus.ErrCommandTimeout)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("took %v, want 1s", took)
		}
	})
	inTown(t, "when its peer leaves", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = svc.Stop(ctx)                                             // its handler never ends; the directory has been told already
		wantError(t, p.Wait(t.Context()), zebus.ErrPeerGone, "Svc.0") // after some seconds, of the bubble
	})
	inTown(t, "but not before a peer that stops has had the time to answer", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-time.After(time.Second)
			return nil
		}))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := svc.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(t.Context()); err != nil {
			t.Errorf("Wait() = %v", err)
		}
	})
	inTown(t, "E10 when the bus stops", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.peer("Client.0")
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantError(t, p.Wait(t.Context()), zebus.ErrNotRunning)
	})
}

func TestPeerThatRestarts(t *testing.T) {
	inTown(t, "a command that waits for it ends, for nobody will answer", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		town.peer("Svc.0", stubborn(t))
		client := town.start(town.builder("Client.0").WithDirectory(book))
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		svc, _ := book.Peer("Svc.0")
		book.watch(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: svc})
		wantError(t, p.Wait(t.Context()), zebus.ErrPeerRestarted, "Svc.0")
	})
	inTown(t, "one that waits for another peer goes on", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		release := make(chan struct{})
		town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		}))
		client := town.start(town.builder("Client.0").WithDirectory(book))
		p := client.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		book.watch(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: zebus.Peer{ID: "Other.0"}})
		close(release)
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
