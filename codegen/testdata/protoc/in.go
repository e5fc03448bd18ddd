package protoc

import "context"

// The messages are those of protoc.proto, which protoc-gen-go makes Go of:
// protoc -I codegen/testdata -I . --go_out=codegen/testdata --go_opt=paths=source_relative protoc/protoc.proto

// Basket is a struct that holds a message of the .proto file.
//
//zebus:message namespace=Protoc
type Basket struct {
	Lines []*PlaceOrder_Line `zebus:"1"`
}

// PlaceOrderHere handles a command of the .proto file.
//
//zebus:handler
func PlaceOrderHere(_ context.Context, o *PlaceOrder) (*OrderPlaced, error) {
	return &OrderPlaced{Number: int64(len(o.GetLines()))}, nil
}
