// Package paper writes what leaves as a file: lists as CSV, NDJSON and workbooks,
// and the invoice as the letter that a treasurer files.
//
// It owns what a file looks like. It knows neither the database nor HTTP: it is
// handed what to write, and writes it as it comes.
package paper
