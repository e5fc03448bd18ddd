package main

import (
	"fmt"

	"github.com/zebus-go/zebus/codegen/bench/shop"
	"github.com/zebus-go/zebus/codegen/bench/shoppb"
)

// articles is the number of nested messages in the large one.
const articles = 1000

func quote() *shop.Quote {
	return &shop.Quote{Symbol: "ZEB.PA", Volume: 12500, Price: 101.75}
}

func order() *shop.Order {
	return &shop.Order{
		Number: 4_711_001, Customer: "Ada Lovelace", Status: shop.StatusPlaced, Total: 249.9, Weight: 1.25, Express: true,
		Placed: 1_710_510_330_123_456_700, Discount: -15, Trace: 0x1eee2d2499f0f87,
		Signature: []byte("0123456789abcdef0123456789abcdef"),
		Address:   &shop.Address{Street: "12 Rue de la Paix", City: "Paris", Code: 75002},
		Lines: []*shop.Line{
			{Article: "keyboard", Quantity: 1, Price: 129.9},
			{Article: "mouse", Quantity: 2, Price: 45},
			{Article: "cable, two metres", Quantity: 3, Price: 10},
		},
		Labels:  []string{"gift", "fragile", "weekend"},
		Codes:   []int32{1, 7, 200, 70_000, 3, 12, 5, 99},
		Comment: "leave it with the neighbours",
	}
}

func catalogue() *shop.Catalogue {
	m := &shop.Catalogue{Version: 42}
	for i := range articles {
		article := article(i)
		m.Articles = append(m.Articles, &article)
	}
	return m
}

func inventory() *shop.Inventory {
	m := &shop.Inventory{Version: 42}
	for i := range articles {
		m.Articles = append(m.Articles, article(i))
	}
	return m
}

func article(i int) shop.Article {
	return shop.Article{
		Code: 1_000_000 + int64(i), Name: fmt.Sprintf("article %d of the catalogue", i), Price: 9.5 + float64(i),
		Stock: int32(i), OnOffer: i%2 == 1,
	}
}

// The same messages for the other generators.

func quotePB() *shoppb.Quote {
	m := quote()
	return &shoppb.Quote{Symbol: m.Symbol, Volume: m.Volume, Price: m.Price}
}

func orderPB() *shoppb.Order {
	m := order()
	p := &shoppb.Order{
		Number: m.Number, Customer: m.Customer, Status: shoppb.Status(m.Status), Total: m.Total, Weight: m.Weight,
		Express: m.Express, Placed: m.Placed, Discount: m.Discount, Trace: m.Trace, Signature: m.Signature,
		Address: &shoppb.Address{Street: m.Address.Street, City: m.Address.City, Code: m.Address.Code},
		Labels:  m.Labels, Codes: m.Codes, Comment: m.Comment,
	}
	for _, l := range m.Lines {
		p.Lines = append(p.Lines, &shoppb.Line{Article: l.Article, Quantity: l.Quantity, Price: l.Price})
	}
	return p
}

func cataloguePB() *shoppb.Catalogue {
	m := catalogue()
	p := &shoppb.Catalogue{Version: m.Version}
	for _, a := range m.Articles {
		p.Articles = append(p.Articles, &shoppb.Article{
			Code: a.Code, Name: a.Name, Price: a.Price, Stock: a.Stock, OnOffer: a.OnOffer,
		})
	}
	return p
}
