package zebusmetrics_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/zebusmetrics"
)

// TestDocumentedNames holds the page and the dashboard to the metrics that there are.
func TestDocumentedNames(t *testing.T) {
	metrics, err := zebusmetrics.New(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	there := namesOf(metrics)
	for _, file := range []string{"../docs/observability.md", "../docs/grafana/zebus.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		for _, name := range regexp.MustCompile(`zebus_[a-z_]+[a-z]`).FindAllString(string(text), -1) {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, part)
			}
			said[name] = true
		}
		if got := slices.Sorted(maps.Keys(said)); !slices.Equal(got, there) {
			t.Errorf("%s names\n%q, there are\n%q", file, got, there)
		}
	}
}

func namesOf(c prometheus.Collector) (names []string) {
	descriptions := make(chan *prometheus.Desc, 100) // more than there are
	c.Describe(descriptions)
	close(descriptions)
	for d := range descriptions {
		names = append(names, regexp.MustCompile(`fqName: "([a-z_]+)"`).FindStringSubmatch(d.String())[1])
	}
	slices.Sort(names)
	return names
}
