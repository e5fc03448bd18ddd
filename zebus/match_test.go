package zebus_test

import (
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

type shade uint8

func nameOfShade(s shade) string { return map[shade]string{1: "Light", 2: "Dark"}[s] }

func TestParts(t *testing.T) {
	tests := map[string]struct{ got, want string }{
		"nothing asked for":         {zebus.Match[string]("").Part(), "*"},
		"D03 any":                   {zebus.Match[int](zebus.Any).Part(), "*"},
		"a text":                    {zebus.Is("a.b").Part(), "a.b"},
		"the empty text":            {zebus.Is("").Part(), ""},
		"a text like our own mark":  {zebus.Is("=a").Part(), "=a"},
		"a literal without Is":      {zebus.Match[string]("Paris").Part(), "Paris"},
		"a named text":              {zebus.Is(zebus.PeerID("Shop.0")).Part(), "Shop.0"},
		"D06 true":                  {zebus.Is(true).Part(), "True"},
		"D06 not true":              {zebus.Is(!true).Part(), "False"},
		"a negative number":         {zebus.Is(int8(-3)).Part(), "-3"},
		"a large number":            {zebus.Is(uint64(1 << 63)).Part(), "9223372036854775808"},
		"a single":                  {zebus.Is(float32(1e9)).Part(), "1E+09"},
		"a double":                  {zebus.Is(42.42).Part(), "42.42"},
		"a character":               {zebus.Is(wire.Char('€')).Part(), "€"},
		"a time":                    {zebus.Is(time.Date(2024, 3, 15, 13, 45, 30, 0, time.UTC)).Part(), "03/15/2024 13:45:30"},
		"a duration":                {zebus.Is(90 * time.Minute).Part(), "01:30:00"},
		"a time span":               {zebus.Is(wire.TimeSpan(864_000_000_000)).Part(), "1.00:00:00"},
		"an identifier":             {zebus.Is(zebus.GUID{15: 1}).Part(), "00000000-0000-0000-0000-000000000001"},
		"D07 an enum by its name":   {zebus.PartOf(zebus.Is(shade(2)), nameOfShade), "Dark"},
		"any enum":                  {zebus.PartOf(zebus.Match[shade](""), nameOfShade), "*"},
		"an enum by its literal":    {zebus.PartOf(zebus.Match[shade]("Light"), nameOfShade), "Light"},
		"like zero is any":          {zebus.Like(0).Part(), "*"},
		"like something is it":      {zebus.Like(1).Part(), "1"},
		"like no pointer is any":    {zebus.LikePointer[int](nil).Part(), "*"},
		"like a pointer to zero":    {zebus.LikePointer(new(0)).Part(), "0"},
		"like no element is any":    {zebus.LikeElement([]int{}).Part(), "*"},
		"like one element is it":    {zebus.LikeElement([]int{0}).Part(), "0"},
		"like two elements are any": {zebus.LikeElement([]int{1, 2}).Part(), "*"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("part %q, want %q", tc.got, tc.want)
			}
		})
	}
}
