//go:build !race

package programs_test

// underRace says whether the race detector watches.
const underRace = false
