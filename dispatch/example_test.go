package dispatch_test

import (
	"context"
	"fmt"

	"github.com/zebus-go/zebus/dispatch"
)

// order is a message: it embeds its entry, and is its own job.
type order struct {
	dispatch.Entry

	id int
}

func (o *order) Failed(inv *dispatch.Invoker, err error) { fmt.Println(inv.Name, "failed:", err) }
func (o *order) Rejected(err error)                      { fmt.Println("rejected:", err) }
func (o *order) Done()                                   { fmt.Println("order", o.id, "is done") }

func Example() {
	d := dispatch.New(dispatch.Config{})
	d.Add("Order", &dispatch.Invoker{Name: "Shop", Queue: "orders", Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
		fmt.Println("handling order", batch[0].Job.(*order).id)
	}})
	route := d.Resolve("Order") // once
	d.Start()

	var batch []*dispatch.Entry
	for id := range 2 {
		o := &order{id: id}
		o.Route, o.Job, o.Size = route, o, 100
		batch = append(batch, &o.Entry)
	}
	d.Dispatch(batch)
	if err := d.Stop(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// handling order 0
	// order 0 is done
	// handling order 1
	// order 1 is done
}
