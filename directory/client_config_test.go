package directory_test

import (
	"strings"
	"testing"

	"github.com/zebus-go/zebus/directory"
)

func TestConfiguration(t *testing.T) {
	t.Run("O07 a client without a directory says all that is wrong", func(t *testing.T) {
		_, err := directory.NewClient(directory.ClientConfig{RegistrationTimeout: -1})
		if err == nil || !strings.Contains(err.Error(), "endpoint") || !strings.Contains(err.Error(), "timeout") {
			t.Errorf("NewClient() = %v", err)
		}
		_, err = directory.NewClient(directory.ClientConfig{Endpoints: []string{"tcp://a:1", " "}})
		if err == nil || !strings.Contains(err.Error(), "endpoint 1") {
			t.Errorf("NewClient() = %v", err)
		}
	})
	t.Run("O07 a server with a negative clock difference says so", func(t *testing.T) {
		_, err := directory.NewServer(directory.ServerConfig{MaxClockDifference: -1})
		if err == nil || !strings.Contains(err.Error(), "clock difference -1ns is negative") {
			t.Errorf("NewServer() = %v", err)
		}
	})
}
