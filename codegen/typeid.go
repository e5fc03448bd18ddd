package codegen

import (
	"strings"
	"unicode"
)

// checkNamespace says what is wrong with a namespace of .NET, or nothing. A message with a wrong one would find nobody, and
// say nothing.
func checkNamespace(namespace string) string {
	if !isDotted(namespace) {
		return "a namespace is names with dots between them: write Acme.Shop, and other words behind a space"
	}
	return ""
}

// checkName says which names no class of .NET has on the bus.
func checkName(name string) string {
	class, arguments, generic := strings.Cut(name, "<")
	switch {
	case strings.Contains(name, "`"):
		return "a generic class stands with its arguments: write name=\"Changed<Shop.Order>\""
	case !isClass(class):
		return "a class is a name, or several with + between them when it stands inside others: write Outer+Inner"
	case !generic:
		return ""
	case strings.Contains(arguments, "<"):
		return "an argument cannot be generic itself: give the inner type a name of its own"
	case !strings.HasSuffix(name, ">"):
		return "a type inside a generic one has no id: declare it outside"
	default:
		return checkArguments(strings.TrimSuffix(arguments, ">"))
	}
}

func isClass(name string) bool {
	for part := range strings.SplitSeq(name, "+") {
		if !isDotted(part) {
			return false
		}
	}
	return true
}

// checkArguments looks at those of a generic class. An array is one with brackets behind it.
func checkArguments(list string) string {
	for argument := range strings.SplitSeq(list, ", ") {
		if !isDotted(strings.TrimSuffix(argument, "[]")) {
			return "arguments are full names with a comma and a space between them: write name=\"Pair<System.Int32, Shop.Order>\""
		}
	}
	return ""
}

// isDotted says whether s is one identifier of .NET, or several with dots between them.
func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || unicode.IsDigit([]rune(part)[0]) || strings.ContainsFunc(part, isForeign) {
			return false
		}
	}
	return true
}

// isForeign says whether no identifier has r.
func isForeign(r rune) bool {
	return r != '_' && !unicode.In(r, unicode.Letter, unicode.Digit, unicode.Nl, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Cf)
}
