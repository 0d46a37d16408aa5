package main

import (
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"naungan/client"
)

func clientsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "clients",
		Short: "API clients of an organisation",
		Long: `API clients of an organisation. NAUNGAN_URL, NAUNGAN_CLIENT_ID and
NAUNGAN_CLIENT_SECRET say where to call, and as whom: a client with clients:admin.

A secret is printed once, as JSON, and never again.`,
	}
	cmd.AddCommand(createClientCommand(), listClientsCommand(), rotateClientCommand(), revokeClientCommand())
	return cmd
}

func createClientCommand() *cobra.Command {
	var organisation string
	var in client.ClientInput
	cmd := &cobra.Command{Use: "create", Short: "Create a client, and print its secret", Args: cobra.NoArgs}
	cmd.Flags().StringVar(&organisation, "organisation", "", "the id of the organisation it acts for")
	cmd.Flags().StringVar(&in.Name, "name", "", "what to call it")
	cmd.Flags().StringSliceVar(&in.Scopes, "scopes", nil, "what it may do, separated by commas")
	for _, name := range []string{"organisation", "name", "scopes"} {
		_ = cmd.MarkFlagRequired(name) // fails for unknown flags only
	}
	cmd.RunE = withCaller(func(cmd *cobra.Command, c caller, _ []string) (err error) {
		if in.OrganisationID, err = idOf(organisation); err != nil {
			return err
		}
		res, err := client.Check(c.CreateClientWithResponse(cmd.Context(), nil, in))
		if err != nil {
			return err
		}
		return printSecret(cmd, c.url, res.JSON201)
	})
	return cmd
}

func listClientsCommand() *cobra.Command {
	var organisation string
	var statuses []string
	cmd := &cobra.Command{Use: "list", Short: "List clients, one JSON object a line", Args: cobra.NoArgs}
	cmd.Flags().StringVar(&organisation, "organisation", "", "only those of this organisation, by its id")
	cmd.Flags().StringSliceVar(&statuses, "status", nil, "only active or revoked ones")
	cmd.RunE = withCaller(func(cmd *cobra.Command, c caller, _ []string) error {
		params := client.ListClientsParams{}
		if organisation != "" {
			id, err := idOf(organisation)
			if err != nil {
				return err
			}
			params.OrganisationID = &id
		}
		for _, s := range statuses {
			params.Status = append(params.Status, client.ClientStatus(s))
		}
		return listClients(cmd, c, params)
	})
	return cmd
}

func listClients(cmd *cobra.Command, c caller, params client.ListClientsParams) error {
	for {
		res, err := client.Check(c.ListClientsWithResponse(cmd.Context(), &params))
		if err != nil {
			return err
		}
		for _, item := range res.JSON200.Items {
			if err := printLine(cmd, item); err != nil {
				return err
			}
		}
		if params.Cursor = res.JSON200.NextCursor; params.Cursor == nil {
			return nil
		}
	}
}

func rotateClientCommand() *cobra.Command {
	var in client.RotationInput
	cmd := &cobra.Command{Use: "rotate CLIENT_ID", Short: "Give a client a new secret, and print it", Args: cobra.ExactArgs(1)}
	hours := cmd.Flags().Int32("grace-hours", 24, "how long the old secret goes on")
	cmd.RunE = withCaller(func(cmd *cobra.Command, c caller, args []string) error {
		id, err := idOf(args[0])
		if err != nil {
			return err
		}
		in.GraceHours = hours
		res, err := client.Check(c.RotateClientWithResponse(cmd.Context(), id, nil, in))
		if err != nil {
			return err
		}
		return printSecret(cmd, c.url, res.JSON200)
	})
	return cmd
}

func revokeClientCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "revoke CLIENT_ID", Short: "End a client, and print what it was", Args: cobra.ExactArgs(1)}
	cmd.RunE = withCaller(func(cmd *cobra.Command, c caller, args []string) error {
		id, err := idOf(args[0])
		if err != nil {
			return err
		}
		res, err := client.Check(c.RevokeClientWithResponse(cmd.Context(), id, nil))
		if err != nil {
			return err
		}
		return printLine(cmd, res.JSON200)
	})
	return cmd
}

func idOf(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return id, errors.New("an id is a UUID, such as 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01")
	}
	return id, nil
}

// printSecret prints what the new client, or whoever keeps its secret, needs: the
// same members as admin-client.json.
func printSecret(cmd *cobra.Command, url string, made *client.ClientWithSecret) error {
	return printLine(cmd, clientCredentials{URL: url, ClientID: made.ClientID, ClientSecret: made.ClientSecret})
}

func printLine(cmd *cobra.Command, v any) error { return json.NewEncoder(cmd.OutOrStdout()).Encode(v) }
