package transport

import (
	"strings"
	"unicode/utf8"
)

// Bounds of what a [Reader] remembers, so that a hostile sender fills a few megabytes and no more.
const (
	maxWords      = 4096
	maxWordLength = 256 // bytes; longer ones are rare and not worth keeping
)

// words remembers texts by their bytes. Type ids, peer ids, endpoints and user names arrive as the same few for ever;
// each is allocated when it is first seen.
//
// Invariant: at most maxWords entries. A table that is full is emptied, because the words of peers that are gone must
// make room for those of peers that came.
type words map[string]*string

// of returns the text in b. The pointer is shared: nobody may write through it.
func (w *words) of(b []byte) *string {
	if word, ok := (*w)[string(b)]; ok {
		return word
	}
	return w.learn(b)
}

func (w *words) learn(b []byte) *string {
	text := validText(b)
	if len(b) > maxWordLength {
		return &text
	}
	if *w == nil {
		*w = words{}
	}
	if len(*w) >= maxWords {
		clear(*w)
	}
	(*w)[string(b)] = &text
	return &text
}

// validText returns b as a string. As in .NET, what is not UTF-8 becomes U+FFFD.
func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
