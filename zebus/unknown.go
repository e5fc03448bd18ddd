package zebus

// Unknown is a field without a number, for the fields that a message does not know: those that a newer version of the
// type has. A message with such a field writes them again as they came, behind its own, so that a service which only
// passes messages on loses nothing of them.
//
//	type Order struct {
//		Number  int64 `zebus:"1"`
//		unknown zebus.Unknown
//	}
//
// Without it, unknown fields are passed over. It is not shown in JSON, which is why an exported one has the tag json:"-".
type Unknown []byte
