package wire

// AppendField appends the current field to b, tag included, and passes over it. A field that cannot be read is not
// appended. It is how a message keeps what it does not know.
func (r *Reader) AppendField(b []byte) []byte {
	field, typ := r.Field(), r.Type()
	start := r.pos
	r.Skip()
	if r.err != nil {
		return b
	}
	return append(AppendTag(b, field, typ), r.buf[start:r.pos]...)
}
