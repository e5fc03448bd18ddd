package codegen_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/codegen"
)

// A folder of testdata/evolve holds a package as it changes: 1 is what peers know first, 2 what it becomes, and so on.
// The outcome of each step is in want.txt. What breaks is accepted then, and the next step goes from there.
var evolutions = map[string]string{
	"safe":     "what peers do not mind",
	"fields":   "numbers get another meaning, and removed ones come back",
	"types":    "types of fields change",
	"options":  "options of tags change, and what is one of several",
	"routing":  "routing members are added, removed, moved, renamed and changed",
	"identity": "type ids, kinds, flags and replies change, and messages go",
	"enums":    "values of enums are renumbered, renamed and removed",
}

func TestEvolution(t *testing.T) {
	dir := module(t, nil)
	got := map[string]*strings.Builder{}
	for name := range evolutions {
		got[name] = &strings.Builder{}
	}
	for step := 1; takeStep(t, dir, step, got); step++ {
		continue
	}
	for name, sentence := range evolutions {
		t.Run(sentence, func(t *testing.T) {
			compareGolden(t, filepath.Join("testdata", "evolve", name, "want.txt"), got[name].String())
		})
	}
}

// takeStep lets every package that has such a step take it, and says whether there was one.
func takeStep(t *testing.T, dir string, step int, got map[string]*strings.Builder) bool {
	t.Helper()
	var patterns []string
	for name := range got {
		source, err := os.ReadFile(filepath.Join("testdata", "evolve", name, strconv.Itoa(step), "shop.go"))
		if err != nil {
			continue
		}
		write(t, dir, map[string]string{name + "/shop.go": string(source)})
		patterns = append(patterns, "./"+name)
		fmt.Fprintf(got[name], "== step %d\n", step)
	}
	if len(patterns) == 0 {
		return false
	}
	options := codegen.CheckOptions{Options: codegen.Options{Dir: dir, Patterns: patterns}}
	if step > 1 {
		_, err := codegen.Check(t.Context(), options)
		describeBreaking(t, err, got)
	}
	options.Accept = []string{codegen.AcceptAll}
	results, err := codegen.Check(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		describeResult(t, r, got[filepath.Base(r.Package)])
	}
	return true
}

func describeBreaking(t *testing.T, err error, got map[string]*strings.Builder) {
	t.Helper()
	for _, problem := range unjoin(err) {
		source, ok := errors.AsType[*codegen.SourceError](problem)
		if !ok {
			continue
		}
		folder, file := filepath.Split(source.Pos.Filename)
		fmt.Fprintf(got[filepath.Base(folder)], "%s:%d: %s\n", file, source.Pos.Line, source.Text)
	}
}

func describeResult(t *testing.T, r codegen.CheckResult, got *strings.Builder) {
	t.Helper()
	for _, note := range r.Notes {
		if !strings.HasPrefix(note, "accepted: ") {
			fmt.Fprintf(got, "safe: %s\n", note)
		}
	}
	content, err := os.ReadFile(r.File)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(got, "-- %s\n%s", filepath.Base(r.File), content)
}

const (
	locked = `zebus.lock version 1
# What running peers rely on. Commit this file; zebusgen check --update writes it.

event Shop.Order Order
  1 Number int64
`
	changed = `package shop

//zebus:event namespace=Shop transient
type Order struct {
	Number int32 ` + "`zebus:\"1\"`" + `
	Note string ` + "`zebus:\"2\"`" + `
}
`
	extended = `package shop

//zebus:event namespace=Shop
type Order struct {
	Number int64 ` + "`zebus:\"1\"`" + `
	Note string ` + "`zebus:\"2\"`" + `
}
`
)

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		source  string
		lock    string // empty: no file
		options codegen.CheckOptions
		err     error    // the sentinel
		says    []string // parts of the error
		notes   []string
		change  codegen.Change
		want    string // the lock file afterwards
	}{
		"without a lock file it says how to create one": {
			source: order, err: codegen.ErrNoLock, says: []string{"example.com/shop/p", "run zebusgen check --update"},
			change: codegen.Written,
		},
		"an update creates it": {
			source: order, options: codegen.CheckOptions{Update: true}, change: codegen.Written, want: locked,
		},
		"what has not changed is well": {source: order, lock: locked, want: locked},
		"a safe change that is not in the lock file is a failure, because the next one would not be noticed": {
			source: extended, lock: locked, err: codegen.ErrStaleLock, says: []string{"run zebusgen check --update"},
			notes: []string{"Order.Note is new, with number 2 and type string"}, change: codegen.Written, want: locked,
		},
		"an update writes a safe change": {
			source: extended, lock: locked, options: codegen.CheckOptions{Update: true}, change: codegen.Written,
			notes: []string{"Order.Note is new, with number 2 and type string"}, want: locked + "  2 Note string\n",
		},
		"an update that would break peers writes nothing": {
			source: changed, lock: locked, options: codegen.CheckOptions{Update: true}, err: codegen.ErrBreaking,
			says:  []string{"shop.go:4:6: Order: it is transient", "shop.go:5:2: Order.Number: it was int64", "--accept Order"},
			notes: []string{"Order.Note is new, with number 2 and type string"}, change: codegen.Written, want: locked,
		},
		"accepting one breaking change does not accept another": {
			source: changed, lock: locked, options: codegen.CheckOptions{Accept: []string{"Order"}}, err: codegen.ErrBreaking,
			says: []string{"Order.Number: it was int64", "--accept Order.Number"}, change: codegen.Written, want: locked,
			notes: []string{"Order.Note is new, with number 2 and type string", "accepted: Order: it is transient and was not"},
		},
		"accepting each writes them": {
			source: changed, lock: locked, options: codegen.CheckOptions{Accept: []string{"Order", "Order.Number"}}, change: codegen.Written,
			notes: []string{
				"Order.Note is new, with number 2 and type string", "accepted: Order: it is transient and was not",
				"accepted: Order.Number: it was int64 and is int32, and peers that run read and write the former",
			},
			want: strings.NewReplacer(".Order Order", ".Order Order transient", "int64\n", "int32\n  2 Note string\n").Replace(locked),
		},
		"accepting what breaks nobody is a mistake": {
			source: extended, lock: locked, options: codegen.CheckOptions{Accept: []string{"Order.Note"}}, err: codegen.ErrNotBreaking,
			says: []string{"Order.Note"}, notes: []string{"Order.Note is new, with number 2 and type string"}, change: codegen.Written, want: locked,
		},
		"a package that lost all messages is not forgotten": {
			source: "package shop\n", lock: locked, err: codegen.ErrBreaking, change: codegen.Written, want: locked,
			says: []string{"zebus.lock:4: Order: event Shop.Order is gone"},
		},
		"the ends of lines of another system are no change": {
			source: order, lock: strings.ReplaceAll(locked, "\n", "\r\n"), options: codegen.CheckOptions{Update: true},
			want: strings.ReplaceAll(locked, "\n", "\r\n"),
		},
		"a dry run writes nothing": {
			source: extended, lock: locked, options: codegen.CheckOptions{Options: codegen.Options{DryRun: true}, Update: true},
			notes: []string{"Order.Note is new, with number 2 and type string"}, change: codegen.Written, want: locked,
		},
		"a mistake in the source comes first": {
			source: strings.Replace(order, `"1"`, `"0"`, 1), lock: locked, says: []string{"shop.go:7:2: Order.Number: field number 0"}, want: locked,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"p/shop.go": tc.source, "other/other.go": "package other\n"}
			if tc.lock != "" {
				files["p/zebus.lock"] = tc.lock
			}
			dir := module(t, files)
			tc.options.Dir, tc.options.Patterns = dir, []string{"./..."}
			results, err := codegen.Check(t.Context(), tc.options)
			checkError(t, err, tc.err, tc.says)
			if err == nil || len(results) > 0 {
				checkResult(t, results, tc.change, tc.notes)
			}
			if got := contentOf(t, filepath.Join(dir, "p", codegen.LockFile)); got != tc.want {
				t.Errorf("the lock file is\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func checkError(t *testing.T, err, sentinel error, parts []string) {
	t.Helper()
	if sentinel == nil && len(parts) == 0 && err != nil || sentinel != nil && !errors.Is(err, sentinel) {
		t.Fatalf("error %v, want %v", err, sentinel)
	}
	for _, part := range parts {
		if !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("error %v does not say %q", err, part)
		}
	}
}

func checkResult(t *testing.T, results []codegen.CheckResult, change codegen.Change, notes []string) {
	t.Helper()
	if len(results) != 1 {
		t.Fatalf("%d results, want one", len(results))
	}
	if r := results[0]; r.Change != change || strings.Join(r.Notes, "\n") != strings.Join(notes, "\n") {
		t.Errorf("%v with %q, want %v with %q", r.Change, r.Notes, change, notes)
	}
}

// contentOf is that of a file, or nothing.
func contentOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(content)
}

func TestAnUnchangedLockFileIsNotWritten(t *testing.T) {
	dir := module(t, map[string]string{"shop.go": order, "zebus.lock": locked})
	path := filepath.Join(dir, codegen.LockFile)
	past := time.Unix(1e9, 0)
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := codegen.Check(t.Context(), codegen.CheckOptions{Options: codegen.Options{Dir: dir}, Update: true}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || !info.ModTime().Equal(past) {
		t.Errorf("the file was written at %v: %v", info.ModTime(), err)
	}
}

// Lock files that were edited by hand, or merged badly, and what is said about each.
var spoiledLocks = map[string]struct{ lock, want string }{
	"empty":         {"", "1: the file is empty: take it from version control, or remove it and run zebusgen check --update"},
	"no_version":    {"event Shop.Order Order\n", `1: the first line is "zebus.lock version 1": take it`},
	"newer_version": {strings.Replace(locked, "version 1", "version 2", 1), "1: the file has version 2, and this zebusgen knows 1: use the newer one"},
	"no_such_version": {
		strings.Replace(locked, "version 1", "version 0", 1), "1: there is no version 0",
	},
	"conflict": {
		locked + "<<<<<<< ours\n  2 A string\n=======\n  2 B string\n>>>>>>> theirs\n", "6: a merge conflict: keep the lines of both sides",
	},
	"same_number":   {locked + "  1 Other string\n", "6: line 5 has number 1 already: where two changes chose the same"},
	"same_name":     {locked + "  2 Number string\n", "6: line 5 has the name Number already"},
	"reserved_used": {locked + "  reserved 1 Old string\n", "6: line 5 has number 1 already"},
	"same_id":       {locked + "\nevent Shop.Order Other\n", "7: line 4 has type id Shop.Order already"},
	"same_type":     {locked + "\nevent Shop.Other Order\n", "7: line 4 has the Go type Order already"},
	"wrong_order": {
		strings.Replace(locked, "  1", "  2 Note string\n  1", 1), `5: this is not how zebusgen writes the file: it has "  1 Number int64" here`,
	},
	"wrong_indent": {strings.Replace(locked, "  1", "    1", 1), `5: this is not how zebusgen writes the file: it has "  1 Number int64" here`},
	"no_comment":   {strings.Replace(locked, "# ", "## ", 1), "2: this is not how zebusgen writes the file"},
	"cut_off":      {strings.TrimSuffix(locked, "\n"), `5: this is not how zebusgen writes the file`},
	"more":         {locked + "\n", "6: nothing follows here: remove the rest of the file"},
	"unknown_kind": {locked + "\nservice Shop.Till Till\n", `7: "service Shop.Till Till" is no message, enum or removed message`},
	"unknown_word": {strings.Replace(locked, "int64", "int64 optional", 1), `5: "optional" is nothing that a field has here`},
	"words_order":  {strings.Replace(locked, "int64", "int64 packed required", 1), `5: "required" is nothing that a field has here`},
	"unknown_flag": {strings.Replace(locked, ".Order Order", ".Order Order loud", 1), `4: "loud" is nothing that a message has here`},
	"bad_position": {strings.Replace(locked, "int64", "int64 routing=0", 1), `5: "0" is no routing position`},
	"bad_number":   {strings.Replace(locked, "1 Number", "0 Number", 1), `5: "0" is no field number`},
	"no_type":      {strings.Replace(locked, " int64", "", 1), "5: a field has a number, a name and a type"},
	"open_quote":   {strings.Replace(locked, "int64", `"int64`, 1), "5: a quote does not end"},
	"no_message":   {strings.Replace(locked, "event Shop.Order Order\n", "", 1), "4: a field without a message above it"},
	"bad_enum":     {locked + "\nenum State string\n", `7: "string" is no integer type`},
	"bad_value":    {locked + "\nenum State int8\n  128 Big\n", `8: "128" is no int8`},
	"long_value":   {locked + "\nenum State int8\n  1 Big int8\n", "8: a value has a number and a name"},
}

func TestSpoiledLockFiles(t *testing.T) {
	files := map[string]string{}
	for name, tc := range spoiledLocks {
		files[name+"/shop.go"], files[name+"/zebus.lock"] = order, tc.lock
	}
	dir := module(t, files)
	_, err := codegen.Check(t.Context(), codegen.CheckOptions{Options: codegen.Options{Dir: dir, Patterns: []string{"./..."}}})
	got := map[string]string{}
	for _, problem := range unjoin(err) {
		if source, ok := errors.AsType[*codegen.SourceError](problem); ok {
			got[filepath.Base(filepath.Dir(source.Pos.Filename))] = fmt.Sprintf("%d: %s", source.Pos.Line, source.Text)
		}
	}
	for name, tc := range spoiledLocks {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			if !strings.HasPrefix(got[name], tc.want) {
				t.Errorf("line %q, want %q", got[name], tc.want)
			}
		})
	}
}

func TestMessagesOfProtoFilesAreLocked(t *testing.T) {
	const folder = "testdata/protoc"
	files := map[string]string{}
	for _, name := range []string{"in.go", "protoc.pb.go", codegen.LockFile} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(content)
	}
	files[codegen.LockFile] = strings.NewReplacer(
		"1 customer string", "1 customer bytes", "3 price bcl.Decimal", "3 price double", "map[string]string", "map[string]int32",
		"2 station string routing=1", "2 station string", "1 SKY_CLEAR", "1 SKY_BLUE", "count *int32", "count int32",
	).Replace(files[codegen.LockFile])
	_, err := codegen.Check(t.Context(), codegen.CheckOptions{Options: codegen.Options{Dir: module(t, files)}})
	checkError(t, err, codegen.ErrBreaking, []string{
		"PlaceOrder.customer: it was bytes and is string", "PlaceOrder_Line.price: it was double and is bcl.Decimal",
		"PlaceOrder_Line.remarks: it was map[string]int32 and is map[string]string", "Measured.station: it is a new routing member",
		"Sky.SKY_CLEAR: 1 was called SKY_BLUE", "PlaceOrder_Line.count: it was int32 and is *int32",
	})
}

// The lock files of these packages show what stands there for every type of field.
func TestLockFilesOfEveryType(t *testing.T) {
	patterns := []string{"./testdata/protoc", "./testdata/shapes", "./testdata/values", "./testdata/names"}
	options := codegen.CheckOptions{Options: codegen.Options{Patterns: patterns, Output: "want.go"}, Update: *update}
	if results, err := codegen.Check(t.Context(), options); err != nil || len(results) != len(patterns) {
		t.Errorf("%d packages checked: %v", len(results), err)
	}
}

// Our own protocol is spoken by peers everywhere.
func TestOurMessagesAreAsRunningPeersKnowThem(t *testing.T) {
	patterns := []string{"./zebus", "./directory", "./persistence", "./examples/echo"}
	results, err := codegen.Check(t.Context(), codegen.CheckOptions{Options: codegen.Options{Dir: "..", Patterns: patterns}})
	if err != nil || len(results) != len(patterns) {
		t.Errorf("%d packages checked: %v", len(results), err)
	}
}
