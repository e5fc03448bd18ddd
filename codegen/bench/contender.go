package main

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/zebus-go/zebus/codegen/bench/shop"
	"github.com/zebus-go/zebus/codegen/bench/shoppb"
)

// The contenders, in the order of the table.
const (
	ours = iota
	google
	vtproto
	contenders
)

// A benchCase is one operation on one message, done by each contender.
type benchCase struct {
	message, operation string
	do                 [contenders]func()
}

// ourMessage is what zebusgen generates, for *T.
type ourMessage[T any] interface {
	*T
	ZebusSize() int
	ZebusAppend(b []byte) []byte
	ZebusUnmarshal(b []byte) error
}

// theirMessage is what protoc-gen-go and protoc-gen-go-vtproto generate, for *T.
type theirMessage[T any] interface {
	*T
	proto.Message
	SizeVT() int
	MarshalVT() ([]byte, error)
	MarshalToSizedBufferVT(b []byte) (int, error)
	UnmarshalVT(b []byte) error
}

// A pair is one message as each generator has it.
type pair[T, P any, M ourMessage[T], PM theirMessage[P]] struct {
	name   string
	ours   M
	theirs PM
}

// comparison is a pair whose types are forgotten.
type comparison interface {
	check() error
	marshal() benchCase
	unmarshal() benchCase
}

// comparisons lists the messages of the benchmark.
func comparisons() []comparison {
	return []comparison{
		pair[shop.Quote, shoppb.Quote, *shop.Quote, *shoppb.Quote]{"small", quote(), quotePB()},
		pair[shop.Order, shoppb.Order, *shop.Order, *shoppb.Order]{"medium", order(), orderPB()},
		pair[shop.Catalogue, shoppb.Catalogue, *shop.Catalogue, *shoppb.Catalogue]{"large", catalogue(), cataloguePB()},
		pair[shop.Inventory, shoppb.Catalogue, *shop.Inventory, *shoppb.Catalogue]{"large, values", inventory(), cataloguePB()},
	}
}

// check returns an error when the contenders do not do the same work: when they write other bytes, or lose something
// of what they read.
func (p pair[T, P, M, PM]) check() error {
	want, err := proto.Marshal(p.theirs)
	if err != nil {
		return err
	}
	read, readVT := M(new(T)), PM(new(P))
	if err := read.ZebusUnmarshal(want); err != nil {
		return err
	}
	if err := readVT.UnmarshalVT(want); err != nil {
		return err
	}
	again, err := readVT.MarshalVT()
	if err != nil {
		return err
	}
	for name, got := range map[string][]byte{
		"zebusgen": p.ours.ZebusAppend(nil), "zebusgen, from what it read": read.ZebusAppend(nil),
		"vtprotobuf, from what it read": again,
	} {
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s message of %s: % x, want % x", p.name, name, got, want)
		}
	}
	return nil
}

// marshal measures a message and writes it into a buffer of the caller that is large enough.
func (p pair[T, P, M, PM]) marshal() benchCase {
	buf := make([]byte, 0, p.theirs.SizeVT())
	m, pm, options := p.ours, p.theirs, proto.MarshalOptions{}
	return benchCase{message: p.name, operation: "marshal", do: [contenders]func(){
		ours: func() {
			if m.ZebusSize() <= cap(buf) {
				buf = m.ZebusAppend(buf[:0])
			}
		},
		google: func() {
			buf, _ = options.MarshalAppend(buf[:0], pm)
		},
		vtproto: func() {
			if n := pm.SizeVT(); n <= cap(buf) {
				_, _ = pm.MarshalToSizedBufferVT(buf[:n])
			}
		},
	}}
}

// unmarshal reads a message into a new one.
func (p pair[T, P, M, PM]) unmarshal() benchCase {
	content := p.ours.ZebusAppend(nil)
	return benchCase{message: p.name, operation: "unmarshal", do: [contenders]func(){
		ours:    func() { _ = M(new(T)).ZebusUnmarshal(content) },
		google:  func() { _ = proto.Unmarshal(content, PM(new(P))) },
		vtproto: func() { _ = PM(new(P)).UnmarshalVT(content) },
	}}
}
