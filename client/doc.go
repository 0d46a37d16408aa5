// Package client calls Naungan. client.gen.go is generated from the published
// contract; Connect, Check and the error of a Problem are written by hand.
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
package client

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen.yaml ../api/openapi.yaml
