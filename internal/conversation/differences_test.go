package conversation_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// contents are the messages whose content is compared field by field. The others are compared as bytes.
var contents = func() map[zebus.MessageTypeID]*zebus.MessageType {
	byID := map[zebus.MessageTypeID]*zebus.MessageType{}
	for _, t := range []*zebus.MessageType{
		(*zebus.MessageExecutionCompleted)(nil).ZebusType(),
		(*directory.RegisterPeerCommand)(nil).ZebusType(),
		(*directory.UnregisterPeerCommand)(nil).ZebusType(),
		(*directory.UpdatePeerSubscriptionsForTypesCommand)(nil).ZebusType(),
		(*directory.PeerStarted)(nil).ZebusType(),
		(*directory.PeerSubscriptionsForTypesUpdated)(nil).ZebusType(),
		(*interop.Echo)(nil).ZebusType(),
	} {
		byID[t.ID()] = t
	}
	return byID
}()

// skipped says which frames take no part.
//
// Pings: when a directory pings depends on its timers, and how a peer answers them is tested with the directory. A ping
// is recognised by its type, its answer by the command it is for.
func skipped(t *testing.T, lines []line) map[int]bool {
	t.Helper()
	skip := map[int]bool{}
	pings := map[zebus.MessageID]bool{}
	for i, l := range lines {
		if l.Step != "" {
			continue
		}
		m := parse(t, l.bytes(t))
		switch m.Type {
		case "Abc.Zebus.Directory.PingPeerCommand":
			pings[m.ID] = true
			skip[i] = true
		case "Abc.Zebus.Core.MessageExecutionCompleted":
			skip[i] = pings[completedOf(t, m).SourceCommandID]
		}
	}
	return skip
}

func parse(t *testing.T, frame []byte) zebus.TransportMessage {
	t.Helper()
	m, err := transport.ReadMessage(frame)
	if err != nil {
		t.Fatalf("%v: %s", err, transport.Dump(frame, 200))
	}
	return m
}

func completedOf(t *testing.T, m zebus.TransportMessage) *zebus.MessageExecutionCompleted {
	t.Helper()
	c := new(zebus.MessageExecutionCompleted)
	if err := c.ZebusUnmarshal(m.Content); err != nil {
		t.Fatal(err)
	}
	return c
}

// leveled returns the frame of m as it would be without what differs from run to run.
//
// Extensions: our peers say how long they wait for the answer to a command, in a field that those of .NET pass over.
func leveled(t *testing.T, m zebus.TransportMessage) []byte {
	t.Helper()
	m.ID, m.Extensions = zebus.MessageID{1}, nil
	m.Originator = zebus.Originator{SenderID: m.Originator.SenderID}
	m.Content = leveledContent(t, m.Type, m.Content)
	return transport.AppendMessage(nil, &m, transport.Overrides{})
}

func leveledContent(t *testing.T, id zebus.MessageTypeID, content []byte) []byte {
	t.Helper()
	mt := contents[id]
	if mt == nil {
		return content
	}
	m := mt.New()
	if err := m.ZebusUnmarshal(content); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	level(t, m)
	return m.ZebusAppend([]byte{})
}

// noTime stands for every time.
var noTime = time.Date(2024, 3, 15, 0, 0, 0, 0, time.UTC)

// level removes what is not compared from a message.
//
//   - Times: each peer has its own clock.
//   - The order of subscriptions in a descriptor, of keys in an update and of peers in a snapshot: it is the order of a hash
//     table in .NET, another one in each process.
func level(t *testing.T, m zebus.Message) {
	t.Helper()
	switch m := m.(type) {
	case *directory.RegisterPeerCommand:
		levelDescriptor(&m.Peer)
	case *directory.PeerStarted:
		levelDescriptor(&m.PeerDescriptor)
	case *directory.RegisterPeerResponse:
		for i := range m.PeerDescriptors {
			levelDescriptor(&m.PeerDescriptors[i])
		}
		slices.SortFunc(m.PeerDescriptors, func(a, b zebus.PeerDescriptor) int { return cmp.Compare(a.Peer.ID, b.Peer.ID) })
	case *directory.UnregisterPeerCommand:
		m.TimestampUTC = &noTime
	case *directory.UpdatePeerSubscriptionsForTypesCommand:
		m.TimestampUTC = noTime
		levelKeys(m.SubscriptionsForTypes)
	case *directory.PeerSubscriptionsForTypesUpdated:
		m.TimestampUTC = noTime
		levelKeys(m.SubscriptionsForTypes)
	case *zebus.MessageExecutionCompleted:
		levelCompletion(t, m)
	}
}

func levelDescriptor(d *zebus.PeerDescriptor) {
	d.Timestamp = &noTime
	slices.SortFunc(d.Subscriptions, func(a, b zebus.Subscription) int { return cmp.Compare(a.String(), b.String()) })
}

func levelKeys(subs []zebus.SubscriptionsForType) {
	for _, s := range subs {
		slices.SortFunc(s.Keys, func(a, b zebus.BindingKey) int { return cmp.Compare(a.String(), b.String()) })
	}
}

// levelCompletion levels the reply inside. The source is compared elsewhere: it is the id of a command that was fed, or
// of one of ours.
//
//   - Texts of exceptions: an answer with an error has a text of the same code, not the same text. Texts that the handler
//     chose are equal, and so are compared.
func levelCompletion(t *testing.T, m *zebus.MessageExecutionCompleted) {
	t.Helper()
	const peerAlreadyExists = zebus.CodePeerAlreadyExists
	if m.ErrorCode == peerAlreadyExists && len(m.Payload) == 0 && m.ResponseMessage != nil && *m.ResponseMessage != "no such order" {
		m.ResponseMessage = new(string)
	}
	if m.PayloadType != nil {
		if *m.PayloadType == "Abc.Zebus.Directory.RegisterPeerResponse" {
			reply := new(directory.RegisterPeerResponse)
			if err := reply.ZebusUnmarshal(m.Payload); err != nil {
				t.Fatal(err)
			}
			level(t, reply)
			m.Payload = reply.ZebusAppend(nil)
		}
	}
}
