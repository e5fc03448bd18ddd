package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Where the linker puts a function decides how well it fits the caches and the branch predictor. For calls of 50
// nanoseconds that makes a tenth, one way or the other, and any change of any package deals the cards anew. So the
// program is built several times, with its functions in another order each time, and the median counts.

// measureLayouts measures everything in several layouts of the program.
func (p plan) measureLayouts(ctx context.Context, layouts int) ([]result, error) {
	folder, err := os.MkdirTemp("", "zebus-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	runs := make([][]result, layouts)
	for i := range runs {
		if runs[i], err = p.measureLayout(ctx, filepath.Join(folder, "bench"), i+1); err != nil {
			return nil, err
		}
	}
	return medians(runs), nil
}

// measureLayout builds the program with its functions in the order that the seed gives, and runs it.
func (p plan) measureLayout(ctx context.Context, program string, seed int) ([]result, error) {
	build := exec.CommandContext(ctx, "go", "build", "-o", program, fmt.Sprintf("-ldflags=-randlayout=%d", seed), ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build layout %d: %w", seed, err)
	}
	measure := exec.CommandContext(ctx, program, "-layouts=0", fmt.Sprint("-rounds=", p.rounds), fmt.Sprint("-turn=", p.turn))
	measure.Stderr = os.Stderr
	output, err := measure.Output()
	if err != nil {
		return nil, fmt.Errorf("run layout %d: %w", seed, err)
	}
	var results []result
	return results, json.Unmarshal(output, &results)
}

// medians merges several runs of the same cases: for each contender the median of its times.
func medians(runs [][]result) []result {
	merged := slices.Clone(runs[0])
	for i := range merged {
		for who := range contenders {
			times := make([]float64, len(runs))
			for j, run := range runs {
				times[j] = run[i].Times[who]
			}
			slices.Sort(times)
			merged[i].Times[who] = times[len(times)/2]
		}
	}
	return merged
}
