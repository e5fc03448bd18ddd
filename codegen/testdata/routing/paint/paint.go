// Package paint has an enum that messages of another package use.
package paint

// Shade is an enum of a package without messages.
type Shade uint8

// The shades.
const (
	ShadeLight Shade = 1 + iota
	ShadeDark
	shadeSecret
)

// Secret returns the shade whose name other packages cannot use.
func Secret() Shade { return shadeSecret }
