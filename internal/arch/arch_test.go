package arch_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our packages each package may import directly. Imports point down: rooms on one floor do not
// know each other. Tests are free, external test packages sit on top of everything.
var mayImport = map[string][]string{
	// Machinery: knows no word of the bus.
	"dispatch": {},
	"wire":     {"wire/wirepb"},

	// What .proto files of users import.
	"wire/wirepb":   {},
	"zebus/zebuspb": {},

	// The contract: the words, the bus, and what a transport and a directory fulfil.
	"zebus": {"dispatch", "wire"},

	// The wire form of the envelope.
	"transport": {"zebus", "wire"},

	// Carriers and services: they meet through zebus.Transport and zebus.Directory only.
	"transport/memory":            {"zebus", "transport"},
	"transport/zmq":               {"zebus", "transport"},
	"directory/internal/registry": {"zebus"},
	"directory":                   {"zebus", "wire", "directory/internal/registry"},
	"persistence":                 {"zebus", "wire", "transport"},

	// What watches a bus: packages of their own, so that nobody links what they do not want.
	"zebusmetrics": {"zebus", "dispatch", "transport"},
	"zebustrace":   {"zebus"},

	// Assembly.
	"host":                    {"zebus", "dispatch", "directory", "transport/zmq"},
	"zebustest":               {"zebus", "directory", "transport", "transport/memory", "wire"},
	"directory/storetest":     {"zebus", "directory"},
	"transport/transporttest": {"zebus", "transport"},

	// The generator writes our import paths into what it generates, and imports none of us.
	"codegen": {},

	// Programs.
	"cmd/zebus-directory":   {"zebus", "directory", "transport/zmq", "host"},
	"cmd/zebusgen":          {"codegen"},
	"examples/echo":         {"zebus", "wire"},
	"examples/echo/service": {"zebus", "host", "examples/echo"},
	"examples/echo/client":  {"zebus", "host", "examples/echo"},

	// Checks of the project itself.
	"internal/arch":         {},
	"internal/budgets":      {},
	"internal/conversation": {},
	"internal/docs":         {},
	"internal/handover":     {},
	"internal/interop":      {"zebus", "wire"},
	"internal/programs":     {},
	"internal/vectors":      {"wire"},
}

// mayUse says which packages may import each module outside the standard library. What is not named is not used.
var mayUse = map[string][]string{
	"github.com/BurntSushi/toml":          {"host", "cmd/zebus-directory"},
	"github.com/dave/jennifer":            {"codegen"},
	"github.com/pebbe/zmq4":               {"transport/zmq"},
	"github.com/prometheus/client_golang": {"zebusmetrics"},
	"github.com/spf13/cobra":              {"cmd/zebus-directory", "cmd/zebusgen", "examples/echo/service", "examples/echo/client"},
	"go.opentelemetry.io/otel":            {"zebustrace"},
	"golang.org/x/sys/unix":               {"transport/zmq"},
	"golang.org/x/tools/go/packages":      {"codegen"},
	"google.golang.org/protobuf":          {"wire", "wire/wirepb", "zebus/zebuspb", "codegen"},
}

// contracts are the packages a user can build without a C compiler, each with all it depends on.
var contracts = []string{"dispatch", "wire", "zebus", "transport", "transport/memory", "directory", "persistence", "zebusmetrics", "zebustrace", "codegen"}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		allowed, known := mayImport[p.name]
		if !known {
			t.Errorf("package %s is not in mayImport: decide what it may import, and add a row", p.name)
			continue
		}
		for _, imported := range p.ours() {
			if !slices.Contains(allowed, imported) {
				t.Errorf("package %s imports %s; it may import %q", p.name, imported, allowed)
			}
		}
	}
}

func TestArchitecturePageNamesEveryPackage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ourPackages(t) {
		if !strings.Contains(string(page), "](../"+p.name+")") {
			t.Errorf("docs/architecture.md does not say what package %s is", p.name)
		}
	}
}

func TestModulesAreUsedWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if p.name == "transport/transporttest" {
			continue // a test suite, though not in a _test file: it may use what tests use
		}
		for _, imported := range p.foreign() {
			if !mayUseModule(p.name, imported) {
				t.Errorf("package %s imports %s; mayUse does not allow it", p.name, imported)
			}
		}
	}
}

func mayUseModule(name, imported string) bool {
	for module, users := range mayUse {
		if imported == module || strings.HasPrefix(imported, module+"/") {
			return slices.Contains(users, name)
		}
	}
	return false
}

func TestContractsNeedNoCgo(t *testing.T) {
	t.Parallel()
	for _, p := range dependenciesOf(t, contracts) {
		if !p.Standard && len(p.CgoFiles) > 0 {
			t.Errorf("%s uses cgo (%s), and %q depend on it", p.ImportPath, strings.Join(p.CgoFiles, ", "), contracts)
		}
	}
}
