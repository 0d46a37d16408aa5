package cover

import "slices"

// Road is where else somebody may turn whom no cover, or only a part of it, helps.
type Road string

// The roads, the nearest first.
const (
	RoadElectionBody       Road = "election_body_scheme" // santunan of KPU and Bawaslu
	RoadEmployer           Road = "employer_liability"   // the organiser bears what BPJS would have paid
	RoadBranch             Road = "bpjs_branch"
	RoadJKN                Road = "jkn" // care, by BPJS Kesehatan
	RoadJasaRaharja        Road = "jasa_raharja"
	RoadRegionalGovernment Road = "regional_government" // unexpected expenditure (BTT)
	RoadLabourOffice       Road = "labour_office"
	RoadSocialAssistance   Road = "social_assistance"
)

// AllRoads lists every road.
var AllRoads = []Road{
	RoadElectionBody, RoadEmployer, RoadBranch, RoadJKN, RoadJasaRaharja, RoadRegionalGovernment, RoadLabourOffice,
	RoadSocialAssistance,
}

// closed says which roads are shut by why there is no cover; all others are open. The
// organiser answers for whom it should have registered or paid for, and not for what
// happened off duty, nor for BPU, who pay themselves. A BPJS office knows of nobody
// without an agreement. While JKM waits, only what a death leaves open is asked for.
var closed = map[Code][]Road{
	UncoveredNotRecorded:      nil,
	UncoveredNotEnrolled:      nil,
	UncoveredNotOnRoster:      nil,
	UncoveredUnconfirmed:      nil,
	UncoveredUnpaid:           nil,
	UncoveredOutsideTerm:      {RoadElectionBody, RoadEmployer, RoadLabourOffice},
	UncoveredNoAgreement:      {RoadBranch},
	UncoveredNoBudget:         {RoadBranch},
	UncoveredPositionExcluded: {RoadBranch},
	UncoveredArrears:          {RoadEmployer, RoadLabourOffice},
	UncoveredWaitingPeriod:    {RoadEmployer, RoadJKN, RoadJasaRaharja, RoadLabourOffice},
}

// otherwise is what is shut by any other reason.
var otherwise = []Road{RoadEmployer, RoadLabourOffice}

// Roads says where else to turn by why there is no cover and what happened; of no kind,
// whatever may have happened. None without a reason.
func Roads(reason Code, kind IncidentKind) (open []Road) {
	if reason == "" {
		return nil
	}
	shut, known := closed[reason]
	if !known {
		shut = otherwise
	}
	for _, r := range AllRoads {
		if !slices.Contains(shut, r) && r.leadsFrom(kind) {
			open = append(open, r)
		}
	}
	return open
}

// leadsFrom reports whether a road is open to what happened: Jasa Raharja helps in
// traffic, and the labour office looks at accidents and diseases of work.
func (r Road) leadsFrom(kind IncidentKind) bool {
	switch r {
	case RoadJasaRaharja:
		return kind == "" || kind == Accident || kind == CommutingAccident
	case RoadLabourOffice:
		return kind != Illness
	default:
		return true
	}
}

// Roads says where else to turn after an incident: on the road to Jasa Raharja, which
// pays first, and to JKN for care that is not guaranteed.
func (i Incident) Roads() []Road {
	roads := slices.DeleteFunc(Roads(i.UncoveredReason, i.Kind), func(r Road) bool { return r == RoadJasaRaharja || r == RoadJKN })
	if i.Traffic {
		roads = append(roads, RoadJasaRaharja)
	}
	if !i.Covered() || !i.AtWork() {
		roads = append(roads, RoadJKN)
	}
	return roads
}
