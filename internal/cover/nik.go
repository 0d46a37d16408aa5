package cover

import (
	"strconv"
	"time"
)

// NIK is a national identity number: PPKKCC DDMMYY SSSS, sixteen digits, where
// PPKKCC is the area of first registration, the day is raised by 40 for women
// and the serial starts at 0001. It has no check digit.
type NIK string

// Sex is the sex that civil registration knows.
type Sex string

// The sexes of civil registration.
const (
	Female Sex = "female"
	Male   Sex = "male"
)

// Sexes lists every sex.
var Sexes = []Sex{Female, Male}

// Valid reports whether n has the structure of a NIK: sixteen digits, an area,
// a day that exists in some century, and a serial that is not 0000.
func (n NIK) Valid() bool { return n.Flaw() == "" }

// Flaw names what keeps n from being a NIK: digits, area, birth_date or serial;
// nothing, if it is one.
func (n NIK) Flaw() string {
	switch {
	case len(n) != 16 || n[0] == '0' || !allDigits(string(n)):
		return "digits"
	case n[2:4] == "00" || n[4:6] == "00":
		return "area"
	case n.bornIn(1900).Zero() && n.bornIn(2000).Zero():
		return "birth_date"
	case n[12:] == "0000":
		return "serial"
	default:
		return ""
	}
}

// Sex is read from the day of birth. It means nothing unless n is valid.
func (n NIK) Sex() Sex {
	if n[6] >= '4' {
		return Female
	}
	return Male
}

// BornOn returns the day of birth that makes somebody 17 to 100 years old on a
// reference day, the younger age first; no day if neither century does.
func (n NIK) BornOn(reference Date) Date {
	for _, century := range []int{2000, 1900} {
		born := n.bornIn(century)
		if !born.Zero() && born.YearsOn(reference) >= 17 && born.YearsOn(reference) <= 100 {
			return born
		}
	}
	return Date{}
}

// Agrees reports whether n carries this day of birth.
func (n NIK) Agrees(born Date) bool { return n.bornIn(born.Year()/100*100) == born }

// Area returns the district code, PP.KK.CC, of first registration.
func (n NIK) Area() string { return string(n[:2] + "." + n[2:4] + "." + n[4:6]) }

// Masked hides the day of birth: 350703******0002. It masks everything of a
// value that is no NIK.
func (n NIK) Masked() string {
	if len(n) != 16 {
		return "****************"
	}
	return string(n[:6]) + "******" + string(n[12:])
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

func (n NIK) bornIn(century int) Date {
	day, _ := strconv.Atoi(string(n[6:8]))
	month, _ := strconv.Atoi(string(n[8:10]))
	year, _ := strconv.Atoi(string(n[10:12]))
	if day > 40 {
		day -= 40
	}
	born := NewDate(century+year, time.Month(month), day)
	if born.t.Day() != day || int(born.t.Month()) != month {
		return Date{}
	}
	return born
}
