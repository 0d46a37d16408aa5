// Package client calls Naungan. client.gen.go is generated from the published
// contract; Connect, Check and the error of a Problem are written by hand,
// and so is what takes longer than a call: Upload sends a file, goes on after
// whatever breaks on the way, and AwaitImport waits for what comes of it; a call
// with a context of Unhurried may take as long as something moves.
//
//	naungan, err := client.Connect(ctx, "https://naungan.example", id, secret)
//	if err != nil {
//		return err
//	}
//	res, err := client.Check(naungan.GetOfficerWithResponse(ctx, officerID, nil))
//	if err != nil {
//		return err // a client.Problem, where Naungan refused
//	}
//	fmt.Println(res.JSON200.Status)
//
// A whole roster, from a file that stays as it is meanwhile:
//
//	roster := client.Upload{Content: file, Size: size, MediaType: "text/csv"}
//	sent, err := naungan.Upload(ctx, roster, client.ReceiveImportParams{}, client.Watch{})
//	if err != nil {
//		return err
//	}
//	done, err := naungan.AwaitImport(ctx, sent.ID, client.Watch{})
//	if err != nil {
//		return err
//	}
//	fmt.Println(done.Status, done.Counts.Created, done.Counts.Rejected)
package client

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen.yaml ../api/openapi.yaml
