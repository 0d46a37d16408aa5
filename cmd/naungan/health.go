package main

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"naungan/client"
)

// healthPatience is a little less than Docker grants a health check.
const healthPatience = 2500 * time.Millisecond

func healthCommand() *cobra.Command {
	return withAddress(&cobra.Command{Use: "health", Short: "Ask the server on this machine whether it is ready"}, health)
}

func health(ctx context.Context, url string) error {
	naungan, err := client.NewClientWithResponses(url, client.WithHTTPClient(&http.Client{Timeout: healthPatience}))
	if err != nil {
		return err
	}
	_, err = client.Check(naungan.GetReadinessWithResponse(ctx))
	return err
}
