package api

import (
	"slices"
	"strings"
	"testing"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

// everyStep reckons benefits in which every rule is met, in every way that changes what
// is said.
func everyStep(t *testing.T) (steps []cover.BenefitStep) {
	t.Helper()
	rates, err := tariff.Load()
	if err != nil {
		t.Fatal(err)
	}
	on, before := cover.NewDate(2025, 3, 15), cover.NewDate(2018, 3, 15)
	add := func(b tariff.Benefit, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, b.Steps...)
	}
	add(rates.Death(tariff.DeathQuery{Programme: cover.JKK, Segment: cover.PU, On: on, Base: 400_000}))
	add(rates.Death(tariff.DeathQuery{Programme: cover.JKM, Segment: cover.BPU, On: on, ConsecutiveMonths: 1}))
	injure := func(losses ...cover.Loss) {
		t.Helper()
		add(rates.Injury(tariff.InjuryQuery{On: on, Base: 1_234_567, Losses: losses}))
	}
	for _, kind := range []cover.BenefitKind{
		cover.BenefitMedicalCare, cover.BenefitProsthesis, cover.BenefitDenture, cover.BenefitHearingAid, cover.BenefitSpectacles,
	} {
		injure(cover.Loss{Kind: kind, Cost: 9_000_000})
	}
	for _, mode := range cover.TransportModes {
		injure(cover.Loss{Kind: cover.BenefitTransport, Mode: mode, Cost: 90_000_000})
	}
	injure(cover.Loss{Kind: cover.BenefitHomeCare, Cost: 9_000_000, Months: 12}, cover.Loss{Kind: cover.BenefitIncapacity, Months: 13, Days: 3})
	injure(cover.Loss{Kind: cover.BenefitDisability, Total: true})
	injure(cover.Loss{Kind: cover.BenefitDisability, Part: "nose"}, cover.Loss{Kind: cover.BenefitDisability, Part: "smell"})
	for _, s := range rates.Benefits {
		if s.Disability == nil || !s.To.Zero() {
			continue
		}
		for _, p := range s.Disability.Parts {
			loss := cover.Loss{Kind: cover.BenefitDisability, Part: p.Part, Percent: 33}
			if p.Right > 0 {
				loss.Side = cover.Left
			}
			if p.Most > 0 {
				loss.Rate = p.Rate + 1
			}
			if p.Per != "" {
				loss.Units = 3
			}
			whole := loss
			whole.Percent = 0
			injure(loss)
			injure(whole)
		}
	}
	children := []tariff.Child{{Level: "higher", Age: 23}}
	for _, level := range cover.EducationLevels {
		children = append(children, tariff.Child{Level: level, Years: 9})
	}
	for n := range children {
		for _, whole := range []bool{true, false} {
			add(rates.Scholarship(tariff.ScholarshipQuery{Programme: cover.JKK, On: on, Children: children[n:], Whole: whole}))
		}
	}
	alone, err := rates.Death(tariff.DeathQuery{Programme: cover.JKM, Segment: cover.PU, On: on, NobodyInherits: true})
	add(alone, err)
	add(alone.Less(1_000_000), nil)
	add(rates.Scholarship(tariff.ScholarshipQuery{Programme: cover.JKM, On: on, ContributedMonths: 12, Children: children}))
	for days := range 12 {
		add(rates.ExGratia(tariff.ExGratiaQuery{Body: cover.KPU, On: on, Outcome: tariff.Injured, Days: days}))
	}
	add(rates.ExGratia(tariff.ExGratiaQuery{Body: cover.KPU, On: on, Outcome: tariff.Disabled, Percent: 33}))
	add(rates.ExGratia(tariff.ExGratiaQuery{Body: cover.KPU, On: on, Outcome: tariff.Died, NobodyInherits: true}))
	add(rates.Compensation(tariff.LateQuery{Programme: cover.JKM, Amount: 42_000_000, DueOn: before, PaidOn: before.Add(1)}))
	return steps
}

func loadTold(t *testing.T) *explanations {
	t.Helper()
	e, err := loadExplanations()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Every rule is told in both languages, and no step lacks an input that its words ask
// for.
func TestEveryStepIsToldInBothLanguages(t *testing.T) {
	t.Parallel()
	told := loadTold(t)
	met := map[string]bool{}
	for _, s := range everyStep(t) {
		met[s.Rule] = true
		texts := map[language]string{}
		for _, l := range languages {
			text, err := told.tell(s, l)
			if err != nil {
				t.Errorf("%s: %v", s.Rule, err)
				continue
			}
			texts[l] = text
			for _, hole := range []string{"<no value>", "<nil>", "%!", "{{", "  ", "_", " .", " ,", ".."} {
				if strings.Contains(text, hole) {
					t.Errorf("%s in %s: %q in %q", s.Rule, l, hole, text)
				}
			}
			if !strings.HasSuffix(text, ".") || strings.ToUpper(text[:1]) != text[:1] {
				t.Errorf("%s in %s: no sentence: %q", s.Rule, l, text)
			}
		}
		if texts[indonesian] == texts[english] {
			t.Errorf("%s: the same in both languages: %q", s.Rule, texts[english])
		}
	}
	for _, rule := range tariff.Rules {
		if !met[rule] {
			t.Errorf("no step is by the rule %s", rule)
		}
	}
	for rule := range told.rules {
		if !slices.Contains(tariff.Rules, rule) {
			t.Errorf("%s has words, but is no rule", rule)
		}
	}
}

func TestAStepPutsInputsIntoWords(t *testing.T) {
	t.Parallel()
	told := loadTold(t)
	for name, tt := range map[string]struct {
		step cover.BenefitStep
		l    language
		want string
	}{
		"in Indonesian": {
			cover.BenefitStep{Rule: "death", Inputs: cover.Params{"times": int64(48), "each": int64(1_100_000)}, Amount: 52_800_000},
			indonesian, "Santunan kematian: 48 × Rp1.100.000 = Rp52.800.000.",
		},
		"in English": {
			cover.BenefitStep{Rule: "death", Inputs: cover.Params{"times": int64(48), "each": int64(1_100_000)}, Amount: 52_800_000},
			english, "Death benefit: 48 × Rp1,100,000 = Rp52,800,000.",
		},
		"a share, with a comma": {
			cover.BenefitStep{Rule: "disability_part", Amount: 1_188_000, Inputs: cover.Params{
				"part": "index_finger_phalanx", "side": "right", "rate": int64(450), "percent": int64(33), "units": int64(1), "multiple": int64(80),
				"base": int64(1_000_000),
			}},
			indonesian, "Cacat pada ruas pertama telunjuk kanan: 4,5% × 33% fungsi yang hilang × 80 × upah Rp1.000.000 = Rp1.188.000.",
		},
		"a sense that is weaker": {
			cover.BenefitStep{Rule: "disability_part", Amount: 16_800_000, Inputs: cover.Params{
				"part": "sight", "side": "", "rate": int64(700), "percent": int64(100), "units": int64(3), "multiple": int64(80),
				"base": int64(1_000_000),
			}},
			indonesian, "Penglihatan berkurang: 3 × 7% × 80 × upah Rp1.000.000 = Rp16.800.000.",
		},
		"a language nobody speaks": {
			cover.BenefitStep{Rule: "total", Inputs: cover.Params{"benefits": int64(1)}, Amount: 1}, "fr", "Jumlah: Rp1.",
		},
		"one of everything": {
			cover.BenefitStep{Rule: "temporary_incapacity", Amount: 1_033_333, Inputs: cover.Params{
				"months": int64(1), "days": int64(1), "percent": int64(100), "base": int64(1_000_000),
			}},
			english, "Unable to work for 1 month and 1 day: 100% of the base of Rp1,000,000 a month = Rp1,033,333.",
		},
		"nothing of what there is none": {
			cover.BenefitStep{Rule: "temporary_incapacity", Amount: 33_333, Inputs: cover.Params{
				"months": int64(0), "days": int64(1), "percent": int64(100), "base": int64(1_000_000),
			}},
			indonesian, "Sementara tidak mampu bekerja selama 1 hari: 100% dari upah Rp1.000.000 sebulan = Rp33.333.",
		},
		"no day in hospital": {
			cover.BenefitStep{Rule: "injury", Amount: 8_250_000, Inputs: cover.Params{
				"grade": "moderate", "days": int64(0), "percent": int64(100), "most": int64(8_250_000),
			}},
			english, "Moderate injury or illness without a day in hospital: 100% of Rp8,250,000 = Rp8,250,000.",
		},
		"a leg": {
			cover.BenefitStep{Rule: "disability_part", Amount: 16_000_000, Inputs: cover.Params{
				"part": "leg_shorter_by_5_to_7_5_cm", "side": "", "rate": int64(2000), "percent": int64(100), "units": int64(1),
				"multiple": int64(80), "base": int64(1_000_000),
			}},
			english, "Loss of 5 to less than 7.5 cm of the length of a leg: 20% × 80 × the base of Rp1,000,000 = Rp16,000,000.",
		},
		"a step from before there were inputs": {
			cover.BenefitStep{Rule: "death", Expression: "48 × 1100000"}, english, "48 × 1100000",
		},
		"a rule that nobody knows any more": {
			cover.BenefitStep{Rule: "flowers", Expression: "1 × 1100000"}, english, "1 × 1100000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told.of(tt.step, tt.l); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestBrokenExplanationsAreRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"an unknown field":        "rules: {}\nvoices: {}",
		"a language missing":      "rules: {death: {id: Santunan.}}",
		"a word missing":          "words: {land: {id: darat}}",
		"a template that is none": "rules: {death: {id: '{{', en: Death.}}",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseExplanations([]byte(raw)); err == nil {
				t.Error("accepted")
			}
		})
	}
}
