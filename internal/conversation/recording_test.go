package conversation_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// line is one line of a recording: a step, or a frame that it caused.
type line struct {
	Step string `json:"step"`

	To             string `json:"to"` // whose socket received it
	Type           string `json:"type"`
	Sender         string `json:"sender"`
	SenderEndpoint string `json:"senderEndpoint"`
	Frame          string `json:"frame"`
}

func (l line) bytes(t *testing.T) []byte {
	t.Helper()
	b, err := hex.DecodeString(l.Frame)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readRecording(t *testing.T, name string) (lines []line) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "traffic", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { must(t, f.Close()) }()
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// recordedPorts tells by which port each process of the recordings received.
var recordedPorts = map[string]string{
	"Abc.Zebus.DirectoryService.0":   "41000",
	"Abc.Zebus.DirectoryService.1":   "41005",
	"Abc.Zebus.PersistenceService.0": "41001",
	"Net.A.0":                        "41002",
	"Net.B.0":                        "41003",
	"Net.C.0":                        "41004",
}
