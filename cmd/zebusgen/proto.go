package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/zebus-go/zebus/codegen"
)

const longProto = `proto writes the messages of Go packages as .proto files, so that other languages can share the contract.

Each namespace of a package becomes a file, named after both: the namespace Shop of the package orders is
Shop/orders.proto. What such files import is written beside them, so that protoc needs nothing but the folder:

    zebusgen proto -o proto ./orders
    protoc -I proto --python_out=. Shop/orders.proto`

// newProtoCommand returns the command that writes .proto files.
func newProtoCommand(ctx context.Context, stdout io.Writer) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:   "proto [flags] [packages]",
		Short: "Write the messages of packages as .proto files",
		Long:  longProto,
		RunE: func(_ *cobra.Command, patterns []string) error {
			return writeProtos(ctx, f, patterns, stdout)
		},
	}
	command.Flags().StringVarP(&f.output, "output", "o", "proto", "folder for the .proto files")
	command.Flags().StringVar(&f.tags, "tags", "", "build tags, separated by commas")
	command.Flags().BoolVar(&f.check, "check", false, "write nothing, and fail when a file is not up to date")
	command.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say what was done to each file")
	return command
}

func writeProtos(ctx context.Context, f flags, patterns []string, stdout io.Writer) error {
	options, err := optionsOf(codegen.DefaultOutput, f.tags, patterns)
	if err != nil {
		return err
	}
	options.DryRun = f.check
	results, err := codegen.WriteProtos(ctx, options, f.output)
	if err != nil {
		return err
	}
	return tell(f, results, stdout)
}
