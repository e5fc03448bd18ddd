package transport

import "encoding/base64"

// Dump renders the first bytes of a frame as base64 for a log, with an ellipsis where that is not all of it.
func Dump(frame []byte, most int) string {
	if len(frame) <= most {
		return base64.StdEncoding.EncodeToString(frame)
	}
	return base64.StdEncoding.EncodeToString(frame[:max(most, 0)]) + "..."
}
