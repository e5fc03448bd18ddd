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
