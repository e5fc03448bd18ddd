module github.com/zebus-go/zebus

go 1.26
