package docs

import (
	"fmt"
	"slices"
	"strings"
)

// A Block is a fenced block of a page, or a hidden one.
type Block struct {
	Page  string   // path of the page, from the root of the checkout
	Line  int      // of its first line of text, counted from 1
	Lang  string   // first word after the fence
	Words []string // the other words after the fence
	Text  string   // what stands between the fences, each line with its newline
}

// Has reports whether word stands after the language.
func (b Block) Has(word string) bool {
	return slices.Contains(b.Words, word)
}

// At returns where the block stands, for messages.
func (b Block) At() string {
	return fmt.Sprintf("%s:%d", b.Page, b.Line)
}

// hidden opens a block that is compiled and not shown.
const hidden = "<!--go"

// Blocks returns the blocks of a page in order. A block that is not closed ends with the page.
func Blocks(page, text string) []Block {
	var blocks []Block
	var fence string // that closes the open block, "" outside
	for i, line := range strings.SplitAfter(text, "\n") {
		bare := strings.TrimSpace(line)
		switch {
		case fence != "" && bare == fence:
			fence = ""
		case fence != "":
			blocks[len(blocks)-1].Text += line
		default:
			var b Block
			if b, fence = open(bare); fence != "" {
				b.Page, b.Line = page, i+2
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}

// open reads a line that may open a block, and returns the line that will close it.
func open(line string) (b Block, fence string) {
	if line == hidden {
		return Block{Lang: "go"}, "-->"
	}
	rest := strings.TrimLeft(line, "`")
	if n := len(line) - len(rest); n >= 3 {
		fence = line[:n]
	}
	if words := strings.Fields(rest); fence != "" && len(words) > 0 {
		b.Lang, b.Words = words[0], words[1:]
	}
	return b, fence
}
