package wire_test

import (
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// An order is what generated code makes of a message of medium size.
type order struct {
	ID      wire.GUID
	Station string
	Price   float64
	Count   int32
	Delta   int64
	Open    bool
	Far     uint64
	Item    item
	At      time.Time
	Codes   []int32
}

type item struct {
	Name  string
	Value wire.Decimal
}

func newOrder() *order {
	value, _ := wire.NewDecimal(0, 1999, 2, false)
	return &order{
		ID: wire.NewGUID(), Station: "Paris.Nord.7", Price: 17.25, Count: 300, Delta: -5, Open: true, Far: 12,
		Item: item{Name: "ticket", Value: value},
		At:   time.Date(2024, 3, 15, 13, 45, 30, 123456700, time.UTC), Codes: []int32{1, 200, 3},
	}
}

func (m *order) ZebusSize() int {
	n := wire.SizeGUID(1, m.ID) + wire.SizeString(2, m.Station) + wire.SizeFloat64(3) +
		wire.SizeUint(4, uint64(m.Count)) + wire.SizeSint(5, m.Delta) + wire.SizeBool(6, m.Open) +
		wire.SizeUint(200, m.Far) + wire.SizeBytes(8, m.Item.ZebusSize()) + wire.SizeDateTime(9, m.At)
	for _, c := range m.Codes {
		n += wire.SizeUint(10, uint64(c))
	}
	return n
}

func (m *order) ZebusAppend(b []byte) []byte {
	b = wire.AppendGUID(b, 1, m.ID)
	b = wire.AppendString(b, 2, m.Station)
	b = wire.AppendFloat64(b, 3, m.Price)
	b = wire.AppendUint(b, 4, uint64(m.Count))
	b = wire.AppendSint(b, 5, m.Delta)
	b = wire.AppendBool(b, 6, m.Open)
	b, mark := wire.Begin(b, 8)
	b = m.Item.ZebusAppend(b)
	b = wire.End(b, mark)
	b = wire.AppendDateTime(b, 9, m.At)
	for _, c := range m.Codes {
		b = wire.AppendUint(b, 10, uint64(c))
	}
	return wire.AppendUint(b, 200, m.Far)
}

func (m *order) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.ID = r.GUID()
		case 2:
			m.Station = r.String()
		case 3:
			m.Price = r.Float64()
		case 4:
			m.Count = r.Int32()
		case 5:
			m.Delta = r.Sint64()
		case 6:
			m.Open = r.Bool()
		case 8:
			outer := r.Enter()
			m.Item.ZebusRead(r)
			r.Leave(outer)
		case 9:
			m.At = r.DateTime()
		case 10:
			m.Codes = wire.Room(r, wire.Varint, m.Codes)
			for r.Element(wire.Varint) {
				m.Codes = append(m.Codes, r.Int32())
			}
		case 200:
			m.Far = r.Uint64()
		default:
			r.Skip()
		}
	}
}

func (m *item) ZebusSize() int {
	return wire.SizeString(1, m.Name) + wire.SizeDecimal(2, m.Value)
}

func (m *item) ZebusAppend(b []byte) []byte {
	return wire.AppendDecimal(wire.AppendString(b, 1, m.Name), 2, m.Value)
}

func (m *item) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Name = r.String()
		case 2:
			m.Value = r.Decimal()
		default:
			r.Skip()
		}
	}
}

var _ wire.Message = (*order)(nil)

func BenchmarkSize(b *testing.B) {
	m := newOrder()
	b.ReportAllocs()
	for b.Loop() {
		_ = m.ZebusSize()
	}
}

func BenchmarkAppend(b *testing.B) {
	m := newOrder()
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = m.ZebusAppend(buf[:0])
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkRead(b *testing.B) {
	buf := newOrder().ZebusAppend(nil)
	m := &order{Codes: make([]int32, 0, 8)}
	b.ReportAllocs()
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		r := wire.NewReader(buf)
		m.Codes = m.Codes[:0]
		m.ZebusRead(&r)
		if r.Err() != nil {
			b.Fatal(r.Err())
		}
	}
}

// scalars is the part of order that has only numbers and texts: what the primitives cost.
type scalars struct{ order }

func (m *scalars) ZebusAppend(b []byte) []byte {
	b = wire.AppendString(b, 2, m.Station)
	b = wire.AppendFloat64(b, 3, m.Price)
	b = wire.AppendUint(b, 4, uint64(m.Count))
	b = wire.AppendUint(b, 5, m.Far)
	b = wire.AppendBool(b, 6, m.Open)
	return wire.AppendString(b, 7, m.Item.Name)
}

func (m *scalars) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 2:
			_ = r.View()
		case 3:
			m.Price = r.Float64()
		case 4:
			m.Count = r.Int32()
		case 5:
			m.Far = r.Uint64()
		case 6:
			m.Open = r.Bool()
		case 7:
			_ = r.View()
		default:
			r.Skip()
		}
	}
}

func BenchmarkAppendScalars(b *testing.B) {
	m := &scalars{*newOrder()}
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = m.ZebusAppend(buf[:0])
	}
}

func BenchmarkReadScalars(b *testing.B) {
	m := &scalars{*newOrder()}
	buf := m.ZebusAppend(nil)
	b.ReportAllocs()
	for b.Loop() {
		r := wire.NewReader(buf)
		m.ZebusRead(&r)
	}
}
