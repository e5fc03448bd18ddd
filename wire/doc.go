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
// # Values of .NET
//
// .NET has values that protobuf has not. [GUID], [TimeSpan], [Decimal] and [Char] stand for Guid, TimeSpan, decimal and
// char; [time.Time] stands for DateTime, in UTC, and [time.Duration] for a TimeSpan that fits into it. Times and spans
// have three encodings, told apart by the name of the function:
//
//	AppendDateTime           bcl.DateTime, what .NET peers write unless told otherwise
//	AppendDateTimeFixed      fixed64, ticks of 100 ns since 1970; DateTime reads this too
//	AppendDateTimeWellKnown  google.protobuf.Timestamp; read with DateTimeWellKnown
//
// A value that comes twice in a message counts as it came last. Sub-messages are merged instead, which is why
// ZebusRead adds to what is there, and why repeated fields are appended to their slice:
//
//	case 2:
//		m.Labels = wire.ReadStrings(r, m.Labels)
//	case 3:
//		m.Codes = wire.ReadInts(r, m.Codes) // packed or not
//	case 4:
//		m.Lines = wire.Extend(r, m.Lines)
//		outer := r.Enter()
//		m.Lines[len(m.Lines)-1].ZebusRead(r)
//		r.Leave(outer)
//
// These make room for all elements that follow each other at once, [Spare] does for slices of pointers, and
// [Reader.Element] reads whatever else can be packed.
//
// # Memory
//
// Nothing that is read refers to the bytes behind the reader. To spare allocations, short texts of one message share
// memory, in blocks of at most 256 bytes, and so do elements of a slice of pointers, sixteen at a time: a program that keeps
// one of them for long, and drops the message, keeps its neighbours as well. It may clone what it keeps.
//
// # Protobuf
//
// [Proto] and [FromProto] lead from a message to a message of package protobuf and back, by descriptors that generated
// code registers with [RegisterProto]. Reading and writing messages does without.
//
// Generated code in users' modules stands on this package, so its exported functions only ever grow.
package wire
