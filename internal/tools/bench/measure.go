package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// contestant is somebody who is measured.
type contestant interface {
	title() string
	// ask has a question answered for some time, and returns how often a second.
	ask(ctx context.Context, q question, long time.Duration) (float64, error)
}

// warmUp is how long each is asked before it counts.
const warmUp = 2 * time.Second

// measure asks every question of every contestant, in rounds, and returns the
// median for each question and contestant.
func measure(ctx context.Context, o options, cases []question, all []contestant) (map[string]map[string]float64, error) {
	all = slices.DeleteFunc(all, func(c contestant) bool { return c == nil })
	seen := map[string]map[string][]float64{}
	for round := range o.rounds + 1 {
		for _, q := range cases {
			said := make([]string, 0, len(all))
			for _, c := range all {
				long := o.turn
				if round == 0 {
					long = warmUp
				}
				rate, err := c.ask(ctx, q, long)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", c.title(), q.name, err)
				}
				said = append(said, fmt.Sprintf("%s %.0f", c.title(), rate))
				if round == 0 {
					continue
				}
				if seen[q.name] == nil {
					seen[q.name] = map[string][]float64{}
				}
				seen[q.name][c.title()] = append(seen[q.name][c.title()], rate)
			}
			progress.Printf("round %d, %s: %s", round, q.name, strings.Join(said, ", "))
		}
	}
	if err := profile(ctx, o, cases, all[0]); err != nil {
		return nil, err
	}
	found := map[string]map[string]float64{}
	for name, byTitle := range seen {
		found[name] = map[string]float64{}
		for title, rates := range byTitle {
			found[name][title] = median(rates)
		}
	}
	return found, nil
}

func median(rates []float64) float64 {
	slices.Sort(rates)
	middle := len(rates) / 2
	if len(rates)%2 == 1 {
		return rates[middle]
	}
	return (rates[middle-1] + rates[middle]) / 2
}

// profile asks each question once more, to see where the time of this process
// goes.
func profile(ctx context.Context, o options, cases []question, c contestant) error {
	if o.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(o.profiles, 0o755); err != nil { //nolint:gosec // profiles hold no data
		return err
	}
	for i, q := range cases {
		file, err := os.Create(filepath.Join(o.profiles, fmt.Sprintf("%d.pprof", i+1)))
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		_, err = c.ask(ctx, q, o.turn)
		pprof.StopCPUProfile()
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}
