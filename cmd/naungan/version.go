package main

import (
	"cmp"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	published "naungan/api"
)

// Set by the linker (Makefile, Dockerfile).
var version, commit string

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Version, commit and contract version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := readContract()
			if err != nil {
				return err
			}
			v, hash := build()
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "version  %s\ncommit   %s\ncontract %s\n", v, hash, c.Info.Version)
			return err
		},
	}
}

// build says what the linker was told, or else what Go noted itself.
func build() (v, hash string) {
	v, hash = version, commit
	if info, ok := debug.ReadBuildInfo(); ok {
		v = cmp.Or(v, info.Main.Version)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				hash = cmp.Or(hash, s.Value)
			}
		}
	}
	return cmp.Or(v, "unknown"), cmp.Or(hash, "unknown")
}

// contract is what the program itself wants to know of the published contract.
type contract struct {
	Info       struct{ Version string }
	Components struct {
		SecuritySchemes struct {
			OAuth2 struct {
				Flows struct {
					ClientCredentials struct {
						Scopes map[string]string
					} `yaml:"clientCredentials"`
				}
			} `yaml:"oauth2"`
		} `yaml:"securitySchemes"`
	}
}

func readContract() (c contract, err error) {
	err = yaml.Unmarshal(published.Contract, &c)
	return c, err
}

// everyScope lists the scopes that there are.
func everyScope() ([]string, error) {
	c, err := readContract()
	return slices.Sorted(maps.Keys(c.Components.SecuritySchemes.OAuth2.Flows.ClientCredentials.Scopes)), err
}
