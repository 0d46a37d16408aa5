package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
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

// rates are what each contestant reached, round by round.
type rates map[string][]float64

// rate is the median of a contestant's rounds, 0 without any.
func (r rates) rate(title string) float64 { return median(slices.Clone(r[title])) }

// ratio is the median of what one contestant reached for one of another, both in
// the same round: what else the machine did then, it did to both.
func (r rates) ratio(title, other string) float64 {
	var ratios []float64
	for round, rate := range r[title] {
		if round < len(r[other]) {
			ratios = append(ratios, rate/r[other][round])
		}
	}
	return median(ratios)
}

// measure asks every question of every contestant, in rounds, and returns what
// they reached, by question. Each round begins with another contestant.
func measure(ctx context.Context, o options, cases []question, all []contestant) (map[string]rates, error) {
	all = slices.DeleteFunc(all, func(c contestant) bool { return c == nil })
	found := map[string]rates{}
	for round := range o.rounds + 1 {
		for _, q := range cases {
			reached, told := map[string]float64{}, ""
			for turn := range all {
				c := all[(round+turn)%len(all)]
				long := o.turn
				if round == 0 {
					long = warmUp
				}
				rate, err := c.ask(ctx, q, long)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", c.title(), q.name, err)
				}
				reached[c.title()] = rate
				told += fmt.Sprintf(" %s %.0f", c.title(), rate)
			}
			progress.Printf("round %d, %s:%s", round, q.name, told)
			if round == 0 {
				continue
			}
			if found[q.name] == nil {
				found[q.name] = rates{}
			}
			for title, rate := range reached {
				found[q.name][title] = append(found[q.name][title], rate)
			}
		}
	}
	return found, profile(ctx, o, cases, all[0])
}

// median sorts its argument.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
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
