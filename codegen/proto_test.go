package codegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/zebus-go/zebus/codegen"
)

// protos is where the golden .proto files are.
const protos = "testdata/protos"

// writeProtos returns the .proto files of the golden packages, by their paths in the folder. Those of protoc have one
// already.
func writeProtos(t *testing.T) map[string]string {
	t.Helper()
	var patterns []string
	for _, name := range golden {
		if name != "protoc" {
			patterns = append(patterns, "./testdata/"+name)
		}
	}
	results, err := codegen.WriteProtos(t.Context(), codegen.Options{Patterns: patterns, Output: "want.go", DryRun: true}, protos)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, r := range results {
		path, err := filepath.Rel(protos, r.File)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.ToSlash(path)] = string(r.Content)
	}
	return files
}

func TestProtoFiles(t *testing.T) {
	files := writeProtos(t)
	for path, text := range files {
		t.Run(path+" is the golden file", func(t *testing.T) {
			file := filepath.Join(protos, filepath.FromSlash(path))
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			compareGolden(t, file, text)
		})
	}
	t.Run("a second run gives the same files", func(t *testing.T) {
		if diff := cmp.Diff(files, writeProtos(t)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("what is imported is there", func(t *testing.T) {
		for path, text := range files {
			for line := range strings.Lines(text) {
				imported, found := strings.CutPrefix(strings.TrimSpace(line), `import "`)
				imported = strings.TrimSuffix(imported, `";`)
				if found && files[imported] == "" && !strings.HasPrefix(imported, "google/protobuf/") {
					t.Errorf("%s imports %s", path, imported)
				}
			}
		}
	})
}

// TestProtoFilesAreValid asks protoc, where it is installed, to read the golden files.
func TestProtoFilesAreValid(t *testing.T) {
	protoc, err := exec.LookPath("protoc")
	if err != nil {
		t.Skip("protoc is not installed: on Debian it comes with protobuf-compiler")
	}
	set := filepath.Join(t.TempDir(), "set")
	args := []string{"-I", protos, "--descriptor_set_out=" + set}
	for path := range writeProtos(t) {
		args = append(args, path)
	}
	if out, err := exec.CommandContext(t.Context(), protoc, args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("protoc: %v\n%s", err, out)
	}
	var parsed descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(must(os.ReadFile(set)), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, f := range parsed.GetFile() {
		t.Run(f.GetName()+" says what is registered", func(t *testing.T) {
			registered, err := protoregistry.GlobalFiles.FindFileByPath(f.GetName())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(protodesc.ToFileDescriptorProto(registered), f, protocmp.Transform(), ignored); diff != "" {
				t.Errorf("(-registered +parsed):\n%s", diff)
			}
		})
	}
}

// ignored is what follows from the rest.
var ignored = cmp.Options{
	protocmp.IgnoreFields(&descriptorpb.FieldDescriptorProto{}, "json_name"),
	protocmp.IgnoreFields(&descriptorpb.FileDescriptorProto{}, "syntax", "options"),
}

func TestNamespacesOfOnePackage(t *testing.T) {
	dir := module(t, map[string]string{"shop.go": `package shop

// Order and Bill are in each other's namespace, though not in each other.
//
//zebus:message namespace=Orders
type Order struct {
	Bill *Bill ` + "`zebus:\"1\"`" + `
}

//zebus:message namespace=Bills
type Bill struct {
	Line *Line ` + "`zebus:\"1\"`" + `
}

//zebus:message namespace=Orders
type Line struct {
	Status State ` + "`zebus:\"1\"`" + `
}

//zebus:enum namespace=Orders
type State int32

// One state.
const StateOpen State = 1

// Chicken and Egg are in each other.
//
//zebus:message namespace=Chickens
type Chicken struct {
	Egg *Egg ` + "`zebus:\"1\"`" + `
}

//zebus:message namespace=Eggs
type Egg struct {
	Chicken *Chicken ` + "`zebus:\"1\"`" + `
}
`})
	folder := filepath.Join(dir, "proto")
	results, err := codegen.WriteProtos(t.Context(), codegen.Options{Dir: dir}, folder)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, r := range results {
		texts[strings.TrimPrefix(r.File, folder+"/")] = string(must(os.ReadFile(r.File)))
	}
	tests := map[string]struct{ path, want string }{
		"what holds nothing of another namespace comes first": {"Orders/shop.proto", "optional State status = 1;"},
		"an enum is where its directive puts it":              {"Orders/shop.proto", "enum State {\n  STATE_UNSPECIFIED = 0;\n  // One state.\n  STATE_OPEN = 1;\n}"},
		"what holds that is in the next file":                 {"Bills/shop_1.proto", "optional Orders.Line line = 1;"},
		"and a third file holds the second":                   {"Orders/shop_2.proto", "optional Bills.Bill bill = 1;"},
		"what closes a circle is bytes":                       {"Eggs/shop.proto", "optional bytes chicken = 1;"},
		"from the other side, too":                            {"Chickens/shop.proto", "optional bytes egg = 1;"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(texts[tc.path], tc.want) {
				t.Errorf("%s has no %q:\n%s", tc.path, tc.want, texts[tc.path])
			}
		})
	}
}
