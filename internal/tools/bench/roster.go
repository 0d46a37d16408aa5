package main

import (
	"bufio"
	"io"
	"strconv"
)

// perStation is how many officers a polling station has: a chair and six members.
const perStation = 7

// roster is a file of invented officers that is made while it is sent. They belong
// to polling stations spread over all villages, and the same file has the same
// officers each time; their NIKs are under province code 99, which does not exist.
type roster struct {
	rows     int
	villages []string
	format   *format
}

// format is how a row is written.
type format struct {
	name, media string
	begin, end  string
	quote       string // around a text
	named       bool   // each value comes with its name; else the first line has the names
}

var (
	ndjson = &format{name: "NDJSON", media: "application/x-ndjson", begin: "{", end: "}\n", quote: `"`, named: true}
	csv    = &format{name: "CSV", media: "text/csv", end: "\n"}
)

// column is a value of the n-th officer.
type column struct {
	name   string
	value  func(b []byte, n int, r *roster) []byte
	number bool
}

var columns = []column{
	{name: "external_id", value: func(b []byte, n int, _ *roster) []byte { return digits(append(b, "S-"...), n, 9) }},
	{name: "nik", value: appendNIK},
	{name: "full_name", value: func(b []byte, n int, _ *roster) []byte {
		return strconv.AppendInt(append(append(append(b, givenNames[n%len(givenNames)]...), ' '), "Contoh "...), int64(n), 10)
	}},
	{name: "born_on", value: func(b []byte, n int, _ *roster) []byte {
		day, month, year := birthOf(n)
		b = append(digits(append(b, "19"...), year, 2), '-')
		return digits(append(digits(b, month, 2), '-'), day, 2)
	}},
	{name: "sex", value: func(b []byte, n int, _ *roster) []byte { return append(b, [...]string{"female", "male"}[n%2]...) }},
	{name: "position", value: always("kpps")},
	{name: "role", value: func(b []byte, n int, _ *roster) []byte {
		if n%perStation == 0 {
			return append(b, "chair"...)
		}
		return append(b, "member"...)
	}},
	{name: "area_code", value: func(b []byte, n int, r *roster) []byte {
		return append(b, r.villages[n/perStation%len(r.villages)]...)
	}},
	{name: "polling_station", value: func(b []byte, n int, r *roster) []byte {
		return digits(b, 1+n/perStation/len(r.villages), 3)
	}},
	{name: "decree_number", value: always("12/PP.04/2024")},
	{name: "term_from", value: always("2024-11-07")},
	{name: "term_to", value: always("2024-12-08")},
	{name: "monthly_honorarium_amount", number: true, value: func(b []byte, n int, _ *roster) []byte {
		if n%perStation == 0 {
			return append(b, "900000"...)
		}
		return append(b, "850000"...)
	}},
	{name: "phone", value: func(b []byte, n int, _ *roster) []byte { return digits(append(b, "0812"...), n%100_000_000, 8) }},
}

func always(text string) func([]byte, int, *roster) []byte {
	return func(b []byte, _ int, _ *roster) []byte { return append(b, text...) }
}

func birthOf(n int) (day, month, year int) { return n%28 + 1, n/28%12 + 1, 70 + n/336%30 }

// appendNIK gives each of a hundred million officers another NIK.
func appendNIK(b []byte, n int, _ *roster) []byte {
	day, month, year := birthOf(n)
	if n%2 == 0 { // a woman
		day += 40
	}
	const serials, areas = 9999, 99
	b = digits(append(b, "99"...), 1+n/serials%areas, 2)
	b = digits(b, 1+n/serials/areas%areas, 2)
	b = digits(digits(digits(b, day, 2), month, 2), year, 2)
	return digits(b, 1+n%serials, 4)
}

// digits appends the last digits of n, as many as the width says.
func digits(b []byte, n, width int) []byte {
	at := len(b)
	b = append(b, "000000000"[:width]...)
	for i := len(b) - 1; i >= at; i-- {
		b[i] += byte(n % 10)
		n /= 10
	}
	return b
}

// write writes the file.
func (r *roster) write(to io.Writer) error {
	out := bufio.NewWriterSize(to, 256<<10)
	before, after := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		if i > 0 {
			before[i] = ","
		}
		if r.format.named {
			before[i] += `"` + c.name + `":`
		} else {
			_, _ = out.WriteString(before[i] + c.name) // an error stays, and is told below
		}
		if !c.number {
			before[i], after[i] = before[i]+r.format.quote, r.format.quote
		}
	}
	if !r.format.named {
		_, _ = out.WriteString(r.format.end)
	}
	var row []byte
	for n := range r.rows {
		row = append(row[:0], r.format.begin...)
		for i, c := range columns {
			row = append(c.value(append(row, before[i]...), n, r), after[i]...)
		}
		if _, err := out.Write(append(row, r.format.end...)); err != nil {
			return err
		}
	}
	return out.Flush()
}
