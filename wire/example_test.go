package wire_test

import (
	"fmt"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// A hand-written message does what generated ones do.
type measured struct {
	Station string
	Celsius float64
	At      time.Time
}

func (m *measured) ZebusSize() int {
	n := wire.SizeString(1, m.Station) + wire.SizeDateTime(3, m.At)
	if m.Celsius != 0 {
		n += wire.SizeFloat64(2)
	}
	return n
}

func (m *measured) ZebusAppend(b []byte) []byte {
	b = wire.AppendString(b, 1, m.Station)
	if m.Celsius != 0 {
		b = wire.AppendFloat64(b, 2, m.Celsius)
	}
	return wire.AppendDateTime(b, 3, m.At)
}

func (m *measured) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Station = r.String()
		case 2:
			m.Celsius = r.Float64()
		case 3:
			m.At = r.DateTime()
		default:
			r.Skip()
		}
	}
}

func Example() {
	sent := &measured{Station: "Paris", Celsius: 21.5, At: time.Date(2024, 3, 15, 13, 45, 0, 0, time.UTC)}
	b := sent.ZebusAppend(make([]byte, 0, sent.ZebusSize()))
	fmt.Printf("%x\n", b)

	var received measured
	r := wire.NewReader(b)
	received.ZebusRead(&r)
	fmt.Println(received, r.Err())

	r = wire.NewReader(b[:len(b)-1])
	received.ZebusRead(&r)
	fmt.Println(r.Err())
	// Output:
	// 0a0550617269731100000000008035401a0708b285981b1002
	// {Paris 21.5 2024-03-15 13:45:00 +0000 UTC} <nil>
	// field 3 at byte 18: wire: truncated
}
