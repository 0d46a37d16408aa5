package tariff_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"

	"naungan/internal/cover"
	"naungan/internal/tariff"
)

func hurt(on string, base cover.Rupiah, losses ...cover.Loss) tariff.InjuryQuery {
	return tariff.InjuryQuery{On: day(on), Base: base, Losses: losses}
}

func spent(kind cover.BenefitKind, cost cover.Rupiah) cover.Loss {
	return cover.Loss{Kind: kind, Cost: cost}
}

func carried(mode cover.TransportMode, cost cover.Rupiah) cover.Loss {
	return cover.Loss{Kind: cover.BenefitTransport, Mode: mode, Cost: cost}
}

func unable(months, days int64) cover.Loss {
	return cover.Loss{Kind: cover.BenefitIncapacity, Months: months, Days: days}
}

func unableFrom(from, to string) cover.Loss {
	return cover.Loss{Kind: cover.BenefitIncapacity, From: day(from), To: day(to)}
}

func lost(part string, side cover.Side) cover.Loss {
	return cover.Loss{Kind: cover.BenefitDisability, Part: part, Side: side}
}

func totally() cover.Loss { return cover.Loss{Kind: cover.BenefitDisability, Total: true} }

func (l lossOf) with(change func(*cover.Loss)) cover.Loss {
	loss := cover.Loss(l)
	change(&loss)
	return loss
}

type lossOf cover.Loss

// sound fails unless a benefit is the sum of its items, and its explanation ends with it.
func sound(t testing.TB, b tariff.Benefit) {
	t.Helper()
	var sum cover.Rupiah
	var kinds []cover.BenefitKind
	for _, item := range b.Items {
		sum += item.Amount
		if slices.Contains(kinds, item.Kind) || !slices.Contains(cover.BenefitKinds, item.Kind) {
			t.Errorf("an item of kind %q", item.Kind)
		}
		kinds = append(kinds, item.Kind)
	}
	if sum != b.Total || len(b.Steps) == 0 || b.Steps[len(b.Steps)-1].Amount != b.Total {
		t.Errorf("%d of items of %d, by %+v", b.Total, sum, b.Steps)
	}
	for _, s := range b.Steps {
		known := slices.Contains(tariff.Rules, s.Rule) && s.Law != "" && slices.Contains(tariff.Certainties, tariff.Certainty(s.Certainty))
		if !known || s.Expression == "" || s.Inputs == nil {
			t.Errorf("the step %+v is incomplete", s)
		}
	}
}

// What an injury pays, on the base of a BPU tier or of an honorarium.
func TestAnInjuryPays(t *testing.T) {
	all := rates(t)
	const on = "2024-02-15"
	assessed := lossOf(lost("scalp", "")).with(func(l *cover.Loss) { l.Rate = 1_500 })
	half := lossOf(lost("arm_from_shoulder", cover.Right)).with(func(l *cover.Loss) { l.Percent = 50 })
	deaf := lossOf(lost("hearing_loss_of_both_ears", "")).with(func(l *cover.Loss) { l.Units = 12 })
	thirds := lossOf(lost("index_finger_phalanx", cover.Right)).with(func(l *cover.Loss) { l.Percent = 33 })
	writes := hurt(on, 1_000_000, lost("thumb", cover.Left))
	writes.LeftHanded = true
	for name, tt := range map[string]struct {
		query tariff.InjuryQuery
		want  cover.Rupiah
	}{
		"B05: total permanent disability":           {hurt(on, 1_100_000, totally()), 73_600_000},
		"B06: the right arm from the shoulder":      {hurt(on, 1_500_000, lost("arm_from_shoulder", cover.Right)), 48_000_000},
		"B08: the left index finger":                {hurt(on, 1_000_000, lost("index_finger", cover.Left)), 5_600_000},
		"B09: fourteen months unable to work":       {hurt(on, 1_000_000, unable(14, 0)), 13_000_000},
		"B11: by air, below the limit":              {hurt(on, 0, carried("air", 4_500_000)), 4_500_000},
		"B12: care at home, above the limit":        {hurt(on, 0, lossOf(spent(cover.BenefitHomeCare, 25_000_000)).with(func(l *cover.Loss) { l.Months = 6 })), 20_000_000},
		"each way is limited, and they are added":   {hurt(on, 0, carried("air", 12_000_000), carried("sea", 2_500_000), carried("land", 1_000_000)), 13_000_000},
		"one way twice has one limit":               {hurt(on, 0, carried("land", 3_000_000), carried("land", 4_000_000)), 5_000_000},
		"treatment has no limit":                    {hurt(on, 0, spent(cover.BenefitMedicalCare, 900_000_000)), 900_000_000},
		"a prosthesis pays two fifths on the price": {hurt(on, 0, spent(cover.BenefitProsthesis, 3_000_001)), 4_200_001},
		"dentures up to their limit":                {hurt(on, 0, spent(cover.BenefitDenture, 5_000_001)), 5_000_000},
		"a hearing aid up to its limit":             {hurt(on, 0, spent(cover.BenefitHearingAid, 2_500_001)), 2_500_000},
		"spectacles up to their limit":              {hurt(on, 0, spent(cover.BenefitSpectacles, 1_000_001)), 1_000_000},
		"dentures before PP 82/2019":                {hurt("2019-12-01", 0, spent(cover.BenefitDenture, 9_000_000)), 3_000_000},
		"by air before PP 82/2019":                  {hurt("2019-12-01", 0, carried("air", 9_000_000)), 2_500_000},
		"fourteen months before PP 82/2019":         {hurt("2019-12-01", 1_000_000, unable(14, 0)), 11_500_000},
		"ten days unable to work":                   {hurt(on, 1_000_000, unable(0, 10)), 333_333},
		"half a rupiah is rounded up":               {hurt(on, 15, unable(0, 1)), 1},
		"a month from its first day to its last":    {hurt(on, 1_000_000, unableFrom("2024-03-01", "2024-03-31")), 1_000_000},
		"a month and a day":                         {hurt(on, 1_000_000, unableFrom("2024-03-01", "2024-04-01")), 1_033_333},
		"from the last of January to the next":      {hurt("2024-01-15", 1_000_000, unableFrom("2024-01-31", "2024-02-28")), 1_000_000},
		"a left-handed person's left thumb":         {writes, 12_000_000},
		"half the use of the right arm":             {hurt(on, 1_500_000, half), 24_000_000},
		"a third of the use of a phalanx":           {hurt(on, 1_000_000, thirds), 1_188_000},
		"what the doctor assesses":                  {hurt(on, 1_000_000, assessed), 12_000_000},
		"several parts are added":                   {hurt(on, 1_000_000, lost("thumb", cover.Right), lost("one_eye", "")), 40_000_000},
		"three fingers of a hand":                   {hurt(on, 1_000_000, slices.Repeat([]cover.Loss{lost("other_finger", cover.Right)}, 3)...), 9_600_000},
		"several parts are limited":                 {hurt(on, 1_000_000, lost("arm_from_shoulder", cover.Right), lost("one_eye", "")), 56_000_000},
		"so is one part of many units":              {hurt(on, 1_000_000, deaf), 56_000_000},
		"nothing was lost":                          {hurt(on, 0), 0},
		"everything together": {hurt(on, 1_000_000, spent(cover.BenefitMedicalCare, 7_000_000), carried("air", 11_000_000), unable(1, 0),
			lost("one_eye", "")), 7_000_000 + 10_000_000 + 1_000_000 + 28_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all.Injury(tt.query)
			if err != nil || got.Total != tt.want {
				t.Errorf("%d, %v by %+v, want %d", got.Total, err, got.Steps, tt.want)
			}
			sound(t, got)
		})
	}
}

// TestAnInjuryIsExplained with its sums as they were done.
func TestAnInjuryIsExplained(t *testing.T) {
	all := rates(t)
	part := lossOf(lost("arm_from_shoulder", cover.Right)).with(func(l *cover.Loss) { l.Percent = 50 })
	deaf := lossOf(lost("hearing_loss_of_both_ears", "")).with(func(l *cover.Loss) { l.Units = 9 })
	b, err := all.Injury(hurt("2024-02-15", 1_500_000, part, deaf, carried("land", 3_000_000), carried("land", 4_000_000), unable(12, 45)))
	if err != nil {
		t.Fatal(err)
	}
	type step struct {
		rule, certainty, expression string
		amount                      cover.Rupiah
	}
	want := []step{
		{"transport", "V", "3000000 + 4000000", 7_000_000},
		{"limit", "V", "min(7000000, 5000000)", 5_000_000},
		{"temporary_incapacity", "V2", "12 × 100% × 1500000", 18_000_000},
		{"temporary_incapacity", "K", "(1 + 15/30) × 50% × 1500000", 1_125_000},
		{"disability_part", "K", "50% × 40% × 80 × 1500000", 24_000_000},
		{"disability_part", "K", "9 × 6% × 80 × 1500000", 64_800_000},
		{"disability_sum", "K", "min(20% + 54%, 70%) × 80 × 1500000", 84_000_000},
		{"total", "V2", "5000000 + 19125000 + 84000000", 108_125_000},
	}
	var got []step
	for _, s := range b.Steps {
		got = append(got, step{s.Rule, s.Certainty, s.Expression, s.Amount})
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func faultsOf(t *testing.T, err error) (found []string) {
	t.Helper()
	refused, ours := err.(*cover.Error) //nolint:errorlint // it is never wrapped here
	if !ours {
		t.Fatalf("not refused: %v", err)
	}
	if len(refused.Faults) == 0 {
		return []string{string(refused.Code)}
	}
	for _, f := range refused.Faults {
		found = append(found, f.Pointer+" "+string(f.Code))
	}
	return found
}

func TestALossIsRefused(t *testing.T) {
	all := rates(t)
	const on = "2024-02-15"
	sided := lossOf(lost("thumb", ""))
	for name, tt := range map[string]struct {
		query tariff.InjuryQuery
		want  []string
	}{
		"before the law":                {hurt("2015-06-30", 1), []string{"tariff_schedule_missing"}},
		"with no base":                  {hurt(on, 0, unable(1, 0)), []string{"income_out_of_range"}},
		"what nobody pays":              {hurt(on, 0, spent(cover.BenefitDeath, 1)), []string{"/losses/0/kind benefit_not_known"}},
		"what was not paid yet":         {hurt("2019-12-01", 0, spent(cover.BenefitSpectacles, 1)), []string{"/losses/0/kind benefit_not_known"}},
		"transport by no way":           {hurt(on, 0, carried("", 1)), []string{"/losses/0/mode member_missing"}},
		"a cost of nothing":             {hurt(on, 0, spent(cover.BenefitDenture, 0)), []string{"/losses/0/cost_amount member_missing"}},
		"a cost below nothing":          {hurt(on, 0, spent(cover.BenefitDenture, -1)), []string{"/losses/0/cost_amount amount_not_positive"}},
		"a cost beyond reason":          {hurt(on, 0, spent(cover.BenefitDenture, 1_000_000_000_001)), []string{"/losses/0/cost_amount amount_implausible"}},
		"costs beyond reason together":  {hurt(on, 0, spent(cover.BenefitDenture, 600_000_000_000), spent(cover.BenefitMedicalCare, 600_000_000_000)), []string{"/losses amount_implausible"}},
		"home care of a year and more":  {hurt(on, 0, cover.Loss{Kind: cover.BenefitHomeCare, Cost: 1, Months: 13}), []string{"/losses/0/months care_too_long"}},
		"a stretch of no length":        {hurt(on, 1, unable(0, 0)), []string{"/losses/0/months member_missing"}},
		"a stretch without an end":      {hurt(on, 1, cover.Loss{Kind: cover.BenefitIncapacity, From: day(on)}), []string{"/losses/0/to_on member_missing"}},
		"a stretch the wrong way round": {hurt(on, 1, unableFrom("2024-03-02", "2024-03-01")), []string{"/losses/0/to_on ends_before_start"}},
		"a stretch before the event":    {hurt(on, 1, unableFrom("2024-02-14", "2024-03-01")), []string{"/losses/0/from_on before_event"}},
		"a stretch of a lifetime":       {hurt(on, 1, unableFrom("2024-03-01", "2074-03-01")), []string{"/losses/0/to_on period_too_long"}},
		"months of a lifetime":          {hurt(on, 1, unable(601, 0)), []string{"/losses/0/months period_too_long"}},
		"a day that is named twice":     {hurt(on, 1, unableFrom("2024-03-01", "2024-03-31"), unableFrom("2024-03-31", "2024-04-01")), []string{"/losses/1 stretches_overlap"}},
		"an unknown part":               {hurt(on, 1, lost("tail", "")), []string{"/losses/0/part part_unknown"}},
		"a part without its side":       {hurt(on, 1, cover.Loss(sided)), []string{"/losses/0/side member_missing"}},
		"a part with a side it has not": {hurt(on, 1, lost("nose", cover.Left)), []string{"/losses/0/side member_not_expected"}},
		"an assessment that is missing": {hurt(on, 1, lost("scalp", "")), []string{"/losses/0/assessed_rate member_missing"}},
		"an assessment out of range":    {hurt(on, 1, lossOf(lost("scalp", "")).with(func(l *cover.Loss) { l.Rate = 3_001 })), []string{"/losses/0/assessed_rate rate_outside_range"}},
		"units that are missing":        {hurt(on, 1, lost("sight", "")), []string{"/losses/0/units member_missing"}},
		"more units than there are":     {hurt(on, 1, lossOf(lost("sight", "")).with(func(l *cover.Loss) { l.Units = 101 })), []string{"/losses/0/units rate_outside_range"}},
		"more than all of its use":      {hurt(on, 1, lossOf(lost("nose", "")).with(func(l *cover.Loss) { l.Percent = 101 })), []string{"/losses/0/loss_percent rate_outside_range"}},
		"the same thumb twice":          {hurt(on, 1, lost("thumb", cover.Left), lost("thumb", cover.Right), lost("thumb", cover.Left)), []string{"/losses/2/part repeated_item"}},
		"more fingers than a hand has":  {hurt(on, 1, slices.Repeat([]cover.Loss{lost("other_finger", cover.Left)}, 4)...), []string{"/losses/3/part repeated_item"}},
		"everything and an eye":         {hurt(on, 1, totally(), lost("one_eye", "")), []string{"/losses disability_not_alone"}},
		"all faults at once": {hurt(on, 1, carried("", 0), spent("flowers", 1), lost("tail", "")), []string{
			"/losses/0/cost_amount member_missing", "/losses/0/mode member_missing", "/losses/1/kind benefit_not_known", "/losses/2/part part_unknown",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := all.Injury(tt.query)
			if got := faultsOf(t, err); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestAScholarshipPays(t *testing.T) {
	all := rates(t)
	ask := func(programme cover.Programme, months int, whole bool, children ...tariff.Child) tariff.ScholarshipQuery {
		return tariff.ScholarshipQuery{Programme: programme, On: day("2024-02-15"), ContributedMonths: months, Children: children, Whole: whole}
	}
	small, grown := tariff.Child{Level: "kindergarten", Age: 5}, tariff.Child{Level: "higher", Age: 23}
	for name, tt := range map[string]struct {
		query tariff.ScholarshipQuery
		want  cover.Rupiah
	}{
		"one child from kindergarten on":             {ask(cover.JKK, 0, true, small), 87_000_000},
		"B22: two children from kindergarten on":     {ask(cover.JKK, 0, true, small, small), 174_000_000},
		"B22: three children are still two":          {ask(cover.JKK, 0, true, small, small, small), 174_000_000},
		"a grown child makes room for a younger one": {ask(cover.JKK, 0, true, grown, small, small), 174_000_000},
		"JKM after three years of contributions":     {ask(cover.JKM, 36, true, small), 87_000_000},
		"JKM a month too early":                      {ask(cover.JKM, 35, true, small), 0},
		"a school year at each level":                {ask(cover.JKK, 0, false, tariff.Child{Level: "primary"}, tariff.Child{Level: "higher", Age: 22}), 13_500_000},
		"the day after one is 22":                    {ask(cover.JKK, 0, false, grown), 0},
		"three school years at once":                 {ask(cover.JKK, 0, false, tariff.Child{Level: "primary", Years: 3}), 4_500_000},
		"four school years are three":                {ask(cover.JKK, 0, false, tariff.Child{Level: "primary", Years: 4}), 4_500_000},
		"no more than are left of a level":           {ask(cover.JKK, 0, false, tariff.Child{Level: "junior_secondary", Years: 3, PaidYears: 2}), 2_000_000},
		"nothing where the level is paid":            {ask(cover.JKK, 0, false, tariff.Child{Level: "kindergarten", PaidYears: 2}), 0},
		"the rest from the middle of a level on":     {ask(cover.JKK, 0, true, tariff.Child{Level: "higher", PaidYears: 4}), 12_000_000},
		"nothing where everything is paid":           {ask(cover.JKK, 0, true, tariff.Child{Level: "higher", PaidYears: 5}), 0},
		"nobody asks":                                {ask(cover.JKK, 0, true), 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all.Scholarship(tt.query)
			if err != nil || got.Total != tt.want {
				t.Errorf("%d, %v by %+v, want %d", got.Total, err, got.Steps, tt.want)
			}
			sound(t, got)
		})
	}
	before := ask(cover.JKK, 0, true, small)
	before.On = day("2019-12-01")
	_, err := all.Scholarship(before)
	if got := faultsOf(t, err); !slices.Equal(got, []string{"/children benefit_not_known"}) {
		t.Errorf("before PP 82/2019: %v", got)
	}
	_, err = all.Scholarship(ask(cover.JKK, 0, true, small, tariff.Child{Level: "prison"}))
	if got := faultsOf(t, err); !slices.Equal(got, []string{"/children/1/level benefit_not_known"}) {
		t.Errorf("a level that is none: %v", got)
	}
}

func TestABodyGivesOfItsOwn(t *testing.T) {
	all := rates(t)
	ask := func(outcome tariff.Outcome, percent int64, days int) tariff.ExGratiaQuery {
		return tariff.ExGratiaQuery{Body: cover.KPU, On: day("2024-02-15"), Outcome: outcome, Percent: percent, Days: days}
	}
	for name, tt := range map[string]struct {
		query tariff.ExGratiaQuery
		want  cover.Rupiah
	}{
		"B24: death":                      {ask(tariff.Died, 0, 0), 46_000_000},
		"of whom nobody inherits":         {tariff.ExGratiaQuery{Body: cover.KPU, On: day("2024-02-15"), Outcome: tariff.Died, NobodyInherits: true}, 10_000_000},
		"disabled wholly":                 {ask(tariff.Disabled, 100, 0), 30_800_000},
		"disabled by a third":             {ask(tariff.Disabled, 33, 0), 10_164_000},
		"eleven days in hospital":         {ask(tariff.Injured, 0, 11), 16_500_000},
		"ten days, which count as more":   {ask(tariff.Injured, 0, 10), 16_500_000},
		"nine days are half":              {ask(tariff.Injured, 0, 9), 8_250_000},
		"five days are half":              {ask(tariff.Injured, 0, 5), 8_250_000},
		"four days are a moderate injury": {ask(tariff.Injured, 0, 4), 8_250_000},
		"three days are one too":          {ask(tariff.Injured, 0, 3), 8_250_000},
		"two days are half of it":         {ask(tariff.Injured, 0, 2), 4_125_000},
		"an outpatient gets a quarter":    {ask(tariff.Injured, 0, 0), 2_062_500},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all.ExGratia(tt.query)
			if err != nil || got.Total != tt.want || got.Schedule != "kpu-2023-02" {
				t.Errorf("%d by %s, %v, want %d", got.Total, got.Schedule, err, tt.want)
			}
			sound(t, got)
		})
	}
	bawaslu, early := ask(tariff.Died, 0, 0), ask(tariff.Died, 0, 0)
	bawaslu.Body, early.On = cover.Bawaslu, day("2023-01-31")
	for name, tt := range map[string]struct {
		query tariff.ExGratiaQuery
		want  []string
	}{
		"a body without a scheme":       {bawaslu, []string{"tariff_schedule_missing"}},
		"the day before the decree":     {early, []string{"tariff_schedule_missing"}},
		"disabled by nobody knows what": {ask(tariff.Disabled, 0, 0), []string{"/loss_percent member_missing"}},
		"dead and in hospital":          {ask(tariff.Died, 0, 3), []string{"/inpatient_days member_not_expected"}},
		"injured by a third":            {ask(tariff.Injured, 33, 0), []string{"/loss_percent member_not_expected"}},
		"disabled more than wholly":     {ask(tariff.Disabled, 101, 0), []string{"/loss_percent rate_outside_range"}},
		"in hospital for years":         {ask(tariff.Injured, 0, 367), []string{"/inpatient_days rate_outside_range"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := all.ExGratia(tt.query)
			if got := faultsOf(t, err); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestPayingLateCosts(t *testing.T) {
	all := rates(t)
	for name, tt := range map[string]struct {
		programme cover.Programme
		amount    cover.Rupiah
		due, paid string
		want      cover.Rupiah
	}{
		"nothing on the last day":      {cover.JKK, 74_800_000, "2024-12-10", "2024-12-10", 0},
		"nothing before":               {cover.JKK, 74_800_000, "2024-12-10", "2024-12-02", 0},
		"one in a hundred a day":       {cover.JKK, 74_800_000, "2024-12-10", "2024-12-11", 748_000},
		"of calendar days":             {cover.JKM, 42_000_000, "2024-12-06", "2024-12-09", 1_260_000},
		"half a rupiah is rounded up":  {cover.JKM, 150, "2024-12-06", "2024-12-07", 2},
		"less than half is none":       {cover.JKM, 149, "2024-12-06", "2024-12-07", 1},
		"of the dearest that there is": {cover.JKK, 1_400_000_000_000, "2024-12-10", "2024-12-11", 14_000_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all.Compensation(tariff.LateQuery{Programme: tt.programme, Amount: tt.amount, DueOn: day(tt.due), PaidOn: day(tt.paid)})
			if err != nil || got.Total != tt.want {
				t.Errorf("%d, %v, want %d", got.Total, err, tt.want)
			}
			sound(t, got)
		})
	}
	for name, tt := range map[string]struct {
		query tariff.LateQuery
		want  []string
	}{
		"before the law":    {tariff.LateQuery{Programme: cover.JKK, Amount: 1, DueOn: day("2015-06-30"), PaidOn: day("2016-01-01")}, []string{"tariff_schedule_missing"}},
		"less than nothing": {tariff.LateQuery{Programme: cover.JKK, Amount: -1, DueOn: day("2024-01-01"), PaidOn: day("2024-01-02")}, []string{"/amount amount_implausible"}},
		"more than any claim pays": {
			tariff.LateQuery{Programme: cover.JKK, Amount: 100_000_000_000_001, DueOn: day("2024-01-01"), PaidOn: day("2024-01-02")},
			[]string{"/amount amount_implausible"},
		},
		"more than a century": {tariff.LateQuery{Programme: cover.JKK, Amount: 1, DueOn: day("2024-01-01"), PaidOn: day("2125-01-02")}, []string{"/paid_on period_too_long"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := all.Compensation(tt.query)
			if got := faultsOf(t, err); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// TestBenefitsTogetherAreExplainedToOneTotal: what comes of the same kind is one item.
func TestBenefitsTogetherAreExplainedToOneTotal(t *testing.T) {
	all := rates(t)
	dead := paid(t, all, accident("2024-02-15", 1_100_000))
	cared, err := all.Injury(hurt("2024-02-15", 0, spent(cover.BenefitMedicalCare, 5_000_000)))
	if err != nil {
		t.Fatal(err)
	}
	both := dead.With(cared)
	sound(t, both)
	if both.Total != 79_800_000 || len(both.Items) != 4 || both.Schedule != dead.Schedule {
		t.Errorf("%+v", both)
	}
	if alone := (tariff.Benefit{}).With(dead); alone.Total != dead.Total || len(alone.Steps) != len(dead.Steps) {
		t.Errorf("with nothing: %+v", alone)
	}
	twice := dead.With(dead)
	sound(t, twice)
	if twice.Total != 2*dead.Total || len(twice.Items) != len(dead.Items) {
		t.Errorf("twice: %+v", twice)
	}
}

// anyLosses are some that break no rule, in any number.
func anyLosses(dice *rand.Rand, on cover.Date) (losses []cover.Loss) {
	parts := []cover.Loss{
		lost("thumb", cover.Right), lost("thumb", cover.Left), lost("one_eye", ""), lost("nose", ""),
		lossOf(lost("scalp", "")).with(func(l *cover.Loss) { l.Rate = 1_000 + dice.Int64N(2_001) }),
		lossOf(lost("sight", "")).with(func(l *cover.Loss) { l.Units = 1 + dice.Int64N(10) }),
		lossOf(lost("arm_from_elbow", cover.Left)).with(func(l *cover.Loss) { l.Percent = 1 + dice.Int64N(100) }),
	}
	for range dice.IntN(12) {
		cost := cover.Rupiah(1 + dice.Int64N(30_000_000))
		switch dice.IntN(4) {
		case 0:
			losses = append(losses, carried(cover.TransportModes[dice.IntN(3)], cost))
		case 1:
			losses = append(losses, spent([]cover.BenefitKind{cover.BenefitMedicalCare, cover.BenefitProsthesis, cover.BenefitDenture}[dice.IntN(3)], cost))
		case 2:
			losses = append(losses, unable(1+dice.Int64N(10), dice.Int64N(40)))
		default:
			if len(parts) > 0 { // each is lost once
				n := dice.IntN(len(parts))
				losses, parts = append(losses, parts[n]), slices.Delete(parts, n, n+1)
			}
		}
	}
	return losses
}

// In whatever order losses are named they pay the same; never less on a higher base, and
// never more than their limits.
func TestAnInjuryIsFair(t *testing.T) {
	all := rates(t)
	limits := map[cover.TransportMode][2]cover.Rupiah{"land": {1_000_000, 5_000_000}, "sea": {1_500_000, 2_000_000}, "air": {2_500_000, 10_000_000}}
	fair := func(seed uint64, after uint16, base, more uint32) bool {
		dice := rand.New(rand.NewPCG(seed, 1))
		on := day("2015-07-01").Add(int(after) % 6_000)
		losses := anyLosses(dice, on)
		q := tariff.InjuryQuery{On: on, Base: cover.Rupiah(base) + 1, Losses: losses}
		one, err := all.Injury(q)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, one)
		q.Losses = slices.Clone(losses)
		dice.Shuffle(len(losses), func(i, j int) { q.Losses[i], q.Losses[j] = q.Losses[j], q.Losses[i] })
		other, err := all.Injury(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Base += cover.Rupiah(more)
		higher, err := all.Injury(q)
		if err != nil {
			t.Fatal(err)
		}
		var limit cover.Rupiah
		age := 0
		if !on.Before(day("2019-12-02")) {
			age = 1
		}
		for _, most := range limits {
			limit += most[age]
		}
		capped := true
		for _, item := range one.Items {
			if item.Kind == cover.BenefitTransport && item.Amount > limit ||
				item.Kind == cover.BenefitDisability && item.Amount > 56*(cover.Rupiah(base)+1) {
				capped = false
			}
		}
		return one.Total == other.Total && higher.Total >= one.Total && capped
	}
	if err := quick.Check(fair, nil); err != nil {
		t.Error(err)
	}
}

// Months unable to work pay the same in one stretch as in two, and so do costs in one
// receipt and two.
func TestALossInPartsIsALossAtOnce(t *testing.T) {
	all := rates(t)
	same := func(base uint32, months, days, cut uint8, cost uint32, early bool) bool {
		on := "2024-02-15"
		if early {
			on = "2018-02-15"
		}
		units := 30*int64(months) + int64(days) + 2
		first := 1 + int64(cut)%(units-1)
		bill := cover.Rupiah(cost) + 2
		at := func(losses ...cover.Loss) cover.Rupiah {
			b, err := all.Injury(hurt(on, cover.Rupiah(base)+1, losses...))
			if err != nil {
				t.Fatal(err)
			}
			return b.Total
		}
		return at(unable(0, units)) == at(unable(0, first), unable(0, units-first)) &&
			at(unable(units/30+1, units%30)) == at(unable(0, units+30)) &&
			at(carried("sea", bill)) == at(carried("sea", 1), carried("sea", bill-1))
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

// On the day before a rule changed the old one holds, on its day the new one, exactly.
func TestEveryRuleHoldsFromItsFirstDayToItsLast(t *testing.T) {
	all := rates(t)
	for _, s := range all.Benefits {
		for _, on := range []cover.Date{s.From, s.To} {
			if on.Zero() {
				continue
			}
			q := tariff.DeathQuery{Programme: s.Programme, Segment: cover.PU, On: on, Base: 1_000_000}
			if b := paid(t, all, q); b.Schedule != s.Name {
				t.Errorf("on %s by %s, want %s", on, b.Schedule, s.Name)
			}
		}
	}
	rule := func(on cover.Date) string {
		if on.Before(day("2019-12-02")) {
			return "jkk-2015-07"
		}
		return "jkk-2019-12"
	}
	holds := func(after uint16) bool {
		on := day("2015-07-01").Add(int(after) % 6_000)
		b, err := all.Injury(tariff.InjuryQuery{On: on, Base: 1_000_000, Losses: []cover.Loss{unable(14, 0), carried("air", 20_000_000)}})
		late, lateErr := all.Compensation(tariff.LateQuery{Programme: cover.JKK, Amount: 1_000_000, DueOn: on, PaidOn: on.Add(5)})
		old := b.Total == 11_500_000+2_500_000
		return err == nil && lateErr == nil && b.Schedule == rule(on) && old == (rule(on) == "jkk-2015-07") && late.Schedule == rule(on) && late.Total == 50_000
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}

// FuzzInjury: whatever is asked, it is refused or answered soundly, and never overflows.
func FuzzInjury(f *testing.F) {
	all := rates(f)
	f.Add("disability", "thumb", "right", "", int64(1_000_000), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), uint16(3_000))
	f.Add("temporary_incapacity", "", "", "", int64(1_000_000_000_000), int64(0), int64(600), int64(18_300), int64(0), int64(0), int64(0), uint16(3_000))
	f.Add("disability", "sight", "", "", int64(1_000_000_000_000), int64(0), int64(0), int64(0), int64(0), int64(100), int64(100), uint16(3_000))
	f.Add("transport", "", "", "air", int64(1), int64(1_000_000_000_000), int64(0), int64(0), int64(0), int64(0), int64(0), uint16(0))
	f.Fuzz(func(t *testing.T, kind, part, side, mode string, base, cost, months, days, rate, units, percent int64, after uint16) {
		loss := cover.Loss{
			Kind: cover.BenefitKind(kind), Part: part, Side: cover.Side(side), Mode: cover.TransportMode(mode), Cost: cover.Rupiah(cost),
			Months: months, Days: days, Rate: rate, Units: units, Percent: percent,
		}
		q := tariff.InjuryQuery{On: day("2015-07-01").Add(int(after) % 6_000), Base: cover.Rupiah(base), Losses: []cover.Loss{loss, loss}}
		b, err := all.Injury(q)
		if err != nil {
			if cover.KindOf(err) != cover.Invalid {
				t.Error(err)
			}
			return
		}
		sound(t, b)
		if b.Total < 0 {
			t.Errorf("%d", b.Total)
		}
	})
}
