// Package documents takes in the papers that prove an incident, keeps their bytes
// sealed, and gives them to whoever may read them.
//
// It owns the verbs upload, accept, reject, withdraw, link, read and scan, what may
// be taken in (form), and where bytes are kept: a shelf, in the database or in an
// object store. It does not own states (cover), rows and who sees them (store), nor
// what a claim asks for (claims).
//
// The words of the room:
//
//   - A piece is a mebibyte of a document, sealed with the keys of the installation
//     and bound to its document and number. Only pieces leave this room.
//   - A document arrives while its bytes come. Its row is committed before the first
//     piece is put on a shelf, so that nothing lies there of which no row knows: what
//     a crash leaves is found by its row, and swept.
//   - Nothing is asked of an object store inside a transaction.
package documents
