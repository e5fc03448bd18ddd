// Package wire reads and writes values as Zebus (.NET) has them on the wire: protobuf with the habits of protobuf-net.
//
// Writing is append-style. Each Append function appends one field, tag included, to a buffer that the caller owns and
// returns the longer buffer; the Size function of the same name says how many bytes that will be. Which fields are left
// out when they are zero is the caller's decision, because it depends on how the field was declared.
//
//	b = wire.AppendString(b, 1, m.Station)
//	if m.Celsius != 0 {
//		b = wire.AppendFloat64(b, 2, m.Celsius)
//	}
//
// Reading goes through a [Reader], a cursor over the bytes of one message. It accepts every variety of encoding that
// protobuf-net accepts, never panics and never allocates more than the bytes it was given justify. The first error
// sticks: reading on yields zero values, and [Reader.Err] tells what was wrong and where.
//
//	r := wire.NewReader(b)
//	for r.Next() {
//		switch r.Field() {
//		case 1:
//			m.Station = r.String()
//		default:
//			r.Skip()
//		}
//	}
//	return r.Err()
//
// Generated code in users' modules stands on this package, so its exported functions only ever grow.
package wire
