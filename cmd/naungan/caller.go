package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"naungan/client"
	"naungan/internal/config"
)

// caller is a connected client, and where it calls.
type caller struct {
	*client.ClientWithResponses
	url string
}

// inEnglish asks for answers in the language of our own words.
var inEnglish = client.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
	req.Header.Set("Accept-Language", "en")
	return nil
})

// withCaller connects before a client's command runs, as NAUNGAN_URL,
// NAUNGAN_CLIENT_ID and NAUNGAN_CLIENT_SECRET say.
func withCaller(do func(*cobra.Command, caller, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		told, err := config.LoadCaller()
		if err != nil {
			return err
		}
		c, err := client.Connect(cmd.Context(), told.URL, told.ClientID, string(told.ClientSecret), inEnglish)
		if err != nil {
			return err
		}
		return do(cmd, caller{c, told.URL}, args)
	}
}
