// Package imports takes whole rosters in as files, and gives them back with what
// came of each row.
//
// It owns formats (CSV, NDJSON, XLSX), what a row of a file says, the stages of an
// import and in which order they run. It does not own the rules of an officer
// (cover), nor how rows are compared with the register and merged into it, which
// is done in sets by the database (store).
//
// A file is received (its bytes are kept, sealed), staged (read and judged row by
// row), validated (compared with itself and with the register, which makes a
// plan), committed (the plan is carried out in chunks), and perhaps taken back. Each stage is
// transactions that leave the import where the next run finds it, so a process
// may die at any moment.
package imports
